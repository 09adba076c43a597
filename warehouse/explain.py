"""Traces a published figure back to the publishers' files: formula, inputs, and bytes.

The inputs of a table are data, not code: `meta.explain_inputs` names them, with the SQL condition that joins
a row of the table (``figure``) to the rows of its input (``input``). A chain ends at tables whose rows carry
the sha256 of publishers' files, listed in `meta.archive`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.connect import quoted
from warehouse.keys import count_of, placed, quoted_table, rows_with, table_facts

MOST_FIGURES = 50
"""Maximum number of mart rows explained at once; beyond it, the caller must give more of the key."""
SHOWN_ROWS = 20
ARCHIVE_COLUMNS = ["archive_id", "archive_ids"]

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class File:
    """A publisher's file. ``archive_id`` is the sha256 of its bytes; the rest is None if it is not listed."""

    archive_id: str
    publisher: str | None
    edition: str | None
    name: str | None
    vintage: str | None
    url: str | None
    licence: str | None


@dataclass(frozen=True, slots=True)
class Input:
    """Rows of one table that feed a figure: their number, the first of them, and the files they come from."""

    table: str
    feeds: str
    row_count: int
    rows: list[Row]
    files: list[File]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Rows of a mart, the meaning of their columns, their inputs (nearest first), and all their files."""

    mart: str
    description: str
    key: dict[str, str]
    figures: list[Row]
    formulas: dict[str, str]
    inputs: list[Input]
    files: list[File]


def explain(con: duckdb.DuckDBPyConnection, mart: str, values: Sequence[str]) -> Explanation:
    """Trace the rows of a mart that have the given key values.

    Args:
        con: A reader on the publication.
        mart: Name of a table of marts or core, with or without its schema.
        values: Values of key columns, in the key's order; columns may be omitted, or named as
            ``column=value``. A year matches a date in it.

    Raises:
        LookupError: No such mart, no such value, or too many rows; the message says what exists.
    """
    table, grain, description = table_facts(con, mart)
    key = placed(con, table, grain, values)
    figures_sql = f"select * {rows_with(table, key)}"
    count = count_of(con, figures_sql)
    if count == 0:
        raise LookupError(f"{table} has no row with {_key_in_words(key)}.")
    if count > MOST_FIGURES:
        raise LookupError(f"{table} has {count:,} such rows; give more of its key ({', '.join(grain)}).")
    order = ", ".join(f"{quoted(column)} desc" for column in reversed(grain)) or "all"
    inputs = list(_trace(con, table, figures_sql))
    files = {*_files(con, table, figures_sql), *(file for found in inputs for file in found.files)}
    return Explanation(
        mart=table,
        description=description,
        key=key,
        figures=_rows(con, f"{figures_sql} order by {order}"),
        formulas=_formulas(con, table, grain),
        inputs=inputs,
        files=sorted(files, key=lambda file: file.archive_id),
    )


def _formulas(con: duckdb.DuckDBPyConnection, table: str, grain: Sequence[str]) -> dict[str, str]:
    schema, name = table.split(".")
    return {
        column: f"{description} [{unit}]" if unit else description
        for column, description, unit in con.execute(
            "select column_name, description, unit from meta.column_dictionary"
            " where schema_name = $1 and table_name = $2 and description is not null order by position",
            [schema, name],
        ).fetchall()
        if column not in grain
    }


def _trace(con: duckdb.DuckDBPyConnection, table: str, figures_sql: str) -> Iterator[Input]:
    """The inputs of some rows of a table, and recursively their inputs."""
    for source, condition in con.execute(
        "select input_table, condition from meta.explain_inputs where table_name = $1 order by input_table",
        [table],
    ).fetchall():
        feeding = (
            f"select input.* from {quoted_table(source)} as input"
            f" where exists (select 1 from ({figures_sql}) as figure where {condition})"
        )
        count = count_of(con, feeding)
        if count == 0:
            continue
        yield Input(
            table=source,
            feeds=table,
            row_count=count,
            rows=_rows(con, f"{feeding} order by all limit {SHOWN_ROWS}"),
            files=_files(con, source, feeding),
        )
        yield from _trace(con, source, feeding)


def _files(con: duckdb.DuckDBPyConnection, table: str, rows_sql: str) -> list[File]:
    """The files that rows name, several separated by ``;``; none if the table has no such column."""
    schema, name = table.split(".")
    carried = con.execute(
        "select column_name from meta.column_dictionary"
        " where schema_name = $1 and table_name = $2 and column_name in (select unnest($3))",
        [schema, name, ARCHIVE_COLUMNS],
    ).fetchone()
    if carried is None:
        return []
    return [
        File(*row)
        for row in con.execute(
            f"""
            with named as (
                select distinct unnest(string_split({quoted(carried[0])}, ';')) as archive_id
                from ({rows_sql})
            )

            select
                named.archive_id,
                any_value(archive.publisher),
                any_value(archive.edition),
                any_value(archive.name),
                max(archive.vintage)::varchar,
                any_value(archive.url),
                any_value(archive.licence),
            from named
            left join meta.archive as archive using (archive_id)
            where named.archive_id != ''
            group by named.archive_id
            order by named.archive_id
            """
        ).fetchall()
    ]


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    found = con.execute(sql)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _key_in_words(key: dict[str, str]) -> str:
    return " and ".join(f"{column} {value}" for column, value in key.items())
