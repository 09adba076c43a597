"""The sources and flags of the rows of a reader's statement, though the statement does not select them.

A statement that reads tables by name, alone or joined, gets their columns of sources and flags after its own.
Others, such as sums over groups, mix rows: they are run as written, and only their tables are known.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.serve.provenance import FLAG_COLUMNS, SOURCE_COLUMNS

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Carried:
    """The distinct values of the columns added to a statement, and the tables whose sources they name."""

    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    tables: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Extended:
    """A statement with columns added at its end."""

    relation: duckdb.DuckDBPyRelation
    columns: Sequence[str] = ()
    tables: Sequence[str] = ()


def extended(con: duckdb.DuckDBPyConnection, sql: str) -> Extended:
    """A single SELECT, with the sources and flags of the tables that it reads if its rows are theirs."""
    [[text]] = con.execute("select json_serialize_sql($1)", [sql]).fetchall()
    parsed = json.loads(text)
    node = parsed["statements"][0]["node"] if not parsed["error"] else {}
    added: list[tuple[str, str]] = []
    tables = []
    for table, alias in _tables(node):
        columns = _columns(con, table)
        if any(column in SOURCE_COLUMNS for column in columns):
            tables.append(table)
        added += [(alias, column) for column in columns]
    if added and _is_as_many(node):
        node["select_list"] += [_reference(*one, f"carried_{place}") for place, one in enumerate(added)]
        try:
            [[longer]] = con.execute("select json_deserialize_sql($1)", [json.dumps(parsed)]).fetchall()
            return Extended(con.query(longer), [column for _, column in added], tables)
        except duckdb.Error:
            pass  # sums, and names that clash; if the statement itself is wrong, its own message says so
    return Extended(con.query(sql))


def _tables(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The tables that a SELECT reads by their full names, with the names that it gives them."""
    waiting = [node["from_table"]] if node.get("type") == "SELECT_NODE" and not node["cte_map"]["map"] else []
    while waiting:
        read = waiting.pop()
        if read["type"] == "JOIN":
            waiting += [read["left"], read["right"]]
        elif read["type"] == "BASE_TABLE" and read["schema_name"]:
            yield f"{read['schema_name']}.{read['table_name']}".lower(), read["alias"] or read["table_name"]


def _is_as_many(node: Mapping[str, Any]) -> bool:
    """Whether a SELECT has as many rows with more columns; `distinct` and `group by all` depend on them."""
    is_distinct = any(one["type"] == "DISTINCT_MODIFIER" for one in node["modifiers"])
    return not is_distinct and node["aggregate_handling"] == "STANDARD_HANDLING"


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    found = con.execute(
        "select column_name from duckdb_columns() where lower(schema_name || '.' || table_name) = $1"
        " and column_name in (select unnest($2::varchar[])) order by column_index",
        [table, [*SOURCE_COLUMNS, *FLAG_COLUMNS]],
    ).fetchall()
    return [name for (name,) in found]


def _reference(alias: str, column: str, named: str) -> Json:
    return {"class": "COLUMN_REF", "type": "COLUMN_REF", "alias": named, "column_names": [alias, column]}
