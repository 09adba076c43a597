"""The query book: `warehouse/queries/NN_name.sql`, one statement per file, headed by its question."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connect import fetch

FOLDER = Path(__file__).parent / "queries"


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the book."""

    number: int
    name: str
    text: str
    sql: str

    @property
    def note(self) -> str:
        """The part of the comment after the question."""
        lines = self.sql.splitlines()[1:]
        head = lines[: next((at for at, line in enumerate(lines) if not line.startswith("--")), len(lines))]
        return " ".join(line.removeprefix("--").strip() for line in head)

    @property
    def tables(self) -> list[str]:
        """The published tables and macros that it reads."""
        return sorted(set(re.findall(r"\b(?:marts|core|meta)\.\w+", self.sql)))


@cache
def questions() -> Sequence[Question]:
    """All questions by number. The files are read once per process."""
    found = []
    for file in sorted(FOLDER.glob("[0-9]*.sql")):
        sql = file.read_text(encoding="utf-8")
        number, _, name = file.stem.partition("_")
        found.append(Question(int(number), name, sql.partition("\n")[0].removeprefix("-- "), sql))
    return tuple(found)


def answer(con: duckdb.DuckDBPyConnection, question: Question) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and rows of a question's answer, with names after codes."""
    return named(con, *fetch(con, question.sql))


def named(
    con: duckdb.DuckDBPyConnection, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """An answer with the name of a country or mineral after each column of codes, unless it has it."""
    shown, filled = list(columns), list(rows)
    for place, column in reversed(list(enumerate(columns))):
        code = next((end for end in _NAMES if column.endswith(end)), column if column in _AREAS else None)
        name = f"{column}_name" if code in _AREAS else column.rpartition("_")[0]
        if not code or {name, f"{name}_name"} & set(columns):
            continue
        names = dict(con.execute(_NAMES.get(code, _OF_AREAS)).fetchall())
        shown.insert(place + 1, name)
        filled = [(*row[: place + 1], names.get(row[place]), *row[place + 1 :]) for row in filled]
    return shown, filled


_AREAS = ("area", "importer", "exporter", "most_exposed")
"""Columns that have codes of countries or of the three as one, under the name of their part."""
_OF_AREAS = (
    "select iso3, name from core.dim_country where iso3 != 'ZZZ' union all select 'USMCA', 'North America'"
)
_NAMES = {
    "_iso3": "select iso3, name from core.dim_country where iso3 != 'ZZZ'",
    "mineral_id": "select mineral_id, name from core.dim_mineral",
}
"""Queries for names, by the ending of the code column."""


def matching(words: str) -> Sequence[Question]:
    """The question with this number, or those that contain every word."""
    if words.strip().isdigit():
        return [question for question in questions() if question.number == int(words)]
    wanted = plain(words).split()
    return [
        question
        for question in questions()
        if wanted and all(word in plain(f"{question.text} {question.name}") for word in wanted)
    ]


def plain(text: str) -> str:
    """Lower case without accents, with blanks instead of underscores."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("_", " "))
    return "".join(char for char in decomposed if not unicodedata.combining(char))
