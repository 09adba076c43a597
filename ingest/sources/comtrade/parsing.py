"""Trade rows from a download (CSV, xlsx) or from an API answer (JSON)."""

import csv
import io
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import fastexcel
import msgspec
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError
from ingest.formats.json_text import BOM
from ingest.sources.comtrade.facts import LAYOUT
from ingest.sources.comtrade.schemas import TRADE

Cell = str | int | float | bool | None


class _Row(msgspec.Struct, rename="camel", kw_only=True, gc=False):
    """The fields of an API row that are read; a row that lacks a field without default is refused."""

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
    """An answer of the API. Rows are decoded into structs, since there are too many for dictionaries."""

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

# Single rows are rarely broken; if fewer fit, the fields are misplaced.
_SHARE_THAT_FITS: Final = 0.9
_SHIFTS: Final = (0, -1, 1)
_RENAMED_AT_MOST: Final = 4

_NOT_BROKEN_DOWN: Final = {"partner2Code": "0", "customsCode": "C00", "mosCode": "0", "motCode": "0"}

# The partitions of fetched files name the period of all rows.
_PART: Final = re.compile(r"(?:mexico|own|mirror|world)/(\d{4}(?:\d\d)?)(?:/\d+)?")

# `quantity_unit` of code -1 is no unit. The preview gives codes without abbreviations.
_NO_UNIT: Final = ("", "N/A")
_UNIT_OF_CODE: Final = {"2": "m²", "5": "u", "7": "l", "8": "kg", "12": "m³", "13": "carat"}


def parse(path: Path, facts: FileFacts) -> Frames:
    """Trade rows from a download (CSV, xlsx) or an API answer (JSON), recognized by its first bytes.

    Only rows for all transport modes, customs procedures and second partners are kept, since finer rows
    repeat them. Duplicate rows are kept once.

    Raises:
        ParseError: the file is none of these, is cut off, reports an error, states another period than its
            partition, or its fields cannot be placed.
    """
    content = path.read_bytes()
    if content.startswith(b"PK"):
        records = _records_of_rows(_workbook_rows(content, facts), facts)
    elif content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        records = _records_of_api(content, facts)
    else:
        records = _records_of_rows(_csv_rows(content, facts), facts)
    if due := _PART.fullmatch(facts.partition):
        others = records.filter(pl.col("period").str.strip_chars() != due[1])
        if not others.is_empty():
            raise ParseError(f"{facts.name}: states {others['period'][0]}, but {due[1]} was requested.")
    return {TRADE.name: _tidy(_totals(records, facts))}


def _csv_rows(content: bytes, facts: FileFacts) -> list[list[str]]:
    """Downloads are ASCII, or Latin-1 if a description has an accent; valid UTF-8 is read as UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    try:
        return [line for line in csv.reader(io.StringIO(text, newline="")) if line]
    except csv.Error as error:
        raise ParseError(f"{facts.name}: not readable as CSV ({error}).") from error


def _workbook_rows(content: bytes, facts: FileFacts) -> list[list[str]]:
    try:
        sheet = fastexcel.read_excel(content).load_sheet(0, header_row=None, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise ParseError(f"{facts.name}: not a readable xlsx workbook ({error}).") from error
    return [["" if cell is None else cell for cell in row] for row in sheet.rows()]


def _records_of_rows(rows: Sequence[Sequence[str]], facts: FileFacts) -> pl.DataFrame:
    """The named columns of a download, all as text, each name with the field that has its values."""
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
    """The header, with renamed columns given Comtrade's name for their position."""
    missing = [name for name in LAYOUT if name not in header]
    if len(missing) > _RENAMED_AT_MOST:
        raise ParseError(f"{facts.name}: not a Comtrade download, columns {missing[:5]} are missing.")
    return [
        expected if expected in missing else name
        for name, expected in itertools.zip_longest(header, LAYOUT, fillvalue="")
    ]


def _placed(names: Sequence[str], rows: Sequence[Sequence[str]], facts: FileFacts) -> dict[str, int]:
    """The field for each name: its position in the header plus the shift at which the values fit."""
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
            f"{facts.name}: the values do not fit the column names: at best {share:.0%} of the rows do."
        )
    return {name: at + best for name, at in places.items()}


def _records_of_api(content: bytes, facts: FileFacts) -> pl.DataFrame:
    """The rows of an API answer as text."""
    try:
        answer = msgspec.json.decode(content.removeprefix(BOM), type=_Rows)
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
    """The rows that are not a breakdown of others. A row without a code is not broken down by it."""
    stripped = records.with_columns(pl.all().str.strip_chars())
    totals = stripped.filter(
        pl.col(name).fill_null("").is_in(["", code]) for name, code in _NOT_BROKEN_DOWN.items()
    )
    if totals.is_empty() and not records.is_empty():
        raise ParseError(
            f"{facts.name}: has only breakdowns by transport or procedure; request breakdownMode=classic."
        )
    return totals


def _tidy(records: pl.DataFrame) -> pl.DataFrame:
    def number(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.Float64, strict=False)

    def known(name: str) -> pl.Expr:
        """A zero next to a value means that the reporter stated no quantity."""
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
