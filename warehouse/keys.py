"""Rows of a published table, found by the values of its key."""

from collections.abc import Sequence
from difflib import get_close_matches

import duckdb

from warehouse.connect import literal, quoted


def table_facts(con: duckdb.DuckDBPyConnection, asked: str) -> tuple[str, list[str], str]:
    """A table by name, with its grain and description; without a schema, marts take precedence over core."""
    known = con.execute(
        "select schema_name || '.' || table_name, table_name, grain, description from meta.table_dictionary"
        " where schema_name in ('core', 'marts') order by schema_name desc, table_name"
    ).fetchall()
    for table, name, grain, description in known:
        if asked in {table, name}:
            return table, (grain.split(", ") if grain else []), description or ""
    near = get_close_matches(asked.rpartition(".")[2], [name for _, name, *_ in known], cutoff=0.5)
    meant = f"did you mean {' or '.join(near)}?" if near else "`minerals find` searches the tables by words."
    raise LookupError(f"There is no table {asked} in marts or core; {meant}")


def placed(
    con: duckdb.DuckDBPyConnection, table: str, grain: Sequence[str], values: Sequence[str]
) -> dict[str, str]:
    """Assign each value to the first free key column that contains it."""
    key: dict[str, str] = {}
    for given in values:
        column, _, value = given.partition("=")
        is_named = column in grain and column != given
        candidates = [column] if is_named else [name for name in grain if name not in key]
        sought = value if is_named else given
        fitting = (name for name in candidates if _holds(con, table, name, sought))
        chosen = next(fitting, None)
        if chosen is None:
            raise LookupError(f"{table} has no row for {given}; its key is {', '.join(grain)}.")
        key[chosen] = sought
    return key


def _holds(con: duckdb.DuckDBPyConnection, table: str, column: str, value: str) -> bool:
    return count_of(con, f"select 1 from {quoted_table(table)} where {equals(column, value)} limit 1") > 0


def equals(column: str, value: str) -> str:
    """Whether a column has a value, ignoring case; ``2024`` or ``2024-05`` matches the dates in it."""
    text = f"{quoted(column)}::varchar"
    within = f"typeof({quoted(column)}) = 'DATE' and starts_with({text}, {literal(value)})"
    return f"(lower({text}) = lower({literal(value)}) or ({within}))"


def rows_with(table: str, key: dict[str, str]) -> str:
    """The SQL for the rows of a table that have the values of a key."""
    return f"from {quoted_table(table)} where " + (
        " and ".join(equals(*one) for one in key.items()) or "true"
    )


def count_of(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    """The number of rows of a statement."""
    return int(con.execute(f"select count(*) from ({sql})").fetchall()[0][0])


def quoted_table(table: str) -> str:
    """A full name of a table for SQL."""
    return quoted(*table.split("."))
