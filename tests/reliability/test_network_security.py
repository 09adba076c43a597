"""Hostile networks: false certificates, redirects and links to other hosts, answers that echo keys."""

import logging
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from ingest.http import FetchError, Http, Policy, Request, UnreachableError, host_of
from orchestration.settings import read_settings
from tests.conftest import REPOSITORY
from tests.ingest.live import refresh
from tests.ingest.publishers import KEYS
from tests.ingest.servers import ANY, Reply, Server, serve
from tests.programs import free_port, running

BIN = REPOSITORY / ".venv" / "bin"
POLICY = Policy(interval_s=0, connect_s=2, read_s=2)
PATIENCE_S = 300


class Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Suppress the request log."""


def certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate for a name, with its key."""
    pem = folder / f"{name}.pem"
    subject = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=IP:{name}", "-days", "2"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, "-keyout", pem, "-out", pem]
    key = folder / f"{name}.key"
    made[made.index("-keyout") + 1] = key
    subprocess.run(made, check=True, capture_output=True)
    pem.write_bytes(pem.read_bytes() + key.read_bytes())
    return pem


@contextmanager
def tls(pem: Path) -> Iterator[str]:
    """A server on this machine that shows a certificate."""
    server = HTTPServer(("127.0.0.1", 0), Hello)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates, and is missing")
@pytest.mark.parametrize(
    ("shown", "trusted", "refused"),
    [
        ("127.0.0.1", True, None),
        ("127.0.0.1", False, "its TLS certificate is not trusted here"),
        ("127.0.0.2", True, "its TLS certificate is not trusted here"),
    ],
    ids=["trusted", "self-signed", "another-name"],
)
def test_a_certificate_must_be_trusted_and_of_that_host(
    shown: str, trusted: bool, refused: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path, shown)
    if trusted:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem))
    with tls(pem) as url, Http(pace=0) as http:
        if refused is None:
            assert http.get(Request(url), POLICY).content == b"{}"
        else:
            with pytest.raises(UnreachableError, match=refused):
                http.get(Request(url), POLICY)


ASTRAY = [
    "http://elsewhere.example/x",
    "//elsewhere.example/x",
    "http://elsewhere.example\\@{host}/x",
    "http://elsewhere.example%5c@{host}.elsewhere.example/x",
    "http://{host}@elsewhere.example/x",
    "http://{host}\\.elsewhere.example/x",
    "http://127.0.0.1:1/x",
    "http://localhost:{port}/x",
    "http://[::1]:{port}/x",
    "http://2130706433:{port}/x",
    "file:///etc/passwd",
    "ftp://{host}/x",
    "gopher://{host}/x",
    "javascript:alert(1)",
    "http://169.254.169.254/latest/meta-data/",
    "http:\\\\elsewhere.example/x",
    "\thttp://elsewhere.example/x",
    "http://{host}:99999/x",
]


@pytest.mark.parametrize("location", ASTRAY)
def test_a_redirect_stays_on_its_hosts(location: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A redirect reaches only the publisher's own addresses."""
    reached: list[str] = []
    connect = socket.getaddrinfo

    def noted(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        reached.append(f"{host}:{port}")
        return connect("127.0.0.1", 9, *rest, **more) if f"{host}:{port}" != own else connect(host, port)

    with serve({}) as server, Http(pace=0) as http:
        own = host_of(server.url)
        place = location.format(host=own, port=own.partition(":")[2])
        server.routes = {
            "/a": Reply(b"", 302, headers={"Location": place}, validators=False),
            ANY: Reply(b"{}"),
        }
        monkeypatch.setattr(socket, "getaddrinfo", noted)
        with suppress(FetchError):  # some of them point to a path on the host itself
            http.get(Request(f"{server.url}/a"), POLICY)
    assert set(reached) <= {own}


@pytest.mark.parametrize(
    "link",
    [
        "https://elsewhere.example/CMO-Historical-Data-Monthly.xlsx",
        "https://elsewhere.example\\@thedocs.worldbank.org/CMO-Historical-Data-Monthly.xlsx",
        "https://thedocs.worldbank.org@elsewhere.example/CMO-Historical-Data-Monthly.xlsx",
        "https://thedocs.worldbank.org.elsewhere.example/CMO-Historical-Data-Monthly.xlsx",
    ],
)
def test_a_link_on_a_page_stays_on_its_hosts(link: str, tmp_path: Path) -> None:
    from ingest.sources import worldbank_prices  # noqa: PLC0415

    with serve({ANY: Reply(f'<p><a href="{link}">monthly</a>'.encode(), content_type="text/html")}) as server:
        outcome = refresh(worldbank_prices, tmp_path, server)
    assert "links to a workbook on" in outcome.note


@pytest.mark.parametrize(
    "next_page", ["http://elsewhere.example/p", "//elsewhere.example/p", "http:\\\\x@y/"]
)
def test_a_next_page_stays_where_the_first_was(next_page: str, tmp_path: Path) -> None:
    from ingest.sources import federal_register  # noqa: PLC0415

    page = f'{{"results": [], "next_page_url": "{next_page}"}}'.replace("\\", "\\\\")
    with serve({ANY: Reply(page.encode())}) as server:
        outcome = refresh(federal_register, tmp_path, server)
    assert "leads away from" in outcome.note


def echoing(key: str) -> list[Reply]:
    """Answers that repeat a key in every place that can hold it."""
    return [
        Reply(f"bad key {key}".encode(), 400, "text/plain", validators=False),
        Reply(f'{{"error": "quota of {key}", "data": [], "count": 0}}'.encode()),
        Reply(b"", 302, headers={"Location": f"/missing_key?was={key}"}, validators=False),
        Reply(b"", 302, headers={"Location": f"http://elsewhere.example/?q={key}"}, validators=False),
        Reply(f'[["{key}"], ["{key}"]]'.encode(), headers={"ETag": f'"{key}"'}),
        Reply(f"<html>{key}</html>".encode(), content_type=f"text/html; {key}", validators=False),
    ]


def asked_with_keys(source_id: str) -> Iterator[Reply]:
    for reply in echoing(KEYS[source_id]):
        yield from (reply, reply)


def kept_in(home: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def descendants(program: int) -> set[int]:
    """A process and all its descendants, in any group and session."""
    children: dict[int, list[int]] = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            children.setdefault(int(parent), []).append(int(process.name))
    found, waiting = set[int](), [program]
    while waiting:
        found.add(waiting[-1])
        waiting += children.get(waiting.pop(), [])
    return found


def listening(program: int) -> set[tuple[str, int]]:
    """Local addresses (hexadecimal) and ports on which a program and its descendants listen."""
    sockets: set[str] = set()
    for pid in descendants(program):
        with suppress(OSError):
            links = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
            sockets |= {link[8:-1] for link in links if link.startswith("socket:[")}
    rows = [
        line.split()
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        if Path(table).exists()
        for line in Path(table).read_text().splitlines()[1:]
    ]
    places = [row[1].partition(":") for row in rows if row[3] == "0A" and row[9] in sockets]
    return {(address, int(port, 16)) for address, _, port in places}


ASK_ALL = """
{ runsOrError { ... on Runs { results { runId status runConfigYaml tags { key value }
    eventConnection { events { __typename ... on MessageEvent { message level stepKey }
      ... on MaterializationEvent { description metadataEntries { label description
        ... on TextMetadataEntry { text } ... on JsonMetadataEntry { jsonString } } }
      ... on AssetCheckEvaluationEvent { evaluation { description metadataEntries { label
        ... on TextMetadataEntry { text } ... on JsonMetadataEntry { jsonString } } } }
      ... on ExecutionStepFailureEvent { error { message stack causes { message stack } } } } } } } }
  assetNodes { assetKey { path } description metadataEntries { label ... on TextMetadataEntry { text } } }
  envVarsOrError: locationStatusesOrError { __typename }
}
"""


@pytest.mark.timeout(900)
@pytest.mark.skipif(
    not (BIN / "minerals").exists(), reason="the project is not installed next to this checkout"
)
def test_keys_stay_out_of_home_logs_event_database_and_ui_and_the_ui_is_for_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys that publishers repeat stay out of the home, logs, event database and UI; the UI is local only."""
    servers: dict[str, Server] = {}
    home, port = tmp_path / "home", free_port()
    turns = {name: asked_with_keys(name) for name in KEYS}

    def answer(name: str) -> Any:
        def reply(_: object) -> Reply:
            return next(turns[name], Reply(b"{}"))

        return reply

    environment = {
        **os.environ,
        "MINERALS_HOME": str(home),
        "MINERALS_PACE": "0",
        "CENSUS_API_KEY": KEYS["census_api"],
        "COMTRADE_API_KEY": KEYS["comtrade"],
    }
    environment.pop("DAGSTER_HOME", None)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    from orchestration.instance.home import prepare  # noqa: PLC0415

    environment["DAGSTER_HOME"] = str(prepare(read_settings()))
    chosen = {"census_api": (), "comtrade": ("--partition", "2026-01-01")}
    with serve({ANY: answer("census_api")}) as census, serve({ANY: answer("comtrade")}) as comtrade:
        servers |= {"CENSUS_API": census, "COMTRADE": comtrade}
        environment |= {f"MINERALS_{name}_URL": server.url for name, server in servers.items()}
        command = [BIN / "dagster", "asset", "materialize", "-m", "orchestration.definitions"]
        printed = b""
        for name, partition in chosen.items():
            visited = subprocess.run(
                [*command, "--select", f'key:"source/{name}"', *partition],
                env=environment,
                cwd=REPOSITORY,
                capture_output=True,
                check=False,
            )
            printed += visited.stdout + visited.stderr
            # A requested month that loaded nothing is a failed run; a night on which a source fails is not.
            assert visited.returncode == int(bool(partition)), printed
        assert census.asked
        assert comtrade.asked
        command = [BIN / "minerals", "ui", "--port", str(port)]
        with running(command, environment | {"MINERALS_OFFLINE": "true"}, tmp_path / "ui.log") as ui:
            served_page = graphql(port)
            addresses = listening(ui.pid)
    assert "comtrade" in served_page
    shown = {
        "terminal": printed,
        "UI": served_page.encode(),
        "UI's log": (tmp_path / "ui.log").read_bytes(),
        **kept_in(home),
    }
    assert any(name.endswith(".db") for name in shown)
    leaks = [place for place, content in shown.items() for key in KEYS.values() if key.encode() in content]
    assert leaks == []
    loopback = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}
    assert port in {number for _, number in addresses}
    assert {address for address, _ in addresses} <= loopback


def graphql(port: int) -> str:
    """All that the UI reports about runs and assets."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            answer = requests.post(f"http://127.0.0.1:{port}/graphql", json={"query": ASK_ALL}, timeout=120)
        except requests.RequestException:
            time.sleep(1)
            continue
        assert answer.ok, answer.text[:2000]
        assert "errors" not in answer.json(), answer.text[:2000]
        return answer.text
    raise AssertionError("the UI did not come up")


def test_a_debug_log_of_every_library_has_no_key(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    from ingest.sources import census_api  # noqa: PLC0415

    caplog.set_level(logging.DEBUG)
    key = KEYS["census_api"]
    for number, reply in enumerate(echoing(key)):
        with serve({ANY: reply}) as server:
            outcome = refresh(census_api, tmp_path / str(number), server, key=key)
        assert key not in f"{outcome} {caplog.text}"
    assert not [name for name, content in kept_in(tmp_path).items() if key.encode() in content]
