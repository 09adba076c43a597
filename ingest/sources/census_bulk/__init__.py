"""US Census Bureau, merchandise trade by month: the bulk archives IMDB (imports) and EXDB (exports).

An archive holds one statistical month as fixed-width text: details of up to 3.5 million records beside
control totals and a concordance. One core inflates it block by block, the other selects the records of
`ingest.scope` by their first digits; only these are decoded, and nothing is unpacked to disk. Source: U.S.
Census Bureau, https://www.census.gov/trade/downloads (layouts: the archives' own Documentation).
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any, Final

import dataframely as dy
import numpy as np
import numpy.typing as npt
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about, accept
from ingest.fetch import FetchContext, RemoteFile
from ingest.formats.zips import DAMAGED, inflated, map_blocks, read_member
from ingest.gates import Gates
from ingest.http import Policy
from ingest.probe import Probe, first_found, remote_zip
from ingest.scope import headings

# Facts of the publisher. Positions are 1-based and inclusive, as its documentation has them.
ADDRESSES: Final = {
    "imports": ("{year}/Merch/im_m", "IMDB{year}{month}.ZIP"),
    "exports": ("{year}/Merch/ex_m", "EXDB{year}{month}.ZIP"),
}
NAME: Final = re.compile(r"(?i)^(IM|EX)DB(\d\d)(\d\d)\.ZIP$")
DETAILS: Final = {"imports": "IMP_DETL.TXT", "exports": "EXP_DETL.TXT"}
WIDTHS: Final = {"imports": 688, "exports": 323}
DAYS_BEHIND: Final = 35  # days after a month's end until it is first published
WINDOW: Final = 4  # months revised with every release
PROBED_BYTES: Final = 4 << 10
FULL_WINDOW: Final = 36  # months revised with the annual revision of June

Span = tuple[int, int]
KEYS: Final[Mapping[str, Mapping[str, Span]]] = {
    "imports": {
        "hts10": (1, 10),
        "cty_code": (11, 14),
        "cty_subco": (15, 16),
        "dist_entry": (17, 18),
        "dist_unlad": (19, 20),
        "rate_prov": (21, 22),
    },
    "exports": {"df": (1, 1), "schedule_b": (2, 11), "cty_code": (12, 15), "district": (16, 17)},
}
MONTH_AT: Final[Mapping[str, Span]] = {"imports": (23, 28), "exports": (18, 23)}
MEASURE_WIDTH: Final = 15
FIRST_MEASURE: Final = {"imports": 29, "exports": 24}
MEASURES: Final[Mapping[str, tuple[str, ...]]] = {
    "imports": (
        "cards",
        "consumption_quantity1",
        "consumption_quantity2",
        "consumption_value_usd",
        "dutiable_value_usd",
        "calculated_duty_usd",
        "consumption_charges_usd",
        "consumption_cif_usd",
        "general_quantity1",
        "general_quantity2",
        "general_value_usd",
        "general_charges_usd",
        "general_cif_usd",
        "air_value_usd",
        "air_weight_kg",
        "air_charges_usd",
        "vessel_value_usd",
        "vessel_weight_kg",
        "vessel_charges_usd",
        "container_value_usd",
        "container_weight_kg",
        "container_charges_usd",
    ),
    "exports": (
        "cards",
        "quantity1",
        "quantity2",
        "value_usd",
        "air_value_usd",
        "air_weight_kg",
        "vessel_value_usd",
        "vessel_weight_kg",
        "container_value_usd",
        "container_weight_kg",
    ),
}


@dataclass(frozen=True, slots=True)
class ControlLayout:
    """A member with the publisher's own totals: its key, its month and the totals held against ours."""

    member: str
    control: str
    key: Span
    month: Span
    totals: Mapping[str, Span]


CONTROLS: Final = (
    ControlLayout(
        "IMP_CTY.TXT",
        "cty_code",
        (1, 4),
        (35, 40),
        {"consumption_value_usd": (56, 70), "general_value_usd": (131, 145)},
    ),
    ControlLayout(
        "IMP_COMM.TXT",
        "hts10",
        (1, 10),
        (67, 72),
        {
            "consumption_quantity1": (88, 102),
            "consumption_value_usd": (118, 132),
            "dutiable_value_usd": (133, 147),
            "calculated_duty_usd": (148, 162),
            "general_value_usd": (223, 237),
        },
    ),
)
SUMMED: Final = tuple(CONTROLS[0].totals)
"""Measures that are summed by country over all goods."""
CONCORD: Final = "CONCORD.TXT"
SMALL_MEMBERS: Final = {CONCORD, *(control.member for control in CONTROLS)}
CONCORD_COLUMNS: Final[Mapping[str, Span]] = {"code": (1, 10), "unit_qy1": (211, 213), "unit_qy2": (214, 216)}

# Eight characters as one machine word: zeros; the upper half of every byte; what lifts only what is behind 9
# out of its half; digits, told by the upper halves of a byte as it is and lifted.
EIGHT_ZEROS: Final = np.uint64(0x3030303030303030)
HIGH_HALVES: Final = np.uint64(0xF0F0F0F0F0F0F0F0)
SIX_EACH: Final = np.uint64(0x0606060606060606)
DIGITS_BOTH: Final = np.uint64(0x3333333333333333)
IN_CACHE: Final = 1 << 14  # as many at a time stay in the processor's cache

Bytes2D = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.unsignedinteger[Any]]


def _count(description: str, unit: str) -> dy.Int64:
    return dy.Int64(metadata=about(description, unit))


class Imports(dy.Schema):
    """US imports of a month at the finest published grain."""

    period = dy.Date(primary_key=True, metadata=about("First day of the statistical month"))
    hts10 = dy.String(primary_key=True, regex=r"^\d{10}$", metadata=about("Statistical line of the HTS"))
    cty_code = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Schedule C code of the origin"))
    cty_subco = dy.String(primary_key=True, metadata=about("Preference programme claimed; S is USMCA"))
    dist_entry = dy.String(primary_key=True, metadata=about("Customs district of entry"))
    dist_unlad = dy.String(primary_key=True, metadata=about("Customs district of unlading"))
    rate_prov = dy.String(primary_key=True, metadata=about("Rate provision; 18 is the USMCA preference"))
    cards = _count("Entry records behind the line", "records")
    consumption_quantity1 = _count("Entered for consumption, first quantity", "unit_qy1 of the concordance")
    consumption_quantity2 = _count("Entered for consumption, second quantity", "unit_qy2 of the concordance")
    consumption_value_usd = _count("Entered for consumption, customs value", "USD")
    dutiable_value_usd = _count("RemoteFile of consumption that bears duty", "USD")
    calculated_duty_usd = _count("Duty calculated on consumption", "USD")
    consumption_charges_usd = _count("Freight, insurance and charges of consumption", "USD")
    consumption_cif_usd = _count("Entered for consumption, CIF value", "USD")
    general_quantity1 = _count("Arrivals, first quantity", "unit_qy1 of the concordance")
    general_quantity2 = _count("Arrivals, second quantity", "unit_qy2 of the concordance")
    general_value_usd = _count("Arrivals, customs value", "USD")
    general_charges_usd = _count("Freight, insurance and charges of arrivals", "USD")
    general_cif_usd = _count("Arrivals, CIF value", "USD")
    air_value_usd = _count("Arrivals by air, customs value", "USD")
    air_weight_kg = _count("Arrivals by air, gross weight", "kg")
    air_charges_usd = _count("Arrivals by air, charges", "USD")
    vessel_value_usd = _count("Arrivals by vessel, customs value", "USD")
    vessel_weight_kg = _count("Arrivals by vessel, gross weight", "kg")
    vessel_charges_usd = _count("Arrivals by vessel, charges", "USD")
    container_value_usd = _count("Arrivals in vessel containers, customs value", "USD")
    container_weight_kg = _count("Arrivals in vessel containers, gross weight", "kg")
    container_charges_usd = _count("Arrivals in vessel containers, charges", "USD")


class Exports(dy.Schema):
    """US exports of a month at the finest published grain."""

    period = dy.Date(primary_key=True, metadata=about("First day of the statistical month"))
    df = dy.String(primary_key=True, regex=r"^[12]$", metadata=about("1 domestic goods, 2 foreign goods"))
    schedule_b = dy.String(primary_key=True, regex=r"^\d{10}$", metadata=about("Schedule B number"))
    cty_code = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Schedule C code of destination"))
    district = dy.String(primary_key=True, metadata=about("Customs district of export"))
    cards = _count("Export records behind the line", "records")
    quantity1 = _count("First quantity", "unit_qy1 of the concordance")
    quantity2 = _count("Second quantity", "unit_qy2 of the concordance")
    value_usd = _count("Value, free alongside ship", "USD")
    air_value_usd = _count("Exports by air, value", "USD")
    air_weight_kg = _count("Exports by air, gross weight", "kg")
    vessel_value_usd = _count("Exports by vessel, value", "USD")
    vessel_weight_kg = _count("Exports by vessel, gross weight", "kg")
    container_value_usd = _count("Exports in vessel containers, value", "USD")
    container_weight_kg = _count("Exports in vessel containers, gross weight", "kg")


class Control(dy.Schema):
    """A total that the archive states itself, and ours. A total that differs is refused, and so set apart."""

    period = dy.Date(primary_key=True, metadata=about("First day of the statistical month"))
    control = dy.String(primary_key=True, metadata=about("What the total is of: cty_code or hts10"))
    code = dy.String(primary_key=True, metadata=about("Schedule C country or HTS10 line"))
    measure = dy.String(primary_key=True, metadata=about("Column of the details that is summed"))
    published = _count("The archive's own total", "unit of the measure")
    summed = _count("Sum over the detail records", "unit of the measure")

    @dy.rule()
    def reconciled(cls) -> pl.Expr:  # noqa: N805
        """The details add up to the published total, to the unit."""
        return pl.col("published") == pl.col("summed")


class Concord(dy.Schema):
    """Units of quantity of a commodity code."""

    period = dy.Date(primary_key=True, metadata=about("First day of the statistical month"))
    flow = dy.String(primary_key=True, regex="^(imports|exports)$", metadata=about("HTS10 or Schedule B"))
    code = dy.String(primary_key=True, regex=r"^\d{10}$", metadata=about("HTS10 or Schedule B number"))
    unit_qy1 = dy.String(metadata=about("Unit of the first quantity, such as KG, GM, T, NO, CKG"))
    unit_qy2 = dy.String(metadata=about("Unit of the second quantity"))


IMPORTS: Final = Table(
    "census_bulk__imports", Imports, "month, HTS10, origin, programme, districts, provision"
)
EXPORTS: Final = Table(
    "census_bulk__exports", Exports, "month, domestic or foreign, Schedule B, country, district"
)
CONTROL: Final = Table("census_bulk__control", Control, "month, kind of total, code, measure")
CONCORDANCE: Final = Table("census_bulk__concord", Concord, "month, flow, code")

SOURCE: Final = Source(
    id="census_bulk",
    title="US merchandise trade by month, HTS10 and Schedule B, country, district and rate provision",
    publisher="U.S. Census Bureau",
    homepage="https://www.census.gov/foreign-trade/data/index.html",
    licence="US federal government work, public domain",
    citation="U.S. Census Bureau, U.S. Imports and Exports of Merchandise (monthly)",
    cadence="monthly",
    lag_days=DAYS_BEHIND,
    tables=(IMPORTS, EXPORTS, CONTROL, CONCORDANCE),
    base_url="https://www.census.gov/trade/downloads",
    heavy=True,
    leading="imports-",
    note=(
        "Each release revises the months before it, every June the years before. "
        "Low-value shipments are estimates; confidential lines stand under other codes."
    ),
)
POLICY: Final = Policy(interval_s=1, read_s=120, deadline_s=1800, attempts=4, max_bytes=1 << 30)
GATES: Final = Gates("zip", members=("_DETL.TXT",), whole_zip=False)


def parse(path: Path, facts: FileFacts) -> Frames:
    """Read one month's archive.

    Returns:
        The details of the kept codes with anything to state in the month, the concordance, and for
        imports the control totals beside our sums.

    Raises:
        ParseError: Not such an archive, damaged, of another month than its name says, or not of this layout.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = {Path(info.filename).name.upper(): info for info in archive.infolist()}
            flow = next((flow for flow, member in DETAILS.items() if member in members), None)
            if flow is None:
                raise ParseError(f"{facts.name}: holds neither {' nor '.join(DETAILS.values())}")
            details = _details(path, members[DETAILS[flow]], flow, facts.name)
            small = {
                name: read_member(archive, info) for name, info in members.items() if name in SMALL_MEMBERS
            }
    except DAMAGED as error:
        raise ParseError(f"{facts.name}: the archive is damaged ({error})") from None
    period = _period(details.month, facts.name)
    if facts.partition != f"{flow}-{period:%Y-%m}":
        raise ParseError(f"{facts.name}: states {flow} of {period:%Y-%m}, where {facts.partition} was due")
    frames = {IMPORTS.name if flow == "imports" else EXPORTS.name: _decoded(details.kept, flow, period)}
    if CONCORD in small:
        frames[CONCORDANCE.name] = _concordance(small[CONCORD], flow, period)
    if flow == "imports":
        frames[CONTROL.name] = _controls(small, details, frames[IMPORTS.name], period)
    return frames


@dataclass(frozen=True, slots=True)
class Details:
    """What is taken of some detail records: their month, those kept, and of all of them who states how much.

    ``stated`` has a column for each record with a value: its country and its `SUMMED` values, as they stand.
    """

    month: bytes
    kept: Bytes2D
    stated: Words


def _details(path: Path, info: zipfile.ZipInfo, flow: str, name: str) -> Details:
    """Pass once over the detail records of all goods, inflating on one core and selecting on the other."""
    taken = list(map_blocks(partial(_taken, flow, name), _records(inflated(path, info), WIDTHS[flow], name)))
    if not taken:
        raise ParseError(f"{name}: holds no records")
    if len({some.month for some in taken}) > 1:
        raise ParseError(f"{name}: holds records of more than one month")
    return Details(
        taken[0].month,
        np.concatenate([some.kept for some in taken]),
        np.concatenate([some.stated for some in taken], axis=1),
    )


def _records(blocks: Iterable[bytes], width: int, name: str) -> Iterator[Bytes2D]:
    """A stream as rows of bytes, each a record with its line end.

    The rows are views of the stream's blocks, since copying costs as much as inflating; the few records that
    lie across two blocks come last.

    Raises:
        ParseError: The records are longer or shorter, or the last one is cut.
    """
    blocks, head = iter(blocks), b""
    while len(head) < 2 * width and (block := next(blocks, b"")):
        head += block
    first = head[: 2 * width].split(b"\n", 1)[0].rstrip(b"\r")
    if b"\n" in head[: 2 * width] and len(first) != width:
        raise ParseError(f"{name}: its records are {len(first)} bytes long where {width} were due")
    stride = width + _line_end(head[width : width + 2])
    across = bytearray()
    for block in chain([head], blocks):
        start = -len(across) % stride
        stop = start + max(0, len(block) - start) // stride * stride
        if stop > start:
            yield np.frombuffer(block, np.uint8, stop - start, start).reshape(-1, stride)
        across += block[:start] + block[stop:]
    whole = len(across) // stride * stride
    if whole:
        yield np.frombuffer(across[:whole], np.uint8).reshape(-1, stride)
    last = across[whole:].rstrip(b"\r\n\x1a")
    if last and len(last) != width:
        raise ParseError(f"{name}: the last record has {len(last)} bytes, not {width}")
    if last:
        yield np.frombuffer(last, np.uint8).reshape(1, width)


def _line_end(two: bytes) -> int:
    return 2 if two == b"\r\n" else int(two[:1] == b"\n")


def _taken(flow: str, name: str, rows: Bytes2D) -> Details:
    """Select the records of a block; of the others only a few bytes are looked at.

    Raises:
        ParseError: A record does not end, or has its month, where the layout says, or there are two months.
    """
    stride, width = rows.shape[1], WIDTHS[flow]
    if stride > width and (rows[:, -1] != ord("\n")).any():
        raise ParseError(f"{name}: a record does not have {width} bytes")
    first, last = MONTH_AT[flow]
    month = _words(rows, first - 2, "<u8") >> np.uint64(16)  # six bytes, behind two of another field
    if (month != month[0]).any():
        raise ParseError(f"{name}: holds records of more than one month")
    code, _ = KEYS[flow]["hts10" if flow == "imports" else "schedule_b"]
    is_kept = _headings()[_four_digits(_words(rows, code, "<u2"), _words(rows, code + 2, "<u2"))]
    kept = rows[is_kept, : _measure(flow, MEASURES[flow][-1])[1]]
    measures = kept[:, FIRST_MEASURE[flow] - 1 :]
    active = ((measures != ord("0")) & (measures != ord(" "))).any(axis=1)
    return Details(rows[0, first - 1 : last].tobytes(), kept[active], _stated(rows, flow))


def _words(rows: Bytes2D, position: int, kind: str) -> Words:
    """A few bytes of every record as one machine word, in place: comparing these is cheap."""
    return np.ndarray(rows.shape[:1], kind, rows, position - 1, rows.strides[:1])


def _field(records: Bytes2D, span: Span) -> Bytes2D:
    return records[:, span[0] - 1 : span[1]]


def _measure(flow: str, name: str) -> Span:
    start = FIRST_MEASURE[flow] + MEASURE_WIDTH * MEASURES[flow].index(name)
    return start, start + MEASURE_WIDTH - 1


@cache
def _headings() -> Bools:
    """Whether a heading is kept, by its number."""
    kept = np.zeros(10_000, dtype=np.bool_)
    kept[[int(heading) for heading in headings()]] = True
    return kept


@cache
def _pairs() -> Ints:
    """The number that two characters are, by their bytes as one; 0 where they are not digits."""
    numbers = np.zeros(1 << 16, dtype=np.int64)
    for number in range(100):
        numbers[int.from_bytes(f"{number:02d}".encode(), "little")] = number
    return numbers


def _four_digits(front: Words, back: Words) -> Ints:
    """The number that two words of two digits are; some number below 10,000 where they are not digits."""
    return np.asarray(_pairs()[front] * 100 + _pairs()[back])


def _period(month: bytes, name: str) -> date:
    text = month.decode("latin-1")
    try:
        return date(int(text[:4]), int(text[4:]), 1)
    except ValueError:
        raise ParseError(f"{name}: {text!r} stands where year and month were due") from None


def fixed_ints(cells: Bytes2D) -> tuple[Ints, Bools]:
    """Whole numbers from columns of characters, right-aligned with zeros or blanks, a minus in front at most.

    Args:
        cells: One number a row, (n, width) with width up to 16.

    Returns:
        The numbers (a blank cell is 0), and which cells are such numbers.
    """
    words = _right_aligned(cells).view("<u8")
    high, low = words & HIGH_HALVES, (words + SIX_EACH) & HIGH_HALVES
    if (((low >> np.uint64(4)) | high) == DIGITS_BOTH).all():
        return _eight_at_a_time(words), np.ones(cells.shape[0], dtype=np.bool_)
    is_digit = (cells >= ord("0")) & (cells <= ord("9"))
    # After the first digit or minus only digits may follow, and a minus needs one.
    is_minus = cells == ord("-")
    begun = np.logical_or.accumulate(is_digit | is_minus, axis=1)
    follows = np.zeros_like(begun)
    follows[:, 1:] = begun[:, :-1]
    readable = np.where(follows, is_digit, is_digit | is_minus | (cells == ord(" "))).all(axis=1)
    readable &= ~is_minus.any(axis=1) | is_digit.any(axis=1)
    values = _eight_at_a_time(_right_aligned(np.where(is_digit, cells, np.uint8(ord("0")))).view("<u8"))
    return np.where(is_minus.any(axis=1), -values, values), readable


def _right_aligned(cells: Bytes2D) -> Bytes2D:
    """Sixteen characters a row, with zeros in front."""
    padded = np.full((cells.shape[0], 16), ord("0"), dtype=np.uint8)
    padded[:, 16 - cells.shape[1] :] = cells
    return padded


def _eight_at_a_time(words: Words) -> Ints:
    """Two words of digits a row to numbers: in a word pairs are joined, then fours, then the eight."""
    words = words - EIGHT_ZEROS
    for base, bits, mask in (
        (10, 8, 0x00FF00FF00FF00FF),
        (100, 16, 0x0000FFFF0000FFFF),
        (10_000, 32, 0xFFFFFFFF),
    ):
        words = (words * np.uint64(base) + (words >> np.uint64(bits))) & np.uint64(mask)
    return (words[:, 0] * np.uint64(100_000_000) + words[:, 1]).astype(np.int64)


def _decoded(kept: Bytes2D, flow: str, period: date) -> pl.DataFrame:
    """The kept records in order. A number that cannot be read is null, which its schema refuses."""
    size = MONTH_AT[flow][0] - 1
    text = kept[:, :size].tobytes().decode("latin-1")
    keys = [text[start : start + size] for start in range(0, len(text), size)]
    numbers = {name: _numbers(_field(kept, _measure(flow, name))) for name in MEASURES[flow]}
    records = pl.DataFrame({"keys": pl.Series(keys, dtype=pl.String), **numbers})
    columns = records.with_columns(pl.lit(period).alias("period"), *_cut("keys", KEYS[flow]))
    return columns.drop("keys").sort(list(KEYS[flow]))


def _cut(text: str, columns: Mapping[str, Span]) -> Iterator[pl.Expr]:
    """Fields of a column of text by position, without the blanks around them."""
    for name, (start, end) in columns.items():
        yield pl.col(text).str.slice(start - 1, end - start + 1).str.strip_chars().alias(name)


def _numbers(cells: Bytes2D) -> pl.Series:
    values, readable = fixed_ints(cells)
    return pl.Series(values).set(pl.Series(~readable), None)


def _stated(rows: Bytes2D, flow: str) -> Words:
    """Country and summed values of the records that state any; most are of earlier months and state none.

    Returns:
        A column a record: the country's four bytes, then the sixteen up to each value's end in two words.
    """
    if flow != "imports":
        return np.empty((0, 0), dtype=np.uint64)
    spans = [_measure(flow, measure) for measure in SUMMED]
    is_stated = np.zeros(rows.shape[0], dtype=np.bool_)
    for first, last in spans:
        is_stated |= _words(rows, first, "<u8") != EIGHT_ZEROS
        is_stated |= _words(rows, last - 7, "<u8") != EIGHT_ZEROS
    (at,) = is_stated.nonzero()
    halves = [_words(rows, last - back, "<u8")[at] for _, last in spans for back in (15, 7)]
    return np.stack([_words(rows, KEYS[flow]["cty_code"][0], "<u4")[at], *halves])


def _fixed_width(raw: bytes, columns: Mapping[str, Span]) -> pl.DataFrame:
    """A small member as text columns, by position (Latin-1, one byte a character)."""
    lines = pl.Series("line", raw.decode("latin-1").splitlines(), dtype=pl.String).to_frame()
    return lines.filter(pl.col("line").str.strip_chars() != "").select(_cut("line", columns))


def _concordance(raw: bytes, flow: str, period: date) -> pl.DataFrame:
    codes = _fixed_width(raw, CONCORD_COLUMNS)
    return codes.filter(_is_kept("code")).with_columns(
        pl.lit(period).alias("period"), pl.lit(flow).alias("flow")
    )


def _is_kept(code: str) -> pl.Expr:
    return pl.col(code).str.slice(0, 4).is_in(headings())


def _controls(
    small: Mapping[str, bytes], details: Details, imports: pl.DataFrame, period: date
) -> pl.DataFrame:
    """The archive's own totals beside ours: of every country, and of every kept commodity.

    Ours are of the rows that keep their contract: what is set apart is missing from them, as it is from the
    figures.
    """
    columns = ["period", "control", "code", "measure", "published", "summed"]
    accepted = accept(IMPORTS, imports)
    found = []
    for layout in CONTROLS:
        if layout.member not in small:
            continue
        totals = _published(small[layout.member], layout, period)
        if layout.control == "cty_code":
            ours = _less(_by_country(details.stated), _summed(accepted.refused, "cty_code", SUMMED))
        else:
            ours = _summed(accepted.rows, "hts10", layout.totals)
        both = totals.join(ours, on=["code", "measure"], how="full", coalesce=True)
        # A code without details adds up to nothing; one without a published total stays null and is refused.
        both = both.with_columns(
            pl.col("summed").fill_null(0),
            pl.lit(period).alias("period"),
            pl.lit(layout.control).alias("control"),
        )
        found.append(both.select(columns))
    schema = dict.fromkeys(columns, pl.String) | {
        "period": pl.Date,
        "published": pl.Int64,
        "summed": pl.Int64,
    }
    return pl.concat(found) if found else pl.DataFrame(schema=schema)


def _published(raw: bytes, layout: ControlLayout, period: date) -> pl.DataFrame:
    """A control member's totals in long form: code, measure, published."""
    wide = _fixed_width(raw, {"code": layout.key, "month": layout.month, **layout.totals})
    of_a_code = (
        _is_kept("code") if layout.control == "hts10" else pl.col("code").str.contains(r"^[1-8]\d{3}$")
    )
    return (
        wide.filter(of_a_code, pl.col("month") == f"{period:%Y%m}")
        .unpivot(list(layout.totals), index="code", variable_name="measure", value_name="published")
        .with_columns(pl.col("published").cast(pl.Int64, strict=False))
    )


def _by_country(stated: Words) -> pl.DataFrame:
    """Our sums over all goods. They stay far below 2**53, where bincount's floats are exact."""
    sums = {measure: np.zeros(10_000, dtype=np.int64) for measure in SUMMED}
    for start in range(0, stated.shape[1], IN_CACHE):
        country, *halves = stated[:, start : start + IN_CACHE]
        code = _four_digits(country & np.uint64(0xFFFF), country >> np.uint64(16))
        for measure, *both in zip(SUMMED, halves[::2], halves[1::2], strict=True):
            values, readable = fixed_ints(np.stack(both, axis=1).view(np.uint8)[:, 1:])
            sums[measure] += np.bincount(code, values * readable, minlength=10_000).astype(np.int64)
    long = pl.DataFrame({"code": np.arange(10_000), **sums}).unpivot(
        list(sums), index="code", variable_name="measure", value_name="summed"
    )
    return long.filter(pl.col("summed") != 0).with_columns(pl.col("code").cast(pl.String).str.zfill(4))


def _summed(rows: pl.DataFrame, code: str, measures: Iterable[str]) -> pl.DataFrame:
    """Sums of some rows in long form: code, measure, summed."""
    sums = rows.group_by(code).agg(pl.col(*measures).sum())
    return sums.unpivot(list(measures), index=code, variable_name="measure", value_name="summed").rename(
        {code: "code"}
    )


def _less(sums: pl.DataFrame, apart: pl.DataFrame) -> pl.DataFrame:
    """Sums without those of the rows set apart, whose codes are all among them."""
    return (
        sums.join(apart, on=["code", "measure"], how="left", suffix="_apart")
        .with_columns(pl.col("summed") - pl.col("summed_apart").fill_null(0))
        .drop("summed_apart")
    )


def plan(context: FetchContext) -> Iterable[RemoteFile]:
    """Both flows of the months asked for, else of the months that the newest releases revise."""
    window = FULL_WINDOW if context.options.wide_window else WINDOW
    for month in context.options.periods or _published_months(context.now.date(), window):
        for flow, (folder, name) in ADDRESSES.items():
            file = name.format(year=f"{month:%y}", month=f"{month:%m}")
            url = context.url(folder.format(year=f"{month:%Y}"), file)
            yield RemoteFile(f"{flow}-{month:%Y-%m}", file, url)


def partition_of(name: str) -> str | None:
    """Flow and month, from an archive's name."""
    found = NAME.match(name)
    if not found:
        return None
    flow = "imports" if found[1].upper() == "IM" else "exports"
    return f"{flow}-20{found[2]}-{found[3]}"


def _published_months(today: date, count: int) -> list[date]:
    """The last months that should be out, newest first."""
    month = (today - timedelta(days=DAYS_BEHIND)).replace(day=1)
    months = []
    for _ in range(count):
        month = (month - timedelta(days=1)).replace(day=1)
        months.append(month)
    return months


def probe(context: FetchContext) -> Probe:
    """The directory of the newest month's imports, and the first records in it."""
    imports = [remote for remote in plan(context) if remote.partition.startswith("imports-")]
    return first_found(partial(_looked_at, context), imports)


def _looked_at(context: FetchContext, remote: RemoteFile) -> Probe:
    with remote_zip(context, remote) as archive:
        members = {Path(info.filename).name.upper(): info for info in archive.infolist()}
        if DETAILS["imports"] not in members:
            raise ParseError(
                f"{remote.name}: holds no {DETAILS['imports']}, only {', '.join(sorted(members))}"
            )
        with archive.open(members[DETAILS["imports"]]) as stream:
            found = check_shape(stream.read(PROBED_BYTES), remote.name)
    missing = sorted(SMALL_MEMBERS - members.keys())
    return replace(found, notes=(f"without {', '.join(missing)}",) if missing else ())


def check_shape(head: bytes, name: str) -> Probe:
    """What the first records of imports show; raises `ParseError`."""
    width = WIDTHS["imports"]
    stride = width + _line_end(head[width : width + 2])
    if b"\n" in head and stride == width:
        found = len(head.split(b"\n")[0].rstrip(b"\r"))
        raise ParseError(f"{name}: its records have {found} bytes where {width} were due")
    records = list(_records([head[: len(head) // stride * stride]], width, name))
    if not records:
        raise ParseError(f"{name}: holds no record of {width} bytes")
    (month, *_) = {_taken("imports", name, rows).month for rows in records}
    return Probe(_period(month, name))
