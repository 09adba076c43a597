"""The query book: `warehouse/queries/NN_name.sql`, one statement each, the question its first comment."""

import csv
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connect import fetch

FOLDER = Path(__file__).parent / "queries"
WORDS = FOLDER / "words.csv"
"""What words of a reporter mean in the words of the book."""
STEM = 5
_FILLERS = (
    "a all an and any are as at be by can could did do does for from had has have how i if in is it its"
    " many me more most much my of on or our than that the their them there these they this those to was"
    " we were what when where which who whom whose why will with would you"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the book."""

    number: int
    name: str
    text: str
    sql: str

    @property
    def note(self) -> str:
        """What its comment says of the answer, after the question."""
        lines = self.sql.splitlines()[1:]
        head = lines[: next((at for at, line in enumerate(lines) if not line.startswith("--")), len(lines))]
        return " ".join(line.removeprefix("--").strip() for line in head)

    @property
    def tables(self) -> list[str]:
        """The published tables and macros that it reads."""
        return sorted(set(re.findall(r"\b(?:marts|core|meta)\.\w+", self.sql)))


def questions() -> Sequence[Question]:
    """All questions, by number."""
    found = []
    for file in sorted(FOLDER.glob("[0-9]*.sql")):
        sql = file.read_text(encoding="utf-8")
        number, _, name = file.stem.partition("_")
        found.append(Question(int(number), name, sql.partition("\n")[0].removeprefix("-- "), sql))
    return found


def answer(con: duckdb.DuckDBPyConnection, question: Question) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and rows of a question's answer, with names behind codes."""
    return named(con, *fetch(con, question.sql))


def named(
    con: duckdb.DuckDBPyConnection, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """An answer with the name of a country or mineral behind each column of its code, unless it has it."""
    shown, filled = list(columns), list(rows)
    for place, column in reversed(list(enumerate(columns))):
        code = next((end for end in _NAMES if column.endswith(end)), None)
        name = column.rpartition("_")[0]
        if not code or {name, f"{name}_name"} & set(columns):
            continue
        names = dict(con.execute(_NAMES[code]).fetchall())
        shown.insert(place + 1, name)
        filled = [(*row[: place + 1], names.get(row[place]), *row[place + 1 :]) for row in filled]
    return shown, filled


_NAMES = {
    "_iso3": "select iso3, name from core.dim_country where iso3 != 'ZZZ'",
    "mineral_id": "select mineral_id, name from core.dim_mineral",
}
"""Names by the end of the column that has the codes."""


def matching(words: str) -> Sequence[Question]:
    """The question of a number, else those with every word in question or name."""
    if words.strip().isdigit():
        return [question for question in questions() if question.number == int(words)]
    wanted = _plain(words).split()
    return [
        question
        for question in questions()
        if wanted and all(word in _plain(f"{question.text} {question.name}") for word in wanted)
    ]


def nearest(words: str) -> Sequence[Question]:
    """At most five questions that share most with some words, the likeliest first; none where none does.

    A word counts by its stem or by what `queries/words.csv` says it means, more the fewer questions have
    it, and most in the question itself.
    """
    pages = [(question, _page(question)) for question in questions()]
    spread = Counter(stem for _, page in pages for stem in page)
    rarity = {stem: math.log(1 + len(pages) / count) for stem, count in spread.items()}
    wanted = [{stem: 1.0} | dict.fromkeys(_meanings().get(stem, ()), 0.7) for stem in _stems(words)]
    scored = [
        (
            sum(
                max(page.get(stem, 0) * rarity.get(stem, 0) * by for stem, by in means.items())
                for means in wanted
            ),
            question,
        )
        for question, page in pages
    ]
    best = max(score for score, _ in scored)
    likely = [(score, question) for score, question in scored if score > 0 and score >= 0.5 * best]
    return [question for _, question in sorted(likely, key=lambda found: (-found[0], found[1].number))[:5]]


def _page(question: Question) -> dict[str, float]:
    """The stems of a question with their weights: of what it asks, of its name, of its statement."""
    return (
        dict.fromkeys(_stems(question.sql), 0.1)
        | dict.fromkeys(_stems(question.name), 0.8)
        | dict.fromkeys(_stems(question.text), 1.0)
    )


@cache
def _meanings() -> dict[str, list[str]]:
    with WORDS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found: dict[str, list[str]] = {}
    for row in rows:
        for stem in _stems(row["word"]):
            found.setdefault(stem, []).extend(_stems(row["means"]))
    return found


def _stems(text: str) -> list[str]:
    """Words cut to their first letters, so that exports, exporting and exporter are one; without fillers."""
    words, fillers = re.findall(r"[a-z0-9]+", _plain(text)), set(_FILLERS.split())
    return list(dict.fromkeys(word[:STEM] for word in words if word not in fillers))


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("_", " "))
    return "".join(char for char in decomposed if not unicodedata.combining(char))
