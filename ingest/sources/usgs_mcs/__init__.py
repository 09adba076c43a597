"""USGS Mineral Commodity Summaries: salient US statistics, world production and reserves, import sources.

Two shapes of the data releases are read, told apart by their content:

- from 2026 on: one long CSV (Windows-1252), one figure a row: all of salient statistics, world data and
  import sources;
- 2025 and before: wide CSVs (UTF-8 with BOM), alone or zipped: salient statistics a commodity, world data.

Figure 2, with the largest suppliers in order, stands beside both, and so do the tables on policy (`policy`).

Every edition restates earlier years and may change definitions, so editions are kept apart and never spliced.
Source: U.S. Geological Survey, National Minerals Information Center, doi:10.5066/P1WKQ63T (2026) and
doi:10.5066/P13XCP3R (2025).
"""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import dataframely as dy
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.fetch import Download, FetchContext, RemoteFile
from ingest.formats.csv import clean_text, read_csv_text, records
from ingest.formats.printed_values import QUALIFIERS, read_value
from ingest.formats.zips import DAMAGED, read_member
from ingest.gates import Gates
from ingest.http import NotFoundError, Policy
from ingest.probe import Probe, parsed
from ingest.sources.usgs_mcs import policy
from ingest.sources.usgs_mcs.columns import COLUMNS_MEANT, KINDS, TONS, kind_of, unit_of, world_unit_meant

MEASURES: Final = ("production", "capacity", "reserves")
_OF_ROW: Final = "unit of the row"


class _Printed(dy.Schema):
    """A printed value and what it says."""

    value_text = dy.String(metadata=about("The cell as printed"))
    value = dy.Float64(nullable=True, metadata=about("The figure, where one is printed", _OF_ROW))
    qualifier = dy.String(
        check=lambda column: column.is_in(list(QUALIFIERS)),
        metadata=about(
            "= figure, > < s bounds, range (maybe about a figure), E net exporter, W withheld, NA, XX, text"
        ),
    )
    value_low = dy.Float64(nullable=True, metadata=about("Lower bound by the publisher", _OF_ROW))
    value_high = dy.Float64(nullable=True, metadata=about("Upper bound by the publisher", _OF_ROW))
    is_estimated = dy.Bool(metadata=about("Marked as an estimate by the publisher"))


class Salient(_Printed):
    """US statistics of a commodity."""

    edition = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Year of the Summaries"))
    commodity = dy.String(primary_key=True, min_length=1, metadata=about("Commodity as printed"))
    kind = dy.String(
        check=lambda column: column.is_in(list(KINDS)),
        metadata=about("production, import, export, consumption, supply, price, stock, nir and so on"),
    )
    statistic = dy.String(
        primary_key=True,
        min_length=1,
        metadata=about("Column name (2025) or label (2026); '#2' marks a label that the file repeats"),
    )
    unit = dy.String(primary_key=True, min_length=1, metadata=about("Unit in the words of the publisher"))
    year = dy.Int16(primary_key=True, min=1900, max=2200, metadata=about("Calendar year", "year"))

    # The names of these rules are the reasons that refused rows carry.
    @dy.rule()
    def headings_have_slipped(cls) -> pl.Expr:  # noqa: N805
        """No figure whose heading can't be trusted."""
        return ~pl.col("statistic").str.starts_with(_SLIPPED)

    @dy.rule()
    def reliance_above_100(cls) -> pl.Expr:  # noqa: N805
        """No more is imported than is used."""
        return ~((pl.col("kind") == "nir") & (pl.col("value") > 100)).fill_null(value=False)

    @dy.rule()
    def price_in_tons(cls) -> pl.Expr:  # noqa: N805
        """A price is no mass."""
        return ~((pl.col("kind") == "price") & pl.col("unit").is_in(list(TONS))).fill_null(value=False)


class World(_Printed):
    """Production, capacity or reserves of a country."""

    edition = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Year of the Summaries"))
    commodity = dy.String(primary_key=True, min_length=1, metadata=about("Commodity as printed"))
    country = dy.String(primary_key=True, min_length=1, metadata=about("Country in the publisher's words"))
    is_total = dy.Bool(metadata=about("The world total, rounded by the publisher"))
    is_other = dy.Bool(metadata=about("All countries that are not listed"))
    excludes_usa = dy.Bool(metadata=about("A total without the withheld US production"))
    measure = dy.String(
        primary_key=True,
        check=lambda column: column.is_in(list(MEASURES)),
        metadata=about("production, capacity or reserves"),
    )
    statistic = dy.String(primary_key=True, min_length=1, metadata=about("Form and stage as labelled"))
    unit = dy.String(primary_key=True, min_length=1, metadata=about("Unit in the words of the publisher"))
    year = dy.Int16(primary_key=True, min=1900, max=2200, metadata=about("Calendar year", "year"))

    @dy.rule()
    def output_below_zero(cls) -> pl.Expr:  # noqa: N805
        """Nothing is made, or lies in the ground, below zero."""
        return (pl.col("value") >= 0).fill_null(value=True)


class ImportSources(dy.Schema):
    """A country from which the United States imports a commodity, with its share."""

    edition = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Year of the Summaries"))
    commodity = dy.String(primary_key=True, min_length=1, metadata=about("Commodity as printed"))
    form = dy.String(primary_key=True, min_length=1, metadata=about("Form, 'All' where undivided"))
    country = dy.String(primary_key=True, min_length=1, metadata=about("Country in the publisher's words"))
    period_start = dy.Int16(metadata=about("First year of the period", "year"))
    period_end = dy.Int16(metadata=about("Last year of the period", "year"))
    rank = dy.Int16(min=1, metadata=about("Place in the printed order, 1 the largest"))
    share_pct = dy.Float64(
        nullable=True, min=0, max=100, metadata=about("Share in the imports, where printed", "percent")
    )
    value_text = dy.String(nullable=True, metadata=about("The share as printed"))


class ImportRanks(dy.Schema):
    """A country that Figure 2 names among the main import sources of a commodity."""

    edition = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Year of the Summaries"))
    commodity = dy.String(primary_key=True, min_length=1, metadata=about("Commodity as printed"))
    form = dy.String(primary_key=True, min_length=1, metadata=about("Form, 'All' where undivided"))
    country = dy.String(primary_key=True, min_length=1, metadata=about("Country in the publisher's words"))
    period_start = dy.Int16(metadata=about("First year of the period", "year"))
    period_end = dy.Int16(metadata=about("Last year of the period", "year"))
    rank = dy.Int16(min=1, metadata=about("Place in the printed order, 1 the largest"))


SALIENT = Table("usgs_mcs__salient", Salient, "edition, commodity, statistic, unit, year")
WORLD = Table("usgs_mcs__world", World, "edition, commodity, country, measure, statistic, unit, year")
IMPORT_SOURCES = Table("usgs_mcs__import_sources", ImportSources, "edition, commodity, form, country")
IMPORT_RANKS = Table("usgs_mcs__import_ranks", ImportRanks, "edition, commodity, form, country")

SOURCE: Final = Source(
    id="usgs_mcs",
    title="Mineral Commodity Summaries",
    publisher="U.S. Geological Survey, National Minerals Information Center",
    homepage="https://www.usgs.gov/centers/national-minerals-information-center/mineral-commodity-summaries",
    licence="US federal government work, public domain (CC0)",
    citation="U.S. Geological Survey, Mineral Commodity Summaries data releases (2026: doi:10.5066/P1WKQ63T)",
    cadence="annual",
    lag_days=37,
    tables=(SALIENT, WORLD, IMPORT_SOURCES, IMPORT_RANKS, *policy.TABLES),
    base_url="https://www.sciencebase.gov",
    note="An edition of January or February covers the five years before it; the last of them is estimated.",
)

_LONG_HEADER: Final = (
    r"MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes,"
    r"Is critical mineral[^,]*,Other notes"
)
_WORLD_HEADER: Final = (
    r"SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_(\d{4}),PROD_EST_ ?(\d{4}),PROD_NOTES,"
    r"CAP_\1,CAP_EST_ ?\2,CAP_NOTES,RESERVES_\2,RESERVE_NOTES"
)
_FIGURE_2_HEADER: Final = (
    r"Source,Import_Share_Order,Commodity,Net_Import_Reliance_pct_\d{4},"
    r"Major_Import_Sources_(\d\d)(\d\d)_(?:\1)?(\d\d),Notes"
)
_SALIENT_HEADER: Final = r"(?:Data)?Source,Commodity,Year,.+"
_SALIENT_YEARS: Final = 5
# Fewer are a part of a release: the editions of 2025 and 2026 hold 76, 61 and 85 commodities at least.
_FEWEST: Final = {
    WORLD.name: ("commodity", 75),
    IMPORT_SOURCES.name: ("commodity", 60),
    IMPORT_RANKS.name: ("commodity", 50),
    SALIENT.name: ("commodity", 80),
    **policy.FEWEST,
}

_LONG_KINDS: Final = {
    **{kind: kind for kind in KINDS},
    "sold": "sales",
    "sold or used": "sales",
    "net import reliance": "nir",
}
_MISPRINTS: Final = {
    "Gemanium": "Germanium",
    "poduction": "production",
    "Ferosilicon": "Ferrosilicon",
    "ilmentite": "ilmenite",
    "grosss": "gross",
    "relianceas": "reliance as",
}
_MISPRINT = re.compile(r"\b(?:" + "|".join(_MISPRINTS) + r")\b")
_COUNTRY_FORM = re.compile(r" \((?!Kinshasa\)|Brazzaville\))([^)]+)\)")
_ROUNDED = re.compile(r"[:,]? ?\(rounded\)|[:,]? ?\brounded\b", re.IGNORECASE)
_ESTIMATED = re.compile(r",? ?\bestimated\b", re.IGNORECASE)
_REPORTED = re.compile(r"\breported\b", re.IGNORECASE)
_HALF_UNIT = re.compile(r"less than ½\s?unit", re.IGNORECASE)
_EXCLUDES_USA = re.compile(r"\bexcludes U\.S\. production\b", re.IGNORECASE)
# In the world data of 2025 the letters of an empty cell stand in the notes beside it: "W for 23-24".
_NOTED_VALUE = re.compile(
    r"(W|NA|XX|Less than 1/2 unit|Large|Moderate(?: to Large)?|(?:Very )?Small)(?: for ([\d-]+))?",
    re.IGNORECASE,
)
# Where a label names its unit, the column of the unit may name another (wallboard, manganese ore).
_LABELLED_UNIT = re.compile(r"million square feet|dollars per (?:dry )?metric ton unit")
# Guarded figures: "rounded to the nearest 5,000 tons to avoid disclosing company proprietary data".
_ROUNDED_TO = re.compile(r"rounded to the nearest (hundred thousand|[\d,]+) tons", re.IGNORECASE)
_TONS_OF: Final = {"hundred thousand": 100_000}
_NO_UNIT: Final = "not stated"
# What stands before the label of a figure whose heading can't be trusted: its row is set apart for it.
_SLIPPED: Final = "slipped: "

Row = dict[str, Any]
Rows = dict[str, list[Row]]


def parse(path: Path, facts: FileFacts) -> Frames:
    """Rows of the tables that a file of a release fills; a table that it does not speak of is left out.

    Args:
        path: a CSV of a release, or a zip of such CSVs.
        facts: ``partition`` is the edition, such as "2026", and must agree with what the file says of itself.

    Raises:
        ParseError: no known header, a line with more or fewer fields than the header, no line end at the end,
            fewer commodities or years than a release holds, or another edition than it is filed under.
    """
    if zipfile.is_zipfile(path):
        rows: Rows = {}
        for name, content in _members(path, facts.name):
            for table, found in _read(name, content, facts.partition).items():
                rows.setdefault(table, []).extend(found)
        is_release = True
    else:
        rows = _read(facts.name, path.read_bytes(), facts.partition)
        is_release = rows.keys() != {SALIENT.name}
        if any(row["statistic"].startswith(_SLIPPED) for row in rows.get(SALIENT.name, [])):
            raise ParseError(
                f"{facts.name}: its headings have slipped, for a figure stands under an empty one or a "
                "reliance is above 100 %, so that no figure in it can be trusted"
            )
    if not rows:
        raise ParseError(f"{facts.name}: no header of the Summaries in it")
    for table, found in rows.items():
        column, fewest = _FEWEST[table]
        held = len({row[column] for row in found})
        if is_release and held < fewest:
            counted = "commodities" if column == "commodity" else f"rows by {column}"
            raise ParseError(f"{facts.name}: cut short, {table} has only {held} {counted}")
    if stray := {row["edition"] for found in rows.values() for row in found} - {facts.partition}:
        raise ParseError(f"{facts.name}: of edition {min(stray)} but filed under {facts.partition}")
    return {table.name: _frame(table, rows[table.name]) for table in SOURCE.tables if table.name in rows}


def _frame(table: Table, rows: list[Row]) -> pl.DataFrame:
    types = {name: column.dtype for name, column in table.schema.columns().items()}
    return pl.DataFrame(rows, schema=types)


def _members(path: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """CSV files of a zip, by name."""
    try:
        with zipfile.ZipFile(path) as archive:
            for member in sorted(archive.infolist(), key=lambda member: member.filename):
                if member.filename.lower().endswith(".csv"):
                    yield f"{name}/{member.filename}", read_member(archive, member)
    except DAMAGED as error:
        raise ParseError(f"{name}: the zip cannot be read ({error})") from error


def _read(name: str, content: bytes, edition: str) -> Rows:
    """Rows of one CSV, by the form that its header shows; none for an unknown header.

    ``edition`` is what the file is filed under, for the tables that do not state it.
    """
    header, lines = read_csv_text(name, content)
    joined = ",".join(header)
    if re.fullmatch(_LONG_HEADER, joined):
        return _read_long(records(header, lines))
    if match := re.fullmatch(_WORLD_HEADER, joined):
        return {WORLD.name: _read_world(lines, int(match[1]), int(match[2]))}
    if match := re.fullmatch(_FIGURE_2_HEADER, joined):
        century, start, end = match.groups()
        return {IMPORT_RANKS.name: _read_figure_2(lines, int(century + start), int(century + end))}
    if re.fullmatch(_SALIENT_HEADER, joined):
        return {SALIENT.name: _read_salient(name, header, lines)}
    return policy.read(header, lines, edition)


def _read_salient(name: str, header: list[str], lines: list[list[str]]) -> list[Row]:
    """Salient statistics of one commodity: a line a year, a column a statistic; the last year estimated."""
    years = [_year(line[2]) or 0 for line in lines]
    edition = _edition(lines[0][0]) if lines else ""
    latest = (_year(edition) or 0) - 1
    if years != list(range(latest - _SALIENT_YEARS + 1, latest + 1)):
        raise ParseError(f"{name}: not the {_SALIENT_YEARS} years before its edition, but {years}")
    numbered = _Numbered()
    columns = [numbered(column) for column in header[3:]]
    rows = []
    for line, year in zip(lines, years, strict=True):
        commodity = clean_text(line[1])
        meant = COLUMNS_MEANT.get((edition, commodity), {})
        for column, cell in zip(columns, line[3:], strict=True):
            statistic = meant.get(column, column)
            unit = unit_of(statistic)
            if printed := _printed(cell, unit, is_estimated=year == latest):
                key = {"edition": edition, "commodity": commodity, "statistic": statistic, "year": year}
                rows.append({**key, "kind": kind_of(statistic), "unit": unit, **printed})
    if any(not row["statistic"].partition("#")[0] or _is_above_100(row) for row in rows):
        for row in rows:
            row["statistic"] = f"{_SLIPPED}{row['statistic']}"
    return rows


def _is_above_100(row: Row) -> bool:
    """Whether a row states that more is imported than is used."""
    return row["kind"] == "nir" and row["value"] is not None and row["value"] > 100


def _read_world(lines: list[list[str]], reported: int, estimated: int) -> list[Row]:
    """World data: a line a country and form, with two years of production and of capacity, and reserves."""
    rows = []
    for source, commodity, published_country, label, unit, *cells in lines:
        made, made_now, made_notes, capacity, capacity_now, capacity_notes, reserves, reserve_notes = cells
        country, form = _country_and_form(published_country)
        statistic = _label(_ESTIMATED.sub("", label))
        if form and form.casefold() not in statistic.casefold():
            statistic = f"{statistic}: {form}"
        key = {"edition": _edition(source), "commodity": _label(commodity), "statistic": statistic}
        for measure, year, cell, notes in (
            ("production", reported, made, made_notes),
            ("production", estimated, made_now, made_notes),
            ("capacity", reported, capacity, capacity_notes),
            ("capacity", estimated, capacity_now, capacity_notes),
            ("reserves", estimated, reserves, reserve_notes),
        ):
            is_estimated = measure != "reserves" and (year == estimated or _is_estimated(label, notes))
            unit_meant = world_unit_meant(key["edition"], key["commodity"], measure, clean_text(unit))
            if printed := _printed(
                cell.strip() or _noted(notes, year), unit_meant, notes=notes, is_estimated=is_estimated
            ):
                excludes_usa = _EXCLUDES_USA.search(notes) is not None
                row = {**key, **_country(country), "measure": measure, "year": year}
                rows.append({**row, "unit": unit_meant or _NO_UNIT, "excludes_usa": excludes_usa, **printed})
    return rows


def _read_figure_2(lines: list[list[str]], period_start: int, period_end: int) -> list[Row]:
    """Figure 2 names the main import sources of a commodity, the largest first, without their shares."""
    rows = []
    for source, _, published, _, countries, _ in lines:
        commodity, _, form = clean_text(published).partition(", ")
        named = [country for country in countries.split(",") if country.strip() != "NA"]
        for rank, country in enumerate(named, start=1):
            rows.append(
                {
                    "edition": _edition(source),
                    "commodity": commodity,
                    "form": _sentence(form) or "All",
                    "country": _country_name(country),
                    "period_start": period_start,
                    "period_end": period_end,
                    "rank": rank,
                }
            )
    return rows


def _read_long(published: list[dict[str, str]]) -> Rows:
    """Three tables from the long file; its section says which one a line belongs to."""
    edition = str(1 + max((_year(record["Year"]) or 0 for record in published), default=0))
    rows: Rows = {table.name: [] for table in (SALIENT, WORLD, IMPORT_SOURCES)}
    spellings: dict[tuple[str, str], str] = {}
    ranks: Counter[tuple[str, str]] = Counter()
    numbered = _Numbered()
    for record in published:
        commodity, detail = record["Commodity"], record["Statistics_detail"]
        key: Row = {"edition": edition, "commodity": commodity}
        if record["Section"] == "Import Sources":
            ranks[commodity, detail] += 1
            rows[IMPORT_SOURCES.name].append({**key, **_share(record), "rank": ranks[commodity, detail]})
            continue
        labelled = _LABELLED_UNIT.search(detail)
        unit = labelled[0] if labelled else record["Unit"]
        measure = record["Statistics"].lower()
        unit = world_unit_meant(edition, commodity, measure, unit) or _NO_UNIT
        printed = _printed(record["Value"], unit, notes=record["Notes"])
        if printed is None:
            continue
        key |= {"unit": unit, "year": _year(record["Year"]), **printed}
        if record["Section"].startswith("Salient"):
            # A label that names its own year ("net exporter in 2025") is another one every year.
            label = re.sub(rf" in {record['Year']}\b", "", _put_right(detail))
            statistic = numbered(label, commodity, unit, record["Year"])
            kind = _LONG_KINDS.get(measure)
            rows[SALIENT.name].append({**key, "kind": kind, "statistic": statistic})
        else:
            label = _label(_ROUNDED.sub("", detail))
            rows[WORLD.name].append(
                {
                    **key,
                    **_country(_country_name(record["Country"])),
                    "measure": measure,
                    "statistic": spellings.setdefault((commodity, label.casefold()), label),
                    "excludes_usa": _EXCLUDES_USA.search(record["Notes"]) is not None,
                }
            )
    return rows


class _Numbered:
    """Sets a number behind a label from its second occurrence on: ``Imports``, ``Imports#2``."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, ...]] = Counter()

    def __call__(self, label: str, *within: str) -> str:
        self._seen[label, *within] += 1
        occurrence = self._seen[label, *within]
        return label if occurrence == 1 else f"{label}#{occurrence}"


def _share(record: dict[str, str]) -> Row:
    """A country's share in the imports of a period such as 2021 to 24."""
    start, end = record["Year"][:4], record["Year"][-2:]
    printed = read_value(record["Value"])
    return {
        "form": record["Statistics_detail"] or "All",
        "country": _country_name(record["Country"]),
        "period_start": _year(start),
        "period_end": _year(start[:2] + end),
        "share_pct": printed.value if printed else None,
        "value_text": record["Value"],
    }


def _printed(cell: str, unit: str | None, *, notes: str = "", is_estimated: bool = False) -> Row | None:
    """Columns of a printed value; None for a blank cell."""
    printed = read_value(cell)
    if printed is None:
        return None
    qualifier, low, high = printed.qualifier, printed.low, printed.high
    if printed.qualifier == ">" and unit == "percent":
        high = 100.0
    elif printed.qualifier == "s" and _HALF_UNIT.search(notes):
        high = 0.5
    elif printed.value is not None and (nearest := _ROUNDED_TO.search(notes)) and unit in TONS:
        step = _TONS_OF.get(nearest[1].lower()) or int(nearest[1].replace(",", ""))
        half = step / TONS[unit] / 2
        qualifier, low, high = "range", max(printed.value - half, 0.0), printed.value + half
    return {
        "value_text": printed.text,
        "value": printed.value,
        "qualifier": qualifier,
        "value_low": low,
        "value_high": high,
        "is_estimated": is_estimated or printed.is_estimated or "Estimated" in notes,
    }


def _noted(notes: str, year: int) -> str:
    """The letters or word in the notes that stand for a year's empty cell."""
    noted = _NOTED_VALUE.fullmatch(clean_text(notes))
    if noted is None or (noted[2] and f"{year % 100}" not in noted[2]):
        return ""
    return noted[1].upper() if len(noted[1]) <= len("NA") else noted[1]


def _is_estimated(label: str, notes: str) -> bool:
    """Whether the notes call a figure estimated, or the label does and the notes do not say otherwise."""
    if _ESTIMATED.search(notes):
        return True
    return _ESTIMATED.search(label) is not None and _REPORTED.search(notes) is None


def _edition(source: str) -> str:
    """``MCS2025`` is edition 2025."""
    return source.strip().removeprefix("MCS")


def _year(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{4}", text) else None


def _country_and_form(published: str) -> tuple[str, str]:
    """``Brazil (beneficiated)`` is Brazil and the form of its figure; ``(rounded)`` is no form."""
    text = _ROUNDED.sub("", clean_text(published))
    if match := _COUNTRY_FORM.search(text):
        return _country_name(text[: match.start()]), match[1]
    country, _, form = text.partition(", ") if text.startswith("World total") else (text, "", "")
    return _country_name(country), form


def _country_name(published: str) -> str:
    """Name without the footnote number that is sometimes left behind it."""
    return clean_text(published).rstrip("0123456789 ,")


def _country(name: str) -> Row:
    return {
        "country": name,
        "is_total": name.startswith("World total"),
        "is_other": name.casefold().startswith("other countries"),
    }


def _label(text: str) -> str:
    """Label with single spaces, a capital in front and the known misprints put right."""
    return _sentence(_put_right(clean_text(text)))


def _put_right(text: str) -> str:
    """Text without the known misprints."""
    return _MISPRINT.sub(lambda match: _MISPRINTS[match[0]], text)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


# The fetch side. Facts of ScienceBase: the item above all editions, and the files that are read.
PARENT: Final = "5c8c03e4e4b0938824529f7d"
OLDEST_EDITION: Final = 2025
FILES: Final = re.compile(
    r"(?i)(MCS\d{4}_Commodities_Data\.csv|MCS\d{4}_World_Data\.csv|World_Data\.zip|Salient_Commodity\.zip"
    r"|MCS\d{4}_Fig2_Net_Import_Reliance\.csv|Industry_Trends\.zip"
    rf"|{policy.FILES})"
)
MAIN_FILE: Final = re.compile(r"(?i)MCS\d{4}_Commodities_Data\.csv")
PROBED_BYTES: Final = 8 << 10
POLICY: Final = Policy(interval_s=1, read_s=180, max_bytes=128 << 20)
GATES: Final = Gates("table")


def plan(context: FetchContext) -> Iterator[RemoteFile]:
    """The files of each edition that ScienceBase lists below the parent, a level or two down."""
    for edition in _items(context, PARENT):
        title = re.search(r"Mineral Commodity Summaries (\d{4})", edition.get("title", ""))
        if title is None or int(title[1]) < OLDEST_EDITION:
            continue
        for item in [edition, *_items(context, edition["id"])]:
            for file in item.get("files", []):
                if FILES.fullmatch(file["name"]):
                    uploaded = (
                        date.fromisoformat(file["dateUploaded"][:10]) if file.get("dateUploaded") else None
                    )
                    url, query = context.url("catalog/file/get", item["id"]), (("name", file["name"]),)
                    yield RemoteFile(title[1], file["name"], url, query, uploaded)


def fetch(context: FetchContext, remote: RemoteFile) -> Download | None:
    """Take a file that was uploaded since it was last taken or confirmed.

    The vintage at hand does not show this: the same bytes uploaded again keep their first date.
    """
    at_hand, confirmed = context.newest(remote), context.confirmed_at(remote)
    if at_hand and confirmed and remote.vintage:
        is_dropped_in = at_hand.mode == "drop_in" and at_hand.vintage >= remote.vintage
        if is_dropped_in or confirmed.date() > remote.vintage:
            return None
    return context.download(remote)


def _items(context: FetchContext, parent: str) -> Iterator[dict[str, Any]]:
    """The items right below one, page by page."""
    offset, total = 0, 1
    while offset < total:
        query = (("parentId", parent), ("format", "json"), ("fields", "title,id,files"), ("max", "100"))
        page = context.get(context.url("catalog/items"), (*query, ("offset", f"{offset}"))).json()
        yield from page["items"]
        offset, total = offset + 100, page["total"]


def partition_of(name: str) -> str | None:
    """The edition, where the name says it."""
    found = re.match(r"(?i)MCS(\d{4})[_-]", name)
    return found[1] if found else None


def probe(context: FetchContext) -> Probe:
    """The list of editions, and the beginning of the newest one's main file."""
    parts = list(plan(context))
    if not parts:
        raise NotFoundError(f"ScienceBase lists no edition of {OLDEST_EDITION} or later below {PARENT}")
    edition = max(remote.partition for remote in parts)
    main = [remote for remote in parts if remote.partition == edition and MAIN_FILE.fullmatch(remote.name)]
    if not main:
        names = ", ".join(sorted(remote.name for remote in parts if remote.partition == edition))
        raise ParseError(f"edition {edition} has no MCS{edition}_Commodities_Data.csv, only {names}")
    return check_shape(context.peek(main[0].url, main[0].params, 0, PROBED_BYTES).content, main[0])


def check_shape(head: bytes, remote: RemoteFile) -> Probe:
    """What the beginning of a file shows; raises `ParseError`."""
    parsed(_beginning, head, remote, SOURCE)
    return Probe(release=remote.partition)


def _beginning(path: Path, facts: FileFacts) -> Frames:
    head = path.read_bytes()
    rows = _read(facts.name, head[: head.rfind(b"\n") + 1], facts.partition)
    return {table.name: _frame(table, rows[table.name]) for table in SOURCE.tables if table.name in rows}


def partition_in(path: Path) -> str | None:
    """The edition that a file states of itself: the release's own names, such as World_Data.zip, do not."""
    found = _members(path, path.name) if zipfile.is_zipfile(path) else [(path.name, path.read_bytes())]
    unstated = ""
    editions = {
        row["edition"]
        for name, content in found
        for rows in _read(name, content, unstated).values()
        for row in rows
    } - {unstated}
    return editions.pop() if len(editions) == 1 else None
