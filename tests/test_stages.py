"""The time limits of CI: what runs, what is not started, what is cut off, and what fails."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY
from tests.programs import until

spec = importlib.util.spec_from_file_location("stages", REPOSITORY / ".ci" / "stages.py")
assert spec is not None
assert spec.loader is not None
stages: Any = importlib.util.module_from_spec(spec)
sys.modules["stages"] = stages
spec.loader.exec_module(stages)

GATE = stages.Stage("suite", ("true",), 100, gates=True, is_yardstick=True)


class Machine:
    """Commands that end after a given duration, with a simulated clock."""

    def __init__(self, **takes: float) -> None:
        self.now = 0.0
        self.takes = takes
        self.codes: dict[str, int] = {}
        self.limits: dict[str, float] = {}
        self.slowness = 0.0
        self.has_failures = False
        self.has_passed = True

    def clock(self, total_s: float = 3600) -> Any:
        return stages.Clock(0.0, total_s, lambda: self.now)

    def execute(self, stage: Any, limit_s: float, slowness: float) -> Any:
        self.limits[stage.name] = limit_s
        self.slowness = slowness
        seconds = min(self.takes[stage.name], limit_s)
        self.now += seconds
        code = self.codes.get(stage.name, 0) if self.takes[stage.name] <= limit_s else None
        return stages.Ended(code, seconds, self.has_failures, self.has_passed)


def stage(name: str, usual_s: float, **more: Any) -> Any:
    return stages.Stage(name, ("true",), usual_s, **more)


def outcomes(machine: Machine, *those: Any, total_s: float = 3600) -> dict[str, tuple[str, str]]:
    results = stages.run_all(those, machine.clock(total_s), machine.execute)
    return {result.stage: (result.outcome, result.why) for result in results}


def test_everything_passes_on_a_usual_machine() -> None:
    machine = Machine(suite=100, nights=600, drill=200)
    found = outcomes(machine, GATE, stage("nights", 600), stage("drill", 200))
    assert {outcome for outcome, _ in found.values()} == {"passed"}


def test_a_stage_that_will_not_fit_on_this_machine_is_not_begun_and_a_shorter_one_is() -> None:
    machine = Machine(suite=300, nights=900, drill=600, small=30)
    found = outcomes(
        machine, GATE, stage("nights", 300), stage("drill", 200), stage("small", 10), total_s=1500
    )
    assert found["nights"][0] == "passed"
    assert found["drill"] == ("not run", "no time left: about 600 s expected, 300 s on the clock")
    assert found["small"][0] == "passed"
    assert "drill" not in machine.limits


def test_a_fast_machine_does_not_promise_shorter_stages() -> None:
    machine = Machine(suite=20, nights=600)
    clock = machine.clock()
    stages.run_all([GATE], clock, machine.execute)
    assert clock.expected_s(stage("nights", 600)) == 600


def test_a_stage_that_the_clock_cuts_off_is_not_run_and_not_green() -> None:
    machine = Machine(suite=100, nights=1000)
    found = outcomes(machine, GATE, stage("nights", 600), total_s=900)
    assert found["nights"] == ("not run", "no time left: the clock cut it off")


def test_a_failure_seen_before_the_clock_cut_off_is_red() -> None:
    machine = Machine(suite=100, nights=1000)
    machine.has_failures = True
    found = outcomes(machine, GATE, stage("nights", 600), total_s=900)
    assert found["nights"][0] == "failed"


def test_a_stage_that_hangs_is_red_and_leaves_time_to_the_others() -> None:
    machine = Machine(suite=100, nights=99_999, drill=200)
    found = outcomes(machine, GATE, stage("nights", 200), stage("drill", 200))
    assert found["nights"] == ("failed", "it hangs: not done after 800 s")
    assert found["drill"][0] == "passed"


def test_a_machine_four_times_slower_makes_nothing_hang() -> None:
    machine = Machine(suite=400, nights=800, drill=1200)
    found = outcomes(machine, GATE, stage("nights", 200), stage("drill", 200))
    assert {outcome for outcome, _ in found.values()} == {"passed"}
    assert machine.slowness == 4.0


def test_a_red_gate_ends_it_and_a_red_stage_does_not() -> None:
    machine = Machine(suite=100, nights=600, drill=200)
    machine.codes = {"suite": 1}
    found = outcomes(machine, GATE, stage("nights", 600))
    assert found == {"suite": ("failed", "ended with 1"), "nights": ("not run", "suite failed")}
    machine = Machine(suite=100, nights=600, drill=200)
    machine.codes = {"nights": 1}
    found = outcomes(machine, GATE, stage("nights", 600), stage("drill", 200))
    assert found["nights"] == ("failed", "ended with 1")
    assert found["drill"][0] == "passed"


def test_a_stage_that_only_reports_is_shown_red_and_stops_nothing() -> None:
    machine = Machine(suite=100, nights=600, drill=200)
    machine.codes = {"nights": 1}
    results = stages.run_all(
        (GATE, stage("nights", 600, reports=True), stage("drill", 200)), machine.clock(), machine.execute
    )
    assert [(result.outcome, result.gates) for result in results] == [
        ("passed", True),
        ("failed", False),
        ("passed", True),
    ]
    assert results[1].why == "ended with 1; this stage only reports"


def test_a_gate_that_the_clock_cuts_off_is_red() -> None:
    found = outcomes(Machine(suite=5000), GATE)
    assert found["suite"] == ("failed", "the clock cut it off, and it always gates")


def test_a_stage_without_tests_is_not_green() -> None:
    machine = Machine(suite=100, nights=1, rest=1, skipped=1)
    machine.codes = {"nights": 5, "rest": 5}
    found = outcomes(machine, GATE, stage("nights", 60), stage("rest", 60, may_be_empty=True))
    assert found["nights"] == ("failed", "ended with 5")
    assert found["rest"][0] == "passed"
    machine.has_passed = False
    skipped = outcomes(machine, stage("skipped", 60, tests=("tests/e2e",)))
    assert skipped["skipped"] == ("not run", "all its tests were skipped")


def test_the_table_shows_each_stage_with_its_seconds() -> None:
    machine = Machine(suite=200, nights=600)
    clock = machine.clock(500)
    shown = stages.table(stages.run_all([GATE, stage("nights", 300)], clock, machine.execute), clock)
    assert shown.splitlines() == [
        "suite   passed      200 s",
        "nights  not run       0 s  no time left: about 600 s expected, 300 s on the clock",
        "2.0 times the usual duration; 300 s left",
    ]


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.setattr(stages, "OUT", tmp_path)
    return lambda script, limit_s: stages.execute(
        stages.Stage("A stage", (sys.executable, "-c", script), 1), limit_s, 1.0
    )


def test_a_real_command_is_run_and_its_words_are_kept(
    in_folder: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = in_folder("print('FAILED tests/a.py::b'); print('1 failed, 2 passed'); raise SystemExit(1)", 60)
    assert (ended.code, ended.has_failures, ended.has_passed) == (1, True, True)
    assert "FAILED tests/a.py::b" in (tmp_path / "a_stage.log").read_text()
    assert "1 failed, 2 passed" in capsys.readouterr().out


def test_a_stage_hears_an_interruption_though_ci_runs_in_the_background(tmp_path: Path) -> None:
    """A shell starts background jobs with INT ignored; on INT, pytest reports its results so far."""
    stage = (
        "import time, sys\n"
        "try: time.sleep(600)\n"
        "except KeyboardInterrupt: print('FAILED tests/a.py::b', flush=True)"
    )
    script = (
        f"import sys, importlib.util as u\nspec = u.spec_from_file_location('stages', {stages.__file__!r})\n"
        "stages = u.module_from_spec(spec); sys.modules['stages'] = stages; spec.loader.exec_module(stages)\n"
        f"from pathlib import Path; stages.OUT = Path({str(tmp_path)!r}); stages.heed_signals()\n"
        f"ended = stages.execute(stages.Stage('s', (sys.executable, '-c', {stage!r}), 1), 5, 1.0)\n"
        "sys.exit(0 if ended.code is None and ended.has_failures else 9)"
    )
    in_background = f"trap '' INT; exec {sys.executable} -c \"$SCRIPT\""
    done = subprocess.run(["bash", "-c", in_background], env={**os.environ, "SCRIPT": script}, check=False)
    assert done.returncode == 0


def test_a_real_command_is_cut_off_with_all_that_it_started(
    in_folder: Callable[..., Any], tmp_path: Path
) -> None:
    child = tmp_path / "child"
    script = (
        "import subprocess, sys, time, pathlib\n"
        "started = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"pathlib.Path({str(child)!r}).write_text(str(started.pid))\n"
        "time.sleep(600)"
    )
    ended = in_folder(script, 5)
    assert ended.code is None
    until(lambda: not _lives(child.read_text()), "its child lives on")


def _lives(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_every_long_test_is_in_one_stage() -> None:
    """Tests that no stage names are run by the stage for all other tests."""
    named = [path for stage in stages.here(stages.BY_VALUE) for path in stage.tests]
    assert len(named) == len(set(named))
    assert all((REPOSITORY / path).exists() for path in named)
    command = stages.the_rest(stages.here(stages.BY_VALUE)).command
    assert {f"--ignore={path}" for path in named} == {part for part in command if part.startswith("--ignore")}
    marked = [path for path in (REPOSITORY / "tests").rglob("*.py") if "mark.reliability" in path.read_text()]
    assert {path.parent.name for path in marked} <= {"reliability", "tests"}  # the mark belongs to a folder
