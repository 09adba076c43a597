"""UN Comtrade: trade of a reporter with a partner by HS code, annual and monthly, as each reporter states it.

Read are the downloads of the web site (CSV, xlsx) and the JSON of the API. Downloads carry 47 names over 48
fields a row, since every row ends in a comma; a tool in between that takes the first field for an index moves
every value by one. Which field a name belongs to is therefore found from the values.
Source: UN Statistics Division, https://comtradeplus.un.org.
"""

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import dataframely as dy
import fastexcel
import msgspec
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.fetch import Download, FetchContext, RemoteFile
from ingest.gates import Gates
from ingest.gather import Wanted, gather
from ingest.http import Answer, FetchError, NotFoundError, Policy
from ingest.probe import Probe, first_found, new_fields, newest_of, parsed
from ingest.scope import codes


class Trade(dy.Schema):
    """A flow between a reporter and a partner, all transport modes and customs procedures together."""

    type_code = dy.String(regex="^[CS]$", metadata=about("C commodities, S services"))
    freq = dy.String(primary_key=True, regex="^[AM]$", metadata=about("A annual, M monthly"))
    period = dy.Date(primary_key=True, metadata=about("First day of the year or month"))
    reporter_code = dy.Int32(primary_key=True, min=1, metadata=about("Comtrade area code, 842 United States"))
    partner_code = dy.Int32(primary_key=True, min=0, metadata=about("Comtrade area code, 0 World"))
    flow = dy.String(
        primary_key=True,
        regex="^(M|X|RM|RX)$",
        metadata=about("M import, X export, RM and RX of them re-traded"),
    )
    hs_code = dy.String(
        primary_key=True, regex=r"^(\d{2,6}|TOTAL)$", metadata=about("Commodity code as queried")
    )
    hs_level = dy.Int16(min=0, max=6, metadata=about("Digits of the code, 0 for TOTAL"))
    classification = dy.String(nullable=True, metadata=about("Edition the reporter used, H6 is HS2022"))
    quantity = dy.Float64(
        nullable=True, min=0, metadata=about("Quantity; a zero beside a value is missing", "quantity_unit")
    )
    quantity_unit = dy.String(nullable=True, metadata=about("Unit of the quantity"))
    is_quantity_estimated = dy.Bool(metadata=about("Quantity estimated by the UN"))
    net_weight_kg = dy.Float64(
        nullable=True, min=0, metadata=about("Net weight; a zero beside a value is missing", "kg")
    )
    is_net_weight_estimated = dy.Bool(metadata=about("Net weight estimated by the UN"))
    cif_value_usd = dy.Float64(
        nullable=True, min=0, metadata=about("Value with freight and insurance", "USD")
    )
    fob_value_usd = dy.Float64(nullable=True, min=0, metadata=about("Value free on board", "USD"))
    value_usd = dy.Float64(min=0, metadata=about("Primary value: CIF of imports, FOB of exports", "USD"))
    is_reported = dy.Bool(nullable=True, metadata=about("Stated by the reporter, not computed by the UN"))
    is_aggregate = dy.Bool(nullable=True, metadata=about("Sum that the UN computed from finer rows"))


TRADE: Final = Table("comtrade__trade", Trade, "freq, period, reporter_code, partner_code, flow, hs_code")

SOURCE: Final = Source(
    id="comtrade",
    title="UN Comtrade",
    publisher="United Nations Statistics Division",
    homepage="https://comtradeplus.un.org",
    licence="UN Comtrade terms of use: reuse with attribution, no bulk redistribution",
    citation="United Nations, UN Comtrade database, https://comtradeplus.un.org",
    cadence="monthly",
    lag_days=120,
    tables=(TRADE,),
    base_url="https://comtradeapi.un.org",
    heavy=True,
    key_env="COMTRADE_API_KEY",
    note="Without a key the preview gives 500 rows a call and cuts off in silence; see `may_be_cut_off`.",
)

# Rows asked for at most, at which an answer stops without saying so. The keyed service's own cap is stated as
# 100,000, 200,000 and 250,000: the least of them is asked for.
PREVIEW_ROWS: Final = 500
KEYED_ROWS: Final = 100_000

_NAMES: Final = """
    typeCode freqCode refPeriodId refYear refMonth period reporterCode reporterISO reporterDesc
    flowCode flowDesc partnerCode partnerISO partnerDesc partner2Code partner2ISO partner2Desc
    classificationCode classificationSearchCode isOriginalClassification cmdCode cmdDesc aggrLevel
    isLeaf customsCode customsDesc mosCode motCode motDesc qtyUnitCode qtyUnitAbbr qty
    isQtyEstimated altQtyUnitCode altQtyUnitAbbr altQty isAltQtyEstimated netWgt isNetWgtEstimated
    grossWgt isGrossWgtEstimated cifvalue fobvalue primaryValue legacyEstimationFlag isReported
    isAggregate
"""
LAYOUT: Final = tuple(_NAMES.split())

Cell = str | int | float | bool | None


class _Row(msgspec.Struct, rename="camel", kw_only=True, gc=False):
    """What is read of a row of the API; a row without a field that has no default here is none of it."""

    type_code: Cell
    freq_code: Cell
    period: Cell
    reporter_code: Cell
    flow_code: Cell
    partner_code: Cell
    partner2_code: Cell = None
    classification_code: Cell
    classification_search_code: Cell = None
    cmd_code: Cell
    customs_code: Cell
    mos_code: Cell = None
    mot_code: Cell = None
    qty_unit_code: Cell = None
    qty_unit_abbr: Cell = None
    qty: Cell = None
    is_qty_estimated: Cell
    net_wgt: Cell = None
    is_net_wgt_estimated: Cell
    cifvalue: Cell = None
    fobvalue: Cell = None
    primary_value: Cell
    is_reported: Cell = None
    is_aggregate: Cell = None


class _Rows(msgspec.Struct):
    """An answer of the API. The shape is known and the rows are many: no row becomes a dictionary."""

    data: list[_Row] | None = None
    count: int | None = None
    error: Any = None


# What a value must look like for its name to be right. One misplaced field breaks several of these.
_LOOKS_LIKE: Final[Mapping[str, re.Pattern[str]]] = {
    "typeCode": re.compile(r"[CS]"),
    "freqCode": re.compile(r"[AM]"),
    "refYear": re.compile(r"(19|20)\d\d"),
    "period": re.compile(r"(19|20)\d\d((0[1-9]|1[0-2]))?"),
    "reporterCode": re.compile(r"\d{1,3}"),
    "flowCode": re.compile(r"[A-Z]{1,4}"),
    "partnerCode": re.compile(r"\d{1,3}"),
    "classificationCode": re.compile(r"[A-Z]+\d*"),
    "cmdCode": re.compile(r"\d{2,6}|TOTAL"),
    "customsCode": re.compile(r"C\d\d"),
    "isQtyEstimated": re.compile(r"(?i:true|false)"),
    "isNetWgtEstimated": re.compile(r"(?i:true|false)"),
    "primaryValue": re.compile(r"\d+(\.\d+)?([eE][+-]?\d+)?"),
}
# A row is rarely broken; where fewer than these fit, the fields and not the rows are wrong.
_SHARE_THAT_FITS: Final = 0.9
_SHIFTS: Final = (0, -1, 1)
_RENAMED_AT_MOST: Final = 4

# `quantity_unit` of code -1 is no unit. The preview gives codes without abbreviations.
_NO_UNIT: Final = ("", "N/A")
_UNIT_OF_CODE: Final = {"2": "m²", "5": "u", "7": "l", "8": "kg", "12": "m³", "13": "carat"}


def may_be_cut_off(rows: int, asked: int = PREVIEW_ROWS) -> bool:
    """Whether an answer has as many rows as were asked for at most, so that there may be more of them."""
    return rows >= asked


def parse(path: Path, facts: FileFacts) -> Frames:
    """Trade rows of a download (CSV, xlsx) or of an API answer (JSON), told apart by the first bytes.

    Only rows over all transport modes, customs procedures and second partners are kept: the finer ones repeat
    them. Rows that are equal in every column are one row.

    Raises:
        ParseError: the file is none of these, is cut off, reports an error, or its fields cannot be placed.
    """
    content = path.read_bytes()
    if content.startswith(b"PK"):
        records = _records_of_rows(_workbook_rows(content, facts), facts)
    elif content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        records = _records_of_api(content, facts)
    else:
        records = _records_of_rows(_csv_rows(content, facts), facts)
    return {TRADE.name: _tidy(_totals(records, facts))}


def _csv_rows(content: bytes, facts: FileFacts) -> list[list[str]]:
    """Downloads are ASCII, or Latin-1 where a description has an accent; what reads as UTF-8 is UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise ParseError(f"{facts.name}: not readable as CSV ({error}).") from error


def _workbook_rows(content: bytes, facts: FileFacts) -> list[list[str]]:
    try:
        sheet = fastexcel.read_excel(content).load_sheet(0, header_row=None, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise ParseError(f"{facts.name}: not a readable xlsx workbook ({error}).") from error
    return [["" if cell is None else cell for cell in row] for row in sheet.rows()]


def _records_of_rows(rows: Sequence[Sequence[str]], facts: FileFacts) -> pl.DataFrame:
    """The named columns of a download, all text, each name at the field where its values stand."""
    if len(rows) < 2:
        raise ParseError(
            f"{facts.name}: a Comtrade download has a header and rows, this file has {len(rows)} lines."
        )
    header, body = rows[0], rows[1:]
    width = max(len(header), len(body[0]))
    for number, row in enumerate(body, start=2):
        if len(row) != width:
            raise ParseError(
                f"{facts.name}: line {number} has {len(row)} fields where {width} were expected, cut off?"
            )
    field = _placed(_names(header, facts), body, facts)
    return pl.DataFrame(
        {name: [row[at] for row in body] if 0 <= (at := field[name]) < width else None for name in LAYOUT},
        schema=dict.fromkeys(LAYOUT, pl.String),
    )


def _names(header: Sequence[str], facts: FileFacts) -> list[str]:
    """The header, with renamed columns called by Comtrade's name for their place."""
    missing = [name for name in LAYOUT if name not in header]
    if len(missing) > _RENAMED_AT_MOST:
        raise ParseError(f"{facts.name}: not a Comtrade download, columns {missing[:5]} are missing.")
    return [
        expected if expected in missing else name
        for name, expected in itertools.zip_longest(header, LAYOUT, fillvalue="")
    ]


def _placed(names: Sequence[str], rows: Sequence[Sequence[str]], facts: FileFacts) -> dict[str, int]:
    """The field of each name: its place in the header, moved by the shift at which the values fit it."""
    places = {name: names.index(name) for name in LAYOUT}

    def fit(shift: int) -> float:
        checks: list[tuple[int, Callable[[str], object]]] = [
            (places[name] + shift, looks.fullmatch) for name, looks in _LOOKS_LIKE.items()
        ]
        inside = [(at, check) for at, check in checks if 0 <= at < len(rows[0])]
        return sum(all(check(row[at]) for at, check in inside) for row in rows) / len(rows)

    best, share = max(((shift, fit(shift)) for shift in _SHIFTS), key=lambda found: found[1])
    if share < _SHARE_THAT_FITS:
        raise ParseError(
            f"{facts.name}: the values do not fit the column names, {share:.0%} of the rows do at best."
        )
    return {name: at + best for name, at in places.items()}


def _records_of_api(content: bytes, facts: FileFacts) -> pl.DataFrame:
    """The rows of an API answer as text."""
    try:
        answer = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"), type=_Rows)
    except msgspec.ValidationError as error:
        raise ParseError(f"{facts.name}: not a Comtrade answer ({error}).") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ParseError(f"{facts.name}: not readable as JSON, cut off? ({error})") from error
    if answer.error:
        raise ParseError(f"{facts.name}: Comtrade answered with an error: {answer.error}")
    rows = answer.data
    if rows is None or answer.count != len(rows):
        found = "no" if rows is None else len(rows)
        raise ParseError(f"{facts.name}: the answer announces {answer.count} rows and holds {found}.")
    return pl.DataFrame(
        {
            field.encode_name: pl.Series(
                list(map(attrgetter(field.name), rows)), dtype=pl.String, strict=False
            )
            for field in msgspec.structs.fields(_Row)
        }
    )


def _totals(records: pl.DataFrame, facts: FileFacts) -> pl.DataFrame:
    """The rows that are not a breakdown of others."""
    stripped = records.with_columns(pl.all().str.strip_chars())
    totals = stripped.filter(
        pl.col("partner2Code") == "0",
        pl.col("customsCode") == "C00",
        pl.col("mosCode") == "0",
        pl.col("motCode") == "0",
    )
    if totals.is_empty() and not records.is_empty():
        raise ParseError(
            f"{facts.name}: holds breakdowns by transport or procedure only, ask for breakdownMode=classic."
        )
    return totals


def _tidy(records: pl.DataFrame) -> pl.DataFrame:
    def number(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.Float64, strict=False)

    def known(name: str) -> pl.Expr:
        """A zero beside a value says that the reporter stated none."""
        return pl.when((number(name) > 0) | (number("primaryValue") <= 0)).then(number(name))

    def flag(name: str) -> pl.Expr:
        return pl.col(name).str.to_lowercase().replace_strict(["true", "false"], [True, False], default=None)

    unit = pl.coalesce(
        pl.when(~pl.col("qtyUnitAbbr").is_in(_NO_UNIT)).then("qtyUnitAbbr"),
        pl.col("qtyUnitCode").replace_strict(_UNIT_OF_CODE, default=None),
    )
    month = pl.when(pl.col("period").str.len_chars() == 4).then(pl.col("period") + "01").otherwise("period")
    return records.select(
        pl.coalesce("typeCode", pl.when(pl.col("classificationSearchCode") == "HS").then(pl.lit("C"))).alias(
            "type_code"
        ),
        pl.col("freqCode").alias("freq"),
        (month + "01").str.to_date("%Y%m%d", strict=False).alias("period"),
        pl.col("reporterCode").cast(pl.Int32, strict=False).alias("reporter_code"),
        pl.col("partnerCode").cast(pl.Int32, strict=False).alias("partner_code"),
        pl.col("flowCode").alias("flow"),
        pl.col("cmdCode").alias("hs_code"),
        pl.when(pl.col("cmdCode") == "TOTAL")
        .then(0)
        .otherwise(pl.col("cmdCode").str.len_chars())
        .cast(pl.Int16, strict=False)
        .alias("hs_level"),
        pl.col("classificationCode").alias("classification"),
        known("qty").alias("quantity"),
        unit.alias("quantity_unit"),
        flag("isQtyEstimated").alias("is_quantity_estimated"),
        known("netWgt").alias("net_weight_kg"),
        flag("isNetWgtEstimated").alias("is_net_weight_estimated"),
        number("cifvalue").alias("cif_value_usd"),
        number("fobvalue").alias("fob_value_usd"),
        number("primaryValue").alias("value_usd"),
        flag("isReported").alias("is_reported"),
        flag("isAggregate").alias("is_aggregate"),
    ).unique(maintain_order=True)


# The fetch side. The keyed path takes many rows a call; the preview takes one period and gives 500 rows.
PREVIEW: Final = "public/v1/preview"
KEYED: Final = "data/v1/get"
KEY_HEADER: Final = "Ocp-Apim-Subscription-Key"
CLASSIC: Final = (
    ("partner2Code", "0"),
    ("customsCode", "C00"),
    ("motCode", "0"),
    ("breakdownMode", "classic"),
    ("includeDesc", "true"),
)
MEXICO: Final = "484"
AREAS: Final = ("842", "124", MEXICO)
WORLD: Final = "0"
FLOWS: Final = "M,X,RM,RX"
MONTHS: Final = 6
MONTHS_BEHIND: Final = 3
WORLD_SINCE: Final = 2002
YEARS: Final = 2
PROBED: Final = "250410"  # natural graphite in powder or flakes
MONTHS_PROBED: Final = 3
PREVIEW_CODES: Final = {"mexico": 16, "world": 40, "own": 8, "mirror": 8}  # that mostly stay below the cap
RECHECK_DAYS: Final = {"mexico": 7, "world": 180, "own": 30, "mirror": 30}
POLICY: Final = Policy(interval_s=6, read_s=180, max_bytes=128 << 20, splits=True)
KEYED_POLICY: Final = replace(POLICY, interval_s=1.2)
GATES: Final = Gates("json")


def plan(context: FetchContext) -> Iterable[RemoteFile]:
    """What is due of four kinds of partition, none of which repeats a row of another.

    They are Mexico by month; lately, by year, what the three areas state of all partners and what their
    partners state of them; for the years before, what the areas state of the World.
    """
    months = context.options.periods or _months(context.now.date())
    parts = [_part(context, f"mexico/{month:%Y%m}", "M", reporterCode=MEXICO) for month in months]
    last_year = context.now.year - 1
    for year in range(last_year, last_year - YEARS, -1):
        parts += [_part(context, f"own/{year}/{area}", "A", reporterCode=area) for area in AREAS]
        parts.append(_part(context, f"mirror/{year}", "A", partnerCode=",".join(AREAS)))
    for year in range(last_year - YEARS, WORLD_SINCE - 1, -1):
        if not any(context.has(_part(context, f"own/{year}/{area}", "A")) for area in AREAS):
            parts.append(
                _part(context, f"world/{year}", "A", reporterCode=",".join(AREAS), partnerCode=WORLD)
            )
    return (remote for remote in parts if not context.is_recent(remote, RECHECK_DAYS[_kind(remote)]))


def fetch(context: FetchContext, remote: RemoteFile) -> Download | None:
    """Gather the answers for the bridge's codes, halving the codes while an answer may be cut off.

    A part that was never held and has no row of the first codes is not published: it is not kept, so that the
    next night asks again. Each reporter trades in some of them in every month.

    Raises:
        NotFoundError: the period is not published.
        FetchError: a single code and flow may be cut off, or the service reports an error.
    """
    asked = asked_codes()
    size = len(asked) if context.options.key else PREVIEW_CODES[_kind(remote)]
    calls = [(FLOWS, *asked[start : start + size]) for start in range(0, len(asked), size)]

    def ask(wanted: Wanted) -> Answer:
        flows, *some = wanted
        answer = _ask(context, remote, some, flows)
        if wanted == calls[0] and not context.has(remote) and not _rows(answer, remote):
            raise NotFoundError(f"{remote.partition} has no rows")
        return answer

    def split(wanted: Wanted, answer: Answer | None) -> Sequence[Wanted]:
        rows = len(_rows(answer, remote)) if answer else 0
        return (
            _smaller(wanted, remote, rows) if not answer or may_be_cut_off(rows, _most_rows(context)) else ()
        )

    return joined(context, remote, gather(context, remote, calls, ask, split))


def _smaller(wanted: Wanted, remote: RemoteFile, rows: int) -> Sequence[Wanted]:
    """Two halves of the codes; of a single code, its flows."""
    flows, *some = wanted
    half = len(some) // 2
    if half:
        return (flows, *some[:half]), (flows, *some[half:])
    if "," in flows:
        return [(flow, *some) for flow in flows.split(",")]
    if rows:
        raise FetchError(f"{remote.partition}: {some[0]} {flows} alone stands at {rows:,} rows, a cap")
    return ()


def _most_rows(context: FetchContext) -> int:
    return KEYED_ROWS if context.options.key else PREVIEW_ROWS


def calls(context: FetchContext, remote: RemoteFile) -> int:
    """How many calls a part takes at least."""
    size = len(asked_codes()) if context.options.key else PREVIEW_CODES[_kind(remote)]
    return -(-len(asked_codes()) // size)


class _Raw(msgspec.Struct):
    """An answer whose rows stay the bytes that came."""

    data: list[msgspec.Raw] | None = None
    error: Any = None


class _Reporter(msgspec.Struct):
    reporter_code: str | int = msgspec.field(name="reporterCode")


def joined(context: FetchContext, remote: RemoteFile, answers: Sequence[Answer]) -> Download:
    """One answer made of several, its rows as they came, in an order that does not depend on the asking."""
    rows = [bytes(row) for answer in answers for row in _rows(answer, remote)]
    if _kind(remote) == "mirror":
        rows = [row for row in rows if str(_reporter(row, remote)) not in AREAS]
    rows.sort()
    text = b'{"count":%d,"data":[%b],"error":"","partition":%b}' % (
        len(rows),
        b",\n".join(rows),
        msgspec.json.encode(remote.partition),
    )
    return context.save_document(remote, text, answers)


def _reporter(row: bytes, remote: RemoteFile) -> str | int:
    try:
        return msgspec.json.decode(row, type=_Reporter).reporter_code
    except msgspec.DecodeError as error:
        raise FetchError(f"{remote.partition}: a row names no reporter: {error}") from None


def asked_codes() -> tuple[str, ...]:
    """The bridge's codes as Comtrade knows them: six digits, and the headings that the bridge names."""
    return tuple(sorted({code[:6] for code in codes()}))


def _months(today: date) -> list[date]:
    latest = today.year * 12 + today.month - 1 - MONTHS_BEHIND
    return [date(at // 12, at % 12 + 1, 1) for at in range(latest, latest - MONTHS, -1)]


def _kind(remote: RemoteFile) -> str:
    return remote.partition.split("/")[0]


def _part(context: FetchContext, partition: str, freq: str, **query: str) -> RemoteFile:
    """A partition, which names its period after its kind."""
    path = KEYED if context.options.key else PREVIEW
    name = f"comtrade_{partition.replace('/', '_')}.json"
    period = ("period", partition.split("/")[1])
    return RemoteFile(partition, name, context.url(path, "C", freq, "HS"), (*query.items(), period))


def _ask(context: FetchContext, remote: RemoteFile, codes: Sequence[str], flows: str) -> Answer:
    """One answer; as many rows as were asked for may be all there are or the first of more."""
    rows = ("maxRecords", f"{_most_rows(context)}")
    query = (*remote.params, ("cmdCode", ",".join(codes)), ("flowCode", flows), rows, *CLASSIC)
    headers = {KEY_HEADER: context.options.key} if context.options.key else {}
    return context.get_json(remote.url, query, **headers)


def _rows(answer: Answer, remote: RemoteFile) -> list[msgspec.Raw]:
    said = answer.json(_Raw)
    if said.error:
        raise FetchError(f"{remote.partition}: Comtrade answered with an error: {said.error}")
    return said.data or []


def partition_of(name: str) -> str | None:
    """The partition, from the name under which answers are kept."""
    stem = Path(name).stem
    return stem.removeprefix("comtrade_").replace("_", "/") if stem.startswith("comtrade_") else None


def probe(context: FetchContext) -> Probe:
    """Mexico's imports of one code from the World in the newest month that there is: one row."""
    months = _months(context.now.date())[:MONTHS_PROBED]
    parts = [
        _part(context, f"mexico/{month:%Y%m}", "M", reporterCode=MEXICO, partnerCode=WORLD)
        for month in months
    ]
    return first_found(partial(_looked_at, context), parts)


def _looked_at(context: FetchContext, remote: RemoteFile) -> Probe:
    headers = {KEY_HEADER: context.options.key} if context.options.key else {}
    answer = context.get(
        remote.url, (*remote.params, ("cmdCode", PROBED), ("flowCode", "M"), *CLASSIC), **headers
    )
    if answer.json(_Raw).data == []:
        raise NotFoundError(f"{remote.partition} has no row of {PROBED}")
    return check_shape(answer.content)


def check_shape(content: bytes) -> Probe:
    """What an answer shows; raises `ParseError`."""
    frames = parsed(parse, content, RemoteFile("mexico/probe", "comtrade_probe.json", ""), SOURCE)
    (row, *_) = msgspec.json.decode(content)["data"]
    return Probe(newest_of(frames[TRADE.name]["period"]), notes=new_fields(row, LAYOUT))
