"""US Census Bureau, International Trade API: annual imports by HTS10 code and country, with duties.

A file holds one chapter of one year as JSON arrays. Their values follow the API's header row or, without one,
the order of `COLUMNS`.
Source: U.S. Census Bureau, https://api.census.gov/data/timeseries/intltrade/imports/hs.
"""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import dataframely as dy
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.fetch import Download, FetchContext, RemoteFile
from ingest.gates import Gates
from ingest.gather import Wanted, failed_last, gather
from ingest.http import Answer, FetchError, NotFoundError, Policy
from ingest.probe import Probe, first_found, new_fields, newest_of, parsed
from ingest.scope import headings


class ImportsAnnual(dy.Schema):
    """US imports of an HTS10 line from a country in a year."""

    year = dy.Int16(primary_key=True, min=1989, max=2200, metadata=about("Calendar year", "year"))
    cty_code = dy.String(
        primary_key=True, min_length=1, metadata=about("Schedule C code of the country of origin")
    )
    hts10 = dy.String(primary_key=True, regex=r"^\d{10}$", metadata=about("Statistical line of the HTS"))
    general_value_usd = dy.Int64(min=0, metadata=about("General imports: arrivals, customs value", "USD"))
    consumption_value_usd = dy.Int64(min=0, metadata=about("Imports for consumption, customs value", "USD"))
    dutiable_value_usd = dy.Int64(min=0, metadata=about("RemoteFile of consumption that bears duty", "USD"))
    calculated_duty_usd = dy.Int64(
        min=0, metadata=about("Duty on imports for consumption, before refunds and AD/CVD", "USD")
    )

    @dy.rule()
    def dutiable_within_consumption(cls) -> pl.Expr:  # noqa: N805
        """Dutiable value is part of the imports for consumption."""
        return pl.col("dutiable_value_usd") <= pl.col("consumption_value_usd")


IMPORTS_ANNUAL: Final = Table("census_api__imports_annual", ImportsAnnual, "year, cty_code, hts10")

SOURCE: Final = Source(
    id="census_api",
    title="US imports by HTS10 and country",
    publisher="U.S. Census Bureau",
    homepage="https://www.census.gov/data/developers/data-sets/international-trade.html",
    licence="US federal government work, public domain",
    citation="U.S. Census Bureau, International Trade API (timeseries/intltrade/imports/hs)",
    subject="US trade",
    cadence="annual",
    lag_days=45,
    drop_in=("API answers for one chapter of one year, named 2025_81.json or in the folder 2025/81/"),
    tables=(IMPORTS_ANNUAL,),
    base_url="https://api.census.gov/data/timeseries/intltrade",
    key_env="CENSUS_API_KEY",
    note=(
        "This product uses the Census Bureau Data API but is not endorsed or certified by the Census Bureau. "
        "Earlier years are revised every June."
    ),
)

COLUMNS: Final = (
    "cty_code",
    "hts10",
    "general_value_usd",
    "consumption_value_usd",
    "dutiable_value_usd",
    "calculated_duty_usd",
)
API_NAMES: Final = {
    "CTY_CODE": "cty_code",
    "I_COMMODITY": "hts10",
    "GEN_VAL_YR": "general_value_usd",
    "CON_VAL_YR": "consumption_value_usd",
    "DUT_VAL_YR": "dutiable_value_usd",
    "CAL_DUT_YR": "calculated_duty_usd",
}
DECEMBER: Final = "12"
LEVEL: Final = "SUMMARY_LVL"
BY_COUNTRY: Final = "DET"
BY_GROUP: Final = "CGP"
_PARTITION: Final = re.compile(r"(\d{4})/(\d\d)")


def parse(path: Path, facts: FileFacts) -> Frames:
    """Rows of a chapter in a year; the partition, such as ``2024/81``, names both.

    Raises:
        ParseError: The file has another format, is cut off, or has rows of another chapter than it names.
    """
    partition = _PARTITION.fullmatch(facts.partition)
    if partition is None:
        raise ParseError(f"{facts.name}: partition {facts.partition!r} is not year/chapter, such as 2024/81.")
    year, chapter = partition.groups()
    rows = _arrays(path, facts)
    columns: tuple[str, ...] = COLUMNS
    if "CTY_CODE" in rows[0]:
        columns = tuple(API_NAMES.get(str(name), str(name)) for name in rows.pop(0))
    if not rows:
        raise ParseError(f"{facts.name}: has a header and no rows.")
    if missing := set(COLUMNS).difference(columns):
        raise ParseError(f"{facts.name}: columns {sorted(missing)} are missing.")
    if odd := next((row for row in rows if not isinstance(row, list) or len(row) != len(columns)), None):
        raise ParseError(f"{facts.name}: a row is not of {len(columns)} values: {str(odd)[:80]}")
    text = pl.DataFrame(
        {
            name: [None if row[at] is None else str(row[at]) for row in rows]
            for at, name in enumerate(columns)
        },
        schema=dict.fromkeys(columns, pl.String),
    )
    for name, stated in _of_another_period(text, year).items():
        raise ParseError(f"{facts.name}: the answer states {name} {stated}, but all of {year} was requested.")
    if LEVEL in columns:  # rows of country groups repeat those of their countries
        text = text.filter(pl.col(LEVEL).ne_missing(BY_GROUP))
    misplaced = text.filter(~pl.col("hts10").str.starts_with(chapter))
    if not misplaced.is_empty():
        raise ParseError(f"{facts.name}: code {misplaced['hts10'][0]} is not in chapter {chapter}.")
    return {
        IMPORTS_ANNUAL.name: text.select(
            pl.lit(int(year), pl.Int16).alias("year"),
            "cty_code",
            "hts10",
            pl.col(COLUMNS[2:]).cast(pl.Int64, strict=False),
        )
    }


def _of_another_period(text: pl.DataFrame, year: str) -> dict[str, str]:
    """Stated periods other than the partition's: annual totals are stated in December."""
    due = {"YEAR": year, "MONTH": DECEMBER, "time": f"{year}-{DECEMBER}"}
    stated = {name: text[name].str.zfill(2) for name in due if name in text.columns}
    others = {name: column.filter(column != due[name]) for name, column in stated.items()}
    return {name: found[0] for name, found in others.items() if not found.is_empty()}


def _arrays(path: Path, facts: FileFacts) -> list[Any]:
    try:
        rows = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ParseError(f"{facts.name}: not readable as JSON, cut off? ({error})") from error
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], list):
        raise ParseError(f"{facts.name}: not a JSON array of rows.")
    return rows


# Fetching. Since May 2026 every call needs a key; without one the service redirects to its page on keys.
NEEDS_KEY: Final = True
YEARS: Final = 2
FINEST: Final = 6  # digits of a prefix: nine in ten longer ones match no line
DECEMBER_IS_OUT_AFTER: Final = timedelta(days=45)
RECHECK_DAYS: Final = 7
PROBED: Final = "250410"  # natural graphite in powder or flakes, imported in every year
POLICY: Final = Policy(interval_s=0.5, read_s=120, max_bytes=64 << 20, follow_redirects=False, splits=True)
GATES: Final = Gates("json", min_rows={IMPORTS_ANNUAL.name: 1})


def plan(context: FetchContext) -> Iterable[RemoteFile]:
    """The chapters of the bridge in the last full years; chapters that failed the last time come last."""
    return failed_last(context, _due(context))


def _due(context: FetchContext) -> Iterable[RemoteFile]:
    last = (context.now.date() - DECEMBER_IS_OUT_AFTER).year - 1
    for year in range(last, last - YEARS, -1):
        for chapter in sorted({heading[:2] for heading in headings()}):
            query = (
                ("get", ",".join(API_NAMES)),
                ("COMM_LVL", "HS10"),
                (LEVEL, BY_COUNTRY),
                ("YEAR", f"{year}"),
                ("MONTH", DECEMBER),
            )
            remote = RemoteFile(
                f"{year}/{chapter}", f"{year}_{chapter}.json", context.url("imports", "hs"), query
            )
            if not context.is_recent(remote, RECHECK_DAYS):
                yield remote


def fetch(context: FetchContext, remote: RemoteFile) -> Download | None:
    """Fetch one chapter of one year. The key is sent with the request and never stored.

    Raises:
        NotFoundError: the service has no rows for it (204, an empty body).
        ConfigurationError: the key is missing, not activated or wrong.
    """
    answers = gather(context, remote, [(remote.partition[-2:],)], partial(_asked, context, remote), _finer)
    tables = [answer.json(list[list[Any]]) for answer in answers if answer.content]
    if not any(tables):
        raise NotFoundError(f"{remote.partition} has no rows")
    header = tables[0][0]
    if odd := next((table[0] for table in tables if table[0] != header), None):
        raise FetchError(
            f"{remote.partition}: answers for one chapter have different columns: {header} and {odd}"
        )
    rows = [header, *(row for table in tables for row in table[1:])]
    return context.save_json(remote, rows, answers)


def _asked(context: FetchContext, remote: RemoteFile, wanted: Wanted) -> Answer:
    """The lines under a prefix; an empty answer (204) if there are none."""
    (prefix,) = wanted
    key = ("key", context.options.key or "")
    return context.get_json(remote.url, (*remote.params, ("I_COMMODITY", f"{prefix}*"), key))


def _finer(wanted: Wanted, answer: Answer | None) -> Sequence[Wanted]:
    """Ten smaller requests that replace one that the service did not finish."""
    (prefix,) = wanted
    return [(f"{prefix}{digit}",) for digit in range(10)] if answer is None and len(prefix) < FINEST else ()


def partition_of(name: str) -> str | None:
    """Year and chapter, from the file name of an answer."""
    found = re.match(r"^(\d{4})_(\d\d)\.json$", name)
    return f"{found[1]}/{found[2]}" if found else None


def probe(context: FetchContext) -> Probe:
    """One six-digit code of the newest year, some forty rows."""
    years = {remote.partition[:4]: remote for remote in plan(context)}
    return first_found(partial(_looked_at, context), years.values())


def _looked_at(context: FetchContext, remote: RemoteFile) -> Probe:
    answer = _asked(context, remote, (PROBED,))
    if not answer.content:
        raise NotFoundError(f"{remote.partition} has no rows for {PROBED}")
    return check_shape(answer.content, remote.partition[:4])


def check_shape(content: bytes, year: str) -> Probe:
    """Check an answer for `PROBED`; raises `ParseError`."""
    chapter = PROBED[:2]
    frames = parsed(parse, content, RemoteFile(f"{year}/{chapter}", f"{year}_{chapter}.json", ""), SOURCE)
    (header, *_) = json.loads(content)
    known = {*API_NAMES, "COMM_LVL", "SUMMARY_LVL", "YEAR", "MONTH", "time"}
    return Probe(newest_of(frames[IMPORTS_ANNUAL.name]["year"]), notes=new_fields(header, known))
