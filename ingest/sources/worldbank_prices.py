"""World Bank, Commodity Price Data (the Pink Sheet): monthly prices in nominal US dollars since 1960.

The sheet has titles, a line with its update date, a row of series names, a row of units, in some editions a
row of short codes, then one row per month. Rows are found by their content, since their position differs
between editions. Prices are revised in each edition.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import dataframely as dy
import fastexcel
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.fetch import FetchContext, RemoteFile
from ingest.gates import Gates
from ingest.http import FetchError, Policy, host_of, leads_within
from ingest.probe import Probe, newest_of
from ingest.remote_zip import remote_zip

SHEET = "Monthly Prices"

_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_UPDATED = re.compile(rf"Updated on ({_MONTHS})[a-z]*\.? (\d{{1,2}}, \d{{4}})")
_UNIT = r"\(\$/"
_MONTH = r"^\d{4}M(0[1-9]|1[0-2])$"


class Monthly(dy.Schema):
    """A month's price in one series, as stated in one edition."""

    updated = dy.Date(primary_key=True, metadata=about("day of the edition's update"))
    series = dy.String(primary_key=True, min_length=1, metadata=about("series as published, without stars"))
    unit = dy.String(min_length=1, metadata=about("unit as published, such as $/mt"))
    period = dy.Date(primary_key=True, min=date(1960, 1, 1), metadata=about("first day of the month"))
    price = dy.Float64(min_exclusive=0, metadata=about("average of the month", "unit of the row"))


MONTHLY = Table("worldbank_prices__monthly", Monthly, "one series in one month in one edition")

SOURCE = Source(
    id="worldbank_prices",
    title="Commodity Price Data (The Pink Sheet), monthly",
    publisher="World Bank",
    homepage="https://www.worldbank.org/en/research/commodity-markets",
    licence="CC BY 4.0",
    citation="World Bank, Commodity Price Data (The Pink Sheet)",
    subject="prices",
    cadence="monthly",
    lag_days=5,
    drop_in="CMO-Historical-Data-Monthly.xlsx as downloaded",
    tables=(MONTHLY,),
    base_url="https://www.worldbank.org/en/research/commodity-markets",
    note="The workbook's link changes each year, and an old link keeps serving an outdated workbook.",
)


def parse(path: Path, facts: FileFacts) -> Frames:
    """Read the monthly workbook; a cell without a price gives no row.

    Raises:
        ParseError: not a workbook of monthly prices, no update date, or months out of sequence.
    """
    grid = _grid(path, facts.name)
    first = grid["column_0"]
    updated = _updated(first, facts.name)
    months = grid.with_row_index().filter(pl.col("column_0").str.contains(_MONTH))
    if months.is_empty():
        raise ParseError(f"{facts.name}: no row of '{SHEET}' starts with a month such as 1960M01")
    head = grid.head(int(months["index"][0]))
    names, units = _header(head, facts.name)
    periods = months["column_0"].str.to_date("%YM%m")
    if months.height != int(months["index"][-1]) - int(months["index"][0]) + 1 or not _is_monthly(periods):
        raise ParseError(f"{facts.name}: the months of '{SHEET}' are not an unbroken sequence")
    prices = (
        months.with_columns(period=periods)
        .unpivot(list(names), index="period", variable_name="column", value_name="text")
        .with_columns(price=pl.col("text").str.strip_chars().cast(pl.Float64, strict=False))
    )
    odd = prices.filter(pl.col("price").is_null() & pl.col("text").str.contains(r"[^\s.…]"))
    if not odd.is_empty():
        cell = odd.row(0, named=True)
        raise ParseError(
            f"{facts.name}: '{cell['text']}' is not a price ({names[cell['column']]}, {cell['period']:%Y-%m})"
        )
    frame = prices.drop_nulls("price").select(
        updated=pl.lit(updated),
        series=pl.col("column").replace_strict(names, return_dtype=pl.String),
        unit=pl.col("column").replace_strict(units, return_dtype=pl.String),
        period="period",
        price="price",
    )
    return {MONTHLY.name: frame}


def _grid(path: Path, name: str) -> pl.DataFrame:
    """The sheet as text; column_0 has titles and months."""
    try:
        book = fastexcel.read_excel(path)
        if SHEET not in book.sheet_names:
            raise ParseError(f"{name}: no sheet '{SHEET}', only {book.sheet_names}")
        grid: pl.DataFrame = book.load_sheet(SHEET, header_row=None, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise ParseError(f"{name}: not a readable workbook ({str(error).splitlines()[0]})") from error
    if grid.width < 2:
        raise ParseError(f"{name}: sheet '{SHEET}' has no columns of prices")
    return grid.rename({old: f"column_{i}" for i, old in enumerate(grid.columns)})


def _updated(titles: pl.Series, name: str) -> date:
    for title in titles.head(20).drop_nulls():
        if found := _UPDATED.search(title):
            return datetime.strptime(f"{found[1]} {found[2]}", "%b %d, %Y").date()
    raise ParseError(f"{name}: sheet '{SHEET}' does not state its update date")


def _header(head: pl.DataFrame, name: str) -> tuple[dict[str, str], dict[str, str]]:
    """Series name and unit by column: units are the row of ``($/…)`` cells, names the row above it."""
    rows = head.drop("column_0").rows(named=True)
    is_units = [any(re.match(_UNIT, cell or "") for cell in row.values()) for row in rows]
    if is_units.count(True) != 1 or is_units[0]:
        raise ParseError(f"{name}: no row of units such as ($/mt) under a row of names in '{SHEET}'")
    at = is_units.index(True)
    names = {column: _name(cell) for column, cell in rows[at - 1].items() if cell and _name(cell)}
    units = {column: (rows[at][column] or "").strip(" ()") for column in names}
    if len(set(names.values())) < len(names):
        raise ParseError(f"{name}: two series of '{SHEET}' have the same name")
    return names, units


def _name(cell: str) -> str:
    return " ".join(cell.replace("*", "").split())


def _is_monthly(periods: pl.Series) -> bool:
    expected = pl.date_range(periods[0], periods[-1], "1mo", eager=True)
    return periods.len() == expected.len() and bool((periods == expected).all())


# Fetching. The page has the link, which may lead to its own host or to the bank's document store.
LINK = re.compile(r"""https?://[^"' <>]*CMO-Historical-Data-Monthly[^"' <>]*\.xlsx""")
DOCUMENT_HOSTS = ("thedocs.worldbank.org",)
WORKBOOK = "CMO-Historical-Data-Monthly.xlsx"
POLICY = Policy(interval_s=1, read_s=120, max_bytes=32 << 20, redirect_hosts=DOCUMENT_HOSTS)
GATES = Gates("zip", members=("xl/workbook.xml",), min_rows={MONTHLY.name: 100}, max_age_days=110)


def plan(context: FetchContext) -> Iterable[RemoteFile]:
    """The workbook to which the page currently links.

    Raises:
        FetchError: there is no link, or it leads to another host.
    """
    page = context.get(context.base_url).content.decode("utf-8", "replace")
    found = LINK.search(page)
    if found is None:
        raise FetchError(f"{host_of(context.base_url)} has no link to {WORKBOOK}")
    if not leads_within(context.base_url, found[0], (host_of(context.base_url), *DOCUMENT_HOSTS)):
        raise FetchError(f"{host_of(context.base_url)} links to a workbook on {host_of(found[0])}")
    yield RemoteFile("monthly", WORKBOOK, found[0])


def partition_of(_name: str) -> str | None:
    """The source has one partition: each edition restates the whole series."""
    return "monthly"


def probe(context: FetchContext) -> Probe:
    """Read the page with the link, and the workbook's list of sheets and its texts."""
    remote = next(iter(plan(context)))
    with remote_zip(context, remote) as book:
        try:
            return check_shape(book.read("xl/workbook.xml"), book.read("xl/sharedStrings.xml"))
        except KeyError as error:
            raise ParseError(f"{remote.name}: not a workbook ({error})") from None


def check_shape(workbook: bytes, texts: bytes) -> Probe:
    """Check a workbook's sheets and texts, without its figures; raises `ParseError`."""
    if f'name="{SHEET}"'.encode() not in workbook:
        raise ParseError(f"{WORKBOOK}: no sheet '{SHEET}'")
    shown = pl.Series(re.findall(r"<t[^>]*>([^<]*)</t>", texts.decode("utf-8", "replace")), dtype=pl.String)
    if not shown.str.contains(_UPDATED.pattern).any():
        raise ParseError(f"{WORKBOOK}: does not state its update date")
    if not shown.str.contains(_UNIT).any():
        raise ParseError(f"{WORKBOOK}: no units such as ($/mt)")
    months = shown.filter(shown.str.contains(_MONTH))
    if months.is_empty():
        raise ParseError(f"{WORKBOOK}: no month such as 1960M01")
    return Probe(newest_of(months.str.to_date("%YM%m")))


def stated_vintage(path: Path) -> date | None:
    """The update date stated in the workbook."""
    return _updated(_grid(path, path.name)["column_0"], path.name)
