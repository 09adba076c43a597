"""Search minerals, tariff lines, questions, tables and macros; each result has the command that shows it."""

import re
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import duckdb

from warehouse import asking, book
from warehouse.asking import Asked

NEAREST = 3
"""Number of nearest questions that are listed."""
_SQL = Path(__file__).with_name("find.sql")


class Found(NamedTuple):
    """A search result: kind, name, description, and the command that shows it."""

    kind: str
    found: str
    found_as: str
    command: str


def found(con: duckdb.DuckDBPyConnection, words: str) -> list[Found]:
    """Minerals, tariff lines, questions, tables with columns, and macros that contain the words."""
    plain = book.plain(words)
    asked = asking.read(asking.names(con), words)
    values = {
        "whole": plain.strip(),
        "words": [word.removesuffix("s") for word in plain.split()],
        "digits": re.sub(r"[. ]", "", words),
    }
    held = [Found(*row) for row in con.execute(_SQL.read_text(encoding="utf-8"), values).fetchall()]
    at = next((at for at, one in enumerate(held) if one.kind in ("table", "column", "macro")), len(held))
    named = []
    if asked.mineral_id and not any(one.kind == "mineral" for one in held):
        named = [
            Found(
                "mineral", f"{asked.mineral}", f"{asked.mineral_words}", f"minerals show {asked.mineral_id}"
            )
        ]
    return [*named, *held[:at], *_questions(asked), *held[at:]]


def _questions(asked: Asked) -> list[Found]:
    """Questions with every word, and those whose phrasing is nearest."""
    numbers = [str(question.number) for question in book.matching(asked.words)]
    if asked.wanted:
        near = (one for one in asking.rank(asked) if one.answer.isdigit() and one.explained >= asking.SURE)
        numbers += [one.answer for one in islice(near, NEAREST)]
    texts = {str(question.number): question.text for question in book.questions()}
    return [
        Found("question", number, texts[number], f"minerals ask {number}")
        for number in dict.fromkeys(numbers)
    ]
