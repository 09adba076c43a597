"""Find parts of a statement that are not Spark SQL, from its text alone.

sqlglot parses leniently, so a successful parse proves little. A word that sqlglot would write differently in
Spark's dialect belongs to another dialect. `test_spark.py` covers what only the engine can decide.
"""

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.tokens import Token, TokenType

UNKNOWN_TO_SQLGLOT = {"make_date", "printf"}
SECOND_NAMES = {"array_agg", "date_diff", "instr", "log10", "named_struct", "unnest"}
"""Functions that Spark also has under this name, although sqlglot writes another."""

NEVER = {
    ("*", "exclude"),
    ("*", "replace"),
    ("*", "rename"),
    ("by", "name"),
    ("distinct", "on"),
    ("::", "varchar"),
}
"""Word sequences that only DuckDB's SQL has."""


def foreign_to_spark(sql: str) -> list[str]:
    """List the words of a statement that belong to another dialect.

    Raises:
        sqlglot.errors.SqlglotError: The statement does not parse.
    """
    tree = sqlglot.parse_one(sql, dialect="spark")
    tokens = sqlglot.tokenize(sql, dialect="spark")
    return [*_spelt_otherwise(tree, tokens), *_unknown(tree), *_misplaced(tree, tokens)]


def _spelt_otherwise(tree: exp.Expr, tokens: list[Token]) -> Iterator[str]:
    written = set(_calls(sqlglot.tokenize(tree.sql("spark"), dialect="spark")))
    yield from sorted(set(_calls(tokens)) - written - SECOND_NAMES)


def _calls(tokens: list[Token]) -> Iterator[str]:
    for before, name, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        is_named = name.token_type is TokenType.VAR or name.text.lower() in {"list", "unnest"}
        if is_named and after.token_type is TokenType.L_PAREN and before.token_type is not TokenType.ALIAS:
            yield name.text.lower()


def _unknown(tree: exp.Expr) -> Iterator[str]:
    yield from sorted({call.name.lower() for call in tree.find_all(exp.Anonymous)} - UNKNOWN_TO_SQLGLOT)


def _misplaced(tree: exp.Expr, tokens: list[Token]) -> Iterator[str]:
    if any(isinstance(order.parent, exp.AggFunc) for order in tree.find_all(exp.Order)):
        yield "order by in an aggregate"
    if any(_orders_by_aggregate(window) for window in tree.find_all(exp.Window)):
        yield "order by an aggregate in a window"
    if any(_uses_new_column(window) for window in tree.find_all(exp.Window)):
        yield "a column of the same select in a window"
    if any(isinstance(one, exp.Tuple) for query in tree.find_all(exp.Select) for one in query.expressions):
        yield "a tuple as a column"
    for first, second, third, fourth in zip(
        tokens, tokens[1:], tokens[2:], [*tokens[3:], tokens[-1]], strict=False
    ):
        if (first.text.lower(), second.text.lower()) in NEVER:
            yield f"{first.text} {second.text}"
        if first.text.lower() == "filter" and second.text == "(" and third.text.lower() != "where":
            yield "filter without where"
        if first.text.lower() == "over" and third.text == "-" and fourth.token_type is TokenType.VAR:
            yield "a minus after the name of a window, which Spark reads as a hyphen in it"
        if second.text == "[" and first.text in {"(", ",", "select"}:
            yield "a list in brackets"


def _orders_by_aggregate(window: exp.Window) -> bool:
    """Whether a window is ordered by an aggregate of its own query, which Spark resolves only by an alias."""
    order: exp.Expr | None = window.args.get("order")
    found = order.find_all(exp.AggFunc) if order else ()
    return any(not isinstance(one.parent, exp.Window) for one in found)


def _uses_new_column(window: exp.Window) -> bool:
    """Whether a window uses a column that the same select defines, which Spark cannot resolve in a window."""
    place = window.find_ancestor(exp.Select, exp.Qualify)  # in QUALIFY Spark knows it
    new = {
        one.alias
        for one in (place.expressions if isinstance(place, exp.Select) else ())
        if isinstance(one, exp.Alias)
        and one.alias not in {column.name for column in one.find_all(exp.Column)}
    }
    return any(not column.table and column.name in new for column in window.find_all(exp.Column))
