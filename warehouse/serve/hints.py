"""Why a table has no row for an address: values that its columns do not have, with the nearest ones."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

import duckdb

from warehouse.connect import quoted
from warehouse.serve.rows import AskedWronglyError, Filter, Question

MOST_VALUES = 20_000
"""Distinct values of a column among which the nearest are sought."""
IN_SQL = (
    "No row fits. Values are compared as they are spelled in the table: area USA, CAN, MEX or USMCA, and"
    " mineral_id such as cobalt, which mineral_called('Cobalt') finds."
)
"""The note of a statement without rows."""


def require_types(con: duckdb.DuckDBPyConnection, wanted: Question) -> None:
    """Check that the values of filters have the types of their columns.

    Raises:
        AskedWronglyError: One has not.
    """
    for one in wanted.filters:
        kind = one.column.data_type
        if kind == "VARCHAR" or one.operator in ("like", "is"):
            continue
        strange = con.execute(
            f"from (select unnest($1::varchar[]) as value) where try_cast(value as {kind}) is null",
            [one.values],
        ).fetchall()
        for (value,) in strange:
            raise AskedWronglyError(f"{one.column.name} is of type {kind}, and {value[:40]!r} is not.")


def notes(con: duckdb.DuckDBPyConnection, wanted: Question) -> list[str]:
    """What to change in an address that no row fits."""
    found = [note for one in wanted.filters for note in _missing(con, wanted.table, one)]
    if not found and len(wanted.filters) > 1:
        return ["No row fits all filters together."]
    return found


def _missing(con: duckdb.DuckDBPyConnection, table: str, one: Filter) -> Iterator[str]:
    if one.operator not in ("eq", "in"):
        return
    column, kind = quoted(one.column.name), one.column.data_type
    source = f"{quoted(*table.split('.'))} where {column} is not null"
    absent = con.execute(
        f"from (select unnest($1::varchar[]) as value) where value::{kind} not in"
        f" (select {column} from {source})",
        [one.values],
    ).fetchall()
    for (value,) in absent:
        message = f"{table} has no row with {one.column.name}={value[:40]}"
        if kind == "VARCHAR":
            listed = con.execute(f"select distinct {column} from {source} limit {MOST_VALUES}").fetchall()
            near = _nearest(con, value, [name for (name,) in listed])
            yield f"{message}; did you mean {' or '.join(near)}?" if near else f"{message}."
        else:
            lowest, highest = con.execute(f"select min({column}), max({column}) from {source}").fetchall()[0]
            yield f"{message}; its values reach from {lowest} to {highest}."


def _nearest(con: duckdb.DuckDBPyConnection, value: str, listed: Sequence[str]) -> list[str]:
    """The values that differ in capitals alone, that the value is a name of, or that are spelled alike."""
    by_name: dict[str, Any] = {name.casefold(): name for name in listed}
    asked = value.casefold()
    if asked in by_name:
        return [by_name[asked]]
    try:
        [[called]] = con.execute("select mineral_called($1)", [value]).fetchall()
    except duckdb.Error:  # no name of a mineral, or a publication without the macro
        called = None
    if called in listed:
        return [called]
    starting = [name for name in listed if len(asked) > 1 and name.casefold().startswith(asked)]
    return starting[:3] or [by_name[name] for name in get_close_matches(asked, by_name, 3)]
