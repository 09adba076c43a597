"""Run the HTTP server until it gets INT or TERM."""

import signal
from pathlib import Path

import uvicorn

from warehouse.serve.app import Server

ENDS_WITHIN_S = 2
"""What answers under way get before connections are cut."""


def serve(home: Path, *, host: str, port: int, sql: bool) -> None:
    """Serve the publications of a home; returns when asked to end.

    A shell without job control has its background programs ignore INT; the handlers undo that.
    """
    config = uvicorn.Config(
        Server(home, sql=sql).app(),
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=ENDS_WITHIN_S,
        limit_concurrency=256,
        h11_max_incomplete_event_size=32 << 10,
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn sends itself the signal again when it is done
        signal.signal(number, lambda *_: None)
    uvicorn.Server(config).run()
