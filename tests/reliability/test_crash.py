"""Killed, stopped, out of space, wrong clock: published data stay whole, and the next refresh recovers."""

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.servers import ANY, Reply
from tests.programs import patience_s
from tests.reliability.conftest import Count
from tests.reliability.report import CaseCount
from tests.reliability.small_warehouse import NEW, RATES, Warehouse, differences

pytestmark = pytest.mark.timeout(6 * 3600)

PHASES = ("download", "landing", "dbt build", "publication", "brief")
POLL_S = 0.002


class Phases:
    """Watches the phase of a refresh from outside."""

    def __init__(self, small: Warehouse) -> None:
        self._signature = small.home / ".writer.json"
        self._published = small.home / "minerals.duckdb"
        self._replaces = self._identity()
        self._servers = small.servers.values()
        self._asked = self._requests()
        self.began: dict[str, float] = {}

    def look(self) -> None:
        """Note the phases that have begun by now."""
        now, signed = time.monotonic(), self._signed()
        if self._requests() > self._asked:
            self.began.setdefault("download", now)
        if signed:
            self.began.setdefault(signed, now)
        if self._identity() != self._replaces:
            self.began.setdefault("brief", now)

    def wait_for(self, phase: str, process: subprocess.Popen[str]) -> None:
        """Return as soon as a phase has begun, or the refresh has ended."""
        while phase not in self.began and process.poll() is None:
            self.look()
            time.sleep(POLL_S)

    def _requests(self) -> int:
        return sum(len(server.asked) for server in self._servers)

    def _identity(self) -> tuple[int, int]:
        """Inode and time of the published file, which the brief follows."""
        found = self._published.stat()
        return found.st_ino, found.st_mtime_ns

    def _signed(self) -> str:
        try:
            return str(json.loads(self._signature.read_text())["command"]).removeprefix("minerals, ")
        except FileNotFoundError:
            return ""


Control = tuple[dict[str, float], dict[str, list[tuple[Any, ...]]]]


@pytest.fixture(scope="session")
def control(small: Warehouse) -> Control:
    """An undisturbed refresh: the duration of each phase and the resulting tables."""
    small.restore()
    phases, process = Phases(small), small.start()
    while process.poll() is None:
        phases.look()
        time.sleep(POLL_S)
    assert process.returncode == 0, process.communicate()[0]
    begins = [phases.began[phase] for phase in PHASES] + [time.monotonic()]
    lasted = {phase: begins[at + 1] - begins[at] for at, phase in enumerate(PHASES)}
    ended = small.tables()
    assert {rate for _, rate in ended[RATES]} == {float(NEW)}
    return lasted, ended


def killed(small: Warehouse, phase: str, after_s: float, whole_group: bool) -> bool:
    """Start a refresh and kill it after a time in a phase; false if it ended earlier."""
    phases, process = Phases(small), small.start()
    phases.wait_for(phase, process)
    time.sleep(after_s)
    alive = process.poll() is None
    with suppress(ProcessLookupError):
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGKILL)
    process.wait()
    return alive


@pytest.mark.parametrize("phase", PHASES)
def test_killed_at_any_moment(
    base: Warehouse, control: Control, tally: CaseCount, count: Count, phase: str
) -> None:
    """SIGKILL at seeded random moments of a refresh, to the process alone or with its children.

    The published file is the old or the new publication, the archive has no partial file, and the next
    refresh succeeds.
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
            assert differences(base.tables(), expected) == {}
            assert base.build_id() in base.brief()
            base.check_archive()
            assert base.litter() == []


@pytest.mark.parametrize("phase", PHASES)
def test_stopped(base: Warehouse, control: Control, tally: CaseCount, phase: str) -> None:
    """SIGTERM in each phase, also while a publisher hangs: a clean stop within five seconds."""
    lasted, expected = control
    before = base.tables()
    if phase == "download":
        base.servers["boc_fx"].routes = {ANY: Reply(b"{}", stall_s=60)}
    with tally.case(phase):
        phases, process = Phases(base), base.start()
        phases.wait_for(phase, process)
        time.sleep(min(1.0, lasted[phase] / 3))
        process.terminate()
        output, _ = process.communicate(timeout=patience_s(5))
        assert base.tables() in (before, expected)
        assert process.returncode == 1, output
        assert "Stopped. Publications made before stay in place." in output
        assert left(process.pid) == ""
        base.serve(NEW)
        base.refresh()
        assert differences(base.tables(), expected) == {}
        assert base.litter() == []


def left(group: int) -> str:
    """Running processes of a group, without zombies."""
    listed = subprocess.run(["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    return "; ".join(row[2] for row in rows if row[0] == str(group) and not row[1].startswith("Z"))


@contextmanager
def disk_of_its_own(home: Path) -> Iterator[None]:
    """A copy of the home on a small disk."""
    held = shutil.copytree(home, home.with_name("held"), symlinks=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", home], check=True)
    try:
        shutil.copytree(held, home, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(held)
        yield
    finally:
        subprocess.run(["umount", "--lazy", home], check=True)


def leave_free(home: Path, free: int) -> None:
    """Resize the disk so that the given number of bytes is free."""
    use = os.statvfs(home)
    size = (use.f_blocks - use.f_bfree) * use.f_frsize + free
    subprocess.run(["mount", "-o", f"remount,size={size}", home], check=True)


def test_full_disk(base: Warehouse, control: Control, tally: CaseCount, count: Count) -> None:
    """A disk that fills up during a refresh: one sentence, the old publication, then a full recovery."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk takes root")
    expected, before, chance = control[1], base.tables(), random.Random("full disk")
    for _ in range(count(3, 20)):
        base.restore()
        free = round(2 ** chance.uniform(12, 25))
        with tally.case(f"{free} bytes free"), disk_of_its_own(base.home):
            leave_free(base.home, free)
            process = base.start()
            output, _ = process.communicate(timeout=600)
            assert "Traceback" not in output, output
            assert base.tables() == (expected if process.returncode == 0 else before), output
            base.check_archive()
            leave_free(base.home, 1 << 30)
            base.refresh()
            assert differences(base.tables(), expected) == {}
            base.check_archive()
            assert base.litter() == []


def test_read_only_home(base: Warehouse, control: Control, tally: CaseCount) -> None:
    """A home that cannot be written: one sentence, exit code 1, unaffected readers, then recovery."""
    if os.geteuid() != 0:
        pytest.skip("a read-only mount takes root")
    expected, before = control[1], base.tables()
    with tally.case():
        subprocess.run(["mount", "--bind", base.home, base.home], check=True)
        try:
            subprocess.run(["mount", "-o", "remount,ro,bind", base.home], check=True)
            process = base.start()
            output, _ = process.communicate(timeout=600)
            assert process.returncode == 1, output
            assert "read-only file system" in output
            assert "Traceback" not in output
            assert base.tables() == before
        finally:
            subprocess.run(["umount", base.home], check=True)
        base.refresh()
        assert differences(base.tables(), expected) == {}


@pytest.mark.parametrize("phase", ["download", "dbt build", "publication"])
def test_temporary_folders_vanish(
    base: Warehouse, control: Control, tally: CaseCount, tmp_path: Path, phase: str
) -> None:
    """The temporary folders of system and DuckDB disappear in a phase: this refresh or the next succeeds."""
    expected, before = control[1], base.tables()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with tally.case(phase):
        phases, process = Phases(base), base.start(TMPDIR=str(temporary))
        phases.wait_for(phase, process)
        for folder in (temporary, base.home / "tmp"):
            shutil.rmtree(folder, ignore_errors=True)
        output, _ = process.communicate(timeout=600)
        assert "Traceback" not in output, output
        assert base.tables() == (expected if process.returncode == 0 else before), output
        base.refresh(TMPDIR=str(temporary))
        assert differences(base.tables(), expected) == {}


FAKETIME = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)


@pytest.mark.skipif(FAKETIME is None, reason="libfaketime is not installed (apt-get install libfaketime)")
@pytest.mark.parametrize("jump", ["+3650d", "-3650d", "+2d", "-2d"])
def test_clock_jumps(base: Warehouse, control: Control, tally: CaseCount, tmp_path: Path, jump: str) -> None:
    """The clock jumps by days or ten years within a refresh and back after it: new figures still arrive."""
    expected, clock = control[1], tmp_path / "clock"
    clock.write_text("+0")
    faked = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # otherwise every wait for a lock would be a busy loop
    }
    with tally.case(jump):
        phases, process = Phases(base), base.start(**faked)
        phases.wait_for("download", process)
        clock.write_text(jump)
        process.wait(600)
        # Dagster's `tail` of the log may continue to run under a false clock
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        assert process.returncode == 0, output
        assert base.tables()[RATES] == expected[RATES]
        base.serve("1.77")
        base.refresh()
        assert {rate for _, rate in base.tables()[RATES]} == {1.77}
        assert base.minerals("rollback").returncode == 0
        assert base.tables()[RATES] == expected[RATES]
