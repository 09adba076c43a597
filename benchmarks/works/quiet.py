"""An offline refresh that finds nothing new, compared with one run of an empty Dagster project."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.harness import ROOT, Bound, Contender, Facts, Goal, Place, Task, Work
from orchestration.pipeline.history import NOTHING_CHANGED

EMPTY = """
import dagster

@dagster.asset
def nothing() -> None: ...

job = dagster.define_asset_job("empty", executor_def=dagster.in_process_executor)
defs = dagster.Definitions([nothing], jobs=[job], executor=dagster.in_process_executor)
with dagster.DagsterInstance.get() as instance:
    assert defs.resolve_job_def("empty").execute_in_process(instance=instance).success
"""


def make(folder: Path, _: int) -> Facts:
    """A home with a publication of the starter, and Dagster's records of an empty project's run."""
    refresh(folder)
    (folder / "dagster").mkdir()
    empty_run(folder)
    return {}


def refresh(folder: Path) -> str:
    return subprocess.run(
        [Path(sys.executable).with_name("minerals"), "refresh", "--offline"],
        cwd=ROOT,
        env={**os.environ, "MINERALS_HOME": str(folder / "home")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def empty_run(folder: Path) -> None:
    environment = {**os.environ, "DAGSTER_HOME": str(folder / "dagster"), "DAGSTER_DISABLE_TELEMETRY": "true"}
    subprocess.run([sys.executable, "-c", EMPTY], env=environment, capture_output=True, check=True)


def ours(place: Place) -> Task:
    def task() -> Facts:
        if NOTHING_CHANGED not in refresh(place.data):
            raise RuntimeError("The refresh found something new: generate the home again.")
        return {}

    return task


def empty(place: Place) -> Task:
    def task() -> Facts:
        empty_run(place.data)
        return {}

    return task


WORK = Work(
    id="quiet",
    title="An offline refresh with nothing new",
    make=make,
    scales={"small": 1, "default": 1, "full": 1},
    unit="home",
    contenders=(
        Contender("ours", "`minerals refresh --offline`, nothing new", "ours", ours),
        Contender("empty", "limit: one run of an empty Dagster project", "limit", empty),
    ),
    goals=(Goal("of an empty project's CPU", "ours", "empty", at_most=2, figure="cpu_s"),),
    bounds=(Bound("CPU s", "ours", "cpu_s", 5),),
    notes="The limit loads Dagster, opens its records and runs one asset that does nothing.",
)
