"""Run the HTTP server until it gets INT or TERM."""

import asyncio
import signal
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from warehouse.serve.app import Server

ENDS_WITHIN_S = 2
"""What answers under way get before connections are cut."""

HEAD_WITHIN_S = 20.0
"""What a client has to send the head of a request, from its first byte or from connecting."""


class PromptProtocol(H11Protocol):
    """HTTP/1.1 that hangs up on a client who begins a request and does not end its head.

    uvicorn itself waits for ever, so that a few hundred such clients would shut everybody else out.
    """

    _hang_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Bytes have come, of which a request may be complete."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
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
    """How the application is served."""
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
    """Serve the publications of a home; returns when asked to end.

    A shell without job control has its background programs ignore INT; the handlers undo that.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn sends itself the signal again when it is done
        signal.signal(number, lambda *_: None)
    uvicorn.Server(configured(Server(home, sql=sql).app(), host, port)).run()
