"""Export published tables for other tools: Parquet, CSV safe in spreadsheets, and a formatted workbook."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import duckdb

from warehouse.connect import literal, quoted
from warehouse.dictionary import tables
from warehouse.workbook import as_text, write_marts

Format = Literal["parquet", "csv", "xlsx"]
FORMATS: tuple[Format, ...] = ("parquet", "csv", "xlsx")
WORKBOOK = "minerals.xlsx"

_FORMULA_START = r"(?s)^(?:[=+@\t\r]|-.)"
"""A dash alone, as publishers print it, is a text to every spreadsheet."""
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


def export(
    con: duckdb.DuckDBPyConnection, folder: Path, formats: Iterable[Format] = FORMATS
) -> Iterator[Path]:
    """Write all published tables into ``folder`` and yield each finished file.

    Parquet and CSV go to ``<schema>/<table>.<format>``; the workbook has one sheet per mart. Text that a
    spreadsheet would run as a formula is prefixed with an apostrophe in CSV, and is stored as text in the
    workbook.

    Args:
        con: A connection on the publication that may write files (`connect(path, sealed=False)`).
        folder: Target; existing files are overwritten.
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
    """A select item whose text no spreadsheet would run as a formula."""
    if data_type.startswith(_PLAIN) and not data_type.endswith("[]"):
        return quoted(name)
    text = as_text(name, data_type)
    escaped = f"regexp_replace({text}, {literal(f'({_FORMULA_START})')}, '''\\1')"
    return f"{escaped} as {quoted(name)}"


def _workbook(con: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[Path]:
    yield write_marts(con, folder / WORKBOOK)
