"""Profile our contender: functions of its main thread, and models if dbt runs.

    python -m benchmarks.profiles WORK CONTENDER DATA SCRATCH SCALE

runs one contender once under the profiler. The profiler slows it, so the run is not the measured one.
"""

import cProfile
import io
import json
import pstats
import sys
from pathlib import Path

from benchmarks.harness import Place, Work, prepared, started

SHOWN = 10


def profile(work: Work, data: Path, scale: int) -> str:
    """Run our contender once more on existing files, and list what took longest."""
    ours = next(contender for contender in work.contenders if contender.role == "ours")
    ended = started("benchmarks.profiles", work, ours, data, scale)
    return ended.stdout or f"not profiled: {ended.stderr.strip().splitlines()[-1]}"


def functions(profiler: cProfile.Profile) -> str:
    """The functions with the longest own time."""
    table = io.StringIO()
    pstats.Stats(profiler, stream=table).strip_dirs().sort_stats("tottime").print_stats(SHOWN)
    return "\n".join(line for line in table.getvalue().splitlines() if line.strip())


def models(results: Path) -> str:
    """The slowest models of a run, from dbt's results."""
    ran = json.loads(results.read_bytes())["results"]
    slowest = sorted(ran, key=lambda result: result["execution_time"], reverse=True)[:SHOWN]
    return "\n".join(f"{result['execution_time']:9.2f} s  {result['unique_id']}" for result in slowest)


def _child(work_id: str, name: str, data: str, scratch: str, scale: str) -> None:
    contender, task = prepared(work_id, name, Place(Path(data), Path(scratch), int(scale)))
    profiler = cProfile.Profile()
    profiler.runcall(task)
    print(f"Where the time of {work_id} goes: {contender.label}")
    print(functions(profiler))
    for results in sorted(Path(scratch).rglob("run_results.json")):
        print(models(results))


if __name__ == "__main__":
    _child(*sys.argv[1:])
