"""US Census Bureau, merchandise trade by month: the bulk archives IMDB (imports) and EXDB (exports).

An archive holds one statistical month as fixed-width text: details of up to 3.5 million records beside
control totals and a concordance. It is read as a stream: inflated block by block, and of each block only
the records of `ingest.scope` are decoded. Nothing is unpacked to disk. Source: U.S. Census
Bureau, https://www.census.gov/trade/downloads (layouts: the archives' own Documentation).
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import dataframely as dy
import numpy as np
import numpy.typing as npt
import polars as pl

from ingest.acceptance import Gates
from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.fetching import Errand, Fetched, Part
from ingest.http import Policy
from ingest.scope import headings
from ingest.zips import DAMAGED, inflated

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
CONCORD: Final = "CONCORD.TXT"
SMALL_MEMBERS: Final = {CONCORD, *(control.member for control in CONTROLS)}
CONCORD_COLUMNS: Final[Mapping[str, Span]] = {"code": (1, 10), "unit_qy1": (211, 213), "unit_qy2": (214, 216)}

Bytes2D = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


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
    dutiable_value_usd = _count("Part of consumption that bears duty", "USD")
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
            tally = _details(path, members[DETAILS[flow]], flow, facts)
            small = {name: archive.read(info) for name, info in members.items() if name in SMALL_MEMBERS}
    except DAMAGED as error:
        raise ParseError(f"{facts.name}: the archive is damaged ({error})") from None
    period = tally.period
    if facts.partition != f"{flow}-{period:%Y-%m}":
        raise ParseError(f"{facts.name}: states {flow} of {period:%Y-%m}, where {facts.partition} was due")
    frames = {IMPORTS.name if flow == "imports" else EXPORTS.name: tally.frame(flow)}
    if CONCORD in small:
        frames[CONCORDANCE.name] = _concordance(small[CONCORD], flow, period)
    if flow == "imports":
        frames[CONTROL.name] = _controls(small, tally, frames[IMPORTS.name])
    return frames


@dataclass(slots=True)
class Tally:
    """What one pass over the details leaves: kept records, and sums over all records by country."""

    period: date
    kept: list[Bytes2D] = field(default_factory=list)
    by_country: dict[str, Ints] = field(default_factory=dict)

    def frame(self, flow: str) -> pl.DataFrame:
        """The kept records, decoded. A number that cannot be read is null, which its schema refuses."""
        width = FIRST_MEASURE[flow] - 1 + MEASURE_WIDTH * len(MEASURES[flow])
        records = np.concatenate(self.kept) if self.kept else np.empty((0, width), dtype=np.uint8)
        columns = {name: _texts(_field(records, span)) for name, span in KEYS[flow].items()}
        for index, name in enumerate(MEASURES[flow]):
            columns[name] = _numbers(_field(records, _measure(flow, index)))
        return pl.DataFrame(columns).with_columns(pl.lit(self.period).alias("period"))


def _details(path: Path, info: zipfile.ZipInfo, flow: str, facts: FileFacts) -> Tally:
    """Pass once over the detail records of all goods."""
    tally: Tally | None = None
    wanted = _lookup(headings())
    code_at = KEYS[flow]["hts10" if flow == "imports" else "schedule_b"][0] - 1
    measures = slice(FIRST_MEASURE[flow] - 1, _measure(flow, len(MEASURES[flow]) - 1)[1])
    for records in _records(inflated(path, info), WIDTHS[flow], facts.name):
        months = _field(records, MONTH_AT[flow])
        if tally is None:
            tally = Tally(_month(months[0], facts.name))
        if (months != np.frombuffer(f"{tally.period:%Y%m}".encode(), np.uint8)).any():
            raise ParseError(f"{facts.name}: holds records of more than one month")
        if flow == "imports":
            _add_countries(tally.by_country, records)
        kept = records[wanted[_first_four(records, code_at)]]
        active = ((kept[:, measures] != ord("0")) & (kept[:, measures] != ord(" "))).any(axis=1)
        tally.kept.append(kept[active, : measures.stop].copy())
    if tally is None:
        raise ParseError(f"{facts.name}: holds no records")
    return tally


def _records(blocks: Iterable[bytes], width: int, name: str) -> Iterator[Bytes2D]:
    """Whole records of a stream as rows of bytes, with or without line ends.

    Raises:
        ParseError: A record is longer or shorter than the layout, or the last one is cut.
    """
    stride, rest = 0, b""
    for block in blocks:
        rest += block
        if len(rest) < width + 2:
            continue
        stride = stride or width + _line_end(rest[width : width + 2])
        whole = len(rest) // stride * stride
        yield _as_records(rest[:whole], stride, width, name)
        rest = rest[whole:]
    last = rest.rstrip(b"\r\n\x1a")
    if last and len(last) != width:
        raise ParseError(f"{name}: the last record has {len(last)} bytes, not {width}")
    if last:
        yield np.frombuffer(last, dtype=np.uint8).reshape(1, width)


def _line_end(two: bytes) -> int:
    return 2 if two == b"\r\n" else int(two[:1] == b"\n")


def _as_records(raw: bytes, stride: int, width: int, name: str) -> Bytes2D:
    records = np.frombuffer(raw, dtype=np.uint8).reshape(-1, stride)
    ends, newline = records[:, width:], ord("\n")
    if (stride > width and (ends[:, -1] != newline).any()) or (records[:, :width] == newline).any():
        raise ParseError(f"{name}: a record does not have {width} bytes")
    return records[:, :width]


def _field(records: Bytes2D, span: Span) -> Bytes2D:
    return records[:, span[0] - 1 : span[1]]


def _measure(flow: str, index: int) -> Span:
    start = FIRST_MEASURE[flow] + MEASURE_WIDTH * index
    return start, start + MEASURE_WIDTH - 1


def _lookup(headings: Iterable[str]) -> Bools:
    """Whether a heading is wanted, by its number."""
    wanted = np.zeros(10_000, dtype=np.bool_)
    wanted[[int(heading) for heading in headings]] = True
    return wanted


def _first_four(records: Bytes2D, start: int) -> Ints:
    """Four digits as a number; 0 where they are not digits."""
    digits = records[:, start : start + 4].astype(np.int64) - ord("0")
    readable = ((digits >= 0) & (digits <= 9)).all(axis=1)
    return np.where(readable, digits @ np.array([1000, 100, 10, 1]), 0)


def _month(raw: Bytes2D, name: str) -> date:
    text = raw.tobytes().decode("latin-1")
    try:
        return date(int(text[:4]), int(text[4:]), 1)
    except ValueError:
        raise ParseError(f"{name}: {text!r} stands where year and month were due") from None


def fixed_ints(cells: Bytes2D) -> tuple[Ints, Bools]:
    """Whole numbers from columns of characters, right-aligned with zeros or blanks, a minus in front at most.

    Args:
        cells: One number a row, (n, width) with width up to 18.

    Returns:
        The numbers (a blank cell is 0), and which cells are such numbers.
    """
    digits = cells.astype(np.int64) - ord("0")
    is_digit = (digits >= 0) & (digits <= 9)
    is_minus = cells == ord("-")
    # After the first digit or minus only digits may follow, and a minus needs one.
    begun = np.logical_or.accumulate(is_digit | is_minus, axis=1)
    follows = np.zeros_like(begun)
    follows[:, 1:] = begun[:, :-1]
    readable = np.where(follows, is_digit, is_digit | is_minus | (cells == ord(" "))).all(axis=1)
    readable &= ~is_minus.any(axis=1) | is_digit.any(axis=1)
    powers = 10 ** np.arange(cells.shape[1] - 1, -1, -1, dtype=np.int64)
    values = np.where(is_digit, digits, 0) @ powers
    return np.where(is_minus.any(axis=1), -values, values), readable


def _numbers(cells: Bytes2D) -> pl.Series:
    values, readable = fixed_ints(cells)
    return pl.Series(values).set(pl.Series(~readable), None)


def _texts(cells: Bytes2D) -> pl.Series:
    width = cells.shape[1]
    packed = np.ascontiguousarray(cells).view(f"S{width}").ravel()
    return pl.Series(np.char.decode(packed, "latin-1"), dtype=pl.String).str.strip_chars()


def _add_countries(sums: dict[str, Ints], records: Bytes2D) -> None:
    """Add a block's values by country. Sums stay far below 2**53, where bincount's floats are exact."""
    countries = _first_four(records, KEYS["imports"]["cty_code"][0] - 1)
    for measure in CONTROLS[0].totals:
        values, readable = fixed_ints(
            _field(records, _measure("imports", MEASURES["imports"].index(measure)))
        )
        block = np.bincount(countries, weights=np.where(readable, values, 0), minlength=10_000)
        sums[measure] = sums.get(measure, np.zeros(10_000, dtype=np.int64)) + block.astype(np.int64)


def _fixed_width(raw: bytes, columns: Mapping[str, Span]) -> pl.DataFrame:
    """A small member as text columns, by position (Latin-1, one byte a character)."""
    lines = pl.Series("line", raw.decode("latin-1").splitlines(), dtype=pl.String).to_frame()
    return lines.filter(pl.col("line").str.strip_chars() != "").select(
        pl.col("line").str.slice(start - 1, end - start + 1).str.strip_chars().alias(name)
        for name, (start, end) in columns.items()
    )


def _concordance(raw: bytes, flow: str, period: date) -> pl.DataFrame:
    codes = _fixed_width(raw, CONCORD_COLUMNS)
    return codes.filter(_is_kept("code")).with_columns(
        pl.lit(period).alias("period"), pl.lit(flow).alias("flow")
    )


def _is_kept(code: str) -> pl.Expr:
    return pl.col(code).str.slice(0, 4).is_in(headings())


def _controls(small: Mapping[str, bytes], tally: Tally, imports: pl.DataFrame) -> pl.DataFrame:
    """The archive's own totals beside ours: of every country, and of every kept commodity."""
    columns = ["period", "control", "code", "measure", "published", "summed"]
    found = []
    for layout in CONTROLS:
        if layout.member not in small:
            continue
        totals = _published(small[layout.member], layout, tally.period)
        ours = _by_country(tally) if layout.control == "cty_code" else _by_commodity(imports, layout)
        both = totals.join(ours, on=["code", "measure"], how="full", coalesce=True)
        # A code without details adds up to nothing; one without a published total stays null and is refused.
        both = both.with_columns(
            pl.col("summed").fill_null(0),
            pl.lit(tally.period).alias("period"),
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


def _by_country(tally: Tally) -> pl.DataFrame:
    frames = [
        pl.DataFrame({"code": np.arange(10_000), "summed": sums}).with_columns(measure=pl.lit(measure))
        for measure, sums in tally.by_country.items()
    ]
    long = pl.concat(frames).filter(pl.col("summed") != 0)
    return long.select(pl.col("code").cast(pl.String).str.zfill(4), "measure", "summed")


def _by_commodity(imports: pl.DataFrame, layout: ControlLayout) -> pl.DataFrame:
    sums = imports.group_by("hts10").agg(pl.col(list(layout.totals)).sum())
    return sums.unpivot(
        list(layout.totals), index="hts10", variable_name="measure", value_name="summed"
    ).rename({"hts10": "code"})


def plan(errand: Errand) -> Iterable[Part]:
    """Both flows of the months asked for, else of the months that the newest releases revise."""
    window = FULL_WINDOW if errand.ask.full else WINDOW
    for month in errand.ask.periods or _published_months(errand.now.date(), window):
        for flow, (folder, name) in ADDRESSES.items():
            file = name.format(year=f"{month:%y}", month=f"{month:%m}")
            url = errand.url(folder.format(year=f"{month:%Y}"), file)
            yield Part(f"{flow}-{month:%Y-%m}", file, url)


def fetch(errand: Errand, part: Part) -> Fetched | None:
    """Stream an archive, unless the one at hand still holds."""
    return errand.download(part)


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
