"""Workbooks with units, notes, sources and licences: all marts, or all figures on one mineral."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import xlsxwriter

from warehouse.connect import fetch, literal, quoted
from warehouse.dictionary import tables
from warehouse.sheet import Sheet, data_to, read_sheet

SHEET_ROWS = 1_048_576 - 2
"""Rows left in a worksheet below the units and the names."""

_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": True,
    "default_date_format": "yyyy-mm-dd",
}
_NUMBER_FORMATS = {
    "share of 1": "0.000",
    "percent": "0.0",
    "USD": "#,##0",
    "t": "#,##0.###",
    "USD/kg": "#,##0.00",
}

_HAS_CODE = "exists (from core.dim_product where mineral_id = {{mineral}} and starts_with({0}, hs_code))"
# columns that name the mineral of a row; the first that a mart has is used
_OF_MINERAL = {
    "mineral_id": "mineral_id = {mineral}",
    "mineral_ids": "list_contains(split(mineral_ids, ';'), {mineral})",
    "minerals": "list_contains(split(minerals, ';'), {mineral})",
    "product_group": "product_group = {mineral}",
    "hts8": _HAS_CODE.format("hts8"),
    "hs6": _HAS_CODE.format("hs6"),
}

Block = tuple[Sequence[str], Sequence[Sequence[Any]]]


def write_marts(con: duckdb.DuckDBPyConnection, path: Path) -> Path:
    """Write a workbook of all marts: a sheet of notes, then one sheet per mart."""
    with xlsxwriter.Workbook(path, _OPTIONS) as workbook:
        notes = workbook.add_worksheet("notes")
        marts = [table for schema, table in tables(con) if schema == "marts"]
        counts = {table: _add_mart(workbook, table, *_read(con, table)) for table in marts}
        _write_notes(workbook, notes, [_publication(con), _contents(con, counts), _sources(con)])
    return path


def write_mineral(con: duckdb.DuckDBPyConnection, called: str, folder: Path) -> Path:
    """Write one mineral's workbook, `<mineral_id>.xlsx`: its sheet, and its rows in every mart.

    The notes name the sources, the licences and the publishers' files of the rows in the workbook.

    Raises:
        duckdb.InvalidInputException: No mineral has that name; the message lists the nearest.
    """
    held = read_sheet(con, called)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{held.mineral_id}.xlsx"
    with xlsxwriter.Workbook(path, _OPTIONS) as workbook:
        notes = workbook.add_worksheet("notes")
        _add_summary(workbook, held)
        counts, source_ids, archive_ids = {}, set[str](), set[str]()
        for schema, table in tables(con):
            condition = _of_mineral(con, table, held.mineral_id) if schema == "marts" else None
            if condition is None:
                continue
            described, rows = _read(con, table, condition)
            counts[table] = len(rows)
            source_ids |= _ids(rows, "source_id")
            archive_ids |= _ids(rows, "archive_id")
            if len(rows):
                _add_mart(workbook, table, described, rows)
        blocks = [
            (("mineral", "name", "note", "", data_to(con)), [(held.mineral_id, held.name, held.note)]),
            _publication(con),
            _contents(con, counts),
            _sources(con, source_ids),
            _files(con, archive_ids),
        ]
        _write_notes(workbook, notes, blocks)
    return path


def as_text(name: str, data_type: str) -> str:
    """A select item as text: the members of a list are joined by semicolons."""
    return f"array_to_string({quoted(name)}, ';')" if data_type.endswith("[]") else f"{quoted(name)}::varchar"


def _of_mineral(con: duckdb.DuckDBPyConnection, table: str, mineral_id: str) -> str | None:
    names = {name for name, *_ in _described(con, table)}
    for column, condition in _OF_MINERAL.items():
        if column in names:
            return condition.format(mineral=literal(mineral_id))
    return None


def _described(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str, str | None, str | None]]:
    return con.execute(
        "select column_name, data_type, unit, description from meta.column_dictionary"
        " where schema_name = 'marts' and table_name = $1 order by position",
        [table],
    ).fetchall()


def _read(
    con: duckdb.DuckDBPyConnection, table: str, condition: str = "true"
) -> tuple[list[tuple[str, str, str | None, str | None]], pl.DataFrame]:
    """The descriptions of a mart's columns, and its rows in order."""
    described = _described(con, table)
    select = ", ".join(
        f"{as_text(name, kind)} as {quoted(name)}" if kind.endswith("[]") or kind == "JSON" else quoted(name)
        for name, kind, *_ in described
    )
    query = f"select {select} from {quoted('marts', table)} where {condition} order by all limit {SHEET_ROWS}"
    return described, pl.read_database(query, con)


def _ids(rows: pl.DataFrame, name: str) -> set[str]:
    """The members of an id column and of its plural."""
    columns = [rows[column] for column in (name, f"{name}s") if column in rows.columns]
    return {
        one for column in columns for cell in column.unique().drop_nulls() for one in str(cell).split(";")
    }


def _add_mart(
    workbook: Any,
    table: str,
    described: Sequence[tuple[str, str, str | None, str | None]],
    rows: pl.DataFrame,
) -> int:
    """Add one mart: a row of units, a row of names with notes, then the rows; returns their number."""
    sheet = workbook.add_worksheet(table[:31])
    formats: dict[Any, str] = {
        name: _NUMBER_FORMATS[unit] for name, _, unit, _ in described if unit in _NUMBER_FORMATS
    }
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
    return len(rows)


def _add_summary(workbook: Any, held: Sheet) -> None:
    """Add the tables of `minerals show`, one below the other."""
    sheet = workbook.add_worksheet("summary")
    bold, grey = workbook.add_format({"bold": True}), workbook.add_format({"italic": True})
    row = 0
    for subject in held.subjects:
        sheet.write_string(row, 0, subject.title, bold)
        lines = subject.rows or [(subject.without_rows,)]
        if subject.rows:
            row += 1
            sheet.write_row(row, 0, subject.columns, grey)
        for line in lines:
            row += 1
            for place, value in enumerate(line):
                sheet.write(row, place, value)
        row += 2
    sheet.set_column(0, 9, 22)
    sheet.hide_gridlines(2)


def _write_notes(workbook: Any, sheet: Any, blocks: Iterable[Block]) -> None:
    """Write the notes: the publication, the content of each sheet, and the citations."""
    bold = workbook.add_format({"bold": True})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
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


def _publication(con: duckdb.DuckDBPyConnection) -> Block:
    rows = con.execute("select build_id, built_at::varchar, version from meta.build_info").fetchall()
    return ("publication", "built (UTC)", "version"), rows


def _contents(con: duckdb.DuckDBPyConnection, counts: dict[str, int]) -> Block:
    found = con.execute(
        "select table_name, grain, description from meta.table_dictionary"
        " where schema_name = 'marts' order by all"
    ).fetchall()
    head = ("sheet", f"rows (a sheet shows {SHEET_ROWS:,} at most)", "key", "what a row is")
    return head, [(name, counts[name], *texts) for name, *texts in found if name in counts]


def _sources(con: duckdb.DuckDBPyConnection, chosen: Iterable[str] | None = None) -> Block:
    rows = con.execute(
        "select source_id, mode, vintage::varchar, licence, citation from meta.source_status"
        " where $1 is null or list_contains($1, source_id) order by all",
        [None if chosen is None else sorted(chosen)],
    ).fetchall()
    return ("source", "mode", "vintage", "licence", "citation"), rows


def _files(con: duckdb.DuckDBPyConnection, archive_ids: Iterable[str]) -> Block:
    return fetch(
        con,
        "select name as file, source_id as source, vintage::varchar as vintage, url as address,"
        " archive_id as sha256 from meta.archive where list_contains($1, archive_id) order by all",
        [sorted(archive_ids)],
    )
