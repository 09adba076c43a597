"""The measurement: each contender runs in its own process, one after the other, on the same files.

    python -m benchmarks.harness WORK CONTENDER DATA SCRATCH SCALE

runs one contender once and prints its `Figures` as JSON. The clock covers the work only: imports and a
contender's preparation come before it. Memory is the peak of the process, including its largest child.
"""

import importlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).resolve().parents[1]
PEERS_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
"""Virtual environment of the peers that are not in the lock; `make bench` creates it."""

Facts = Mapping[str, Any]
Task = Callable[[], Facts]
Role = Literal["ours", "limit", "peer"]


@dataclass(frozen=True, slots=True)
class Place:
    """A contender's input files, its scratch folder, and the size of the task."""

    data: Path
    scratch: Path
    scale: int


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to do the task. ``prepare`` imports and opens; the function that it returns is timed.

    ``package`` is a required distribution that is not in the lock. ``runs`` limits its repetitions. One that
    ``may_fail``, as all peers may, is left out with its reason.
    """

    name: str
    label: str
    role: Role
    prepare: Callable[[Place], Task]
    package: str | None = None
    runs: int | None = None
    may_fail: bool = False


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal for the ratio of ``of`` to ``against``, in seconds or another figure: a maximum or a minimum."""

    text: str
    of: str
    against: str
    at_most: float | None = None
    at_least: float | None = None
    figure: str = "seconds"

    def met(self, ratio: float) -> bool:
        """Whether a ratio meets the goal."""
        return (self.at_most is None or ratio <= self.at_most) and (
            self.at_least is None or ratio >= self.at_least
        )


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound on one figure of one contender, such as its memory."""

    text: str
    of: str
    figure: str
    at_most: float


@dataclass(frozen=True, slots=True)
class Work:
    """One benchmark: its generator, its contenders and its goals."""

    id: str
    title: str
    make: Callable[[Path, int], Facts]
    scales: Mapping[str, int]
    contenders: tuple[Contender, ...]
    goals: tuple[Goal, ...]
    bounds: tuple[Bound, ...] = ()
    unit: str = "rows"
    same: tuple[str, ...] = ()
    """Facts on which all contenders that report them must agree."""
    notes: str = ""
    runs: int = 3


@dataclass(slots=True)
class Measured:
    """All runs of one contender, or the reason why there are none."""

    contender: Contender
    runs: list[dict[str, Any]] = field(default_factory=list)
    skipped: str = ""

    def median(self, figure: str) -> float:
        """The median of a figure over the runs."""
        return statistics.median(run[figure] for run in self.runs)


class DisagreementError(RuntimeError):
    """Two contenders returned different results."""


def find(work_id: str) -> Work:
    """A benchmark by its id, which is the name of its module."""
    work: Work = importlib.import_module(f"benchmarks.works.{work_id}").WORK
    return work


def measure(
    work: Work, scale: int, folder: Path, runs: int, log: Callable[[str], None]
) -> tuple[dict[str, Measured], Facts]:
    """Make the input files if they are missing, and run the contenders in turn.

    Returns:
        The measurements by contender, and facts about the files.

    Raises:
        DisagreementError: Contenders came to different results.
    """
    data = folder / f"{work.id}-{scale}"
    facts = made(work, scale, data, log)
    measured = {contender.name: Measured(contender) for contender in work.contenders}
    for turn in range(runs):
        for entry in measured.values():
            if entry.skipped or turn >= (entry.contender.runs or runs):
                continue
            _run(work, entry, data, scale)
            last = f"{entry.runs[-1]['seconds']:.2f} s" if entry.runs else entry.skipped
            log(f"{work.id} {turn + 1}/{runs}: {entry.contender.label}: {last}")
    for fact in work.same:
        stated = {name: run[fact] for name, entry in measured.items() for run in entry.runs if fact in run}
        if len(set(stated.values())) > 1:
            raise DisagreementError(f"{work.id}: {fact} differs: {stated}")
    return measured, facts


def made(work: Work, scale: int, data: Path, log: Callable[[str], None]) -> Facts:
    """The generated files of a benchmark, made once for each scale."""
    done = data / "made.json"
    if done.exists():
        return dict(json.loads(done.read_text()))
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    log(f"{work.id}: generating {scale:,} {work.unit}")
    facts = work.make(data, scale)
    done.write_text(json.dumps(facts))
    return facts


def _run(work: Work, entry: Measured, data: Path, scale: int) -> None:
    """Run a contender once in its own process; skips a peer that is missing or fails, with the reason."""
    if entry.contender.package and not PEERS_PYTHON.exists():
        entry.skipped = f"skipped, {entry.contender.package} is not installed (`make bench` installs it)"
        return
    done = started("benchmarks.harness", work, entry.contender, data, scale)
    if done.returncode == 0:
        entry.runs.append(json.loads(done.stdout.splitlines()[-1]))
    elif entry.contender.role == "peer" or entry.contender.may_fail:
        entry.skipped = f"failed: {(done.stderr.strip().splitlines() or ['no message'])[-1][:200]}"
    else:
        raise RuntimeError(f"{work.id}, {entry.contender.label}:\n{done.stdout}\n{done.stderr}")


def started(
    module: str, work: Work, contender: Contender, data: Path, scale: int
) -> subprocess.CompletedProcess[str]:
    """Run a contender with a module that takes the arguments of this one, then delete its scratch folder."""
    python = PEERS_PYTHON if contender.package else sys.executable
    with tempfile.TemporaryDirectory(dir=data) as scratch:
        return subprocess.run(
            [str(python), "-m", module, work.id, contender.name, str(data), scratch, str(scale)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )


def prepared(work_id: str, name: str, place: Place) -> tuple[Contender, Task]:
    """A contender of a benchmark, and its prepared task."""
    contender = next(entry for entry in find(work_id).contenders if entry.name == name)
    return contender, contender.prepare(place)


def _usage() -> tuple[float, float]:
    """CPU seconds so far, and peak memory in MB, of this process and its children.

    The peak comes from the kernel's record of this program; `getrusage` includes the parent's at the fork.
    """
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return cpu, max(int(status["VmHWM"].split()[0]), children.ru_maxrss) / 1024


def _child(work_id: str, name: str, data: str, scratch: str, scale: str) -> None:
    _, task = prepared(work_id, name, Place(Path(data), Path(scratch), int(scale)))
    cpu_before, _ = _usage()
    began = time.perf_counter()
    facts = task()
    seconds = time.perf_counter() - began
    cpu, peak_mb = _usage()
    print(json.dumps({"seconds": seconds, "cpu_s": cpu - cpu_before, "peak_mb": peak_mb, **facts}))


if __name__ == "__main__":
    _child(*sys.argv[1:])
