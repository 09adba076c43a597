"""The answers that words could mean: the most likely ones, without those that are about something else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import islice

import duckdb

from warehouse import asking, book
from warehouse.asking import AREAS, Asked, Candidate, Names
from warehouse.narrowing import MINERALS, are_named, has_sellers, is_of_mineral, is_seller, says
from warehouse.own_answers import duty, question_of
from warehouse.replies import others

NEAREST = 3
"""Maximum number of answers that are listed if none clearly fits."""
ALSO = 0.6
"""Minimum score of another answer, relative to the best one's, to be listed with the chosen answer."""

_COLUMNS: dict[int, Sequence[str]] = {}


def nearest(
    con: duckdb.DuckDBPyConnection, known: Names, asked: Asked, day: date, *, is_unseen: bool = False
) -> list[Candidate]:
    """Return at most three possible answers, the most likely first."""
    ranked = asking.rank(asked, known, is_unseen=is_unseen)
    possible = (one for one in ranked if _is_possible(con, one, asked, known))
    fit = (found for one in possible if (found := _of_goods(con, _of_supplier(one, asked), asked, day)))
    once: dict[str, Candidate] = {}
    for one in islice(fit, NEAREST + 1):
        once.setdefault(one.answer, one)
    return list(once.values())[:NEAREST]


def clear(possible: Sequence[Candidate]) -> str | None:
    """Return the answer that is ahead of the others and explains what is asked; None if there is none."""
    if not possible:
        return None
    best, *behind = possible
    return best.answer if asking.is_clear(best, behind) else None


def also(possible: Sequence[Candidate], chosen: str) -> list[Candidate]:
    """Return the other answers that score so close to the best that a person may have meant them."""
    best = max((one.score for one in possible), default=0)
    return [
        one
        for one in possible
        if one.answer != chosen and one.score >= ALSO * best and one.explained >= asking.GROUND
    ]


def no_sellers(con: duckdb.DuckDBPyConnection, known: Names, name: str, asked: Asked) -> str | None:
    """Return a message if a question is about other sellers than those named and lists no sellers."""
    sellers = [place for place in asked.places if is_seller(place) and place.code not in ("USA", "USMCA")]
    if not name.isdigit() or not sellers:
        return None
    question = question_of(name)
    own = {place.code for place in asking.read(known, question.text).places}
    if own & {place.code for place in sellers} or has_sellers(_columns_of(con, question)):
        return None
    if are_named(con.execute(question.sql).fetchall(), sellers):
        return None
    listed = " and ".join(place.name for place in sellers)
    return f"Question {name} does not show {listed} separately as a seller."


def is_of_china(name: str, asked: Asked) -> bool:
    """Return whether a question is about China and the words are not.

    Words on a supply that is cut off can be about any country.
    """
    is_of_china = name.isdigit() and says(question_of(name).text, "China")
    return is_of_china and "CHN" not in [place.code for place in asked.places]


def _of_supplier(one: Candidate, asked: Asked) -> Candidate:
    """Return a candidate, or the suppliers instead of the dependency if a supplier is named."""
    if one.answer != "dependency" or not any(is_seller(place) for place in asked.places):
        return one
    return replace(one, answer="suppliers", text=asking.texts_of()["suppliers"])


def _of_goods(con: duckdb.DuckDBPyConnection, one: Candidate, asked: Asked, day: date) -> Candidate | None:
    """Return a candidate, or None for a duty that is not found.

    A duty is returned with the goods and origin for which it is found.
    """
    if one.answer != "duty":
        return one
    found = duty(con, asked, day)
    if not found:
        return None
    # a country that is not named is not part of what to type
    kept = found.narrowed if others(asked) else found.narrowed[:1]
    return replace(one, names=[word for name in kept for word in name.split()])


def _is_possible(con: duckdb.DuckDBPyConnection, one: Candidate, asked: Asked, known: Names) -> bool:
    """Return whether an answer can be about the mineral and country that are named."""
    if one.answer.isdigit():
        question = question_of(one.answer)
        if _is_of_another(known, question.text, asked) or _is_bought_there(question.text, asked):
            return False
        is_of_it = not asked.mineral_id or is_of_mineral(question.text, asked)
        return is_of_it or bool(set(MINERALS) & set(_columns_of(con, question)))
    needs = {
        "china": not any(is_seller(place) and place.code != "CHN" for place in asked.places),
        "without": asked.mineral_id and others(asked),
        "changes": not (asked.mineral_id or asked.places or asked.year),
    }
    return bool(needs.get(one.answer, True))


def _columns_of(con: duckdb.DuckDBPyConnection, question: book.Question) -> Sequence[str]:
    """Return the columns of a question's answer.

    They do not depend on the figures, so they are read once per process.
    """
    if question.number not in _COLUMNS:
        _COLUMNS[question.number] = con.sql(question.sql).columns
    return _COLUMNS[question.number]


def _is_bought_there(text: str, asked: Asked) -> bool:
    """Return whether a question is about a country as a supplier, while the words name it as a buyer.

    The United States buys in every question about suppliers.
    """
    buyers = [place.name for place in asked.places if place.is_buyer and place.code != "USA"]
    return "supplier" in text and any(says(text, name) for name in buyers)


def _is_of_another(known: Names, text: str, asked: Asked) -> bool:
    """Return whether a question is about a country other than those that are named.

    It may be about one seller while the words name another, or about one of the three countries while the
    words do not name it.
    """
    named = {place.code for place in asked.places}
    own = {place.code for place in asking.read(known, text).places} - {"USA", "USMCA"}
    sellers = own - set(AREAS)
    is_of_another_seller = bool(sellers) and bool(named - set(AREAS) - sellers)
    return is_of_another_seller or (len(own) == 1 and not sellers and not own & named)
