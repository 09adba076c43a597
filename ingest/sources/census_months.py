"""US general imports by HTS10 line and month: from the World and, for some lines, from China.

An extract of answers from the International Trade API, in its own columns: month, line, customs value and
quantity for all origins, and for China where ``china_pulled`` is yes. An empty cell for China means zero
there, and unknown elsewhere.
Source: U.S. Census Bureau, https://api.census.gov/data/timeseries/intltrade/imports/hs.
"""

import re
from datetime import date
from pathlib import Path
from typing import Final

import dataframely as dy
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.formats.csv import ensure_last_line_ends, read_csv_table

WORLD: Final = "0000"
CHINA: Final = "5700"
UNITS: Final = ("KG", "T")


class Imports(dy.Schema):
    """US general imports of an HTS10 line in a month, from all origins or from China."""

    period = dy.Date(
        primary_key=True,
        min=date(1989, 1, 1),
        check=lambda column: column.dt.day() == 1,
        metadata=about("First day of the month"),
    )
    hts10 = dy.String(primary_key=True, regex=r"^\d{10}$", metadata=about("Statistical line of the HTS"))
    cty_code = dy.String(
        primary_key=True,
        check=lambda column: column.is_in([WORLD, CHINA]),
        metadata=about("0000 all origins, 5700 China (Schedule C)"),
    )
    general_value_usd = dy.Int64(min=0, metadata=about("General imports: arrivals, customs value", "USD"))
    quantity = dy.Float64(nullable=True, min=0, metadata=about("Quantity as stated", "unit of the row"))
    unit = dy.String(
        check=lambda column: column.is_in(list(UNITS)), metadata=about("Unit of quantity: KG or T")
    )
    quantity_status = dy.String(
        check=lambda column: column.is_in(["stated", "not_stated", "suppressed", "outlier"]),
        metadata=about(
            "stated; not_stated (no quantity next to a value); suppressed (the Bureau withholds the line's "
            "quantities, or counts several goods); outlier (unit value over three times the median around it)"
        ),
    )

    @dy.rule()
    def more_from_china_than_from_all(cls) -> pl.Expr:  # noqa: N805
        """China is a part of all origins."""
        whole = pl.col("general_value_usd").filter(pl.col("cty_code") == WORLD).max()
        return (pl.col("cty_code") == WORLD) | (pl.col("general_value_usd") <= whole.over("period", "hts10"))


IMPORTS: Final = Table("census_months__imports", Imports, "period, hts10, cty_code")

SOURCE: Final = Source(
    id="census_months",
    title="US general imports by month, the World and China",
    publisher="U.S. Census Bureau",
    homepage="https://www.census.gov/data/developers/data-sets/international-trade.html",
    licence="US federal government work, public domain",
    citation="U.S. Census Bureau, International Trade API (timeseries/intltrade/imports/hs), general imports",
    subject="US trade",
    cadence="monthly",
    lag_days=40,
    drop_in=(
        "a CSV with the columns of the extract: month, line, customs value and quantity of "
        "the World and of China"
    ),
    tables=(IMPORTS,),
    note=(
        "An extract of 31 lines, nine of them with China; no other origins. census_bulk has all origins. "
        "Files are dropped in by hand."
    ),
)

HEADER: Final = [
    *("month", "hts10", "census_description", "world_customs_value_usd", "world_quantity", "unit"),
    *("world_unit_value", "china_customs_value_usd", "china_quantity", "china_pulled"),
]
# Lines for which the Bureau suppresses quantities or adds those of several goods: magnesium, ferrovanadium.
SUPPRESSED: Final = ("8104110000", "7202920000")
FEWEST_LINES: Final = 5
OUTLIER: Final = 3.0
AROUND: Final = 13
"""Number of months in the rolling median, centred on the month itself."""
_MONTH: Final = re.compile(r"\d{4}-\d\d")


def parse(path: Path, facts: FileFacts) -> Frames:
    """One row per month, line and origin (the World, China); the file covers its months in full.

    Raises:
        ParseError: The file has another format, is cut off, has an invalid month, or has too few lines.
    """
    ensure_last_line_ends(path, facts.name)
    text = read_csv_table(path, facts.name)
    if text.columns != HEADER:
        raise ParseError(f"{facts.name}: columns are {text.columns} where {HEADER} were expected.")
    months = text["month"].fill_null("")
    if strange := next((month for month in months if not _MONTH.fullmatch(month)), None):
        raise ParseError(f"{facts.name}: {strange!r} is not a month such as 2025-01.")
    if (lines := text["hts10"].n_unique()) < FEWEST_LINES:
        raise ParseError(f"{facts.name}: cut short, only {lines} tariff lines.")
    shared = (
        pl.concat_str("month", pl.lit("-01")).str.to_date().alias("period"),
        pl.col("hts10"),
        pl.col("unit"),
    )
    world = text.select(
        *shared,
        pl.lit(WORLD).alias("cty_code"),
        pl.col("world_customs_value_usd").cast(pl.Int64, strict=False).alias("general_value_usd"),
        pl.col("world_quantity").cast(pl.Float64, strict=False).alias("quantity"),
    )
    china = text.filter(china_pulled="yes").select(
        *shared,
        pl.lit(CHINA).alias("cty_code"),
        pl.col("china_customs_value_usd")
        .fill_null("0")
        .cast(pl.Int64, strict=False)
        .alias("general_value_usd"),
        pl.col("china_quantity").fill_null("0").cast(pl.Float64, strict=False).alias("quantity"),
    )
    return {IMPORTS.name: _judged(pl.concat([world, china])).select(IMPORTS.columns)}


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the status of their quantity; the medians are of imports from all origins."""
    unit_value = pl.when(pl.col("quantity") > 0).then(pl.col("general_value_usd") / pl.col("quantity"))
    usual = (
        rows.filter(cty_code=WORLD)
        .sort("hts10", "period")
        .select(
            "hts10",
            "period",
            unit_value.rolling_median(AROUND, min_samples=3, center=True).over("hts10").alias("usual"),
            unit_value.alias("world_unit_value"),
        )
    )
    return rows.join(usual, on=["hts10", "period"], how="left").with_columns(
        pl.when(pl.col("hts10").is_in(SUPPRESSED))
        .then(pl.lit("suppressed"))
        .when((pl.col("quantity").fill_null(0) == 0) & (pl.col("general_value_usd") > 0))
        .then(pl.lit("not_stated"))
        .when(pl.col("world_unit_value") > OUTLIER * pl.col("usual"))
        .then(pl.lit("outlier"))
        .otherwise(pl.lit("stated"))
        .alias("quantity_status")
    )


def partition_of(name: str) -> str | None:
    """All files in this format cover the same slice."""
    return "monthly" if name.endswith(".csv") else None
