"""Metadata of a built table: numbers that the UI plots over time, and a preview of its rows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import orjson
from dagster import MetadataValue

from warehouse.connect import literal, opened, quoted
from warehouse.diff import markdown_text

PREVIEW_ROWS = 8
PREVIEW_COLUMNS = 10
BARS = 12
_UNMAPPED = {"unmapped_countries": ("partner_iso3", "country_iso3"), "unmapped_codes": ("mineral_id",)}

Relation = tuple[str, ...]


def row_counts(path: Path) -> dict[Relation, int]:
    """Row counts of the tables of a database file by ``(schema, table)``; empty if there is no file yet."""
    if not path.exists():
        return {}
    with opened(str(path), read_only=True) as con:
        return {relation: _one(con, f"select count(*) from {quoted(*relation)}") for relation in _tables(con)}


def facts_of(path: Path, before: Mapping[Relation, int]) -> dict[Relation, dict[str, Any]]:
    """Metadata of each table of a database file.

    ``rows``, ``rows_delta`` against ``before``, ``usd_total`` of ``value_usd``, ``newest_period``, rows with
    an unknown country or mineral (``unmapped_countries``, ``unmapped_codes``), a preview, and for marts a
    small chart of rows by the first column.
    """
    if not path.exists():
        return {}
    with opened(str(path), read_only=True) as con:
        return {relation: _facts(con, relation, before.get(relation, 0)) for relation in _tables(con)}


def compiled_sql(run_results: Path, unique_id: str) -> str | None:
    """The SQL that dbt ran for one of its nodes, from its `run_results.json`."""
    results = orjson.loads(run_results.read_bytes())["results"] if run_results.exists() else []
    return next((one.get("compiled_code") for one in results if one["unique_id"] == unique_id), None)


def failing_rows(build: Path, raw: Path, sql: str | None) -> MetadataValue:
    """The first rows that a failed data test selects, or the reason why there are none."""
    if not sql:
        return MetadataValue.text("This check selects no rows; dbt's log has what it expected.")
    try:
        with opened(str(build), read_only=True) as con:
            con.execute(f"attach {literal(str(raw))} as landing (read_only)")
            return MetadataValue.md(_preview(con, f"({sql.strip().rstrip(';')})"))
    except duckdb.Error as error:
        return MetadataValue.text(str(error))


def _facts(con: duckdb.DuckDBPyConnection, relation: Relation, before: int) -> dict[str, Any]:
    name = quoted(*relation)
    columns = _columns(con, name)
    rows = _one(con, f"select count(*) from {name}")
    facts: dict[str, Any] = {
        "dagster/row_count": rows,
        "rows": rows,
        "rows_delta": rows - before,
        "preview": MetadataValue.md(_preview(con, name)),
    }
    if "value_usd" in columns:
        facts["usd_total"] = float(_one(con, f"select coalesce(sum(value_usd), 0) from {name}"))
    for fact, candidates in _UNMAPPED.items():
        if column := next((one for one in candidates if one in columns), None):
            facts[fact] = _one(con, f"select count(*) from {name} where {quoted(column)} is null")
    dated = next((column for column in ("period", "year") if column in columns), None)
    if dated:
        facts["newest_period"] = str(_one(con, f"select max({quoted(dated)}) from {name}") or "")
    if relation[0] == "marts" and rows:
        facts["rows_by"] = MetadataValue.md(_bars(con, name, columns[0]))
    return facts


def _columns(con: duckdb.DuckDBPyConnection, rows: str) -> list[str]:
    return [column for column, *_ in con.execute(f"describe select * from {rows}").fetchall()]


def _preview(con: duckdb.DuckDBPyConnection, rows: str) -> str:
    shown = _columns(con, rows)[:PREVIEW_COLUMNS]
    listed = ", ".join(f"{quoted(column)}::varchar" for column in shown)
    found = con.execute(f"select {listed} from {rows} limit {PREVIEW_ROWS}").fetchall()
    head = [f"| {' | '.join(shown)} |", f"|{' --- |' * len(shown)}"]
    return "\n".join([*head, *(f"| {' | '.join(map(_cell, row))} |" for row in found)])


def _bars(con: duckdb.DuckDBPyConnection, name: str, column: str) -> str:
    rows = con.execute(
        f"select {quoted(column)}::varchar, count(*) from {name} group by 1 order by 2 desc, 1 limit {BARS}"
    ).fetchall()
    longest = rows[0][1]
    head = [f"| {column} | rows | |", "| --- | ---: | --- |"]
    bars = [f"| {_cell(value)} | {count:,} | {'█' * round(24 * count / longest)} |" for value, count in rows]
    return "\n".join([*head, *bars])


def _cell(value: str | None) -> str:
    return markdown_text((value or "")[:60])


def _tables(con: duckdb.DuckDBPyConnection) -> list[Relation]:
    return con.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name = current_database() order by all"
    ).fetchall()


def _one(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    return con.execute(query).fetchall()[0][0]
