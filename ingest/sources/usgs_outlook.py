"""USGS World Minerals Outlook: output and capacity by country, and projected world capacity.

One long CSV per release: output for seven years, countries' capacity in the last of them, and world capacity
in the five years after. A release may cover other minerals and years; its partition is its last year.
Source: U.S. Geological Survey, Scientific Investigations Report 2025-5021, doi:10.5066/P1HTTCWN.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import dataframely as dy
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.fetch import FetchContext, RemoteFile
from ingest.formats.csv import clean_text, read_csv_text
from ingest.formats.printed_values import QUALIFIERS, read_value
from ingest.gates import Gates
from ingest.http import NotFoundError, Policy
from ingest.probe import Probe, parsed

MEASURES: Final = ("production", "capacity")
_OF_ROW: Final = "unit of the row"


class Outlook(dy.Schema):
    """Output or capacity of a country, or of the world, in a year."""

    outlook_to = dy.Int16(
        primary_key=True, min=2000, max=2200, metadata=about("Last year of the release", "year")
    )
    commodity = dy.String(primary_key=True, min_length=1, metadata=about("Commodity as printed"))
    form = dy.String(primary_key=True, min_length=1, metadata=about("Form as printed"))
    region = dy.String(
        primary_key=True, min_length=1, metadata=about("Country, World, Total or Rest of the world")
    )
    measure = dy.String(
        primary_key=True,
        check=lambda column: column.is_in(list(MEASURES)),
        metadata=about("production or capacity"),
    )
    plants = dy.String(
        primary_key=True,
        check=lambda column: column.is_in(["all", "operating", "idled"]),
        metadata=about("Plants counted: all, or operating or idled if the note separates them"),
    )
    # a future year does not count as a period that the source has reached
    data_year = dy.Int16(primary_key=True, min=1900, max=2200, metadata=about("Calendar year", "year"))
    unit = dy.String(min_length=1, metadata=about("Unit in the words of the publisher, in lower case"))
    value_text = dy.String(min_length=1, metadata=about("The cell as printed"))
    value = dy.Float64(nullable=True, min=0, metadata=about("The figure, if one is printed", _OF_ROW))
    qualifier = dy.String(
        check=lambda column: column.is_in(list(QUALIFIERS)),
        metadata=about("= figure, > < bounds, W withheld, NA not available"),
    )
    value_low = dy.Float64(nullable=True, metadata=about("Lower bound by the publisher", _OF_ROW))
    value_high = dy.Float64(nullable=True, metadata=about("Upper bound by the publisher", _OF_ROW))
    is_estimated = dy.Bool(metadata=about("Marked as an estimate by the publisher"))
    is_outlook = dy.Bool(metadata=about("A future year, from plans counted by the publisher"))
    excludes_usa = dy.Bool(metadata=about("A total without the withheld US production"))
    data_source = dy.String(nullable=True, metadata=about("Publication cited for the row"))


OUTLOOK: Final = Table(
    "usgs_outlook__capacity", Outlook, "outlook_to, commodity, form, region, measure, plants, data_year"
)

SOURCE: Final = Source(
    id="usgs_outlook",
    title="World Minerals Outlook",
    publisher="U.S. Geological Survey, National Minerals Information Center",
    homepage="https://www.usgs.gov/centers/national-minerals-information-center",
    licence="US federal government work, public domain (CC0)",
    citation="U.S. Geological Survey, World Minerals Outlook to 2029 (SIR 2025-5021), doi:10.5066/P1HTTCWN",
    cadence="irregular",
    lag_days=400,
    drop_in="the CSV of a release as published",
    tables=(OUTLOOK,),
    base_url="https://www.sciencebase.gov",
    note="Country capacity for one year, world capacity to the last year. Releases are years apart.",
)

# ScienceBase: how releases are found, and the one that is known.
SEARCHED: Final = '"World Minerals Outlook"'
KNOWN_ITEM: Final = "67b8b168d34e1a2e835b7e6c"
TITLE: Final = re.compile(r"(?i)minerals? outlook")
FIELDS: Final = (("format", "json"), ("fields", "title,id,files"))
DAYS_BETWEEN: Final = 7
PROBED_BYTES: Final = 16 << 10
POLICY: Final = Policy(interval_s=1, read_s=60, max_bytes=32 << 20)
GATES: Final = Gates("csv", min_rows={OUTLOOK.name: 100})

HEADER: Final = [
    *("Mineral_Commodity", "Year", "Note", "Quantity", "Data_type", "Unit_MEAS", "Form"),
    *("Geographic_Region", "Figure_Use", "Data Sources"),
]
FEWEST_YEARS: Final = 3
_LAST_YEAR = re.compile(r"(?i)(?:to|through)[ _-]*(20\d\d)(?!\d)")


def parse(path: Path, facts: FileFacts) -> Frames:
    """One row per commodity, form, region, measure, kind of plants and year, in the publisher's units.

    Raises:
        ParseError: The file has another format, is cut off, has an invalid year, or has no future years.
    """
    rows = _rows(facts.name, path.read_bytes())
    if not any(row["is_outlook"] for row in rows):
        raise ParseError(f"{facts.name}: states no future year: it is not an outlook, or is cut short.")
    if (years := len({row["data_year"] for row in rows})) < FEWEST_YEARS:
        raise ParseError(f"{facts.name}: cut short, only {years} years.")
    return {OUTLOOK.name: _frame(rows)}


def _rows(name: str, content: bytes) -> list[dict[str, Any]]:
    header, lines = read_csv_text(name, content)
    if header[: len(HEADER)] != HEADER:
        raise ParseError(f"{name}: columns are {header[:12]} where {HEADER} were expected.")
    if any(any(line[len(HEADER) :]) for line in lines):
        raise ParseError(f"{name}: a column without a name has values.")
    if strange := next((line[1] for line in lines if not re.fullmatch(r"\s*\d{4}\s*", line[1])), None):
        raise ParseError(f"{name}: {strange!r} is not a year.")
    last = max((int(line[1]) for line in lines), default=0)
    return [row for line in lines if (row := _row(line, last))]


def _row(line: list[str], last: int) -> dict[str, Any] | None:
    """One line as a row; None if its cell is blank."""
    commodity, year, note, cell, measure, unit, form, region, _, cited = map(clean_text, line[: len(HEADER)])
    printed = read_value(cell)
    if printed is None:
        return None
    words = {word.strip() for word in note.casefold().split(",")}
    return {
        "outlook_to": last,
        "commodity": commodity,
        "form": form,
        "region": region,
        "measure": measure.casefold(),
        "plants": next((word for word in ("operating", "idled") if word in words), "all"),
        "data_year": int(year),
        "unit": unit.casefold(),
        "value_text": printed.text,
        "value": printed.value,
        "qualifier": printed.qualifier,
        "value_low": printed.low,
        "value_high": printed.high,
        "is_estimated": "estimated" in words or printed.is_estimated,
        "is_outlook": "outlook" in words,
        "excludes_usa": "excludes u.s." in words,
        "data_source": cited or None,
    }


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=OUTLOOK.dtypes)


def plan(context: FetchContext) -> Iterator[RemoteFile]:
    """The CSV of each release that was not requested within the last week."""
    return (remote for remote in _listed(context) if not context.is_recent(remote, DAYS_BETWEEN))


def _listed(context: FetchContext) -> Iterator[RemoteFile]:
    """The CSV of each release: those found by a search, and the known one in any case."""
    query = (("q", SEARCHED), *FIELDS, ("max", "100"))
    answer = context.get(context.url("catalog/items"), query).json()
    if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
        raise ParseError("ScienceBase answered a search without a list of items.")
    items = {item["id"]: item for item in answer["items"] if TITLE.search(item.get("title") or "")}
    if KNOWN_ITEM not in items:
        known = context.get(context.url("catalog/item", KNOWN_ITEM), FIELDS).json()
        items[KNOWN_ITEM] = known if isinstance(known, dict) else {}
    for item_id, item in items.items():
        for file in _tables(item):
            yield _remote(context, item_id, item.get("title") or "", file)


def _tables(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The CSV of the outlook; a single CSV is used whatever its name."""
    tables = [file for file in item.get("files") or [] if file["name"].lower().endswith(".csv")]
    named = [file for file in tables if "outlook" in file["name"].lower()]
    return named or (tables if len(tables) == 1 else [])


def _remote(context: FetchContext, item_id: str, title: str, file: dict[str, Any]) -> RemoteFile:
    """The file, with the last year stated in title or name as partition, or else the item."""
    stated = _LAST_YEAR.search(title) or _LAST_YEAR.search(file["name"])
    uploaded = date.fromisoformat(file["dateUploaded"][:10]) if file.get("dateUploaded") else None
    url = context.url("catalog/file/get", item_id)
    name = (("name", file["name"]),)
    return RemoteFile(stated[1] if stated else item_id, file["name"], url, name, uploaded)


def partition_of(name: str) -> str | None:
    """The last year of the outlook, if the name states it."""
    stated = _LAST_YEAR.search(name)
    return stated[1] if stated else None


def partition_in(path: Path) -> str | None:
    """The last year that the file states."""
    years = {row["outlook_to"] for row in _rows(path.name, path.read_bytes())}
    return f"{years.pop()}" if len(years) == 1 else None


def probe(context: FetchContext) -> Probe:
    """Read the list of releases, and the beginning of the newest one's table."""
    parts = list(_listed(context))
    if not parts:
        raise NotFoundError("ScienceBase lists no release of the World Minerals Outlook with a CSV")
    newest = max(parts, key=lambda remote: (remote.vintage or date.min, remote.partition))
    head = context.peek(newest.url, newest.params, 0, PROBED_BYTES).content
    parsed(_beginning, head, newest, SOURCE)
    return Probe(release=newest.partition)


def _beginning(path: Path, facts: FileFacts) -> Frames:
    head = path.read_bytes()
    return {OUTLOOK.name: _frame(_rows(facts.name, head[: head.rfind(b"\n") + 1]))}
