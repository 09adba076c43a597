"""Published tables as files for other tools: Parquet, CSV safe in spreadsheets, and a formatted workbook."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import duckdb
import polars as pl
import xlsxwriter

from warehouse.connect import literal, quoted
from warehouse.dictionary import tables

Format = Literal["parquet", "csv", "xlsx"]
FORMATS: tuple[Format, ...] = ("parquet", "csv", "xlsx")
WORKBOOK = "minerals.xlsx"
SHEET_ROWS = 1_048_576 - 2
"""Rows that a worksheet has left below the units and the names."""

_FORMULA_START = r"^[=+\-@\t\r]"
_PLAIN = (
    "BOOLEAN",
    "DATE",
    "TIMESTAMP",
    "DECIMAL",
    "DOUBLE",
    "FLOAT",
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
)
_NUMBER_FORMATS = {
    "share of 1": "0.000",
    "percent": "0.0",
    "USD": "#,##0",
    "t": "#,##0.###",
    "USD/kg": "#,##0.00",
}


def export(
    con: duckdb.DuckDBPyConnection, folder: Path, formats: Iterable[Format] = FORMATS
) -> Iterator[Path]:
    """Write all published tables into ``folder`` and name each file as it is done.

    Parquet and CSV go to ``<schema>/<table>.<format>``; the workbook holds the marts, a sheet each. A
    text that a spreadsheet would take for a formula gets an apostrophe before it in CSV, and is text in
    the workbook.

    Args:
        con: A connection on the publication that may write files (`connect(path, sealed=False)`).
        folder: Target; files of the same names are overwritten.
        formats: Which of `FORMATS` to write.
    """
    writers: Mapping[Format, Callable[[duckdb.DuckDBPyConnection, Path], Iterable[Path]]] = {
        "parquet": _parquet,
        "csv": _csv,
        "xlsx": _workbook,
    }
    folder.mkdir(parents=True, exist_ok=True)
    for wanted in formats:
        yield from writers[wanted](con, folder)


def _parquet(con: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[Path]:
    for schema, table in tables(con):
        query = f"select * from {quoted(schema, table)} order by all"
        yield _copy(con, query, folder / schema / f"{table}.parquet", "format parquet, compression zstd")


def _csv(con: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[Path]:
    for schema, table in tables(con):
        columns = ", ".join(harmless(name, kind) for name, kind in _columns(con, schema, table))
        query = f"select {columns} from {quoted(schema, table)} order by all"
        yield _copy(con, query, folder / schema / f"{table}.csv", "format csv, header")


def _copy(con: duckdb.DuckDBPyConnection, query: str, target: Path, options: str) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    con.execute(f"copy ({query}) to {literal(str(target))} ({options})")
    return target


def _columns(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[tuple[str, str]]:
    return con.execute(
        "select column_name, data_type from meta.column_dictionary"
        " where schema_name = $1 and table_name = $2 order by position",
        [schema, table],
    ).fetchall()


def harmless(name: str, data_type: str) -> str:
    """A select item whose text no spreadsheet takes for a formula."""
    if data_type.startswith(_PLAIN) and not data_type.endswith("[]"):
        return quoted(name)
    text = _text(name, data_type)
    escaped = f"regexp_replace({text}, {literal(f'({_FORMULA_START})')}, '''\\1')"
    return f"{escaped} as {quoted(name)}"


def _text(name: str, data_type: str) -> str:
    return f"array_to_string({quoted(name)}, ';')" if data_type.endswith("[]") else f"{quoted(name)}::varchar"


def _workbook(con: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[Path]:
    path = folder / WORKBOOK
    marts = [table for schema, table in tables(con) if schema == "marts"]
    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(path, options) as workbook:
        _notes(con, workbook)
        for table in marts:
            _sheet(con, workbook, table)
    yield path


def _notes(con: duckdb.DuckDBPyConnection, workbook: Any) -> None:
    """The first sheet: which publication this is, what each sheet holds, and whom to cite."""
    sheet = workbook.add_worksheet("notes")
    bold, wrapped = (
        workbook.add_format({"bold": True}),
        workbook.add_format({"text_wrap": True, "valign": "top"}),
    )
    build_id, built_at, version = con.execute(
        "select build_id, built_at::varchar, version from meta.build_info"
    ).fetchall()[0]
    contents = con.execute(
        "select table_name, row_count, grain, description from meta.table_dictionary"
        " where schema_name = 'marts' order by all"
    ).fetchall()
    sources = con.execute(
        "select source_id, mode, vintage::varchar, licence, citation from meta.source_status order by all"
    ).fetchall()
    blocks: list[tuple[tuple[str, ...], list[tuple[Any, ...]]]] = [
        (("publication", "built (UTC)", "version"), [(build_id, built_at, version)]),
        (("sheet", f"rows (a sheet shows {SHEET_ROWS:,} at most)", "key", "what a row is"), contents),
        (("source", "mode", "vintage", "licence", "citation"), sources),
    ]
    row = 0
    for head, lines in blocks:
        sheet.write_row(row, 0, head, bold)
        for line in lines:
            row += 1
            sheet.write_row(row, 0, line, wrapped)
        row += 2
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 2, 22)
    sheet.set_column(3, 4, 70)
    sheet.hide_gridlines(2)


def _sheet(con: duckdb.DuckDBPyConnection, workbook: Any, table: str) -> None:
    """One mart: a row of units, a row of names with the columns' notes, then the rows in order."""
    described = con.execute(
        "select column_name, data_type, unit, description from meta.column_dictionary"
        " where schema_name = 'marts' and table_name = $1 order by position",
        [table],
    ).fetchall()
    select = ", ".join(
        f"{_text(name, kind)} as {quoted(name)}" if kind.endswith("[]") or kind == "JSON" else quoted(name)
        for name, kind, *_ in described
    )
    rows = pl.read_database(
        f"select {select} from {quoted('marts', table)} order by all limit {SHEET_ROWS}", con
    )
    sheet = workbook.add_worksheet(table[:31])
    formats = {name: _NUMBER_FORMATS[unit] for name, _, unit, _ in described if unit in _NUMBER_FORMATS}
    years = {name: "0" for name, *_ in described if name == "year"}
    rows.write_excel(
        workbook,
        sheet,
        position=(1, 0),
        table_style="Table Style Light 1",
        column_formats=formats | years,
        freeze_panes=(2, 0),
        autofit=True,
    )
    grey = workbook.add_format({"italic": True, "font_color": "#666666"})
    for place, (_, _, unit, description) in enumerate(described):
        sheet.write_string(0, place, unit or "", grey)
        if description:
            sheet.write_comment(1, place, description, {"x_scale": 2})
