"""Descriptions in the published file: comments, a dictionary of tables and one of columns, with units."""

from collections.abc import Mapping
from typing import Any

import duckdb

from warehouse.connect import literal, quoted
from warehouse.units import unit_of

PUBLISHED_SCHEMAS = ("core", "marts", "meta")

_DICTIONARIES = {
    "table_dictionary": (
        "One row for each table that is published.",
        {
            "schema_name": (
                "VARCHAR",
                "`core` facts and dimensions, `marts` answers, `meta` about this file.",
            ),
            "table_name": ("VARCHAR", "Table."),
            "description": ("VARCHAR", "What a row of the table is."),
            "grain": ("VARCHAR", "Columns that together name a row, separated by `, `; null without a key."),
            "row_count": ("BIGINT", "Rows of the table in this publication."),
        },
    ),
    "column_dictionary": (
        "One row for each column that is published.",
        {
            "schema_name": ("VARCHAR", "Schema of the column's table."),
            "table_name": ("VARCHAR", "Table of the column."),
            "position": ("INTEGER", "Place of the column in its table, from 1."),
            "column_name": ("VARCHAR", "Column."),
            "data_type": ("VARCHAR", "Type in DuckDB."),
            "unit": (
                "VARCHAR",
                "Unit of a number by its name (`_t` metric tons, `_pct` 0-100); null without one.",
            ),
            "description": ("VARCHAR", "What the column holds, with its formula."),
        },
    ),
}

Grains = Mapping[tuple[str, str], list[str]]
"""Key columns by schema and table."""


def grains(manifest: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    """Each model's key columns, as its uniqueness tests state them in dbt's manifest.

    A test over several columns (an argument that lists them) is preferred to one over a single column.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for node in manifest["nodes"].values():
        test = node.get("test_metadata") or {}
        model = manifest["nodes"].get(node.get("attached_node") or "")
        if not model or not str(test.get("name", "")).startswith("unique"):
            continue
        listed = [value for value in test["kwargs"].values() if isinstance(value, list)]
        key = listed[0] if listed else [node["column_name"]]
        relation = (model["schema"], model["name"])
        if len(key) > len(found.get(relation, [])):
            found[relation] = key
    return found


def tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Schema and name of every published table, sorted."""
    return con.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name = current_database() and schema_name in (select unnest($1)) order by all",
        [list(PUBLISHED_SCHEMAS)],
    ).fetchall()


def row_counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows of every published table, by ``schema.table``."""
    return {
        f"{schema}.{table}": con.execute(f"select count(*) from {quoted(schema, table)}").fetchall()[0][0]
        for schema, table in tables(con)
    }


def comment(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, text: str, columns: Mapping[str, str]
) -> None:
    """Set the comments of a table that is not built by dbt."""
    con.execute(f"comment on table {quoted(schema, table)} is {literal(text)}")
    for column, note in columns.items():
        con.execute(f"comment on column {quoted(schema, table, column)} is {literal(note)}")


def describe(con: duckdb.DuckDBPyConnection, keys: Grains) -> None:
    """Write `meta.table_dictionary` and `meta.column_dictionary` from the comments of all tables."""
    for name, (text, columns) in _DICTIONARIES.items():
        typed = ", ".join(f"{column} {kind}" for column, (kind, _) in columns.items())
        con.execute(f"create or replace table meta.{name} ({typed})")
        comment(con, "meta", name, text, {column: note for column, (_, note) in columns.items()})
    names = con.execute("select distinct column_name from duckdb_columns()").fetchall()
    units = {name: unit for (name,) in names if (unit := unit_of(name))}
    con.execute(
        """
        insert into meta.column_dictionary
        select
            schema_name,
            table_name,
            column_index as position,
            column_name,
            data_type,
            if(
                data_type in ('VARCHAR', 'BOOLEAN', 'DATE'),
                null,
                map($2::varchar[], $3::varchar[])[column_name]
            ) as unit,
            comment as description,
        from duckdb_columns()
        where database_name = current_database() and schema_name in (select unnest($1))
        order by all
        """,
        [list(PUBLISHED_SCHEMAS), list(units), list(units.values())],
    )
    described = con.execute(
        "select schema_name, table_name, comment from duckdb_tables()"
        " where database_name = current_database() and schema_name in (select unnest($1)) order by all",
        [list(PUBLISHED_SCHEMAS)],
    ).fetchall()
    counts = row_counts(con) | {"meta.table_dictionary": len(described)}
    con.executemany(
        "insert into meta.table_dictionary values ($1, $2, $3, $4, $5)",
        [
            (
                schema,
                table,
                text,
                ", ".join(keys.get((schema, table), [])) or None,
                counts[f"{schema}.{table}"],
            )
            for schema, table, text in described
        ],
    )
