"""World Bank, Worldwide Governance Indicators: six estimates per country and year.

The parser reads two formats, recognized by their bytes: the workbook (six sheets, with years above repeated
names of statistics) and a page of the API v2 (``GOV_WGI_GE.EST``), which returns errors with status 200.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import dataframely as dy
import fastexcel
import orjson
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.fetch import Download, FetchContext, RemoteFile
from ingest.formats.json_text import read_json
from ingest.gates import Gates
from ingest.http import FetchError, NotFoundError, Policy
from ingest.probe import Probe, newest_of, parsed

SHEETS = {
    "VoiceandAccountability": "VA",
    "Political StabilityNoViolence": "PV",
    "GovernmentEffectiveness": "GE",
    "RegulatoryQuality": "RQ",
    "RuleofLaw": "RL",
    "ControlofCorruption": "CC",
}


ESTIMATE = re.compile(r"(?:^|[._])(GE|RL|PV|CC|RQ|VA)[._]EST(?:$|[._])")
"""The code within an identifier such as ``GOV_WGI_GE.EST``, ``GE.EST`` or ``WGI2_GE.EST``."""


class Indicator(dy.Schema):
    """The estimate of one indicator for one country and year."""

    iso3 = dy.String(primary_key=True, regex=r"^[A-Z]{3}$", metadata=about("code as published"))
    indicator = dy.String(primary_key=True, regex=r"^(GE|RL|PV|CC|RQ|VA)$", metadata=about("indicator"))
    year = dy.Int16(primary_key=True, min=1996, max=2100, metadata=about("year"))
    estimate = dy.Float64(
        min=-6, max=6, metadata=about("estimate, higher is better governance", "standard normal units")
    )


INDICATOR = Table("worldbank_wgi__indicator", Indicator, "one indicator of one country in one year")

SOURCE = Source(
    id="worldbank_wgi",
    title="Worldwide Governance Indicators",
    publisher="World Bank",
    homepage="https://www.worldbank.org/en/publication/worldwide-governance-indicators",
    licence="CC BY 4.0",
    citation="World Bank, Worldwide Governance Indicators",
    cadence="annual",
    lag_days=270,
    drop_in="the workbook of six sheets as downloaded, or a page of the API (GOV_WGI_CC.EST.json)",
    tables=(INDICATOR,),
    base_url="https://api.worldbank.org/v2",
)


def parse(path: Path, facts: FileFacts) -> Frames:
    """Read a workbook or a page of the API; a cell without an estimate gives no row.

    Raises:
        ParseError: neither of the two, a sheet or header missing, an error message, or one page of several.
    """
    with path.open("rb") as file:
        is_workbook = file.read(2) == b"PK"
    return {INDICATOR.name: _workbook(path, facts.name) if is_workbook else _page(path, facts)}


def _workbook(path: Path, name: str) -> pl.DataFrame:
    try:
        book = fastexcel.read_excel(path)
        if missing := [sheet for sheet in SHEETS if sheet not in book.sheet_names]:
            raise ParseError(f"{name}: sheets missing {missing}")
        grids = {
            code: book.load_sheet(sheet, header_row=None, dtypes="string").to_polars()
            for sheet, code in SHEETS.items()
        }
    except fastexcel.FastExcelError as error:
        raise ParseError(f"{name}: not a readable workbook ({str(error).splitlines()[0]})") from error
    return pl.concat(_sheet(grid, code, name) for code, grid in grids.items())


def _sheet(grid: pl.DataFrame, code: str, name: str) -> pl.DataFrame:
    """Estimates of one sheet: the row of statistics has ``Code`` second, and the years are above it."""
    grid = grid.rename({old: f"column_{i}" for i, old in enumerate(grid.columns)})
    rows = grid.rows()
    heads = [i for i, row in enumerate(rows) if len(row) > 2 and row[1] == "Code" and "Estimate" in row]
    if not heads:
        raise ParseError(f"{name}: the sheet of {code} has no header with Code and Estimate")
    at = heads[-1]
    years = {
        f"column_{i}": int(year)
        for i, (year, statistic) in enumerate(zip(rows[at - 1], rows[at], strict=True))
        if statistic == "Estimate" and year and year.isdecimal()
    }
    if not years or len(set(years.values())) < len(years):
        raise ParseError(f"{name}: the sheet of {code} has no years, or a year twice, above its estimates")
    read = (
        grid.slice(at + 1)
        .filter(pl.col("column_1").is_not_null())
        .unpivot(list(years), index="column_1", variable_name="column", value_name="text")
        .filter(pl.col("text").is_not_null() & ~pl.col("text").is_in(["#N/A", "", ".."]))
        .select(
            iso3="column_1",
            indicator=pl.lit(code),
            year=pl.col("column").replace_strict(years, return_dtype=pl.Int16),
            estimate=pl.col("text").cast(pl.Float64, strict=False),
        )
    )
    if read.is_empty() or read["estimate"].null_count():
        raise ParseError(f"{name}: the sheet of {code} has estimates that are not numbers, or none")
    return read


def _page(path: Path, facts: FileFacts) -> pl.DataFrame:
    name = facts.name
    try:
        page = read_json(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise ParseError(f"{name}: neither a workbook nor JSON of the API") from error
    match page:
        case [{"message": [{"value": reason}, *_]}, *_]:
            raise ParseError(f"{name}: the API answered with an error: {reason}")
        case [{"pages": pages}, list(rows)] if int(pages) == 1:
            pass
        case [{"pages": pages}, list()]:
            raise ParseError(f"{name}: one page of {pages}: the response is incomplete")
        case _:
            raise ParseError(f"{name}: not an answer of the API with its data")
    schema = {"iso3": pl.String, "indicator": pl.String, "year": pl.Int16, "estimate": pl.Float64}
    try:
        records = [
            {
                "iso3": row["countryiso3code"],
                "indicator": _code(row["indicator"]["id"], facts.partition),
                "year": int(row["date"]),
                "estimate": row["value"],
            }
            for row in rows
            if row["value"] is not None
        ]
        read = pl.DataFrame(records, schema=schema)
    except (AttributeError, KeyError, TypeError, ValueError, pl.exceptions.PolarsError):
        raise ParseError(f"{name}: a row of the answer lacks country, indicator, year or value") from None
    if read.is_empty():
        raise ParseError(f"{name}: the answer contains no estimate")
    return read


def _code(indicator: str, partition: str) -> str:
    """Our code for an indicator, whatever its current name; otherwise the partition's."""
    found = ESTIMATE.search(indicator)
    return found[1] if found else partition


# Fetching. Source 3 is the data set itself; its codes were renamed in 2026 (GE.EST no longer exists). If they
# are renamed again, the source's list of indicators has the new names.
NAMES = {
    "VA": "voice and accountability",
    "PV": "political stability",
    "GE": "government effectiveness",
    "RQ": "regulatory quality",
    "RL": "rule of law",
    "CC": "control of corruption",
}
QUERY = (("source", "3"), ("format", "json"), ("per_page", "20000"))
POLICY = Policy(interval_s=0.5, read_s=60, max_bytes=32 << 20)
YEARS_PROBED = 5
MESSAGE = 4096  # maximum bytes of a message
GATES = Gates("json", min_rows={INDICATOR.name: 100})


def plan(context: FetchContext) -> Iterable[RemoteFile]:
    """All countries and years of each indicator."""
    for code in sorted(SHEETS.values()):
        indicator = f"GOV_WGI_{code}.EST"
        yield RemoteFile(code, f"{indicator}.json", context.url("country/all/indicator", indicator), QUERY)


def fetch(context: FetchContext, remote: RemoteFile) -> Download | None:
    """Fetch an indicator unless the archived file is still current.

    Raises:
        FetchError: the service no longer has it under any name.
    """
    fetched = context.download(remote)
    refusal = _refusal(fetched.path) if fetched else None
    if refusal is None:
        return fetched
    current = _current_name(context, remote.partition)
    if current is None:
        raise FetchError(
            f"the World Bank no longer has {Path(remote.name).stem} ({refusal}), "
            f"and source 3 lists no estimate of {NAMES[remote.partition]}"
        )
    return context.download(replace(remote, url=context.url("country/all/indicator", current)))


def _refusal(path: Path) -> str | None:
    """The message that the service returns with status 200 instead of data."""
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    with suppress(orjson.JSONDecodeError):
        match orjson.loads(content[:MESSAGE]):
            case [{"message": [{"id": number, "value": reason}, *_]}, *_]:
                return f"message {number}: {reason}"
    return None


def _current_name(context: FetchContext, code: str) -> str | None:
    """The current name of an indicator's estimate in source 3."""
    try:
        listed = context.get_json(context.url("source/3/indicator"), QUERY[1:]).json()[1] or []
        entries = [(str(entry["id"]), str(entry.get("name") or "").lower()) for entry in listed]
    except (NotFoundError, IndexError, KeyError, TypeError):
        return None
    named = [name for name, _ in entries if (found := ESTIMATE.search(name)) and found[1] == code]
    named += [name for name, words in entries if NAMES[code] in words and "estimate" in words]
    return min(named, key=len, default=None)


def partition_of(name: str) -> str | None:
    """The indicator, from an answer's file name."""
    stem = Path(name).stem
    return stem.removeprefix("GOV_WGI_").removesuffix(".EST") if stem.startswith("GOV_WGI_") else None


def probe(context: FetchContext) -> Probe:
    """One indicator of one country in the last years."""
    remote = next(iter(plan(context)))
    url = remote.url.replace("country/all", "country/USA")
    since = context.now.year - YEARS_PROBED
    return check_shape(context.get(url, (*remote.params, ("date", f"{since}:{context.now.year}"))).content)


def check_shape(content: bytes) -> Probe:
    """Check an answer; raises `ParseError`."""
    frames = parsed(parse, content, RemoteFile("probe", "GOV_WGI_probe.json", ""), SOURCE)
    return Probe(newest_of(frames[INDICATOR.name]["year"]))
