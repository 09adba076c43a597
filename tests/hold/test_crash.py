"""Killed, stopped, on a disk that takes nothing: what is published is whole, and the next refresh heals."""

import json
import os
import random
import signal
import subprocess
import time
from typing import Any

import pytest

from tests.hold.conftest import Count
from tests.hold.ledger import Tally
from tests.hold.small import NEW, Warehouse
from tests.ingest.servers import ANY, Reply

pytestmark = pytest.mark.timeout(6 * 3600)

PHASES = ("download", "landing", "dbt build", "publication", "brief")
POLL_S = 0.002


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

    def _requests(self) -> int:
        return sum(len(server.asked) for server in self._servers)

    def _signed(self) -> str:
        try:
            return str(json.loads(self._signature.read_text())["command"]).removeprefix("minerals, ")
        except FileNotFoundError:
            return ""


Control = tuple[dict[str, float], dict[str, list[tuple[Any, ...]]]]


@pytest.fixture(scope="session")
def control(small: Warehouse) -> Control:
    """An undisturbed refresh: how long each phase took, and the tables it ended in."""
    small.restore()
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


@pytest.mark.parametrize("phase", PHASES)
def test_killed_at_any_moment(
    base: Warehouse, control: Control, tally: Tally, count: Count, phase: str
) -> None:
    """SIGKILL at seeded random moments of a refresh, of the process alone or with its children.

    The published file holds the old or the new publication, the archive no half file; the next refresh heals.
    """
    lasted, expected = control
    before, chance = base.tables(), random.Random(f"killed in {phase}")
    for number in range(count(4, 40)):
        base.restore()
        after_s = chance.uniform(0, lasted[phase])
        whole_group = chance.random() < 0.5
        with tally.case(f"{phase} {number}, {after_s:.3f} s, {'group' if whole_group else 'process'}"):
            killed(base, phase, after_s, whole_group)
            assert base.tables() in (before, expected)
            base.check_archive()
            base.refresh()
            assert base.tables() == expected
            base.check_archive()
            assert base.litter() == []


@pytest.mark.parametrize("phase", PHASES)
def test_stopped(base: Warehouse, control: Control, tally: Tally, phase: str) -> None:
    """SIGTERM in each phase, publishers that hang among them: a clean stop within five seconds."""
    lasted, expected = control
    before = base.tables()
    if phase == "download":
        base.servers["boc_fx"].routes = {ANY: Reply(b"{}", stall_s=60)}
    with tally.case(phase):
        phases, process = Phases(base), base.start()
        while phase not in phases.began and process.poll() is None:
            phases.look()
            time.sleep(POLL_S)
        time.sleep(min(1.0, lasted[phase] / 3))
        process.terminate()
        said, _ = process.communicate(timeout=patience_s(5))
        assert base.tables() in (before, expected)
        assert process.returncode == 1, said
        assert "Stopped. What was published before still stands." in said
        assert left(process.pid) == ""
        base.serve(NEW)
        base.refresh()
        assert base.tables() == expected
        assert base.litter() == []


def patience_s(idle_s: float) -> float:
    """Seconds to allow for what takes so many on an idle machine."""
    return idle_s * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def left(group: int) -> str:
    """Processes of a group that still run, zombies aside."""
    listed = subprocess.run(["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    return "; ".join(row[2] for row in rows if row[0] == str(group) and not row[1].startswith("Z"))


def test_read_only_home(base: Warehouse, control: Control, tally: Tally) -> None:
    """A home that can't be written to: one sentence, exit code 1, readers as before, healed by a remount."""
    if os.geteuid() != 0:
        pytest.skip("a read-only mount takes root")
    expected, before = control[1], base.tables()
    with tally.case():
        subprocess.run(["mount", "--bind", base.home, base.home], check=True)
        try:
            subprocess.run(["mount", "-o", "remount,ro,bind", base.home], check=True)
            process = base.start()
            said, _ = process.communicate(timeout=600)
            assert process.returncode == 1, said
            assert "Read-only file system" in said
            assert "Traceback" not in said
            assert base.tables() == before
        finally:
            subprocess.run(["umount", base.home], check=True)
        base.refresh()
        assert base.tables() == expected
