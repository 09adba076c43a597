"""A full live run: every publisher is served from this machine, with real figures where checks read them."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from tests.ingest.publishers import KEYED
from tests.ingest.real_figures import serve_all, with_real_figures
from tests.ingest.servers import ANY, HTML, Server
from tests.programs import MINERALS

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not MINERALS.exists(), reason="the project is not installed next to this checkout"),
]

Run = subprocess.CompletedProcess[str]


@contextmanager
def publishers(shared_data: Path) -> Iterator[dict[str, Server]]:
    with serve_all(datetime.now(UTC), with_real_figures(shared_data)) as servers:
        yield servers


def refresh(home: Path, servers: dict[str, Server]) -> Run:
    addresses = {f"MINERALS_{name.upper()}_URL": server.url for name, server in servers.items()}
    places = {"MINERALS_HOME": str(home), "HOME": str(home), "PATH": os.environ["PATH"], "MINERALS_PACE": "0"}
    command = [MINERALS, "refresh", "--all"]
    return subprocess.run(
        command, env=places | KEYED | addresses, capture_output=True, text=True, check=False
    )


def status(home: Path) -> dict[str, str]:
    with duckdb.connect(str(home / "minerals.duckdb"), read_only=True) as con:
        return dict(con.execute("select source_id, mode from meta.source_status").fetchall())


def test_all_sources_live_then_unchanged_then_one_in_trouble(tmp_path: Path, shared_data: Path) -> None:
    with publishers(shared_data) as servers:
        first = refresh(tmp_path, servers)
        assert first.returncode == 0, first.stdout + first.stderr
        first_status = status(tmp_path)
        assert {first_status[name] for name in servers} == {"live"}
        before = {name: server.body_bytes for name, server in servers.items()}
        published = (tmp_path / "minerals.duckdb").stat().st_mtime_ns
        second = refresh(tmp_path, servers)
        assert second.returncode == 0, second.stdout + second.stderr
        # Only probes are read (a release's name, a list of files, a page of links).
        read = {name: server.body_bytes - before[name] for name, server in servers.items()}
        assert sum(read.values()) < 10_000, read
        assert (tmp_path / "minerals.duckdb").stat().st_mtime_ns == published
        servers["worldbank_wgi"].routes = {ANY: HTML}
        third = refresh(tmp_path, servers)
        assert third.returncode == 0, third.stdout + third.stderr
        assert "an HTML page was received" in third.stdout
        assert status(tmp_path) == {**first_status, "worldbank_wgi": "archived"}
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not any(key.encode() in kept for key in KEYED.values())
