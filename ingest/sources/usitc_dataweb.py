"""USITC DataWeb: US imports from Canada and Mexico with a USMCA claim, by HTS10 and month.

A file holds one month: customs value of imports for consumption, total and under special programme S or S+.
Source: U.S. International Trade Commission, DataWeb, https://dataweb.usitc.gov.
"""

import re
from datetime import date
from pathlib import Path
from typing import Final

import dataframely as dy
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.formats.csv import ensure_last_line_ends, read_csv_table


class UsmcaMonthly(dy.Schema):
    """US imports for consumption of an HTS10 line from Canada or Mexico in a month."""

    period = dy.Date(primary_key=True, metadata=about("First day of the month"))
    hts10 = dy.String(primary_key=True, regex=r"^\d{10}$", metadata=about("Statistical line of the HTS"))
    cty_code = dy.String(
        primary_key=True, regex=r"^\d{4}$", metadata=about("Schedule C code, 1220 Canada, 2010 Mexico")
    )
    consumption_value_usd = dy.Float64(min=0, metadata=about("Imports for consumption, customs value", "USD"))
    usmca_value_usd = dy.Float64(min=0, metadata=about("Part of it with a USMCA claim", "USD"))

    @dy.rule()
    def claim_within_imports(cls) -> pl.Expr:  # noqa: N805
        """The value with a claim is part of the imports."""
        return pl.col("usmca_value_usd") <= pl.col("consumption_value_usd")


USMCA_MONTHLY: Final = Table("usitc_dataweb__usmca_monthly", UsmcaMonthly, "period, hts10, cty_code")

SOURCE: Final = Source(
    id="usitc_dataweb",
    title="USMCA claims on US imports",
    publisher="U.S. International Trade Commission",
    homepage="https://dataweb.usitc.gov",
    licence="US federal government work, public domain",
    citation="U.S. International Trade Commission, DataWeb, imports for consumption by special programme",
    subject="US trade",
    cadence="monthly",
    lag_days=40,
    drop_in=(
        "a CSV of one month, such as 2026-03.csv: hts10, cty_code, usmca_share, total_value, usmca_value"
    ),
    tables=(USMCA_MONTHLY,),
    note="DataWeb requires a log-in, so files are dropped in by hand.",
)

HEADER: Final = ["hts10", "cty_code", "usmca_share", "total_value", "usmca_value"]
# Shares have all digits; a larger difference means that share and values do not match.
_SHARE_TOLERANCE: Final = 1e-6
_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def parse(path: Path, facts: FileFacts) -> Frames:
    """Rows of the month that the partition names, such as ``2025-01``; lines without trade are kept as zeros.

    Raises:
        ParseError: The file has another format, is cut off, or has shares that contradict its values.
    """
    month = _MONTH.fullmatch(facts.partition)
    if month is None:
        raise ParseError(f"{facts.name}: partition {facts.partition!r} is not a month such as 2025-01.")
    ensure_last_line_ends(path, facts.name)
    text = read_csv_table(path, facts.name)
    if text.columns != HEADER:
        raise ParseError(f"{facts.name}: columns are {text.columns} where {HEADER} were expected.")
    if text.is_empty() or None in text.tail(1).row(0):
        raise ParseError(f"{facts.name}: has no rows, or the last is cut off.")
    rows = text.with_columns(
        pl.col("usmca_share", "total_value", "usmca_value").cast(pl.Float64, strict=False)
    )
    apart = (pl.col("usmca_share") * pl.col("total_value") - pl.col("usmca_value")).abs()
    astray = rows.filter(apart > pl.max_horizontal(1.0, _SHARE_TOLERANCE * pl.col("total_value")))
    if not astray.is_empty():
        raise ParseError(
            f"{facts.name}: line {astray['hts10'][0]} has a USMCA share that contradicts its values."
        )
    return {
        USMCA_MONTHLY.name: rows.select(
            pl.lit(date(int(month[1]), int(month[2]), 1)).alias("period"),
            "hts10",
            "cty_code",
            pl.col("total_value").alias("consumption_value_usd"),
            pl.col("usmca_value").alias("usmca_value_usd"),
        )
    }
