"""The command that explains a row of an answer."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.connect import literal, quoted
from warehouse.explain import ARCHIVE_COLUMNS, MOST_FIGURES, Row
from warehouse.keys import count_of, equals, placed, quoted_table, rows_with, table_facts
from warehouse.units import heading

_SLOT = re.compile(r"\{(\w+)(?::(-?\d+))?\}")


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

    @property
    def note(self) -> str:
        """The note that ends an answer: how its first row is traced."""
        size = " relative to ".join(map(heading, self.by.split("/")))
        size = size.replace(" low", ", lower bound").replace(" high", ", upper bound")
        row = f"the largest part of the first row, by {size}," if size else "the first row"
        row = row if self.has_files else row.removesuffix(",")
        by_hand = "; it was entered by hand, and no publisher's file is behind it."
        end = " to the publishers' files." if self.has_files else by_hand
        return f"`{self.command}` traces {row}{end}"


def trace_of(
    con: duckdb.DuckDBPyConnection, tables: Sequence[str], row: Row, traced: str = ""
) -> Trace | None:
    """The trace of a row of an answer, by the keys that the row has.

    ``traced`` names a table, and its keys if the row has them under other names or the question sets them:
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
    grains = {table: table_facts(con, table)[1] for table in tables}
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
        _, grain, _ = table_facts(con, table)
        try:
            key = placed(con, table, grain, values)
        except LookupError:
            continue
        rows_sql = rows_with(table, key)
        count = count_of(con, rows_sql)
        if key and 0 < count <= MOST_FIGURES:
            found[Trace(_command(table, values), table, has_files=_have_files(con, table, rows_sql))] = count
    return min(found, key=lambda one: found[one], default=None)


def _of_most(con: duckdb.DuckDBPyConnection, table: str, keys: Sequence[str]) -> Trace | None:
    """The trace of the row with the most of a column, of those with the values, by as few keys as needed."""
    _, grain, _ = table_facts(con, table)
    at = next(at for at, key in enumerate(keys) if key.startswith("by="))
    by = keys[at].removeprefix("by=")
    has_values, is_chosen = (
        " and ".join(_is_alike(*key.split("=", 1)) for key in part) or "true"
        for part in (keys[:at], keys[at + 1 :])
    )
    of, _, to = by.partition("/")
    size = f"abs({quoted(of)})" + (f" / nullif(abs({quoted(to)}), 0)" if to else "")
    keyed = ", ".join(map(quoted, grain))
    is_unnamed = " or ".join(f"{quoted(one)} = 'ZZZ'" for one in grain if one.endswith("_iso3")) or "false"
    rows = con.execute(
        f"select {keyed}, count(*) over () from {quoted_table(table)}"
        f" where {has_values}"
        f" order by if({is_chosen}, 0, 1), if({is_unnamed}, 1, 0), {size} desc nulls last, {keyed} limit 1"
    ).fetchall()
    for *values, count in rows:
        key = {column: str(value) for column, value in zip(grain, values, strict=True) if value is not None}
        for column in reversed(grain):
            fewer = {name: value for name, value in key.items() if name != column}
            if fewer and count_of(con, rows_with(table, fewer)) == 1:
                key = fewer
        command = _command(table, [f"{column}={value}" for column, value in key.items()])
        has_files = _have_files(con, table, rows_with(table, key))
        return Trace(command, table, by if count > 1 else "", has_files)
    return None


def _is_alike(column: str, value: str) -> str:
    """Whether a column has a value or, before ``*``, begins with it; an underscore counts as a space."""
    if value.endswith("*"):
        return f"starts_with({quoted(column)}::varchar, {literal(value[:-1])})"
    text = f"replace(lower(coalesce({quoted(column)}::varchar, '')), '_', ' ')"
    return f"({text} = replace(lower({literal(value)}), '_', ' ') or {equals(column, value)})"


def _have_files(con: duckdb.DuckDBPyConnection, table: str, rows_sql: str) -> bool:
    """Whether publishers' files are behind rows.

    A row's sources decide, since a list that is entered by hand names none. Rows without sources have the
    files of the table's inputs.
    """
    sources = con.execute(
        "select column_name from meta.column_dictionary where concat(schema_name, '.', table_name) = $1"
        " and column_name in ('source_ids', 'source_id')",
        [table],
    ).fetchone()
    if sources is None:
        return _reaches_files(con, table)
    named = f"select unnest(string_split({quoted(sources[0])}, ';')) as source_id {rows_sql}"
    return count_of(con, f"from ({named}) inner join meta.archive using (source_id)") > 0


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
