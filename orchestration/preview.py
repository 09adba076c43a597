"""What a built table looks like, in numbers that the UI plots over time and a first look at its rows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
from dagster import MetadataValue

from warehouse.connect import quoted

PREVIEW_ROWS = 8
PREVIEW_COLUMNS = 10
BARS = 12
Relation = tuple[str, ...]


def row_counts(path: Path) -> dict[Relation, int]:
    """Rows of each table of a database file by ``(schema, table)``; empty where there is no file yet."""
    if not path.exists():
        return {}
    with duckdb.connect(str(path), read_only=True) as con:
        return {relation: _one(con, f"select count(*) from {quoted(*relation)}") for relation in _tables(con)}


def facts_of(path: Path, before: Mapping[Relation, int]) -> dict[Relation, dict[str, Any]]:
    """Metadata of each table of a database file.

    ``rows``, ``rows_delta`` against ``before``, ``usd_total`` of a column ``value_usd``, ``newest_period``, a
    preview, and for marts a small chart of rows by the first column.
    """
    if not path.exists():
        return {}
    with duckdb.connect(str(path), read_only=True) as con:
        return {relation: _facts(con, relation, before.get(relation, 0)) for relation in _tables(con)}


def _facts(con: duckdb.DuckDBPyConnection, relation: Relation, before: int) -> dict[str, Any]:
    name = quoted(*relation)
    columns = [column for column, *_ in con.execute(f"describe {name}").fetchall()]
    rows = _one(con, f"select count(*) from {name}")
    facts: dict[str, Any] = {
        "dagster/row_count": rows,
        "rows": rows,
        "rows_delta": rows - before,
        "preview": MetadataValue.md(_preview(con, name, columns)),
    }
    if "value_usd" in columns:
        facts["usd_total"] = float(_one(con, f"select coalesce(sum(value_usd), 0) from {name}"))
    dated = next((column for column in ("period", "year") if column in columns), None)
    if dated:
        facts["newest_period"] = str(_one(con, f"select max({quoted(dated)}) from {name}") or "")
    if relation[0] == "marts" and rows:
        facts["rows_by"] = MetadataValue.md(_bars(con, name, columns[0]))
    return facts


def _preview(con: duckdb.DuckDBPyConnection, name: str, columns: list[str]) -> str:
    shown = columns[:PREVIEW_COLUMNS]
    listed = ", ".join(f"{quoted(column)}::varchar" for column in shown)
    rows = con.execute(f"select {listed} from {name} limit {PREVIEW_ROWS}").fetchall()
    head = [f"| {' | '.join(shown)} |", f"|{' --- |' * len(shown)}"]
    return "\n".join([*head, *(f"| {' | '.join(map(_cell, row))} |" for row in rows)])


def _bars(con: duckdb.DuckDBPyConnection, name: str, column: str) -> str:
    rows = con.execute(
        f"select {quoted(column)}::varchar, count(*) from {name} group by 1 order by 2 desc, 1 limit {BARS}"
    ).fetchall()
    longest = rows[0][1]
    head = [f"| {column} | rows | |", "| --- | ---: | --- |"]
    bars = [f"| {_cell(value)} | {count:,} | {'█' * round(24 * count / longest)} |" for value, count in rows]
    return "\n".join([*head, *bars])


def _cell(value: str | None) -> str:
    return (value or "").replace("|", "\\|").replace("\n", " ")[:60]


def _tables(con: duckdb.DuckDBPyConnection) -> list[Relation]:
    return con.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name = current_database() order by all"
    ).fetchall()


def _one(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    return con.execute(query).fetchall()[0][0]
