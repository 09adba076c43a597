"""One new month on 1, 5 and 20 years of history: the update of core.fct_trade, and a full rebuild."""

import shutil
from functools import partial
from pathlib import Path

from benchmarks import history
from benchmarks.harness import Contender, Facts, Goal, Place, Task, Work
from benchmarks.works.marts import MODELS_ONLY

YEARS = (1, 5, 20)
MODELS = ("stg_trade__input", "fct_trade", "fct_trade_input")


def make(folder: Path, rows_a_month: int) -> Facts:
    """A built home of each age."""
    for years in YEARS:
        home = folder / str(years)
        history.make(home, 12 * years, rows_a_month)
        history.dbt(home, "build", *MODELS_ONLY, "--select", "+fct_trade", "fct_trade_input")
    return {"rows_a_month": rows_a_month}


def new_month(years: int, full: bool, place: Place) -> Task:
    """Load a month untimed; then update or rebuild the table, timed by dbt."""
    import duckdb  # noqa: PLC0415

    home = place.scratch
    for name in ("raw.duckdb", "build.duckdb"):
        shutil.copyfile(place.data / str(years) / name, home / name)
    with duckdb.connect(str(home / "raw.duckdb")) as con:
        con.execute(history.SETUP)
        history.add_month(con, history.month_before(-1), place.scale)
        history.note_files(con)

    def task() -> Facts:
        history.dbt(home, "run", "--select", *MODELS, *(["--full-refresh"] if full else []))
        return {
            "models_s": history.seconds_of(home, *MODELS),
            "fct_trade_s": history.seconds_of(home, "fct_trade"),
        }

    return task


WORK = Work(
    id="months",
    title="One new month of {scale:,} lines onto 1, 5 and 20 years, core.fct_trade",
    make=make,
    scales={"small": 2_000, "default": 10_000, "full": 416_667},
    unit="lines a month",
    contenders=(
        *(
            Contender(
                f"{years}y",
                f"ours, onto {years} year{'s' if years > 1 else ''}",
                "ours",
                partial(new_month, years, False),
            )
            for years in YEARS
        ),
        *(
            Contender(
                f"{years}y_full",
                f"full refresh, {years} year{'s' if years > 1 else ''}",
                "peer",
                partial(new_month, years, True),
            )
            for years in YEARS
        ),
    ),
    goals=(
        Goal("of one year's cost, onto 20", "20y", "1y", at_most=1.2, figure="models_s"),
        Goal("of the full refresh of 20 years", "20y", "20y_full", at_most=0.2, figure="models_s"),
    ),
    runs=1,
    notes="The seconds told are of the whole dbt process; the ratios are of the models by dbt's account.",
)
