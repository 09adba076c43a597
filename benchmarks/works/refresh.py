"""An offline refresh of an empty home, compared with a bare `dbt build` of the same project."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks import history
from benchmarks.harness import ROOT, Bound, Contender, Facts, Goal, Place, Task, Work


def make(folder: Path, _: int) -> Facts:
    """The loaded starter, from which dbt starts."""
    history.load_starter(folder)
    return {}


def ours(place: Place) -> Task:
    def task() -> Facts:
        subprocess.run(
            [Path(sys.executable).with_name("minerals"), "refresh", "--offline"],
            cwd=ROOT,
            env={**os.environ, "MINERALS_HOME": str(place.scratch)},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return {}

    return task


def bare(place: Place) -> Task:
    history.load_starter(place.scratch)

    def task() -> Facts:
        history.dbt(place.scratch, "build", memory_limit="2GB")
        return {}

    return task


WORK = Work(
    id="refresh",
    title="The whole offline refresh of an empty home",
    make=make,
    scales={"small": 1, "default": 1, "full": 1},
    unit="home",
    contenders=(
        Contender(
            "ours",
            "`minerals refresh --offline`: sources, landing, dbt, checks, publication, brief",
            "ours",
            ours,
        ),
        Contender("bare", "limit: `dbt build` alone", "limit", bare),
    ),
    goals=(Goal("of the bare dbt build", "ours", "bare", at_most=1.6),),
    bounds=(Bound("seconds", "ours", "seconds", 30),),
)
