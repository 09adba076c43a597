"""Run the HTTP server until it gets INT or TERM."""

import asyncio
import signal
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from warehouse.serve.app import Server

ENDS_WITHIN_S = 2
"""Seconds that running responses get before their connections are cut."""

HEAD_WITHIN_S = 20.0
"""Seconds that a client has to send the request head, from its first byte or from connecting."""


class PromptProtocol(H11Protocol):
    """HTTP/1.1 that disconnects a client whose request head is incomplete after a time limit.

    uvicorn itself waits forever, so a few hundred such clients would block all others.
    """

    _hang_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the time limit for a new connection."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Pass data on, and stop the time limit once the request head is complete."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the time limit when the client disconnects."""
        if self._hang_up:
            self._hang_up.cancel()
        super().connection_lost(exc)

    def _watch(self) -> None:
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if is_answering and self._hang_up:
            self._hang_up.cancel()
            self._hang_up = None
        elif not is_answering and not self._hang_up:
            self._hang_up = self.loop.call_later(HEAD_WITHIN_S, self.transport.close)


def configured(app: Starlette, host: str, port: int) -> uvicorn.Config:
    """The server's configuration for the application."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=PromptProtocol,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=ENDS_WITHIN_S,
        limit_concurrency=256,
        h11_max_incomplete_event_size=32 << 10,
    )


def serve(home: Path, *, host: str, port: int, sql: bool) -> None:
    """Serve the publications of a home; returns after INT or TERM.

    A shell without job control starts background programs with INT ignored; the handlers undo that.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn raises the signal again after its shutdown
        signal.signal(number, lambda *_: None)
    uvicorn.Server(configured(Server(home, sql=sql).app(), host, port)).run()
