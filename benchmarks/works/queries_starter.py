"""The questions of the query book on the starter, as after the first refresh."""

from benchmarks.harness import Bound, Goal, Work
from benchmarks.works.queries import CONTENDERS, make

WORK = Work(
    id="queries_starter",
    title="The questions of the book on the starter",
    make=make,
    scales={"small": 0, "default": 0, "full": 0},
    unit="synthetic lines",
    contenders=CONTENDERS,
    goals=(Goal("p95 of the one on Parquet", "ours", "parquet", at_most=1, figure="p95_ms"),),
    bounds=(Bound("p95 of the questions, ms", "ours", "p95_ms", 20),),
    same=("questions",),
)
