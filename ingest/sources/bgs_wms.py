"""British Geological Survey, World Mineral Statistics: production by country and year since 1970.

The parser reads the survey's CSV export and the GeoJSON pages of its OGC API, which have the same properties.
A commodity may have several sub-commodities and units; these must not be summed.
Source: https://www.bgs.ac.uk/mineralsuk/statistics/world-mineral-statistics/ (OGC API Features, keyless).
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import dataframely as dy
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about, usually_out
from ingest.fetch import Download, FetchContext, RemoteFile
from ingest.formats.csv import read_csv_text, records
from ingest.formats.json_text import BOM
from ingest.formats.printed_values import read_value
from ingest.gates import Gates
from ingest.http import Answer, FetchError, Policy
from ingest.probe import Probe, changed, newest_of, parsed


class Production(dy.Schema):
    """A country's production of a commodity in a year."""

    commodity = dy.String(min_length=1, metadata=about("Commodity and stage, such as 'cobalt, mine'"))
    sub_commodity = dy.String(nullable=True, metadata=about("Part or form of it; none for the whole"))
    statistic = dy.String(min_length=1, metadata=about("Production, Imports or Exports"))
    country_iso3 = dy.String(
        nullable=True,
        regex=r"^[A-Z0-9]{3}$",
        metadata=about("ISO 3166 alpha-3, also of former states; 1A0 is Kosovo"),
    )
    country = dy.String(min_length=1, metadata=about("Country in the publisher's words"))
    year = dy.Int16(min=1900, max=2200, metadata=about("Year; note codes mark financial years", "year"))
    quantity = dy.Float64(nullable=True, min=0, metadata=about("Quantity, where known", "unit of the row"))
    qualifier = dy.String(
        check=lambda column: column.is_in(["=", "s", "NA"]),
        metadata=about("= figure, s above 0 but below half a unit, NA not available"),
    )
    unit = dy.String(min_length=1, metadata=about("Unit in the words of the publisher"))
    is_estimated = dy.Bool(metadata=about("Marked as an estimate by the publisher"))
    note_code = dy.String(nullable=True, metadata=about("Codes of the notes on the figure, joined by |"))

    @dy.rule()
    def one_figure(cls) -> pl.Expr:  # noqa: N805
        """A country has one figure per form and year; the form may be null, so this is not a primary key."""
        return pl.len().over("commodity", "sub_commodity", "statistic", "country", "unit", "year") == 1


PRODUCTION: Final = Table(
    "bgs_wms__production", Production, "commodity, sub_commodity, statistic, country, unit, year"
)

SOURCE: Final = Source(
    id="bgs_wms",
    title="World Mineral Statistics",
    publisher="British Geological Survey",
    homepage="https://www.bgs.ac.uk/mineralsuk/statistics/world-mineral-statistics/",
    licence="Open Government Licence v3; the survey also asserts (c) UKRI, so clear it before redistribution",
    citation="Contains British Geological Survey materials (c) UKRI, World Mineral Statistics",
    cadence="annual",
    lag_days=450,
    drop_in=(
        "the survey's CSV export, or pages of its API as one JSON file per commodity (cobalt_mine.json)"
    ),
    tables=(PRODUCTION,),
    base_url="https://ogcapi.bgs.ac.uk",
    note="Counts differ from those of the USGS: other stages, other years, other estimates.",
)

_COLUMNS: Final = {
    "bgs_commodity_trans",
    "bgs_sub_commodity_trans",
    "bgs_statistic_type_trans",
    "country_iso3_code",
    "country_trans",
    "year",
    "quantity",
    "units",
    "concat_figure_notes_code",
    "data_precision_description",
}
ALPHA3_OF: Final = {"CG": "COG"}
"""Wrong alpha-3 codes that the publisher prints next to a right alpha-2 code."""
_QUALIFIERS: Final = {
    "": "=",
    "Nil (nothing produced)": "=",
    "Figures not available": "NA",
    "Quantity is more than 0 but less than 0.5": "s",
}


def parse(path: Path, facts: FileFacts) -> Frames:
    """Figures from a CSV export or an API page; either may contain any number of commodities.

    Raises:
        ParseError: neither of the two, a property missing, a ragged or incomplete line, or no figure at all.
    """
    content = path.read_bytes().removeprefix(BOM)
    is_json = content.lstrip()[:1] in (b"{", b"[")
    found = _features(facts.name, content) if is_json else _lines(facts.name, content)
    if not found:
        raise ParseError(f"{facts.name}: holds no figure")
    return {PRODUCTION.name: pl.DataFrame([_row(record) for record in found], schema=PRODUCTION.dtypes)}


def _lines(name: str, content: bytes) -> list[dict[str, str]]:
    """Records of a CSV export, whose columns may be in any order."""
    header, lines = read_csv_text(name, content)
    _require(name, set(header))
    return records(header, lines)


def _features(name: str, content: bytes) -> list[dict[str, str]]:
    """Properties of the features of a page."""
    try:
        page = json.loads(content)
        found = [feature["properties"] or dict.fromkeys(_COLUMNS) for feature in page["features"]]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ParseError(f"{name}: not a whole feature collection ({error})") from error
    for properties in found:
        _require(name, set(properties))
    return [{key: "" if value is None else str(value) for key, value in record.items()} for record in found]


def _require(name: str, columns: set[str]) -> None:
    if missing := _COLUMNS - columns:
        raise ParseError(f"{name}: {', '.join(sorted(missing))} missing, so not World Mineral Statistics")


def _row(record: dict[str, str]) -> dict[str, Any]:
    printed = read_value(record["quantity"])
    figure = printed.value if printed else None
    qualifier = _QUALIFIERS.get(record["data_precision_description"])
    if (figure is None) != (qualifier == "NA"):
        qualifier = None
    year = re.match(r"(\d{4})-01-01(?!\d)", record["year"])
    notes = record["concat_figure_notes_code"]
    return {
        "commodity": record["bgs_commodity_trans"],
        "sub_commodity": record["bgs_sub_commodity_trans"] or None,
        "statistic": record["bgs_statistic_type_trans"],
        "country_iso3": _iso3(record),
        "country": record["country_trans"],
        "year": int(year[1]) if year else None,
        "quantity": figure if qualifier == "=" else None,
        "qualifier": qualifier,
        "unit": record["units"],
        "is_estimated": "*" in notes.split("|"),
        "note_code": notes or None,
    }


def _iso3(record: Mapping[str, str]) -> str | None:
    """The publisher's alpha-3 code, corrected where it prints one Congo with the code of the other."""
    alpha2 = record.get("country_iso2_code", "")
    return ALPHA3_OF.get(alpha2) or record["country_iso3_code"] or None


# Fetching: the service's path, and the commodities to fetch in its own words.
ITEMS: Final = "collections/world-mineral-statistics/items"
COMMODITIES: Final = (
    "antimony, mine",
    "arsenic, white",
    "beryl",
    "bismuth, mine",
    "chromium ores and concentrates",
    "cobalt, mine",
    "cobalt, refined",
    "copper, mine",
    "copper, refined",
    "fluorspar",
    "gallium, primary",
    "germanium metal",
    "graphite",
    "lithium minerals",
    "magnesium metal, primary",
    "manganese ore",
    "nickel, mine",
    "nickel, smelter/refinery",
    "platinum group metals, mine",
    "rare earth minerals",
    "rare earth oxides",
    "tin, mine",
    "titanium minerals",
    "tungsten, mine",
    "vanadium, mine",
    "zinc, mine",
)
PAGE: Final = 2_000  # answers of 10,000 features are sometimes cut off in mid-stream
MOST_PAGES: Final = 100
RECHECK_DAYS: Final = 7
PROBED: Final = "graphite"
YEARS_PROBED: Final = 4
POLICY: Final = Policy(interval_s=0.5, read_s=60, max_bytes=64 << 20)
GATES: Final = Gates("json", min_rows={PRODUCTION.name: 1})


def plan(context: FetchContext) -> Iterable[RemoteFile]:
    """Production of each commodity, all years."""
    for commodity in COMMODITIES:
        query = (
            ("f", "json"),
            ("limit", f"{PAGE}"),
            ("bgs_commodity_trans", commodity),
            ("bgs_statistic_type_trans", "Production"),
        )
        remote = RemoteFile(commodity, f"{re.sub('[^a-z]+', '_', commodity)}.json", context.url(ITEMS), query)
        if not context.is_recent(remote, RECHECK_DAYS):
            yield remote


def fetch(context: FetchContext, remote: RemoteFile) -> Download | None:
    """Gather the pages of a commodity into one feature collection.

    Raises:
        FetchError: the pages do not add up to the number of features that the service matched.
    """
    if context.is_unchanged(remote):
        return None
    answers: list[Answer] = []
    features: list[Any] = []
    for page in range(MOST_PAGES):
        answers.append(context.get_json(remote.url, (*remote.params, ("offset", f"{page * PAGE}"))))
        content = answers[-1].json()
        features += content["features"]
        if len(content["features"]) < PAGE:
            break
    matched = content.get("numberMatched", len(features))
    if matched != len(features):
        raise FetchError(f"{remote.partition}: {len(features):,} of {matched:,} features received")
    return context.save_json(remote, {"type": "FeatureCollection", "features": features}, answers)


def partition_of(name: str) -> str | None:
    """The commodity, from the file name of its pages."""
    names = {re.sub("[^a-z]+", "_", commodity): commodity for commodity in COMMODITIES}
    return names.get(Path(name).stem)


def probe(context: FetchContext) -> Probe:
    """One figure, from the newest year if the filter on years works."""
    remote = next(remote for remote in plan(context) if remote.partition == PROBED)
    params = (*changed(remote.params, limit="1"), ("offset", "0"))
    first = check_shape(context.get(remote.url, params).content)
    for year in range(context.now.year - 1, context.now.year - 1 - YEARS_PROBED, -1):
        try:
            of_year = (*params, ("year", f"{year}-01-01T00:00:00Z"))
            found = check_shape(context.get(remote.url, of_year).content)
        except (FetchError, ParseError):
            continue  # no figure for that year, or no such filter: the format is known all the same
        if found.newest == date(year, 1, 1):
            return found
    return replace(first, newest=None)


def check_shape(content: bytes) -> Probe:
    """Check a page; raises `ParseError`."""
    frames = parsed(parse, content, RemoteFile(PROBED, "probe.json", ""), SOURCE)
    return Probe(newest_of(frames[PRODUCTION.name]["year"]))


def stated_vintage(path: Path) -> date | None:
    """The usual publication date for the newest year in the export; the file states no date."""
    frame = parse(path, FileFacts(path.name, path.stem, date.min))[PRODUCTION.name]
    newest = frame["year"].max()
    return usually_out(SOURCE, date(newest, 12, 31)) if isinstance(newest, int) else None
