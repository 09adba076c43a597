"""A query on one table from a URL: filters, columns, order and page, all typed."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.connect import quoted, quoted_list
from warehouse.serve.open_publications import Column, Table
from warehouse.serve.provenance import FLAG_COLUMNS, SOURCE_COLUMNS

DEFAULT_ROWS = 1_000
MOST_ROWS = 100_000
RESERVED = ("select", "order", "limit", "offset", "format", "build")

_COMPARED = {"eq": "=", "ne": "!=", "neq": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_OPERATORS = (*_COMPARED, "like", "in", "is")
_UNKNOWN_OPERATORS = frozenset(
    ("not", "ilike", "match", "imatch", "isdistinct", "fts", "plfts", "cs", "cd", "ov", "any", "all")
)
"""Operators of other interfaces of this kind, which are not values."""
_IS = {
    "null": "is null",
    "not_null": "is not null",
    "true": "is true",
    "false": "is false",
}


class AskedWronglyError(ValueError):
    """The URL asks for something that does not exist; the message is a sentence for the reader."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on a column; ``values`` are the list of `in`, or else one."""

    column: Column
    operator: str
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Question:
    """A SELECT with its filters and their bound values, the columns it returns, and its page.

    ``carried`` are columns after those: they name the sources and flags of the rows, and are not shown.
    """

    table: str
    sql: str
    filters: Sequence[Filter]
    values: list[Any]
    columns: Sequence[Column]
    carried: Sequence[str]
    limit: int
    offset: int


def question(table: Table, asked: Sequence[tuple[str, str]], default_rows: int = DEFAULT_ROWS) -> Question:
    """Parse the parameters of a URL.

    ``column=op.value`` filters rows (`eq ne lt lte gt gte like in is`; `eq` without an operator), and filters
    are combined; ``select=a,b`` selects columns, ``order=a.desc,b`` sorts (before the table's key), ``limit``
    and ``offset`` page, by default ``default_rows`` a page. Values are cast to the column's type.

    Raises:
        AskedWronglyError: No such column or operator, a number out of range, or two values for a column.
    """
    given = _given_once(asked)
    chosen = _chosen(table, given.get("select"))
    limit = _number(given, "limit", default_rows, MOST_ROWS)
    offset = _number(given, "offset", 0, 1 << 40)
    values: list[Any] = []
    filters = list(_filters(table, asked))
    _refuse_two_values(filters)
    conditions = [_condition(one, values) for one in filters]
    where = f" where {' and '.join(conditions)}" if conditions else ""
    carried = [
        column.name
        for column in table.columns
        if column.name in (*SOURCE_COLUMNS, *FLAG_COLUMNS) and column not in chosen
    ]
    listed = quoted_list([*(column.name for column in chosen), *carried])
    sql = (
        f"select {listed} from {quoted(table.schema, table.name)}{where}"
        f" order by {_order(table, given.get('order'))} limit {limit + 1} offset {offset}"
    )
    return Question(table.full_name, sql, filters, values, chosen, carried, limit, offset)


def _given_once(asked: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    given: dict[str, str] = {}
    for name, value in asked:
        if name in RESERVED:
            if name in given:
                raise AskedWronglyError(f"{name} is given twice.")
            given[name] = value
    return given


def _chosen(table: Table, listed: str | None) -> Sequence[Column]:
    if listed is None:
        return table.columns
    names = listed.split(",")
    if len(set(names)) < len(names):
        raise AskedWronglyError("select names a column twice.")
    return [_column(table, name) for name in names]


def _column(table: Table, name: str) -> Column:
    found = table.column(name)
    if found is None:
        there = ", ".join(column.name for column in table.columns)
        raise AskedWronglyError(f"{table.full_name} has no column {name!r}; it has {there}.")
    return found


def _number(given: Mapping[str, str], name: str, otherwise: int, most: int) -> int:
    text = given.get(name)
    if text is None:
        return otherwise
    if not re.fullmatch(r"[0-9]{1,13}", text) or int(text) > most:
        raise AskedWronglyError(f"{name} is a number from 0 to {most:,}, not {text[:40]!r}.")
    return int(text)


def _filters(table: Table, asked: Sequence[tuple[str, str]]) -> Iterator[Filter]:
    for name, stated in asked:
        if name in RESERVED:
            continue
        column = _column(table, name)
        operator, dot, operand = stated.partition(".")
        if dot and operator.lower() in _UNKNOWN_OPERATORS:
            known = " ".join(_OPERATORS)
            raise AskedWronglyError(f"{name}={operator}.: no such operator; there are {known}.")
        if not dot or operator.lower() not in _OPERATORS:
            operator, operand = "eq", stated
        operator = operator.lower()
        values = _listed(column, operand) if operator == "in" else [operand]
        yield Filter(column, operator, [_fitting(column, operator, value) for value in values])


def _listed(column: Column, operand: str) -> list[str]:
    if not (operand.startswith("(") and operand.endswith(")")):
        raise AskedWronglyError(f"{column.name}=in. takes a list in brackets: in.(a,b).")
    try:
        listed = next(csv.reader([operand[1:-1]], skipinitialspace=True), [])
    except csv.Error:
        raise AskedWronglyError(f"{column.name}=in. has a line break outside of quotes.") from None
    if not listed:
        raise AskedWronglyError(f"{column.name}=in.() lists no value.")
    return [value.strip() for value in listed]


def _refuse_two_values(filters: Sequence[Filter]) -> None:
    """Refuse a column that should equal two values at once, which no row does."""
    equal: dict[str, str] = {}
    for one in filters:
        if one.operator == "eq" and equal.setdefault(one.column.name, one.values[0]) != one.values[0]:
            both = f"{equal[one.column.name][:40]},{one.values[0][:40]}"
            raise AskedWronglyError(f"{one.column.name} is given twice: in.({both}) keeps rows with either.")


def _condition(one: Filter, values: list[Any]) -> str:
    subject, operand = quoted(one.column.name), one.values[0]
    if one.operator == "is":
        return f"{subject} {_IS[operand]}"
    if one.operator == "like":
        values.append(operand.replace("*", "%"))
        return f"{subject}::varchar ilike ${len(values)}"
    if one.operator == "in":
        values.append(one.values)
        return f"{subject} in (select unnest(${len(values)}::varchar[])::{one.column.data_type})"
    values.append(operand)
    return f"{subject} {_COMPARED[one.operator]} ${len(values)}::varchar::{one.column.data_type}"


def _fitting(column: Column, operator: str, operand: str) -> str:
    """The operand; refused if the operator does not take it, or a cast to whole numbers would round it."""
    if operator == "is":
        if operand not in _IS:
            raise AskedWronglyError(f"{column.name}=is.{operand[:40]}: `is.` takes {', '.join(_IS)}.")
        if operand in ("true", "false") and column.data_type != "BOOLEAN":
            raise AskedWronglyError(f"{column.name} is not a boolean; its type is {column.data_type}.")
    is_whole = re.fullmatch("U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?", column.data_type) and operator != "like"
    if is_whole and re.fullmatch(r"[-+]?\d+\.\d+", operand):
        raise AskedWronglyError(f"{column.name} has whole numbers, and {operand[:40]} is not one.")
    return operand


def _order(table: Table, stated: str | None) -> str:
    """The requested order, then the key, so that the pages are stable."""
    terms: dict[str, str] = {}
    for term in stated.split(",") if stated is not None else ():
        name, dot, direction = term.rpartition(".")
        if not dot:
            name, direction = term, "asc"
        if direction not in ("asc", "desc"):
            raise AskedWronglyError(f"order={term[:80]}: a column may be followed by .asc or .desc.")
        terms.setdefault(_column(table, name).name, direction)
    for name in table.grain or [column.name for column in table.columns]:
        if table.column(name):
            terms.setdefault(name, "asc")
    return ", ".join(f"{quoted(name)} {direction} nulls last" for name, direction in terms.items())
