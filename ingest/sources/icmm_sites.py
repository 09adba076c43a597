"""ICMM Global Mining Dataset: large mines, smelters, refineries and plants, with location and commodities.

A workbook whose sheet "External" has one row per site. It states neither the phase of a site nor whether it
operates, and no stage for secondary and other commodities. Sites within 2.5 km of each other are one row.
Source: International Council on Mining and Metals, Global Mining Dataset, September 2025 (V1), CC BY 4.0.
"""

import math
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import dataframely as dy
import fastexcel
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.formats.csv import clean_text

KINDS: Final = ("Mine", "Smelter", "Refinery", "Plant", "Steel Plant")
"""Kinds of site; a row may name several. A plant crushes, grinds, washes, leaches or floats ore."""
RANKS: Final = {
    "primary": "Primary Commodity",
    "secondary": "Secondary Commodity",
    "other": "Other Commodities",
}


class Site(dy.Schema):
    """A mine, smelter, refinery or plant, or several of these close to each other."""

    site_id = dy.String(
        primary_key=True, regex=r"^ICMM\d+$", metadata=about("The publisher's number for the site")
    )
    name = dy.String(min_length=1, metadata=about("Name of the site"))
    country = dy.String(min_length=1, metadata=about("Country in the publisher's words"))
    asset_type = dy.String(
        check=lambda column: column.str.split(";").list.eval(pl.element().is_in(list(KINDS))).list.all(),
        metadata=about(f"One or several of {', '.join(KINDS)}, separated by semicolons"),
    )
    confidence = dy.String(
        min_length=1,
        metadata=about("High, Moderate or Very Low, by the number of sources that name the site"),
    )
    commodities = dy.String(min_length=1, metadata=about("Commodities as printed, the primary one first"))
    latitude = dy.Float64(nullable=True, min=-90, max=90, metadata=about("Latitude, WGS 84", "degrees"))
    longitude = dy.Float64(nullable=True, min=-180, max=180, metadata=about("Longitude, WGS 84", "degrees"))


class Commodity(dy.Schema):
    """A commodity that a site names."""

    site_id = dy.String(primary_key=True, min_length=1, metadata=about("The publisher's number for the site"))
    country = dy.String(min_length=1, metadata=about("Country in the publisher's words"))
    phrase = dy.String(
        primary_key=True, min_length=1, metadata=about("Commodity in the publisher's words, in lower case")
    )
    rank = dy.String(
        check=lambda column: column.is_in(list(RANKS)),
        metadata=about(
            "primary, secondary or other; the stage of a secondary or other commodity is not stated"
        ),
    )


SITE: Final = Table("icmm_sites__site", Site, "site_id")
COMMODITY: Final = Table("icmm_sites__commodity", Commodity, "site_id, phrase")

SOURCE: Final = Source(
    id="icmm_sites",
    title="Global Mining Dataset",
    publisher="International Council on Mining and Metals",
    homepage="https://www.icmm.com/en-gb/research/social-performance/2025/global-mining-dataset",
    licence="CC BY 4.0",
    citation="ICMM Global Mining Dataset, September 2025 (V1) release",
    cadence="irregular",
    lag_days=0,
    drop_in="the workbook of the Global Mining Dataset as downloaded",
    tables=(SITE, COMMODITY),
    note="Sites listed, phase not stated; 8,508 of 15,188 are public. Newer workbooks are dropped in.",
)

SHEET: Final = "External"
_HEADER: Final = (
    *("ICMMID", "Confidence Factor", "Mine Name", "Latitude", "Longitude", "Asset Type", "Country"),
    *RANKS.values(),
)
_FEWEST_SITES: Final = 20
_RELEASE: Final = re.compile(r"(?i)\b([A-Z][a-z]+ 20\d\d)\b")


def parse(path: Path, facts: FileFacts) -> Frames:
    """One row per site, and one row per commodity that it names.

    Raises:
        ParseError: The file is no workbook, has another header, or has fewer sites than any release.
    """
    grid = _sheet(path, facts.name, SHEET)
    header = [clean_text(cell or "") for cell in grid.row(0)]
    if missing := [field for field in _HEADER if field not in header]:
        raise ParseError(f"{facts.name}: the sheet {SHEET!r} has no column {missing[0]!r}.")
    lines = [dict(zip(header, map(_text, row), strict=True)) for row in grid.rows()[1:]]
    sites = [line for line in lines if line["ICMMID"]]
    if len(sites) < _FEWEST_SITES:
        raise ParseError(f"{facts.name}: cut short, only {len(sites)} sites.")
    return {
        SITE.name: pl.DataFrame([_site(line) for line in sites], schema=SITE.dtypes),
        COMMODITY.name: pl.DataFrame(
            [row for line in sites for row in _commodities(line)], schema=COMMODITY.dtypes
        ),
    }


def _sheet(path: Path, name: str, sheet: str) -> pl.DataFrame:
    try:
        book = fastexcel.read_excel(path)
        if sheet not in book.sheet_names:
            raise ParseError(f"{name}: no sheet {sheet!r} among {book.sheet_names}.")
        grid: pl.DataFrame = book.load_sheet(sheet, header_row=None, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise ParseError(f"{name}: not a readable workbook ({str(error).splitlines()[0]})") from error
    if grid.is_empty():
        raise ParseError(f"{name}: the sheet {sheet!r} is empty.")
    return grid


def _text(cell: str | None) -> str:
    return clean_text(cell or "")


def _site(line: dict[str, str]) -> dict[str, Any]:
    return {
        "site_id": line["ICMMID"],
        "name": line["Mine Name"],
        "country": line["Country"],
        "asset_type": ";".join(map(clean_text, line["Asset Type"].split(";"))),
        "confidence": line["Confidence Factor"],
        "commodities": ";".join(line[field] for field in RANKS.values() if line[field]),
        "latitude": _degrees(line["Latitude"]),
        "longitude": _degrees(line["Longitude"]),
    }


def _degrees(cell: str) -> float | None:
    """Degrees; some have a typographic minus sign. A cell that is not a number refuses only its row."""
    try:
        return float(cell.replace("\N{MINUS SIGN}", "-")) if cell else None
    except ValueError:
        return math.nan


def _commodities(line: dict[str, str]) -> list[dict[str, str]]:
    """Each commodity once, with the highest rank that the row gives it."""
    found: dict[str, str] = {}
    for rank, field in RANKS.items():
        for part in line[field].split(";"):
            if phrase := clean_text(part).casefold():
                found.setdefault(phrase, rank)
    return [
        {"site_id": line["ICMMID"], "country": line["Country"], "phrase": phrase, "rank": rank}
        for phrase, rank in found.items()
    ]


def partition_of(_name: str) -> str | None:
    """The source has one partition: a release states all sites."""
    return "sites"


def stated_vintage(path: Path) -> date | None:
    """The first day of the month named on the sheet About; the release states no day."""
    for title in _sheet(path, path.name, "About").to_series(0).head(3).drop_nulls():
        if found := _RELEASE.search(title):
            try:
                return datetime.strptime(f"1 {found[1]}", "%d %B %Y").date()
            except ValueError:
                continue
    return None
