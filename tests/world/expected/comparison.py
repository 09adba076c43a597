"""Planted and published rows of a mart, matched by key."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from tests.world.truth import World

NOT_COMPARED = {
    "bloc_scenario, partner_ranking, stockpile_cover, disruption_scenario, processing_gap, scorecard": (
        "made of the figures of USGS and of marts compared here; their arithmetic has unit tests of its own"
    ),
    "usmca_utilization before 2025": (
        "its rows are of lines with and without an MFN duty, and the schedules held begin in January 2025"
    ),
    "tariff_schedule": "the release served is the real one; its rates are held against it by the dbt tests",
    "baskets at HS6 (811292, 850511, 284690) in BACI and Comtrade": (
        "the bridge divides them by weights that this world does not plant; at HTS10 they are compared"
    ),
}
"""Marts and parts of marts that are not compared with planted figures, with the reason."""

NAMED: dict[tuple[str, str], str] = {}
"""Accepted differences from the planted figures, by `Comparison.key`, with the reason."""


@dataclass
class Comparison:
    """Counts of planted, published and equal rows of one mart, with samples of unequal rows."""

    mart: str
    what: str
    planted: int
    found: int
    same: int
    samples: list[str] = field(default_factory=list)
    may_be_empty: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """The key of `NAMED`: the mart, and the description up to a comma."""
        return self.mart, self.what.split(",")[0]

    def as_text(self) -> str:
        """The difference in a few lines of text."""
        head = f"{self.mart}, {self.what}: {self.planted} planted, {self.found} found, {self.same} the same"
        return "\n  ".join([head, *self.samples])

    @property
    def is_same(self) -> bool:
        """Whether planted and published rows are the same."""
        return self.planted == self.found == self.same and (self.planted > 0 or self.may_be_empty)


Expectation = Callable[["Held"], Comparison]


@dataclass(frozen=True)
class Held:
    """A home after a refresh, the state of the world, and the months of US trade that were fetched."""

    home: Path
    world: World
    us_months: tuple[date, ...]
    cimt_years: tuple[int, ...]
    keyed: bool = True
    mexican_months: int = 6

    @property
    def api_years(self) -> tuple[int, ...]:
        """Years requested from the Census API: the last two whose December is published."""
        newest = self.world.last_month
        last = newest.year if newest.month == 12 else newest.year - 1
        return (last, last - 1) if self.keyed else ()


def compared(  # noqa: PLR0917
    mart: str,
    what: str,
    planted: pl.DataFrame,
    found: pl.DataFrame,
    keys: Sequence[str],
    values: dict[str, float],
) -> Comparison:
    """Match published with planted rows by key; ``values`` gives the tolerance by column."""
    names = [*keys, *values]
    mine, theirs = (
        frame.select(
            *(pl.col(key).cast(pl.String) for key in keys),
            *(pl.col(value).cast(pl.Float64) for value in values),
        )
        for frame in (planted.select(names), found.select(names))
    )
    both = mine.join(theirs, on=list(keys), how="full", suffix=" found", coalesce=True).with_columns(
        pl.lit(value=True).alias("ok")
    )
    mine_keys = mine.select(keys).with_columns(pl.lit(value=True).alias("in planted"))
    their_keys = theirs.select(keys).with_columns(pl.lit(value=True).alias("in found"))
    both = both.join(mine_keys, on=list(keys), how="left").join(their_keys, on=list(keys), how="left")
    is_same = pl.col("in planted").is_not_null() & pl.col("in found").is_not_null()
    for value, tolerance in values.items():
        both_null = pl.col(value).is_null() & pl.col(f"{value} found").is_null()
        near = (pl.col(value) - pl.col(f"{value} found")).abs() <= tolerance
        is_same = is_same & (both_null | near.fill_null(value=False))
    judged = both.with_columns(is_same.alias("is same"))
    odd = judged.filter(~pl.col("is same")).sort(list(keys)).head(5)
    shown = [*keys, *(name for value in values for name in (value, f"{value} found"))]
    return Comparison(
        mart,
        what,
        mine.height,
        theirs.height,
        int(judged["is same"].sum()),
        [", ".join(f"{name}={row[name]}" for name in shown) for row in odd.iter_rows(named=True)],
    )
