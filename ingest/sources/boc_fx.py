"""Bank of Canada: the US dollar in Canadian dollars by month, from the daily rates of the Valet service.

Source: Bank of Canada, https://www.bankofcanada.ca/valet (series FXUSDCAD, business days since 2017-01-03).
"""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final

import dataframely as dy
import orjson
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.fetch import FetchContext, RemoteFile
from ingest.formats.json_text import read_json
from ingest.gates import Gates
from ingest.http import Policy
from ingest.probe import Probe, changed, newest_of, parsed

SERIES: Final = "FXUSDCAD"
START: Final = "2017-01-01"
FEWEST_DAYS: Final = 15  # a month has at least 18 business days without holidays


class Monthly(dy.Schema):
    """The mean rate of a month over its business days."""

    period = dy.Date(primary_key=True, metadata=about("First day of the month"))
    cad_per_usd = dy.Float64(min=0.2, max=5, metadata=about("Mean of the month's daily rates", "CAD/USD"))
    days = dy.Int16(min=1, max=31, metadata=about("Number of daily rates in the mean", "days"))


MONTHLY: Final = Table("boc_fx__monthly", Monthly, "month")

SOURCE: Final = Source(
    id="boc_fx",
    title="Exchange rate of the US dollar in Canadian dollars, monthly mean",
    publisher="Bank of Canada",
    homepage="https://www.bankofcanada.ca/rates/exchange/",
    licence="Bank of Canada terms of use, attribution",
    citation="Bank of Canada, daily exchange rates (FXUSDCAD), monthly mean computed here",
    cadence="monthly",
    lag_days=2,
    drop_in="the JSON that Valet answers for FXUSDCAD",
    tables=(MONTHLY,),
    base_url="https://www.bankofcanada.ca/valet",
    note="Full months only: the current month is added once it is over.",
)
POLICY: Final = Policy(interval_s=1, read_s=30, deadline_s=120, max_bytes=16 << 20)
GATES: Final = Gates("json", shrink_to=0.9, min_rows={MONTHLY.name: 12}, max_age_days=75)


def parse(path: Path, facts: FileFacts) -> Frames:
    """Average the daily rates of a Valet answer by month; days without a rate do not count.

    Raises:
        ParseError: Not such an answer.
    """
    try:
        content = read_json(path.read_bytes())
        entries = [(entry["d"], (entry.get(SERIES) or {}).get("v")) for entry in content["observations"]]
        daily = [(day, rate) for day, rate in entries if rate not in (None, "")]
        rates = pl.DataFrame(daily, schema={"day": pl.String, "rate": pl.String}, orient="row")
    except (AttributeError, KeyError, TypeError, orjson.JSONDecodeError, pl.exceptions.PolarsError):
        raise ParseError(f"{facts.name}: is not a response with observations of {SERIES}") from None
    rates = rates.with_columns(
        pl.col("day").str.to_date("%Y-%m-%d", strict=False), pl.col("rate").cast(pl.Float64, strict=False)
    )
    unread = rates.filter(pl.col("day").is_null() | pl.col("rate").is_null()).height
    if unread:
        raise ParseError(f"{facts.name}: {unread} of {rates.height} observations are not a day and a rate")
    monthly = rates.group_by(pl.col("day").dt.truncate("1mo").alias("period")).agg(
        pl.col("rate").mean().round(6).alias("cad_per_usd"), pl.len().cast(pl.Int16).alias("days")
    )
    return {MONTHLY.name: monthly.filter(pl.col("days") >= FEWEST_DAYS).sort("period")}


def plan(context: FetchContext) -> Iterable[RemoteFile]:
    """The series to the end of the last full month, so that the answer changes once a month."""
    last_day = context.now.date().replace(day=1) - timedelta(days=1)
    params = (("start_date", START), ("end_date", f"{last_day}"))
    yield RemoteFile(SERIES, f"{SERIES}.json", context.url("observations", SERIES, "json"), params)


def partition_of(_name: str) -> str | None:
    """The source has one partition."""
    return SERIES


def probe(context: FetchContext) -> Probe:
    """The days of the last full month."""
    remote = next(iter(plan(context)))
    month = (context.now.date().replace(day=1) - timedelta(days=1)).replace(day=1)
    return check_shape(context.get(remote.url, changed(remote.params, start_date=f"{month}")).content)


def check_shape(content: bytes) -> Probe:
    """Check an answer; raises `ParseError`."""
    frames = parsed(parse, content, RemoteFile(SERIES, f"{SERIES}.json", ""), SOURCE)
    return Probe(newest_of(frames[MONTHLY.name]["period"]))
