"""The stages of CI on one clock: first those that always gate, then the long tests by value.

A run is cancelled after 90 minutes, and a machine may be three times slower than the one on which `usual_s`
was measured. So the default suite, which always runs, is the yardstick: every later stage is expected to be
slower by the same factor. A stage that is not expected to fit is not started. `not run` is not a failure, and
never counts as passed.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / ".ci" / "out"
CLOCK_S = 3600.0
"""Seconds for everything, from the first line of `.ci/run` on."""
HANGS_AFTER = 4.0
"""Multiple of the expected duration after which a stage fails as hanging, and the next one starts."""
LEAST_LIMIT_S = 300.0
"""A stage is never treated as hanging before this many seconds."""
ENDS_WITHIN_S = 30.0
FAILED_TEST = re.compile(rb"^(FAILED|ERROR) tests/", re.MULTILINE)
PASSED_TESTS = re.compile(rb"\b\d+ passed\b")
NO_TESTS = 5
"""pytest's exit code if it finds no tests."""

Outcome = Literal["passed", "failed", "not run"]


@dataclass(frozen=True)
class Stage:
    """One named step.

    ``usual_s`` is its duration on two idle cores. ``gates``: it always runs, and if it fails nothing else
    runs. ``reports``: it has not been fully green yet, so its failure is shown but does not fail the run.
    ``tests`` are the files it runs, which the stage for all other tests leaves out; if none of them exists,
    the stage is skipped.
    """

    name: str
    command: tuple[str, ...]
    usual_s: float
    gates: bool = False
    is_yardstick: bool = False
    may_be_empty: bool = False
    reports: bool = False
    tests: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ended:
    """How a command ended; ``code`` is None if it was cut off.

    ``has_failures`` and ``has_passed``: whether pytest reported any failed or passed test.
    """

    code: int | None
    seconds: float
    has_failures: bool = False
    has_passed: bool = True


@dataclass(frozen=True)
class Result:
    """A row of the closing table."""

    stage: str
    outcome: Outcome
    seconds: float
    why: str = ""
    gates: bool = True


class Clock:
    """The remaining time, and how much slower this machine is than the one used to measure the stages."""

    def __init__(self, began: float, total_s: float = CLOCK_S, now: Callable[[], float] = time.time) -> None:
        self._began, self._total_s, self._now = began, total_s, now
        self.slowness = 1.0

    @property
    def left_s(self) -> float:
        """Seconds until the end of the time limit."""
        return self._total_s - (self._now() - self._began)

    def measured(self, stage: Stage, seconds: float) -> None:
        """Use a finished stage as the yardstick of this machine. A fast one does not shorten estimates."""
        self.slowness = max(1.0, seconds / stage.usual_s)

    def expected_s(self, stage: Stage) -> float:
        """The expected duration of a stage on this machine."""
        return stage.usual_s * self.slowness


Execute = Callable[[Stage, float, float], Ended]
"""Runs a stage with a time limit in seconds and the slowness of the machine."""


def run_all(stages: Iterable[Stage], clock: Clock, execute: Execute) -> list[Result]:
    """Run stages in order, each with its own time limit, and return the results of all."""
    results: list[Result] = []
    broken = ""
    for stage in stages:
        if broken:
            results.append(Result(stage.name, "not run", 0, f"{broken} failed"))
            continue
        result = _run(stage, clock, execute)
        results.append(result)
        if stage.gates and result.outcome != "passed":
            broken = stage.name
        elif stage.is_yardstick:
            clock.measured(stage, result.seconds)
    return results


def _run(stage: Stage, clock: Clock, execute: Execute) -> Result:
    left_s, expected_s = clock.left_s, clock.expected_s(stage)
    if not stage.gates and expected_s > left_s:
        why = f"no time left: about {expected_s:.0f} s expected, {max(0, left_s):.0f} s on the clock"
        return Result(stage.name, "not run", 0, why)
    hangs_after_s = max(LEAST_LIMIT_S, HANGS_AFTER * expected_s)
    limit_s = left_s if stage.gates else min(left_s, hangs_after_s)
    ended = execute(stage, limit_s, clock.slowness)
    outcome, why = (
        _cut_off(stage, ended, limit_s, left_s) if ended.code is None else _ended(stage, ended, ended.code)
    )
    if stage.reports and outcome == "failed":
        why = f"{why}; this stage only reports"
    return Result(stage.name, outcome, ended.seconds, why, gates=not stage.reports)


def _ended(stage: Stage, ended: Ended, code: int) -> tuple[Outcome, str]:
    if code == 0 and stage.tests and not ended.has_passed:
        return "not run", "all its tests were skipped"
    if code == 0 or (code == NO_TESTS and stage.may_be_empty):
        return "passed", ""
    return "failed", f"ended with {code}"


def _cut_off(stage: Stage, ended: Ended, limit_s: float, left_s: float) -> tuple[Outcome, str]:
    if ended.has_failures:
        return "failed", "a test had failed when it was cut off"
    if stage.gates:
        return "failed", "the clock cut it off, and it always gates"
    if limit_s < left_s:
        return "failed", f"it hangs: not done after {limit_s:.0f} s"
    return "not run", "no time left: the clock cut it off"


def execute(stage: Stage, limit_s: float, slowness: float) -> Ended:
    """Run a command in its own process group, with its output in the terminal and in a file."""
    print(f"== {stage.name}, at most {limit_s:.0f} s", flush=True)  # noqa: T201
    log = OUT / f"{re.sub('[^a-z0-9]+', '_', stage.name.lower())}.log"
    began = time.monotonic()
    environment = os.environ | {"CI_SLOWNESS": f"{slowness:.2f}"}
    with log.open("wb") as words:
        program = subprocess.Popen(  # noqa: S603
            stage.command,
            cwd=ROOT,
            env=environment,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code: int | None = program.wait(max(1.0, limit_s))
        except subprocess.TimeoutExpired:
            code = None
        finally:
            if program.poll() is None:
                _end(program)
    said = log.read_bytes()
    sys.stdout.write(said[-20_000:].decode("utf-8", "replace"))
    failures, passed = FAILED_TEST.search(said), PASSED_TESTS.search(said)
    return Ended(code, time.monotonic() - began, failures is not None, passed is not None)


def _end(program: "subprocess.Popen[bytes]") -> None:
    """End a stage and all its children; pytest prints its results so far when interrupted."""
    with suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            program.wait(ENDS_WITHIN_S)
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()


def table(results: Sequence[Result], clock: Clock) -> str:
    """The closing table, and the remaining time."""
    width = max(len(result.stage) for result in results)
    lines = [
        f"{result.stage:<{width}}  {result.outcome:<7}  {result.seconds:>6.0f} s  {result.why}".rstrip()
        for result in results
    ]
    return "\n".join([*lines, f"{clock.slowness:.1f} times the usual duration; {clock.left_s:.0f} s left"])


PYTEST = (str(ROOT / ".venv" / "bin" / "pytest"), "-o", "console_output_style=count")


def long(
    name: str,
    usual_s: float,
    *tests: str,
    options: tuple[str, ...] = ("-p", "no:xdist"),
    reports: bool = False,
) -> Stage:
    """A stage of the long tests in some files or folders."""
    command = (*PYTEST, "-m", "long", *options, *tests)
    return Stage(name, command, usual_s, reports=reports, tests=tests)


SPARK = (*PYTEST, "-m", "long", "-p", "no:xdist", "tests/dbt_project/test_spark.py")
"""The tests are skipped if PySpark or Java cannot be installed."""

RELIABILITY = (*PYTEST, "-m", "reliability", "-n", "2", "--dist", "loadfile")

CRASHES = ("tests/reliability/test_crash.py", "tests/reliability/test_recovery.py")
"""These refresh a small warehouse some fifty times."""

REACH = (
    "tests/warehouse/serve/test_mcp.py",
    "tests/warehouse/test_published.py",
    "tests/warehouse/serve/test_duckdb_over_http.py",
    "tests/warehouse/serve/test_pace.py",
    "tests/warehouse/test_release_validates.py",
    "tests/e2e/test_notebooks.py",
    "tests/e2e/test_sql_in_browser.py",
    "tests/e2e/test_sheets_in_browser.py",
)
"""One build of the starter serves all of these. Tests are skipped if their library cannot be installed."""

SLOW_PARTS = (
    "tests/dbt_project/test_incremental.py",
    "tests/warehouse/test_terminal.py",
    "tests/warehouse/test_publish.py",
    "tests/warehouse/serve/test_http.py",
    "tests/warehouse/serve/test_sandbox.py",
    "tests/warehouse/test_phrasings.py",
    "tests/warehouse/test_first_lines.py",
    "tests/orchestration/dbt/test_patches.py",
    "tests/orchestration/dbt/test_manifest.py",
    "tests/dbt_project/test_dialects.py",
    "tests/dbt_project/test_spill.py",
    "tests/dbt_project/test_live_trade.py",
    "tests/orchestration/instance/test_event_log.py",
    "tests/ingest/test_starter.py",
    "tests/ingest/test_refresh.py",
    "tests/ingest/test_live.py",
    "tests/ingest/sources/test_usitc_hts.py",
)
"""What takes too long for the default suite: terminals of all widths, waits, and whole builds."""

# `usual_s` as measured on two cores of an AMD EPYC, without other load.
GATES = (
    Stage("lint and types", ("make", "check"), 160, gates=True),
    Stage("default suite", ("make", "test"), 300, gates=True, is_yardstick=True),
)
BY_VALUE = (
    long("slow parts", 240, *SLOW_PARTS, options=("-n", "2", "--dist", "loadfile")),
    long("planted nights", 720, "tests/world/test_nights.py"),
    long("long history", 90, "tests/world/test_long_history.py"),
    long("real files only", 240, "tests/world/test_real_files.py"),
    long("refresh", 400, "tests/e2e/test_refresh.py"),
    long("live", 200, "tests/e2e/test_live.py"),
    long("a new source", 120, "tests/e2e/test_a_new_source.py"),
    Stage(
        "reliability, a sample",
        (*RELIABILITY, *(f"--ignore={path}" for path in CRASHES), "tests/reliability"),
        400,
        tests=("tests/reliability",),
    ),
    long("the UI", 300, "tests/e2e/test_ui.py", "tests/e2e/test_ui_ends.py"),
    Stage("crashes and recovery, a sample", (*RELIABILITY, *CRASHES), 400, tests=CRASHES),
    long("the brief in a browser", 120, "tests/e2e/test_brief_in_browser.py"),
    long("calendar", 840, "tests/world/test_calendar.py"),
    long("mutation drill", 240, "tests/dbt_project/test_mutations.py", reports=True),
    Stage(
        "read without installing",
        ("bash", "-c", "make .venv/.mcp .venv/.notebooks; exec " + " ".join((*PYTEST, "-m", "long", *REACH))),
        660,
        tests=REACH,
    ),
    Stage(
        "Spark", ("bash", "-c", "make spark; exec " + " ".join(SPARK)), 600, tests=SPARK[-1:], reports=True
    ),
)


def the_rest(named: Sequence[Stage], usual_s: float = 240) -> Stage:
    """Every long test that no stage names, so that new tests are run."""
    ignored = [f"--ignore={path}" for stage in named for path in stage.tests]
    command = (*PYTEST, "-m", "long", "-p", "no:xdist", *ignored, "tests")
    return Stage("other long tests", command, usual_s, may_be_empty=True, reports=True)


def here(stages: Iterable[Stage]) -> list[Stage]:
    """The stages whose files are in this checkout."""
    return [
        stage for stage in stages if not stage.tests or any((ROOT / path).exists() for path in stage.tests)
    ]


def heed_signals() -> None:
    """End with the running stage; let stages receive INT, which a shell's background jobs ignore."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)


def main() -> int:
    """Run all available stages; returns 1 if one failed."""
    heed_signals()
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--began", type=float, default=time.time(), help="when the clock was started")
    clock = Clock(options.parse_args().began)
    OUT.mkdir(parents=True, exist_ok=True)
    named = here(BY_VALUE)
    results = run_all([*GATES, *named[:-1], the_rest(named), named[-1]], clock, execute)
    (OUT / "stages.json").write_text(json.dumps([asdict(result) for result in results], indent=2))
    print(table(results, clock))  # noqa: T201
    return int(any(result.outcome == "failed" and result.gates for result in results))


if __name__ == "__main__":
    sys.exit(main())
