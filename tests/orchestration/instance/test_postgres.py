"""Dagster's records in a real PostgreSQL, selected by one variable."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.programs import free_port

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("home")]

RUN = """
from dagster import DagsterInstance, job, op
from orchestration.instance.home import activate
from orchestration.settings import settings

@op
def count(): ...

@job
def small():
    count()

activate(read_settings())
with DagsterInstance.get() as instance:
    assert type(instance.run_storage).__module__.startswith("dagster_postgres"), type(instance.run_storage)
    assert small.execute_in_process(instance=instance).success
    print(instance.get_runs_count())
"""


def _binaries() -> Path | None:
    """Folder of the server's programs; Debian keeps them outside PATH, in one folder per version."""
    on_path = shutil.which("initdb")
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = Path(on_path) if on_path else versions[-1] if versions else None
    return found and found.parent


@pytest.fixture
def postgres() -> Iterator[str]:
    """URL of a test server on 127.0.0.1."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    owner = None
    # Outside pytest's folders, which only their owner may enter.
    folder = Path(tempfile.mkdtemp(prefix="minerals-postgres-"))
    if os.geteuid() == 0:  # the server refuses to run as root
        owner = "postgres" if _exists("postgres") else "nobody"
        shutil.chown(folder, owner)
    port, data = free_port(), folder / "data"
    initialise = [binaries / "initdb", "--auth=trust", "--username=dagster", "--pgdata", data]
    subprocess.run(initialise, user=owner, check=True, capture_output=True, cwd=folder)
    serve = [binaries / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder]
    server = subprocess.Popen(serve, user=owner, cwd=folder, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield f"postgresql://dagster@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder)


def _exists(user: str) -> bool:
    return any(entry.pw_name == user for entry in pwd.getpwall())


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError("PostgreSQL did not come up within 60 s")


def test_runs_are_recorded_in_postgres(postgres: str, home: Path) -> None:
    environment = {**os.environ, "MINERALS_HOME": str(home), "MINERALS_POSTGRES_URL": postgres}
    for expected in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-c", RUN],
            cwd=REPOSITORY,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.split()[-1] == expected
    assert not list((home / "dagster").glob("**/*.db")), "no SQLite file is created"
