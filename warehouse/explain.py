"""Traces a published figure back to the publishers' files: formula, inputs, and bytes.

The inputs of a table are data, not code: `meta.explain_inputs` names them, with the SQL condition that joins
a row of the table (``figure``) to the rows of its input (``input``). A chain ends at tables whose rows carry
the sha256 of publishers' files, listed in `meta.archive`.
"""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import duckdb

from warehouse.connect import literal, quoted

MOST_FIGURES = 50
"""Maximum number of mart rows explained at once; beyond it, the caller must give more of the key."""
SHOWN_ROWS = 20
ARCHIVE_COLUMNS = ["archive_id", "archive_ids"]

_SLOT = re.compile(r"\{(\w+)(?::(-?\d+))?\}")

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
    table, grain, description = _table_facts(con, mart)
    key = _place(con, table, grain, values)
    figures_sql = f"select * from {_quoted(table)} where " + (
        " and ".join(_equals(column, value) for column, value in key.items()) or "true"
    )
    count = _count(con, figures_sql)
    if count == 0:
        raise LookupError(f"{table} has no row with {_spoken(key)}.")
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


@dataclass(frozen=True, slots=True)
class Trace:
    """The command that explains the figures behind a row of an answer.

    If the row is made of many figures, the command explains the one with the most of ``by``, a column of the
    table or a column relative to another; otherwise ``by`` is empty. ``has_files`` is whether publishers'
    files are behind the table; without them it is a list that is kept here.
    """

    command: str
    table: str
    by: str = ""
    has_files: bool = True


def trace_of(
    con: duckdb.DuckDBPyConnection, tables: Sequence[str], row: Row, traced: str = ""
) -> Trace | None:
    """The trace of a row of an answer, by the keys that the row has.

    ``traced`` names a table and its keys where these have other names in the row or are of the question:
    ``marts.import_sources area=USA supplier_iso3={hub_iso3} period={years:4}``, by the first four letters.
    With ``by=value_usd`` or ``by=difference/published`` the columns need not be keys, a value may end in
    ``*``, and of several rows the one with the most is explained, or the one that has the values after
    ``by``. Designs are separated by semicolons; the first that fits the row is used.
    """
    return _by_design(con, row, traced) or _by_keys(con, tables, row)


def _by_design(con: duckdb.DuckDBPyConnection, row: Row, traced: str) -> Trace | None:
    for design in filter(None, map(str.strip, traced.split(";"))):
        table, *columns = design.split()
        if any(row.get(slot[1]) is None for slot in _SLOT.finditer(design)):
            continue
        keys = [_SLOT.sub(lambda slot: _cut(row.get(slot[1]), slot[2]), one) for one in columns]
        is_of_most = any(key.startswith("by=") for key in keys)
        found = _of_most(con, table, keys) if is_of_most else _of_fewest(con, {table: keys})
        if found:
            return found
    return None


def _by_keys(con: duckdb.DuckDBPyConnection, tables: Sequence[str], row: Row) -> Trace | None:
    """The trace by the keys of the tables that the row has as columns."""
    grains = {table: _table_facts(con, table)[1] for table in tables}
    return _of_fewest(
        con,
        {
            table: [str(row[name]) for name in grain if row.get(name) is not None]
            for table, grain in grains.items()
        },
    )


def _of_fewest(con: duckdb.DuckDBPyConnection, keys_of: dict[str, list[str]]) -> Trace | None:
    """The trace by the table with the fewest rows that have the values of its keys."""
    found: dict[Trace, int] = {}
    for table, values in keys_of.items():
        _, grain, _ = _table_facts(con, table)
        try:
            key = _place(con, table, grain, values)
        except LookupError:
            continue
        rows_sql = _rows_with(table, key)
        count = _count(con, rows_sql)
        if key and 0 < count <= MOST_FIGURES:
            found[Trace(_command(table, values), table, has_files=_have_files(con, table, rows_sql))] = count
    return min(found, key=lambda one: found[one], default=None)


def _of_most(con: duckdb.DuckDBPyConnection, table: str, keys: Sequence[str]) -> Trace | None:
    """The trace of the row with the most of a column, of those with the values, by as few keys as needed."""
    _, grain, _ = _table_facts(con, table)
    at = next(at for at, key in enumerate(keys) if key.startswith("by="))
    by = keys[at].removeprefix("by=")
    has_values, is_chosen = (
        " and ".join(_is_alike(*key.split("=", 1)) for key in part) or "true"
        for part in (keys[:at], keys[at + 1 :])
    )
    of, _, to = by.partition("/")
    size = f"abs({quoted(of)})" + (f" / nullif(abs({quoted(to)}), 0)" if to else "")
    keyed = ", ".join(map(quoted, grain))
    rows = con.execute(
        f"select {keyed}, count(*) over () from {_quoted(table)}"
        f" where {has_values} order by if({is_chosen}, 0, 1), {size} desc nulls last, {keyed} limit 1"
    ).fetchall()
    for *values, count in rows:
        key = {column: str(value) for column, value in zip(grain, values, strict=True) if value is not None}
        for column in reversed(grain):
            fewer = {name: value for name, value in key.items() if name != column}
            if fewer and _count(con, _rows_with(table, fewer)) == 1:
                key = fewer
        command = _command(table, [f"{column}={value}" for column, value in key.items()])
        has_files = _have_files(con, table, _rows_with(table, key))
        return Trace(command, table, by if count > 1 else "", has_files)
    return None


def _rows_with(table: str, key: dict[str, str]) -> str:
    """The SQL for the rows of a table that have the values of a key."""
    return f"from {_quoted(table)} where " + (" and ".join(_equals(*one) for one in key.items()) or "true")


def _is_alike(column: str, value: str) -> str:
    """Whether a column has a value or, before ``*``, begins with it; an underscore counts as a space."""
    if value.endswith("*"):
        return f"starts_with({quoted(column)}::varchar, {literal(value[:-1])})"
    text = f"replace(lower(coalesce({quoted(column)}::varchar, '')), '_', ' ')"
    return f"({text} = replace(lower({literal(value)}), '_', ' ') or {_equals(column, value)})"


def _have_files(con: duckdb.DuckDBPyConnection, table: str, rows_sql: str) -> bool:
    """Whether publishers' files are behind rows.

    Their sources tell, since a list that is entered by hand has none; rows without sources have the files of
    the table's inputs.
    """
    sources = con.execute(
        "select column_name from meta.column_dictionary where concat(schema_name, '.', table_name) = $1"
        " and column_name in ('source_ids', 'source_id')",
        [table],
    ).fetchone()
    if sources is None:
        return _reaches_files(con, table)
    named = f"select unnest(string_split({quoted(sources[0])}, ';')) as source_id {rows_sql}"
    return _count(con, f"from ({named}) inner join meta.archive using (source_id)") > 0


def _reaches_files(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether a table, or an input of it at any distance, has a column of publishers' files."""
    sql = """
        with recursive behind as (
            select $1 as table_name
            union
            select inputs.input_table
            from meta.explain_inputs as inputs
            inner join behind on inputs.table_name = behind.table_name
        )

        from meta.column_dictionary as columns
        inner join behind on concat(columns.schema_name, '.', columns.table_name) = behind.table_name
        where columns.column_name in (select unnest($2))
        limit 1
    """
    return con.execute(sql, [table, ARCHIVE_COLUMNS]).fetchone() is not None


def _command(table: str, values: Sequence[str]) -> str:
    return shlex.join(["minerals", "explain", table.partition(".")[2], *values])


def _cut(value: Any, letters: str | None) -> str:
    """The first letters of a value, or the last."""
    text, count = str(value), int(letters or 0)
    return text[count:] if count < 0 else text[: count or None]


def _table_facts(con: duckdb.DuckDBPyConnection, asked: str) -> tuple[str, list[str], str]:
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


def _place(
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
    return _count(con, f"select 1 from {_quoted(table)} where {_equals(column, value)} limit 1") > 0


def _equals(column: str, value: str) -> str:
    """Whether a column has a value, ignoring case; ``2024`` or ``2024-05`` matches the dates in it."""
    text = f"{quoted(column)}::varchar"
    within = f"typeof({quoted(column)}) = 'DATE' and starts_with({text}, {literal(value)})"
    return f"(lower({text}) = lower({literal(value)}) or ({within}))"


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
            f"select input.* from {_quoted(source)} as input"
            f" where exists (select 1 from ({figures_sql}) as figure where {condition})"
        )
        count = _count(con, feeding)
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


def _count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(con.execute(f"select count(*) from ({sql})").fetchall()[0][0])


def _quoted(table: str) -> str:
    return quoted(*table.split("."))


def _spoken(key: dict[str, str]) -> str:
    return " and ".join(f"{column} {value}" for column, value in key.items())
