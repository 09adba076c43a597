import json
import logging
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from orchestration.alerts import Alert, send, targets
from orchestration.settings import read_settings

ALERT = Alert("nightly_refresh failed at dbt_build", "2 tests failed", "error")

pytestmark = pytest.mark.usefixtures("home")


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Hook(HTTPServer):
    """Stores posted messages and responds with ``status``."""

    status = 200

    def __init__(self) -> None:
        self.posted: list[dict[str, str]] = []
        super().__init__(("127.0.0.1", 0), HookHandler)


class HookHandler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        self.server.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Suppress the request log."""


class Mailbox(socketserver.TCPServer):
    """A minimal SMTP server that accepts one message."""

    allow_reuse_address = True

    def __init__(self) -> None:
        self.recipients: list[str] = []
        self.message = ""
        super().__init__(("127.0.0.1", 0), MailHandler)


class MailHandler(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self.say("220 ready")
        for line in self.rfile:
            command = line.decode().strip().upper()
            if command.startswith("RCPT"):
                self.server.recipients.append(command.split("<")[1].rstrip(">").lower())
                self.say("250 fine")
            elif command == "DATA":
                self.say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.message = b"".join(lines).decode()
                self.say("250 taken")
            elif command == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


def test_nothing_is_configured_by_default() -> None:
    assert targets(read_settings()) == []
    assert send(ALERT, read_settings()) == []


def test_log(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("MINERALS_ALERT_LOG", "true")
    with caplog.at_level(logging.WARNING):
        assert send(ALERT, read_settings()) == []
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "nightly_refresh failed at dbt_build: 2 tests failed")
    ]


def test_webhook(monkeypatch: pytest.MonkeyPatch) -> None:
    hook = Hook()
    with serving(hook) as port:
        monkeypatch.setenv("MINERALS_ALERT_WEBHOOK_URL", f"http://127.0.0.1:{port}/services/geheim")
        assert send(ALERT, read_settings()) == []
    assert hook.posted == [
        {"title": ALERT.title, "text": f"{ALERT.title}\n{ALERT.text}", "severity": "error"}
    ]


def test_email(monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox = Mailbox()
    with serving(mailbox) as port:
        monkeypatch.setenv("MINERALS_ALERT_SMTP_URL", f"smtp://127.0.0.1:{port}")
        monkeypatch.setenv("MINERALS_ALERT_EMAIL_TO", "a@example.org,b@example.org")
        assert send(ALERT, read_settings()) == []
    assert mailbox.recipients == ["a@example.org", "b@example.org"]
    assert "Subject: [minerals] nightly_refresh failed at dbt_build" in mailbox.message
    assert "2 tests failed" in mailbox.message


def test_a_target_that_fails_leaves_the_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    hook, mailbox = Hook(), Mailbox()
    hook.status = 500
    with serving(hook) as web, serving(mailbox) as mail:
        monkeypatch.setenv("MINERALS_ALERT_WEBHOOK_URL", f"http://127.0.0.1:{web}/services/geheim")
        monkeypatch.setenv("MINERALS_ALERT_SMTP_URL", f"smtp://127.0.0.1:{mail}")
        monkeypatch.setenv("MINERALS_ALERT_EMAIL_TO", "a@example.org")
        failures = send(ALERT, read_settings())
    assert failures == ["Webhook did not accept the alert: HTTPError"]
    assert mailbox.recipients == ["a@example.org"]
