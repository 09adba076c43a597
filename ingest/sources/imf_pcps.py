"""IMF, Primary Commodity Price System: monthly prices of battery metals and other commodities.

A file is a long CSV: commodity, month (``2026-03``), transformation (``USD`` per metric ton, or ``INDEX``
with 2016 = 100), value.
"""

from datetime import date
from pathlib import Path

import dataframely as dy
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about, usually_out
from ingest.formats.csv import ensure_last_line_ends, read_csv_table

COLUMNS = ("mineral", "date", "data_transformation", "obs_value")


class Monthly(dy.Schema):
    """A month's value of one commodity in one transformation."""

    commodity = dy.String(primary_key=True, min_length=1, metadata=about("commodity as published"))
    period = dy.Date(primary_key=True, min=date(1980, 1, 1), metadata=about("first day of the month"))
    transformation = dy.String(primary_key=True, regex=r"^(USD|INDEX)$", metadata=about("USD or INDEX"))
    value = dy.Float64(min_exclusive=0, metadata=about("price or index of the month", "USD/t or index"))


MONTHLY = Table("imf_pcps__monthly", Monthly, "one commodity in one month in one transformation")

SOURCE = Source(
    id="imf_pcps",
    title="Primary Commodity Price System, monthly",
    publisher="International Monetary Fund",
    homepage="https://www.imf.org/en/Research/commodity-prices",
    licence="IMF data terms, reuse with attribution",
    citation="International Monetary Fund, Primary Commodity Price System",
    subject="prices",
    cadence="monthly",
    lag_days=20,
    drop_in="a CSV with commodity, month, transformation and value",
    tables=(MONTHLY,),
)


def parse(path: Path, facts: FileFacts) -> Frames:
    """Read the CSV; an empty value gives no row.

    Raises:
        ParseError: not this CSV, or an invalid month or value.
    """
    ensure_last_line_ends(path, facts.name)
    text = read_csv_table(path, facts.name)
    if tuple(text.columns) != COLUMNS:
        raise ParseError(f"{facts.name}: columns {text.columns}, expected {list(COLUMNS)}")
    if text.is_empty():
        raise ParseError(f"{facts.name}: no rows")
    read = text.drop_nulls("obs_value").select(
        commodity=pl.col("mineral").str.strip_chars(),
        period=pl.col("date").str.to_date("%Y-%m", strict=False),
        transformation="data_transformation",
        value=pl.col("obs_value").cast(pl.Float64, strict=False),
    )
    if bad := int(read.select(pl.any_horizontal(pl.col("period", "value").is_null()).sum()).item()):
        raise ParseError(f"{facts.name}: {bad} rows have an unreadable month or value")
    return {MONTHLY.name: read}


def partition_of(_name: str) -> str | None:
    """The source has one partition; for a month stated in several files the newest counts."""
    return "monthly"


def stated_vintage(path: Path) -> date | None:
    """The usual publication date for the newest month in the file; the file states no date."""
    frame = parse(path, FileFacts(path.name, "monthly", date.min))[MONTHLY.name]
    newest = frame["period"].max()
    return usually_out(SOURCE, newest) if isinstance(newest, date) else None
