"""The sources of published tables: those named in a column, or else those of their input tables."""

from collections.abc import Iterable

import duckdb

from warehouse.connect import quoted


def sources_behind(con: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> set[str]:
    """The sources of tables: those named in a column, or else those of the tables that feed them."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [table for table in tables if not table.startswith("meta.")]
    while waiting:
        table = waiting.pop()
        if table in seen:
            continue
        seen.add(table)
        column = _source_column(con, table)
        if column:
            named = con.execute(
                f"select distinct unnest(string_split({quoted(column)}::varchar, ';'))"
                f" from {quoted(*table.split('.'))}"
            ).fetchall()
            found |= {name for (name,) in named if name}
        else:
            waiting += [
                name
                for (name,) in con.execute(
                    "select distinct input_table from meta.explain_inputs where table_name = $1", [table]
                ).fetchall()
            ]
    return found


def _source_column(con: duckdb.DuckDBPyConnection, table: str) -> str | None:
    schema, name = table.split(".")
    found = con.execute(
        "select column_name from meta.column_dictionary where schema_name = $1 and table_name = $2"
        " and column_name in ('source_id', 'source_ids') order by column_name limit 1",
        [schema, name],
    ).fetchone()
    return str(found[0]) if found else None
