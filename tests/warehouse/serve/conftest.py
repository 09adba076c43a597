"""A server of the small warehouse on a free local port."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
import uvicorn

from warehouse.serve.app import Server
from warehouse.serve.run import configured
from warehouse.serve.sandbox import Limits

Get = Callable[..., requests.Response]


@contextmanager
def served(home: Path, *, sql: bool = False, limits: Limits | None = None) -> Iterator[str]:
    """The address of a server that runs until the block ends."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    app = Server(home, sql=sql, limits=limits).app()
    server = uvicorn.Server(configured(app, "127.0.0.1", port))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def get(published: Path) -> Iterator[Get]:
    """A client of a server without SQL."""
    with served(published) as address, requests.Session() as session:
        yield lambda path, **options: session.get(address + path, timeout=30, **options)
