"""A loopback HTTP server that acts as a publisher: responses, cache validators, ranges and faults."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

LAST_MODIFIED = "Mon, 16 Nov 2026 12:00:00 GMT"


@dataclass(frozen=True)
class Asked:
    """One received request."""

    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]

    @property
    def params(self) -> dict[str, str]:
        return dict(self.query)


@dataclass(frozen=True)
class Reply:
    """One response, with optional faults.

    ``cut_after`` truncates the body, ``stall_s`` delays the response, ``pause_s`` is a pause after half of
    the body, ``drip_s`` a pause after each byte, ``claims`` the stated length; ``reset`` aborts the
    connection within the body as a crashed host does.
    """

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    validators: bool = True
    last_modified: str = LAST_MODIFIED
    cut_after: int | None = None
    stall_s: float = 0.0
    pause_s: float = 0.0
    drip_s: float = 0.0
    claims: int | None = None
    reset: bool = False

    @property
    def etag(self) -> str:
        return f'"{sha256(self.body).hexdigest()[:16]}"'


def json_reply(content: Any, **more: Any) -> Reply:
    """``content`` as JSON."""
    return Reply(orjson.dumps(content), **more)


Route = Reply | Callable[[Asked], Reply]
Routes = dict[str, Route]
ANY = "*"  # the route for all paths without their own
NOT_HERE = Reply(b"not here", 404, "text/plain", validators=False)
HTML = Reply(b"<!DOCTYPE html><html><body>Sorry.</body></html>", content_type="text/html", validators=False)


@dataclass
class Server:
    """Responses by path. ``asked`` lists the requests, ``sent`` path, status and body size of responses."""

    routes: dict[str, Route] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    sent: list[tuple[str, int, int]] = field(default_factory=list)
    url: str = ""

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        route = self.routes.get(asked.path, self.routes.get(ANY, NOT_HERE))
        return route if isinstance(route, Reply) else route(asked)

    @property
    def body_bytes(self) -> int:
        return sum(sent for _, _, sent in self.sent)


def at_first(faulty: Callable[[Reply], Reply], route: Route) -> Route:
    """A route whose first response is faulty and whose later ones are correct."""
    been_asked: list[Asked] = []

    def answer(asked: Asked) -> Reply:
        good = route if isinstance(route, Reply) else route(asked)
        been_asked.append(asked)
        return faulty(good) if len(been_asked) == 1 else good

    return answer


@contextmanager
def serve(routes: Routes) -> Iterator[Server]:
    """Run a server for the duration of a ``with`` block."""
    server = Server(dict(routes))
    handler = type("Handler", (_Handler,), {"played": server})
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    http.daemon_threads = True
    server.url = f"http://127.0.0.1:{http.server_port}"
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # otherwise the body waits 40 ms until the client acknowledges the head
    played: Server

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = Asked(parts.path, parse_qsl(parts.query, keep_blank_values=True), dict(self.headers))
        reply = self.played.answer(asked)
        time.sleep(reply.stall_s)
        status, body, extra = _negotiated(asked, reply)
        cut = body if reply.cut_after is None else body[: reply.cut_after]
        self.played.sent.append((asked.path, status, len(cut)))
        self.send_response(status)
        for name, value in {"Content-Type": reply.content_type, **reply.headers, **extra}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if reply.claims is None else reply.claims))
        self.end_headers()
        if self.command == "HEAD":
            return
        with suppress(ConnectionError):
            self._write(cut, reply)
        if len(cut) < len(body) or reply.claims is not None:
            self.close_connection = True

    def _write(self, body: bytes, reply: Reply) -> None:
        half = len(body) // 2
        if reply.drip_s:
            for at in range(len(body)):
                self.wfile.write(body[at : at + 1])
                time.sleep(reply.drip_s)
        elif reply.reset:
            self.wfile.write(body[:half])
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        elif reply.pause_s:
            self.wfile.write(body[:half])
            time.sleep(reply.pause_s)
            self.wfile.write(body[half:])
        else:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Suppress the request log."""


def _negotiated(asked: Asked, reply: Reply) -> tuple[int, bytes, dict[str, str]]:
    """Apply conditional and range headers to a reply: status, body, headers."""
    if not reply.validators or reply.status != 200:
        return reply.status, reply.body, {}
    validators = {"ETag": reply.etag, "Last-Modified": reply.last_modified, "Accept-Ranges": "bytes"}
    if asked.headers.get("If-None-Match") == reply.etag:
        return 304, b"", validators
    wanted = asked.headers.get("Range")
    if wanted and asked.headers.get("If-Range") in (None, reply.etag, reply.last_modified):
        start, _, last = wanted.removeprefix("bytes=").partition("-")
        body = reply.body[int(start) : int(last) + 1 if last else None]
        span = f"bytes {start}-{int(start) + len(body) - 1}/{len(reply.body)}"
        return 206, body, validators | {"Content-Range": span}
    return 200, reply.body, validators
