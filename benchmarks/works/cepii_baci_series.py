"""All 28 years of a BACI version in one archive, each scaled down to fit on a small disk."""

from pathlib import Path

from benchmarks.harness import Bound, Facts, Work
from benchmarks.works.cepii_baci import CONTENDERS, GOALS, make_years

YEARS = 28


def make(folder: Path, count: int) -> Facts:
    return make_years(folder, count // YEARS, YEARS)


WORK = Work(
    id="cepii_baci_series",
    title="BACI, 28 years in one version: {scale:,} flows in all, filtered and landed",
    make=make,
    scales={"small": 280_000, "default": 28_000_000, "full": 308_000_000},
    unit="lines",
    contenders=CONTENDERS,
    goals=GOALS,
    bounds=(Bound("peak memory, MB", "ours", "peak_mb", 2000),),
    same=("rows",),
    notes="By default a year has 1 million flows, a tenth of a real one; `--scale full` makes it 11 million.",
    runs=2,
)
