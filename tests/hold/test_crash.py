"""Killed, starved, stopped, with a wrong clock: what is published is whole, and the next refresh heals."""

import json
import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ingest.archive import Archive, sha256_of
from tests.hold.conftest import Count
from tests.hold.ledger import Tally
from tests.hold.small import Warehouse, make_checkout, routes
from tests.ingest.servers import serve

pytestmark = pytest.mark.timeout(6 * 3600)

PHASES = ("download", "landing", "dbt build", "publication", "brief")
OLD, NEW = "1.31", "1.42"
POLL_S = 0.002


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A small warehouse with two publications, the older publisher's file in force."""
    root = tmp_path_factory.mktemp("small")
    with ExitStack() as stack:
        servers = {name: stack.enter_context(serve(answers)) for name, answers in routes("1.2").items()}
        warehouse = Warehouse(make_checkout(root / "checkout"), root / "home", servers)
        for rate in ("1.2", OLD):
            warehouse.serve(rate)
            warehouse.refresh()
        shutil.copytree(warehouse.home, root / "kept", symlinks=True)
        yield warehouse


@pytest.fixture
def base(small: Warehouse) -> Warehouse:
    """The small warehouse as it was, its publisher serving new figures."""
    restore(small)
    return small


def restore(small: Warehouse) -> None:
    shutil.rmtree(small.home)
    shutil.copytree(small.home.with_name("kept"), small.home, symlinks=True)
    small.serve(NEW)


class Phases:
    """Watches a refresh from outside: which phase it is in."""

    def __init__(self, small: Warehouse) -> None:
        self._signature = small.home / ".writer.json"
        self._servers = small.servers.values()
        self._asked = self._requests()
        self.began: dict[str, float] = {}

    def look(self) -> None:
        """Note phases that have begun by now."""
        now, signed = time.monotonic(), self._signed()
        if self._requests() > self._asked:
            self.began.setdefault("download", now)
        if signed:
            self.began.setdefault(signed, now)
        elif "publication" in self.began:
            self.began.setdefault("brief", now)

    def _requests(self) -> int:
        return sum(len(server.asked) for server in self._servers)

    def _signed(self) -> str:
        try:
            return str(json.loads(self._signature.read_text())["command"]).removeprefix("minerals, ")
        except FileNotFoundError:
            return ""


@pytest.fixture(scope="module")
def control(small: Warehouse) -> tuple[dict[str, float], dict[str, list[tuple[object, ...]]]]:
    """An undisturbed refresh: how long each phase took, and the tables it ended in."""
    restore(small)
    phases, process = Phases(small), small.start()
    while process.poll() is None:
        phases.look()
        time.sleep(POLL_S)
    assert process.returncode == 0, process.communicate()[0]
    begins = [phases.began[phase] for phase in PHASES] + [time.monotonic()]
    lasted = {phase: begins[at + 1] - begins[at] for at, phase in enumerate(PHASES)}
    return lasted, small.tables()


def killed(small: Warehouse, phase: str, after_s: float, whole_group: bool) -> bool:
    """Start a refresh and kill it so long into a phase; false if it was done before."""
    phases, process = Phases(small), small.start()
    while phase not in phases.began and process.poll() is None:
        phases.look()
        time.sleep(POLL_S)
    time.sleep(after_s)
    alive = process.poll() is None
    (os.killpg if whole_group else os.kill)(process.pid, signal.SIGKILL)
    process.wait()
    return alive


def check_archive(root: Path) -> None:
    """Every vintage has its bytes, and no file by a hash has other bytes than it says."""
    archive = Archive(root)
    for source in archive.sources():
        for record in archive.records(source):
            archive.verify(record)
        for path in archive.folder(source).glob("[!.]*"):
            if path.is_file() and not path.name.endswith(".json"):
                assert sha256_of(path) == path.name.partition(".")[0], f"half a file: {path.name}"


def litter(home: Path) -> list[str]:
    """Files that a stopped run was writing."""
    found = [*home.rglob("*.part"), *home.rglob("*.tmp"), *home.rglob("*.part.json"), *home.rglob("*.wal")]
    return sorted(path.relative_to(home).as_posix() for path in found)


@pytest.mark.parametrize("phase", PHASES)
def test_killed_at_any_moment(
    base: Warehouse, control: object, tally: Tally, count: Count, phase: str
) -> None:
    """SIGKILL at seeded random moments of a refresh, of the process alone or with its children.

    The published file holds the old or the new publication, the archive no half file; the next refresh heals.
    """
    lasted, expected = control
    before, chance = base.tables(), random.Random(f"killed in {phase}")
    for number in range(count(4, 40)):
        restore(base)
        after_s = chance.uniform(0, lasted[phase])
        whole_group = chance.random() < 0.5
        with tally.case(f"{phase} {number}, {after_s:.3f} s, {'group' if whole_group else 'process'}"):
            killed(base, phase, after_s, whole_group)
            assert base.tables() in (before, expected)
            check_archive(base.home / "archive")
            base.refresh()
            assert base.tables() == expected
            check_archive(base.home / "archive")
            assert litter(base.home) == []
