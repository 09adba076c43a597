"""Three nightly refreshes against simulated publishers with files of real size."""

from datetime import UTC, datetime
from pathlib import Path

from benchmarks.harness import Bound, Contender, Facts, Place, Task, Work
from tests.ingest.publishers import KEYED
from tests.world.nights import Night, refresh
from tests.world.serving import publishers
from tests.world.truth import World


def make(_: Path, __: int) -> Facts:
    """No input files: the simulated publishers write their files on request."""
    return {}


def ours(place: Place) -> Task:
    def task() -> Facts:
        now = datetime.now(UTC)
        home = place.scratch / "home"
        with publishers(World(now, held_back=1), place.scratch / "served") as served:
            first = refresh("first night", home, served.urls, "--all", keys=KEYED)
            quiet = refresh("nothing new", home, served.urls, "--all", keys=KEYED)
            served.become(World(now, revised=True))
            month = refresh("new month", home, served.urls, "--all", keys=KEYED)
        return (
            figures("first", first)
            | figures("quiet", quiet)
            | figures("month", month)
            | {"month_of_first": month.cpu_s / first.cpu_s}
        )

    return task


def figures(name: str, night: Night) -> dict[str, float]:
    """The cost of a night.

    Raises:
        RuntimeError: The night failed.
    """
    if night.returncode:
        raise RuntimeError(f"{night.name}: {night.output[-2000:]}")
    return {
        f"{name}_wall_s": night.wall_s,
        f"{name}_cpu_s": night.cpu_s,
        f"{name}_peak_mb": night.peak_mb,
        f"{name}_disk_mb": round(sum(night.disk_mb.values()), 1),
    }


WORK = Work(
    id="nights",
    title="The first night of all sources, the next with nothing new, and one with a new month",
    make=make,
    scales={"small": 1, "default": 1, "full": 1},
    unit="home",
    contenders=(Contender("ours", "`minerals refresh --all`, three nights", "ours", ours, runs=1),),
    goals=(),
    bounds=(Bound("CPU s of the night with nothing new", "ours", "quiet_cpu_s", 5),),
    notes="A new month comes with the publishers' revisions of the months before it. The peak is that of the "
    "nights and the simulated publishers together; `history.csv` has wall, CPU, peak and disk of each night.",
)
