"""The query book: each `warehouse/queries/NN_name.sql` is one statement, headed by its question."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connect import fetch
from warehouse.units import in_words

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
        """The comment at the top of the file, without the question in its first line."""
        lines = self.sql.splitlines()[1:]
        head = lines[: next((at for at, line in enumerate(lines) if not line.startswith("--")), len(lines))]
        return " ".join(line.removeprefix("--").strip() for line in head)

    @property
    def tables(self) -> list[str]:
        """The published tables and macros that the statement reads."""
        return sorted(set(re.findall(r"\b(?:marts|core|meta)\.\w+", self.sql)))


@cache
def questions() -> Sequence[Question]:
    """Return all questions, ordered by number. The files are read once per process."""
    found = []
    for file in sorted(FOLDER.glob("[0-9]*.sql")):
        sql = file.read_text(encoding="utf-8")
        number, _, name = file.stem.partition("_")
        found.append(Question(int(number), name, sql.partition("\n")[0].removeprefix("-- "), sql))
    return tuple(found)


def answer(con: duckdb.DuckDBPyConnection, question: Question) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the columns and rows of a question's answer, with a name after each code."""
    return named(con, *fetch(con, question.sql))


def named(
    con: duckdb.DuckDBPyConnection, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return an answer with a column of names after each code of a country, mineral or good.

    No names are added if the answer already has them, also in the column of codes itself. Columns of flags
    are followed by their meanings, and a column of sources by their publishers.
    """
    shown, filled = list(columns), list(rows)
    for place, column in reversed(list(enumerate(columns))):
        code = next((end for end in _NAMES if column.endswith(end)), column if column in _AREAS else None)
        name = f"{column}_name" if code in _AREAS else column.rpartition("_")[0]
        if not code or {name, f"{name}_name"} & set(columns):
            continue
        names = dict(con.execute(_NAMES.get(code, _OF_AREAS)).fetchall())
        if filled and all(row[place] not in names for row in filled):
            continue
        shown.insert(place + 1, name)
        filled = [(*row[: place + 1], names.get(row[place]), *row[place + 1 :]) for row in filled]
    return _with_publishers(con, *_with_flags_in_words(con, *_with_goods(con, shown, filled)))


def _with_goods(
    con: duckdb.DuckDBPyConnection, columns: list[str], rows: list[tuple[Any, ...]]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return an answer with a column of goods after its first tariff code.

    The goods are those of the longest part of the code that has a name.
    """
    at = next((place for place, name in enumerate(columns) if name in _TARIFF_CODES), None)
    if at is None or "goods" in columns:
        return columns, rows
    named_goods = goods_of(con, [str(row[at]) for row in rows])
    return [*columns[: at + 1], "goods", *columns[at + 1 :]], [
        (*row[: at + 1], name, *row[at + 1 :]) for row, name in zip(rows, named_goods, strict=True)
    ]


def goods_of(con: duckdb.DuckDBPyConnection, codes: Sequence[str]) -> list[str | None]:
    """Return the goods of each tariff code: those of the longest part of the code that has a name."""
    goods = dict(con.execute(_GOODS).fetchall())
    return [
        next((goods[code[:digits]] for digits in (10, 8, 6) if code[:digits] in goods), None)
        for code in codes
    ]


def _with_flags_in_words(
    con: duckdb.DuckDBPyConnection, columns: list[str], rows: list[tuple[Any, ...]]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return an answer in which each column of flags is followed by a column that explains them."""
    for at in [place for place, name in enumerate(columns) if name in _FLAGS][::-1]:
        meanings = dict(con.execute(_MEANINGS, [columns[at]]).fetchall())
        columns = [*columns[: at + 1], f"{columns[at]}_in_words", *columns[at + 1 :]]
        rows = [(*row[: at + 1], _meaning(row[at], meanings), *row[at + 1 :]) for row in rows]
    return columns, rows


def _with_publishers(
    con: duckdb.DuckDBPyConnection, columns: list[str], rows: list[tuple[Any, ...]]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return an answer with a column of publishers after its column of sources."""
    at = next((place for place, name in enumerate(columns) if name in _SOURCES), None)
    if at is None or "published_by" in columns:
        return columns, rows
    known = publishers(con)
    parts = _publishers_of_parts(con) if any("; " in name for name in known.values()) else {}
    listed = (
        [
            name
            for source in re.split("[; ]+", row[at] or "")
            if source
            for name in _of_places(parts.get(source, {}), row) or [publisher_of(known, source)]
        ]
        for row in rows
    )
    return [*columns[: at + 1], "published_by", *columns[at + 1 :]], [
        (*row[: at + 1], "; ".join(dict.fromkeys(names)) or None, *row[at + 1 :])
        for row, names in zip(rows, listed, strict=True)
    ]


def publishers(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the publishers of each source, by its id."""
    return dict(con.execute(_PUBLISHERS).fetchall())


def _publishers_of_parts(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Return the publisher of each country for the sources that are made of countries' files."""
    found: dict[str, dict[str, str]] = {}
    for source, code, publisher in con.execute(_PARTS).fetchall():
        found.setdefault(source, {})[code] = publisher
    return found


def _of_places(publisher_of_place: dict[str, str], row: Sequence[Any]) -> list[str]:
    """Return the publishers of the countries that a row names by their codes."""
    codes = [value for value in row if isinstance(value, str)]
    return [publisher_of_place[code] for code in codes if code in publisher_of_place]


def publisher_of(known: dict[str, str], source: str) -> str:
    """Return the publishers of a source; a source without a publisher's file is a list of this warehouse."""
    return known.get(source, f"this warehouse's own list of {in_words(source)}")


def place_names(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the names of countries and of North America by code, without unspecified places."""
    return dict(con.execute(_OF_AREAS).fetchall())


def _meaning(flags: str | None, meanings: dict[str, str]) -> str | None:
    """Return the meanings of flags; None if no flag needs a remark."""
    words = [flag.strip() for flag in re.split("[;,]", flags or "") if flag.strip() not in _USUAL]
    return "; ".join(meanings.get(word, word.replace("_", " ")) for word in words) or None


_AREAS = ("area", "importer", "exporter", "most_exposed")
"""Columns that are named after a role and have codes of countries or of North America as a whole."""
_OF_AREAS = (
    "select iso3, name from core.dim_country where iso3 != 'ZZZ' union all select 'USMCA', 'North America'"
)
_NAMES = {
    "_iso3": "select iso3, name from core.dim_country where iso3 != 'ZZZ'",
    "mineral_id": "select mineral_id, name from core.dim_mineral",
}
"""Queries for names, by the ending of the name of the code column."""
_TARIFF_CODES = ("hs_code", "hs6")
_GOODS = "select hs_code, arg_max(description, length(description)) from core.dim_product group by hs_code"
_FLAGS = ("coverage", "quality_flag")
_USUAL = ("", "ok", "complete")
"""Flags that need no remark."""
_SOURCES = ("source_ids", "source_id")
_PUBLISHERS = """
    select source_id, string_agg(publisher, '; ' order by publisher)
    from (select distinct source_id, split_part(publisher, ',', 1) as publisher from meta.archive)
    group by source_id
"""
_PARTS = """
    select distinct source_id, left(partition, 3) as code, split_part(publisher, ',', 1) as publisher
    from meta.archive
    where
        source_id in (
            select source_id from meta.archive group by source_id having count(distinct publisher) > 1
        )
        and regexp_full_match(partition, '[A-Z]{3}([^A-Z].*)?')
"""
_MEANINGS = "select word, meaning from meta.flag_words where column_name = $1"


def matching(words: str) -> Sequence[Question]:
    """Return the question with this number, or the questions that contain every word."""
    if words.strip().isdigit():
        return [question for question in questions() if question.number == int(words)]
    wanted = plain(words).split()
    return [
        question
        for question in questions()
        if wanted and all(word in plain(f"{question.text} {question.name}") for word in wanted)
    ]


def plain(text: str) -> str:
    """Return a text in lower case without accents, with spaces instead of underscores."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("_", " "))
    return "".join(char for char in decomposed if not unicodedata.combining(char))
