"""The codes that the warehouse keeps, read from the bridge: the peers' environment lacks `ingest`."""

from functools import cache
from pathlib import Path

import polars as pl

BRIDGE = Path(__file__).parents[1] / "dbt_project" / "seeds" / "mineral_hs.csv"


@cache
def codes() -> pl.Series:
    """All codes of the bridge, as text of four to ten digits."""
    return pl.read_csv(BRIDGE, columns=["hs_code"], schema_overrides={"hs_code": pl.String})["hs_code"]


def headings() -> tuple[str, ...]:
    """Their four-digit headings."""
    return tuple(codes().str.slice(0, 4).unique().sort())


def hs6() -> tuple[str, ...]:
    """Their six-digit codes."""
    return tuple(codes().filter(codes().str.len_chars() >= 6).str.slice(0, 6).unique().sort())
