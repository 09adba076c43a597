"""INEGI, Mexican mining and metallurgical industry (EIMM): national output by month and product.

It reads the table of production by main products with English labels: volume, value and volume index.
Vintages after 2024 cover more gold and silver, so vintages must not be spliced.
Source: Instituto Nacional de Estadística y Geografía, https://www.inegi.org.mx/programas/indminero/.
"""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import dataframely as dy
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about, usually_out
from ingest.formats.csv import read_csv_text, records
from ingest.formats.printed_values import read_value


class Production(dy.Schema):
    """Output of a product by Mexico's mines and smelters in a month."""

    product_group = dy.String(min_length=1, metadata=about("Group of products"))
    product = dy.String(primary_key=True, min_length=1, metadata=about("Product as labelled"))
    period = dy.Date(
        primary_key=True,
        min=date(1980, 1, 1),
        check=lambda column: column.dt.day() == 1,
        metadata=about("First day of the month"),
    )
    unit = dy.String(min_length=1, metadata=about("Unit of volume: Tons (metric) or Kilograms"))
    volume = dy.Float64(nullable=True, min=0, metadata=about("Volume", "unit of the row"))
    value_kmxn = dy.Float64(nullable=True, min=0, metadata=about("Value", "thousand MXN"))
    status = dy.String(
        check=lambda column: column.is_in(["final", "preliminary", "revised"]),
        metadata=about("final, revised or preliminary figure"),
    )


PRODUCTION: Final = Table("inegi_eimm__production", Production, "product, period")

SOURCE: Final = Source(
    id="inegi_eimm",
    title="Mining and metallurgical industry of Mexico (EIMM)",
    publisher="Instituto Nacional de Estadística y Geografía",
    homepage="https://www.inegi.org.mx/programas/indminero/",
    licence="INEGI terms of free use, with attribution",
    citation="INEGI, Estadística de la Industria Minerometalúrgica",
    cadence="monthly",
    lag_days=65,
    drop_in="the CSV of production by main products with English labels, whole",
    tables=(PRODUCTION,),
    note="A file restates all months. It is not fetched; new vintages are dropped in.",
)

_COLUMNS: Final = {
    *("COVERAGE", "YEAR", "MONTH", "DATE", "PRODUCT_GROUP", "PRODUCT"),
    *("MEASUREMENT_UNIT", "VOLUME", "VALUE", "INDEX", "STATUS"),
}
_FEWEST_PRODUCTS: Final = 20  # of 32
# Blank, confidential, not available.
_NO_FIGURE: Final = {"", "C", "ND", "NA"}


def parse(path: Path, facts: FileFacts) -> Frames:
    """Monthly national production; rows for single states are left out.

    Raises:
        ParseError: another header, a ragged or incomplete line, fewer products than the statistic has, or a
            file that ends before the latest month of all products.
    """
    header, lines = read_csv_text(facts.name, path.read_bytes())
    if set(header) != _COLUMNS:
        raise ParseError(
            f"{facts.name}: not the columns of production by main products ({', '.join(header)})"
        )
    national = [record for record in records(header, lines) if record["COVERAGE"] == "National"]
    rows = [_row(facts.name, record) for record in national]
    products = {row["product"] for row in rows}
    if len(products) < _FEWEST_PRODUCTS:
        raise ParseError(f"{facts.name}: cut short, only {len(products)} products")
    latest = max(row["period"] or date.min for row in rows)
    before = (latest - timedelta(days=1)).replace(day=1)
    stated = {month: {row["product"] for row in rows if row["period"] == month} for month in (latest, before)}
    # a product without the month before has ended, unless the file breaks off within it
    missing = (stated[before] | {rows[-1]["product"]}) - stated[latest]
    if missing:
        raise ParseError(f"{facts.name}: cut short, no {min(missing)} in {latest:%Y-%m}")
    return {PRODUCTION.name: pl.DataFrame(rows, schema=PRODUCTION.dtypes)}


def _row(name: str, record: dict[str, str]) -> dict[str, Any]:
    return {
        "product_group": record["PRODUCT_GROUP"],
        "product": record["PRODUCT"],
        "period": _period(record),
        "unit": record["MEASUREMENT_UNIT"],
        "volume": _figure(name, record["VOLUME"]),
        "value_kmxn": _figure(name, record["VALUE"]),
        "status": record["STATUS"].removesuffix(" Figures.").lower(),
    }


def _period(record: dict[str, str]) -> date | None:
    """The day in DATE (DD/MM/YYYY), if YEAR and MONTH agree with it."""
    try:
        day = datetime.strptime(record["DATE"], "%d/%m/%Y").date()
        named = datetime.strptime(f"1 {record['MONTH']} {record['YEAR']}", "%d %B %Y").date()
    except ValueError:
        return None
    return day if day == named else None


def _figure(name: str, cell: str) -> float | None:
    """The figure of a cell; None for a blank one and for INEGI's code for a withheld figure."""
    if cell in _NO_FIGURE:
        return None
    printed = read_value(cell)
    if printed is None or printed.value is None:
        raise ParseError(f"{name}: {cell!r} was found instead of a figure")
    return printed.value


def partition_of(_name: str) -> str | None:
    """The source has one partition; for a product and month stated in several files the newest counts."""
    return "monthly"


def stated_vintage(path: Path) -> date | None:
    """The usual publication date for the newest month in the file; the file states no date."""
    frame = parse(path, FileFacts(path.name, "monthly", date.min))[PRODUCTION.name]
    newest = frame["period"].max()
    return usually_out(SOURCE, newest) if isinstance(newest, date) else None
