"""The SQL macros of the published file: one file each in `warehouse/macros/`, with the name of the macro."""

import re
from collections.abc import Iterable
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from warehouse.connect import quoted

FOLDER = Path(__file__).parent / "macros"


def install(con: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    """Create every macro in `main` and drop those without a file.

    Returns:
        The macros' names.

    Raises:
        duckdb.Error: A macro reads a table or column missing from the build.
    """
    present = con.execute(
        "select distinct function_name, function_type from duckdb_functions()"
        " where database_name = current_database() and not internal"
    ).fetchall()
    for name, kind in present:
        con.execute(f"drop {'macro table' if kind == 'table_macro' else 'macro'} main.{quoted(name)}")
    texts = {file.stem: file.read_text() for file in sorted(folder.glob("*.sql"))}
    for name in TopologicalSorter(
        {name: _called(name, text, texts) for name, text in texts.items()}
    ).static_order():
        con.execute(texts[name])
    return list(texts)


def _called(name: str, text: str, all_names: Iterable[str]) -> set[str]:
    """The macros that one calls, which must be created first."""
    return {other for other in all_names if other != name and re.search(rf"\b{other}\(", text)}
