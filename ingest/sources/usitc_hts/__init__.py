"""USITC, Harmonized Tariff Schedule of the United States: releases, lines with rates, chapter 99 products.

Three kinds of file are read:

- the export of a whole release, a flat JSON list (may be gzipped) whose order and indents carry the tree:
  rates stand on the 8-digit line and hold for the lines below it;
- effective dates of releases: the publisher's release list (JSON) or a kept table (CSV);
- products of the chapter 99 programmes, which the export does not hold: lists (CSV) with one row a product.
"""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import dataframely as dy
import orjson
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.fetch import Download, FetchContext, RemoteFile
from ingest.formats.csv import read_csv_table
from ingest.gates import Gates
from ingest.http import FetchError, Policy
from ingest.probe import Probe, changed, new_fields, parsed
from ingest.sources.usitc_hts.rate_text import clean_text, free_programs, parse_rate

MIN_ROWS = 30_000
"""Fewest rows of a whole schedule; every release since 2025 has more than 35,000."""

_STATUSES = ("free", "ad_valorem", "specific", "compound", "text", "blank")


class Line(dy.Schema):
    """A line of one release that has a number of its own."""

    release = dy.String(primary_key=True, metadata=about("release, such as 2026_rev_5"))
    hts_code = dy.String(
        primary_key=True, regex=r"^\d{4}(\d{2}){0,3}$", metadata=about("number, digits only")
    )
    indent = dy.Int16(min=0, metadata=about("depth in the tree"))
    description = dy.String(
        nullable=True,
        metadata=about("words of the lines above it and its own, from the heading down, ' > ' between"),
    )
    units = dy.String(metadata=about("units of quantity, semicolon between; empty where none"))
    general_text = dy.String(nullable=True, metadata=about("column 1 general rate as printed, inherited"))
    special_text = dy.String(nullable=True, metadata=about("column 1 special rate as printed, inherited"))
    other_text = dy.String(nullable=True, metadata=about("column 2 rate as printed, inherited"))
    rates_from = dy.String(nullable=True, metadata=about("number of the line on which the rates are printed"))
    additional_duties_text = dy.String(
        nullable=True, metadata=about("additional duties as printed, inherited")
    )
    chapter99_codes = dy.String(
        nullable=True,
        metadata=about("chapter 99 numbers in the footnotes of the line and those above it"),
    )
    general_ad_valorem_pct = dy.Float64(
        nullable=True, min=0, metadata=about("ad valorem part, column 1", "%")
    )
    general_specific_usd_per_kg = dy.Float64(
        nullable=True, min=0, metadata=about("part by weight, column 1", "USD/kg")
    )
    general_parse_status = dy.Enum(_STATUSES, metadata=about("how the column 1 text was read"))
    other_ad_valorem_pct = dy.Float64(nullable=True, min=0, metadata=about("ad valorem part, column 2", "%"))
    other_specific_usd_per_kg = dy.Float64(
        nullable=True, min=0, metadata=about("part by weight, column 2", "USD/kg")
    )
    other_parse_status = dy.Enum(_STATUSES, metadata=about("how the column 2 text was read"))
    special_programs = dy.String(nullable=True, metadata=about("programme codes with a Free rate"))


class Release(dy.Schema):
    """A release and the day from which it holds."""

    release = dy.String(primary_key=True, regex=r"^\d{4}(_[a-z0-9]+)+$", metadata=about("release"))
    valid_from = dy.Date(min=date(2000, 1, 1), metadata=about("effective date"))


class Chapter99Product(dy.Schema):
    """A product, by number or its beginning, on a list of a chapter 99 programme."""

    programme = dy.String(
        primary_key=True,
        metadata=about("301, 232, ieepa, or an exemption: 122_exempt, ieepa_exempt, or one from a heading"),
    )
    list = dy.String(primary_key=True, metadata=about("list or annex within the programme"))
    hts_prefix = dy.String(
        primary_key=True, regex=r"^\d{4,10}$", metadata=about("number or its first digits")
    )
    chapter99_code = dy.String(
        nullable=True, regex=r"^99\d{6}$", metadata=about("chapter 99 number, digits only")
    )
    valid_from = dy.Date(nullable=True, metadata=about("first day on the list, where it is dated"))
    valid_to = dy.Date(nullable=True, metadata=about("last day on the list, where it is dated"))


LINE = Table("usitc_hts__line", Line, "one numbered line of one release")
RELEASE = Table("usitc_hts__release", Release, "one release")
PRODUCT = Table("usitc_hts__chapter99_product", Chapter99Product, "one product on one list of a programme")

SOURCE = Source(
    id="usitc_hts",
    title="Harmonized Tariff Schedule of the United States",
    publisher="US International Trade Commission",
    homepage="https://hts.usitc.gov",
    licence="US government work, public domain; chapter 99 lists: MIT (Yale Budget Lab)",
    citation="US International Trade Commission, Harmonized Tariff Schedule of the United States",
    cadence="irregular",
    lag_days=0,
    tables=(LINE, RELEASE, PRODUCT),
    base_url="https://hts.usitc.gov/reststop",
    note="The export serves only the current release; chapter 99 lists are derived by the Yale Budget Lab.",
)


def parse(path: Path, facts: FileFacts) -> Frames:
    """Read a file of this source; which kind it is shows in its name.

    Args:
        path: a schedule (JSON, may be gzipped), a release list (JSON), or a CSV of dates or products.
        facts: for a schedule, ``partition`` is the release (``2026_rev_5``).

    Raises:
        ParseError: the file is none of these, or not whole.
    """
    name = facts.name.lower()
    if name.endswith(".csv"):
        return _parse_csv(path, facts.name)
    rows = _json_rows(path, facts.name)
    if "release" in name and not any("htsno" in row for row in rows[:1]):
        return {RELEASE.name: releases_of(rows, facts.name)}
    return {LINE.name: lines_of(rows, facts.partition, facts.name)}


def release_id(name: str) -> str:
    """Our name of a release, from the publisher's: ``2026HTSRev17`` -> ``2026_rev_17``.

    Other spellings, such as ``Revision 17 (2026)`` and ``2026 Basic``, are the same release. A release that
    is neither basic nor a revision goes by its own words: ``2027 Supplement 1`` -> ``2027_supplement_1``.

    Raises:
        ParseError: the name states no year.
    """
    year = re.search(r"(?<!\d)\d{4}(?!\d)", name)
    if year is None:
        raise ParseError(f"'{name}' is not the name of an HTS release: it states no year")
    if revision := re.search(r"(?i)rev(?:ision)?[\s_.-]*(\d+)([a-z]?)(?![a-z])", name):
        return f"{year[0]}_rev_{int(revision[1])}{revision[2].lower()}"
    if "basic" in name.lower():
        return f"{year[0]}_basic"
    words = re.findall(r"[a-z]+|\d+", name.lower().replace(year[0], " ").replace("hts", " ", 1))
    return "_".join([year[0], *(words or ["hts"])])


def _release_of(entry: Mapping[str, Any]) -> str:
    """A release by its name, or by its title where the name states no year."""
    try:
        return release_id(str(entry["name"]))
    except ParseError:
        return release_id(str(entry.get("title") or entry["name"]))


def _dtypes(table: Table) -> dict[str, pl.DataType]:
    return {name: column.dtype for name, column in table.schema.columns().items()}


def _json_rows(path: Path, name: str) -> list[dict[str, Any]]:
    raw = path.read_bytes()
    try:
        text = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
        rows = orjson.loads(text)
    except (EOFError, OSError, zlib.error) as error:
        raise ParseError(f"{name}: the gzip stream is damaged or cut off ({error})") from error
    except orjson.JSONDecodeError as error:
        kind = "an HTML page" if text.lstrip()[:1] == b"<" else "not JSON"
        raise ParseError(f"{name}: {kind} where a JSON list of the schedule was expected") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ParseError(f"{name}: the JSON is not a list of records")
    return rows


@dataclass(frozen=True, slots=True)
class _Node:
    """What a row hands down to the rows below it."""

    indent: int
    code: str
    description: str
    general: str
    special: str
    other: str
    rates_from: str | None
    additional: str | None
    chapter99: tuple[str, ...]


_ROOT = _Node(-1, "", "", "", "", "", None, None, ())
_FIELDS = frozenset({"htsno", "indent", "general", "special", "other", "units", "footnotes"})
_OTHER_FIELDS = frozenset(
    {"superior", "quotaQuantity", "additionalDuties", "addiitionalDuties", "statisticalSuffix", "description"}
)
_CHAPTER99 = re.compile(r"\b(99\d\d)\.(\d\d)\.(\d\d)\b", re.ASCII)


def lines_of(
    rows: Sequence[Mapping[str, Any]], release: str, name: str, min_rows: int = MIN_ROWS
) -> pl.DataFrame:
    """Numbered lines of a whole schedule with rates handed down the indent.

    Args:
        rows: records of the export in the publisher's order.
        release: release to which they belong.
        name: file name, for messages.
        min_rows: fewest rows of a whole schedule.

    Raises:
        ParseError: too few rows, fields missing, an indent that is no number, or numbers out of order.
    """
    if len(rows) < min_rows:
        raise ParseError(f"{name}: {len(rows)} rows, a whole schedule has at least {min_rows}")
    missing = {field for row in rows for field in _FIELDS if field not in row}
    if missing:
        raise ParseError(f"{name}: rows lack the fields {sorted(missing)}")
    try:
        return pl.DataFrame(_records(rows, release, name), schema=_dtypes(LINE))
    except (AttributeError, TypeError, pl.exceptions.PolarsError) as error:
        raise ParseError(f"{name}: a field of a row is not the text it should be ({error})") from None


def _records(rows: Iterable[Mapping[str, Any]], release: str, name: str) -> Iterator[dict[str, Any]]:
    stack = [_ROOT]
    last = ""
    for row in rows:
        node = _node(row, stack, name)
        stack.append(node)
        if not node.code:
            continue
        if node.code <= last:
            raise ParseError(
                f"{name}: {node.code} follows {last}, the rows are not in the order of the schedule"
            )
        last = node.code
        yield _record(node, row, release)


def _node(row: Mapping[str, Any], stack: list[_Node], name: str) -> _Node:
    """The row as a node. Indents jump, so all that is not above the row leaves the stack, not one level."""
    try:
        indent = int(row["indent"])
    except (TypeError, ValueError) as error:
        raise ParseError(
            f"{name}: '{row['indent']}' is not an indent (line {row['htsno'] or 'unnumbered'})"
        ) from error
    while len(stack) > 1 and stack[-1].indent >= indent:
        stack.pop()
    above = stack[-1]
    code = str(row["htsno"] or "").replace(".", "").strip()
    general, special, other = (clean_text(row[column] or "") for column in ("general", "special", "other"))
    own = bool(general or special)
    notes = " ".join(str(note.get("value") or "") for note in row["footnotes"] or ())
    additional = clean_text(row.get("additionalDuties") or row.get("addiitionalDuties") or "")
    return _Node(
        indent=indent,
        code=code,
        description=" > ".join(filter(None, (above.description, _words(row.get("description"))))),
        general=general if own else above.general,
        special=special if own else above.special,
        other=other or above.other,
        rates_from=(code or above.code) if own or (other and not above.general) else above.rates_from,
        additional=additional or above.additional,
        chapter99=tuple(sorted({*above.chapter99, *("".join(found) for found in _CHAPTER99.findall(notes))})),
    )


def _words(text: object) -> str:
    """The words of a line without the colon that opens the lines below it."""
    return clean_text(str(text or "")).removesuffix(":")


def _record(node: _Node, row: Mapping[str, Any], release: str) -> dict[str, Any]:
    general, other = parse_rate(node.general), parse_rate(node.other)
    return {
        "release": release,
        "hts_code": node.code,
        "indent": node.indent,
        "description": node.description or None,
        "units": ";".join(clean_text(unit) for unit in row["units"] or ()),
        "general_text": node.general or None,
        "special_text": node.special or None,
        "other_text": node.other or None,
        "rates_from": node.rates_from,
        "additional_duties_text": node.additional,
        "chapter99_codes": ";".join(node.chapter99) or None,
        "general_ad_valorem_pct": general.ad_valorem_pct,
        "general_specific_usd_per_kg": general.specific_usd_per_kg,
        "general_parse_status": general.status,
        "other_ad_valorem_pct": other.ad_valorem_pct,
        "other_specific_usd_per_kg": other.specific_usd_per_kg,
        "other_parse_status": other.status,
        "special_programs": ";".join(free_programs(node.special)) or None,
    }


def releases_of(rows: Iterable[Mapping[str, Any]], name: str) -> pl.DataFrame:
    """Releases and their first days, from the publisher's release list (dates are month/day/year, or ISO)."""
    try:
        records = [
            {"release": _release_of(row), "valid_from": _date_of(row["releaseStartDate"])}
            for row in rows
            if row.get("releaseStartDate")
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise ParseError(f"{name}: not a list of releases with names and start dates ({error})") from error
    if not records:
        raise ParseError(f"{name}: no release with a start date")
    return pl.DataFrame(records, schema=_dtypes(RELEASE))


def _date_of(text: str) -> date:
    return datetime.strptime(text[:10], "%m/%d/%Y" if "/" in text else "%Y-%m-%d").date()


@dataclass(frozen=True, slots=True)
class _List:
    """How a CSV of products maps to `Chapter99Product`: the programme, and which columns hold what."""

    programme: str | pl.Expr
    columns: frozenset[str]
    prefix: str
    list_: pl.Expr
    code: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None


_LISTS = (
    _List("301", frozenset({"hts8", "list", "ch99_code"}), "hts8", pl.col("list"), code="ch99_code"),
    _List(
        "232",
        frozenset({"hts_prefix", "annex", "metal_type", "source", "effective_date"}),
        "hts_prefix",
        pl.concat_str("metal_type", pl.lit("_annex_"), "annex"),
        valid_from="effective_date",
    ),
    _List("232", frozenset({"hts10", "ch99_code"}), "hts10", pl.lit("copper"), code="ch99_code"),
    _List(
        "ieepa_exempt",
        frozenset({"hts10", "effective_date_start", "effective_date_end"}),
        "hts10",
        pl.lit("reciprocal_exempt"),
        valid_from="effective_date_start",
        valid_to="effective_date_end",
    ),
    _List("122_exempt", frozenset({"hts8"}), "hts8", pl.lit("surcharge_exempt")),
    # goods that the duty of one heading on one country does not reach: the programme is named by the heading
    _List(
        pl.concat_str(pl.col("ch99_code").str.replace_all(".", "", literal=True), pl.lit("_exempt")),
        frozenset({"ch99_code", "hts10", "effective_date_start", "effective_date_end", "source", "note"}),
        "hts10",
        pl.lit("country_exempt"),
        code="ch99_code",
        valid_from="effective_date_start",
        valid_to="effective_date_end",
    ),
    _List(
        "ieepa", frozenset({"hts8", "ch99_code", "category"}), "hts8", pl.col("category"), code="ch99_code"
    ),
)


def _parse_csv(path: Path, name: str) -> Frames:
    frame = read_csv_table(path, name, null_values=["NA", ""], comment_prefix="#")
    if frame.is_empty():
        raise ParseError(f"{name}: no rows")
    columns = frozenset(frame.columns)
    if {"revision", "effective_date"} <= columns:
        return {RELEASE.name: _kept_releases(frame)}
    for kind in _LISTS:
        if kind.columns == columns:
            return {PRODUCT.name: _products(frame, kind)}
    raise ParseError(f"{name}: columns {sorted(columns)} are those of no known list")


def _kept_releases(frame: pl.DataFrame) -> pl.DataFrame:
    """Releases of the kept table; those named without a year have the year of their date."""
    day = _day("effective_date")
    named = pl.col("revision").str.contains(r"^\d{4}_")
    return frame.select(
        release=pl.when(named)
        .then("revision")
        .otherwise(pl.concat_str(day.dt.year().cast(pl.String), pl.lit("_"), "revision")),
        valid_from=day,
    )


def _products(frame: pl.DataFrame, kind: _List) -> pl.DataFrame:
    nothing = pl.lit(None)
    return frame.select(
        programme=pl.lit(kind.programme) if isinstance(kind.programme, str) else kind.programme,
        list=kind.list_,
        hts_prefix=pl.col(kind.prefix).str.replace_all(".", "", literal=True),
        chapter99_code=pl.col(kind.code).str.replace_all(".", "", literal=True)
        if kind.code
        else nothing.cast(pl.String),
        valid_from=_day(kind.valid_from) if kind.valid_from else nothing.cast(pl.Date),
        valid_to=_day(kind.valid_to) if kind.valid_to else nothing.cast(pl.Date),
    )


def _day(column: str) -> pl.Expr:
    return pl.col(column).str.to_date("%Y-%m-%d", strict=False)


# The fetch side. The service is particular about how the whole schedule is asked for; both ways have worked.
WHOLE_SCHEDULE = (
    (("from", "0100"), ("to", "9999"), ("format", "JSON"), ("styles", "false")),
    (("from", "0101.21.00"), ("to", "9999.00.00"), ("format", "JSON"), ("styles", "true")),
)
PROBED = "2504"  # natural graphite
POLICY = Policy(interval_s=5, read_s=120, attempts=3, max_bytes=64 << 20)
GATES = Gates("json", shrink_to=0.8, min_rows={LINE.name: MIN_ROWS // 2})


def plan(context: FetchContext) -> Iterable[RemoteFile]:
    """The current release, and the dates of all."""
    release = _current(context)
    yield RemoteFile(release, f"hts_{release}.json", context.url("exportList"), WHOLE_SCHEDULE[0])
    yield RemoteFile("releaseList", "releaseList.json", context.url("releaseList"))


def fetch(context: FetchContext, remote: RemoteFile) -> Download | None:
    """Take a release once; a schedule whose release changed while it came is of neither release.

    Raises:
        FetchError: it did, or neither way of asking worked.
    """
    if remote.partition == "releaseList":
        return context.download(remote)
    if context.has(remote):
        return None
    try:
        fetched = context.download(remote)
    except FetchError:
        fetched = context.download(replace(remote, params=WHOLE_SCHEDULE[1]))
    if _current(context) != remote.partition:
        raise FetchError(f"{remote.partition} was superseded while it was fetched")
    return fetched


def _current(context: FetchContext) -> str:
    return _release_of(context.get_json(context.url("currentRelease")).json())


def partition_of(name: str) -> str | None:
    """The release, from a schedule's name; tables of dates and products go by their own names."""
    found = re.match(r"(?i)(?:hts[_ -]?)?(\d{4}.*?)(?:[_-]json)?\.json", name)
    return release_id(found[1]) if found else Path(name).stem


def probe(context: FetchContext) -> Probe:
    """The name of the current release, and one heading of it."""
    release = _current(context)
    url, (plain, dotted) = context.url("exportList"), WHOLE_SCHEDULE
    try:
        answer = context.get(url, changed(plain, **{"from": PROBED, "to": PROBED}))
    except FetchError:
        leaf = f"{PROBED}.10.10"
        answer = context.get(url, changed(dotted, **{"from": leaf, "to": leaf}))
    return replace(check_shape(answer.content, release), release=release)


def check_shape(content: bytes, release: str) -> Probe:
    """What a part of a schedule shows; raises `ParseError`."""
    parsed(_heading, content, RemoteFile(release, f"hts_{release}.json", ""), SOURCE)
    fields = {field for row in orjson.loads(content) for field in row}
    return Probe(notes=new_fields(fields, _FIELDS | _OTHER_FIELDS))


def _heading(path: Path, facts: FileFacts) -> Frames:
    rows = _json_rows(path, facts.name)
    return {LINE.name: lines_of(rows, facts.partition, facts.name, min_rows=1)}
