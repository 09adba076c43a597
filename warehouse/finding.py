"""Search minerals, tariff lines, questions, tables and macros; each result has a command that shows it."""

import re
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from warehouse import asking, book
from warehouse.asking import Asked, Names

NEAREST = 3
"""Maximum number of questions that are listed because their phrasing is near."""
TABLES = ("table", "column", "macro")
"""Kinds of results that are listed after the questions."""
SHORT = 3
"""Maximum length of words that are matched in full, such as tin."""
_SQL = Path(__file__).with_name("find.sql")


class Found(NamedTuple):
    """A search result: its kind, name and description, and the command that shows it."""

    kind: str
    found: str
    found_as: str
    command: str


def found(con: duckdb.DuckDBPyConnection, words: str) -> list[Found]:
    """Return search results that match the words.

    They are minerals, countries, tariff lines, duty programmes, measures, companies, questions, tables and
    macros.
    """
    plain = book.plain(words)
    known = asking.names(con)
    asked = asking.read(known, words)
    values = {
        "whole": plain.strip(),
        **_forms(plain),
        "digits": re.sub(r"[. ]", "", words),
    }
    held = [Found(*row) for row in con.execute(_SQL.read_text(encoding="utf-8"), values).fetchall()]
    at = next((at for at, one in enumerate(held) if one.kind in TABLES), len(held))
    named = []
    if asked.mineral_id and not any(one.kind == "mineral" for one in held):
        named = [
            Found(
                "mineral", f"{asked.mineral}", f"{asked.mineral_words}", f"minerals show {asked.mineral_id}"
            )
        ]
    return [*named, *_countries(asked), *held[:at], *_questions(asked, known), *held[at:]]


def _forms(plain: str) -> dict[str, list[Any]]:
    """Return the beginnings that count as a match for each word: its stem and its English meanings.

    ``places`` has the position of the word to which each of the ``forms`` belongs.
    """
    words = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in asking.FILLERS]
    found = [
        (place, form)
        for place, word in enumerate(words or re.findall(r"[a-z0-9]+", plain))
        for form in dict.fromkeys([_beginning(word), *asking.translated(word)])
    ]
    return {"places": [place for place, _ in found], "forms": [form for _, form in found]}


def _beginning(word: str) -> str:
    """Return a word without inflectional endings; digits and short words are unchanged."""
    right = asking.spelled(word)
    return right if right.isdigit() or len(right) <= SHORT else asking.stem_of(right)


def _countries(asked: Asked) -> list[Found]:
    """Return the countries that are named, with the figures held on each."""
    found = []
    for place in asked.places:
        if place.code in asking.AREAS:
            found.append(
                Found(
                    "country", place.name, "how dependent it is, by mineral", f"minerals ask 38 {place.code}"
                )
            )
        else:
            found += [
                Found("country", place.name, "its export measures", f"minerals ask 34 '{place.name}'"),
                Found(
                    "country",
                    place.name,
                    "what its loss would leave unreplaced",
                    f"minerals ask 24 '{place.name}'",
                ),
            ]
    return found


def _questions(asked: Asked, known: Names) -> list[Found]:
    """Return the questions that have every word, and those with the nearest phrasing."""
    numbers = [str(question.number) for question in book.matching(asked.words)]
    if asked.wanted:
        near = (
            one for one in asking.rank(asked, known) if one.answer.isdigit() and one.explained >= asking.SURE
        )
        numbers += [one.answer for one in islice(near, NEAREST)]
    texts = {str(question.number): question.text for question in book.questions()}
    return [
        Found("question", number, texts[number], f"minerals ask {number}")
        for number in dict.fromkeys(numbers)
    ]
