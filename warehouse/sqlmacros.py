"""The SQL macros of the published file: one file of `warehouse/macros/` each, its name the macro's."""

from pathlib import Path

import duckdb

from warehouse.connect import quoted

FOLDER = Path(__file__).parent / "macros"


def install(con: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    """Create every macro in `main`, dropping those that no longer have a file.

    Returns:
        The macros' names.

    Raises:
        duckdb.Error: A macro reads a table or column that the build lacks.
    """
    present = con.execute(
        "select distinct function_name, function_type from duckdb_functions()"
        " where database_name = current_database() and not internal"
    ).fetchall()
    for name, kind in present:
        con.execute(f"drop {'macro table' if kind == 'table_macro' else 'macro'} main.{quoted(name)}")
    files = sorted(folder.glob("*.sql"))
    for file in files:
        con.execute(file.read_text())
    return [file.stem for file in files]
