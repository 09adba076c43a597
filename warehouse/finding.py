"""What is held by the words of a search, each with the command that shows it."""

import re
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import duckdb

from warehouse import asking, book
from warehouse.asking import Asked

NEAREST = 3
"""Questions that come nearest to the words."""
_SQL = Path(__file__).with_name("find.sql")


class Found(NamedTuple):
    """One thing that is held: its kind, its name, its description, and the command that shows it."""

    kind: str
    found: str
    found_as: str
    command: str


def found(con: duckdb.DuckDBPyConnection, words: str) -> list[Found]:
    """Minerals, tariff lines, questions, tables with columns, and macros that have the words."""
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
    """Questions with every word, and those that come nearest by what they are asked for."""
    numbers = [str(question.number) for question in book.matching(asked.words)]
    if asked.wanted:
        near = (one for one in asking.rank(asked) if one.answer.isdigit() and one.explained >= asking.SURE)
        numbers += [one.answer for one in islice(near, NEAREST)]
    texts = {str(question.number): question.text for question in book.questions()}
    return [
        Found("question", number, texts[number], f"minerals ask {number}")
        for number in dict.fromkeys(numbers)
    ]
