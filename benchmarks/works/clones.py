"""From a bare clone to the first publication: `git clone`, environment and offline refresh, each timed."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.harness import ROOT, Bound, Contender, Facts, Place, Task, Work

OWN = ("MINERALS_", "DAGSTER_", "DBT_", "PYTHONPATH", "VIRTUAL_ENV")
"""Prefixes of variables that a newcomer does not have."""


def make(_: Path, __: int) -> Facts:
    """No input files: the checkout is cloned as committed."""
    return {}


def ours(place: Place) -> Task:
    # kept until all have run: for minutes, ext4 searches long for inodes after many files were deleted
    folder = Path(tempfile.mkdtemp(prefix="clone-", dir=place.data))
    clone = folder / "clone"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}

    def took(*command: str, folder: Path) -> float:
        began = time.perf_counter()
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return time.perf_counter() - began

    def task() -> Facts:
        facts = {
            "clone_s": took("git", "clone", "--quiet", f"file://{ROOT}", str(clone), folder=folder),
            "environment_s": took("make", ".venv/.ready", folder=clone),
            "refresh_s": took("make", "refresh", "ARGS=--offline", folder=clone),
        }
        if not (clone / "warehouse" / "data" / "minerals.duckdb").exists():
            raise RuntimeError("The clone published nothing.")
        return facts

    return task


WORK = Work(
    id="clones",
    title="A bare clone to its first publication, without a network for the figures",
    make=make,
    scales={"small": 1, "default": 1, "full": 1},
    unit="clone",
    contenders=(Contender("ours", "`git clone`, environment, `make refresh ARGS=--offline`", "ours", ours),),
    goals=(),
    bounds=(Bound("seconds", "ours", "seconds", 60),),
    notes="The environment is built with the package caches of the machine as they are. "
    "`history.csv` has the seconds of cloning, of the environment and of the refresh.",
    runs=5,
)
