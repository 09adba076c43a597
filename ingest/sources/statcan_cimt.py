"""Statistics Canada, Canadian International Merchandise Trade: imports by HS10, exports by HS8, by month.

A yearly ZIP has the year to date at several levels of detail; the newest file at the finest level is read,
block by block. Exports are published as domestic and as total; re-exports are the difference. Values are in
Canadian dollars, customs basis. Source: Statistics Canada,
https://www150.statcan.gc.ca/n1/pub/71-607-x/71-607-x2021004-eng.htm.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

import dataframely as dy
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.fetch import FetchContext, RemoteFile
from ingest.formats.prefilter import RowPrefilter
from ingest.formats.zips import DAMAGED, inflated, map_blocks, whole_lines
from ingest.gates import Gates
from ingest.http import Policy
from ingest.probe import Probe, first_found, new_fields
from ingest.remote_zip import remote_zip
from ingest.scope import headings

# The publisher's file names, the finest member of each, and its column headings.
FILES: Final = {"Imp": "import", "Dom_Exp": "domestic_export", "Tot_Exp": "total_export"}
NAME: Final = re.compile(r"(?i)^CIMT-CICM_(Imp|Dom_Exp|Tot_Exp)_(\d{4})\.zip$")
MEMBERS: Final = {"import": "014", "domestic_export": "016", "total_export": "017"}
MEMBER: Final = re.compile(r"(?i)ODPFN(\d{3})_(\d{6}[A-Z]?)\.csv$")  # C in early years, N later
DIGITS: Final = {"import": 10, "domestic_export": 8, "total_export": 8}
HEADERS: Final[Mapping[str, str]] = {
    "yearmonth": "month",
    "hs10": "hs_code",
    "hs8": "hs_code",
    "country": "country",
    "province": "province",
    "state": "state",
    "value": "value",
    "quantity": "quantity",
    "unit of measure": "unit",
}
REQUIRED: Final = {"month", "hs_code", "country", "value"}
NO_FIGURE: Final = ("x", "..", "...", "F")
FORMER_PROVINCES: Final = {"NF": "NL"}
FULL_YEARS: Final = 6
TAKEN_AT_ONCE: Final = 8 << 20  # bytes of text made a frame
PROBED_BYTES: Final = 2 << 10


class Trade(dy.Schema):
    """Canadian trade of a month by commodity, partner, province and US state."""

    period = dy.Date(primary_key=True, metadata=about("First day of the month"))
    flow = dy.String(
        primary_key=True,
        regex="^(import|domestic_export|total_export)$",
        metadata=about("Re-exports are total less domestic exports"),
    )
    hs_code = dy.String(
        primary_key=True, regex=r"^(\d{8}|\d{10})$", metadata=about("HS10 for imports, HS8 for exports")
    )
    country = dy.String(
        primary_key=True,
        min_length=1,
        metadata=about("Origin or destination as coded by the publisher, close to ISO 3166 alpha-2"),
    )
    province = dy.String(primary_key=True, metadata=about("Province of clearance or of origin"))
    state = dy.String(primary_key=True, metadata=about("US state of origin or destination"))
    value_cad = dy.Int64(nullable=True, metadata=about("Customs value, FOB", "CAD"))
    quantity = dy.Float64(
        nullable=True, metadata=about("Quantity; a zero next to a value means not stated", "unit")
    )
    unit = dy.String(nullable=True, metadata=about("Unit of quantity: KGM, TNE, NMB and others"))
    qualifier = dy.String(
        nullable=True,
        regex=r"^(x|\.\.|\.\.\.|F)$",
        metadata=about("Why there is no value: x means confidential"),
    )


TRADE: Final = Table("statcan_cimt__trade", Trade, "month, flow, commodity, partner, province, state")

SOURCE: Final = Source(
    id="statcan_cimt",
    title="Canadian merchandise trade by month, imports HS10 and exports HS8",
    publisher="Statistics Canada",
    homepage="https://www150.statcan.gc.ca/n1/pub/71-607-x/71-607-x2021004-eng.htm",
    licence="Open Government Licence - Canada",
    citation="Statistics Canada, Canadian International Merchandise Trade Web Application, 71-607-X2021004",
    subject="Canadian trade",
    cadence="monthly",
    lag_days=37,
    drop_in=("CIMT-CICM_Imp_2026.zip, CIMT-CICM_Dom_Exp_2026.zip, CIMT-CICM_Tot_Exp_2026.zip as published"),
    tables=(TRADE,),
    base_url="https://www150.statcan.gc.ca/n1/pub/71-607-x/2021004/zip",
    heavy=True,
    leading="import-",
)
POLICY: Final = Policy(interval_s=1, read_s=120, deadline_s=1800, attempts=4, max_bytes=1 << 30)
GATES: Final = Gates("zip", members=(".csv",), whole_zip=False, min_rows={TRADE.name: 1})


def parse(path: Path, facts: FileFacts) -> Frames:
    """Read the newest member with the finest detail in a year's archive, kept codes only.

    Raises:
        ParseError: The partition does not show flow and year, the archive is damaged or lacks that member, or
        the member's columns are not this publisher's.
    """
    flow, _, year = facts.partition.partition("-")
    if flow not in MEMBERS or not year.isdecimal():
        raise ParseError(f"{facts.name}: is not named like CIMT-CICM_Imp_2026.zip")
    try:
        with zipfile.ZipFile(path) as archive:
            member = _newest(archive.infolist(), flow, facts)
        frames = [_kept(block, flow, columns) for columns, block in _tabular(path, member, flow, facts)]
    except DAMAGED as error:
        raise ParseError(f"{facts.name}: the archive is damaged ({error})") from None
    except pl.exceptions.PolarsError as error:
        raise ParseError(
            f"{facts.name}: {member.filename} is not a table: a line has more cells than the header, or a "
            "quote is not closed"
        ) from error
    if not frames:
        raise ParseError(f"{facts.name}: {member.filename} holds no rows for a code in scope")
    trade = pl.concat(frames)
    years = trade.filter(pl.col("period").dt.year() != int(year)).height
    if years:
        raise ParseError(f"{facts.name}: {years:,} rows have another year")
    return {TRADE.name: trade}


def _newest(members: Iterable[zipfile.ZipInfo], flow: str, facts: FileFacts) -> zipfile.ZipInfo:
    """The member with the finest detail that covers the most months."""
    found = {
        match[2]: info
        for info in members
        if (match := MEMBER.search(info.filename)) and match[1] == MEMBERS[flow]
    }
    if not found:
        raise ParseError(f"{facts.name}: holds no ODPFN{MEMBERS[flow]} file")
    return found[max(found)]


def _tabular(
    path: Path, member: zipfile.ZipInfo, flow: str, facts: FileFacts
) -> Iterator[tuple[list[str], str]]:
    """Lines that may have a kept code, as text in batches, each with its column names."""
    blocks = whole_lines(inflated(path, member))
    header, _, rows = next(blocks, b"").partition(b"\n")
    encoding = _encoding(header)
    columns = _columns(header.decode(encoding), facts)
    chooser = RowPrefilter(headings(), columns.index("hs_code"), len(columns), DIGITS[flow])
    for block in whole_lines(map_blocks(chooser.lines, chain([rows], blocks)), TAKEN_AT_ONCE):
        if block.strip():
            yield columns, block.decode(encoding, "replace")


def _encoding(header: bytes) -> str:
    """The encoding, by the header's accents: older files are Latin-1, newer ones UTF-8 with a BOM."""
    try:
        header.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8-sig"


def _columns(header: str, facts: FileFacts) -> list[str]:
    """Our names for the bilingual headings (``Country/Pays``); other headings stay as they are."""
    english = [cell.strip().strip('"').split("/")[0].strip().lower() for cell in header.strip().split(",")]
    columns = [HEADERS.get(name, name) for name in english]
    missing, known = REQUIRED - set(columns), [name for name in columns if name in HEADERS.values()]
    if missing:
        raise ParseError(f"{facts.name}: the columns {sorted(missing)} are missing from {english}")
    if len(known) != len(set(known)):
        raise ParseError(f"{facts.name}: a column appears twice in {english}")
    return columns


def _kept(text: str, flow: str, columns: list[str]) -> pl.DataFrame:
    """Rows of the kept codes, typed. Leading zeros dropped by spreadsheets are restored."""
    schema = dict.fromkeys(columns, pl.String)
    cells = pl.read_csv(text.encode(), has_header=False, schema=schema)
    absent = [pl.lit("").alias(name) for name in set(HEADERS.values()) - set(columns)]
    rows = cells.with_columns(absent).with_columns(pl.col(sorted(set(HEADERS.values()))).str.strip_chars())
    rows = rows.with_columns(pl.col("hs_code").str.zfill(DIGITS[flow]))
    rows = rows.filter(pl.col("hs_code").str.slice(0, 4).is_in(headings()))
    value = pl.col("value").cast(pl.Float64, strict=False).round().cast(pl.Int64)
    quantity = pl.col("quantity").cast(pl.Float64, strict=False)
    return rows.select(
        pl.col("month").str.to_date("%Y%m", strict=False).alias("period"),
        pl.lit(flow).alias("flow"),
        "hs_code",
        pl.col("country").fill_null(""),
        pl.col("province").fill_null("").replace(FORMER_PROVINCES),
        pl.col("state").fill_null(""),
        value.alias("value_cad"),
        pl.when((quantity != 0) | (value == 0)).then(quantity).alias("quantity"),
        pl.when(pl.col("unit") != "").then("unit").alias("unit"),
        pl.when(value.is_null()).then(pl.col("value").fill_null("missing")).alias("qualifier"),
    )


def plan(context: FetchContext) -> Iterable[RemoteFile]:
    """This year and the last, which every release may revise; six years with a wide window."""
    this_year = context.now.year
    years = {month.year for month in context.options.periods}
    years = years or set(
        range(this_year - (FULL_YEARS - 1 if context.options.wide_window else 1), this_year + 1)
    )
    for year in sorted(years, reverse=True):
        for kind, flow in FILES.items():
            name = f"CIMT-CICM_{kind}_{year}.zip"
            yield RemoteFile(f"{flow}-{year}", name, context.url(name))


def partition_of(name: str) -> str | None:
    """Flow and year, from an archive's name."""
    found = NAME.match(name)
    flows = {kind.lower(): flow for kind, flow in FILES.items()}
    return f"{flows[found[1].lower()]}-{found[2]}" if found else None


def probe(context: FetchContext) -> Probe:
    """Read the directory of the newest year's imports, and the first lines of its finest member."""
    imports = [remote for remote in plan(context) if remote.partition.startswith("import-")]
    return first_found(partial(_looked_at, context), imports)


def _looked_at(context: FetchContext, remote: RemoteFile) -> Probe:
    facts = FileFacts(remote.name, remote.partition, context.now.date())
    with remote_zip(context, remote) as archive:
        member = _newest(archive.infolist(), "import", facts)
        with archive.open(member) as stream:
            return check_shape(stream.read(PROBED_BYTES), member.filename, facts)


def check_shape(head: bytes, member: str, facts: FileFacts) -> Probe:
    """Check a member's name and first lines; raises `ParseError`."""
    header, _, rest = head.partition(b"\n")
    columns = _columns(header.decode(_encoding(header)), facts)
    first = rest.partition(b"\n")[0]
    if first.count(b",") + 1 != len(columns):
        raise ParseError(f"{facts.name}: the first line of {member} does not have {len(columns)} cells")
    named = MEMBER.search(member)
    newest = date(int(named[2][:4]), int(named[2][4:6]), 1) if named else None
    return Probe(newest, notes=new_fields(columns, set(HEADERS.values())))
