"""The first line of a question's answer: its first row in words, its sources, and what its flags mean.

`queries/first_lines.csv` has for each question the columns to show first and a sentence. In a sentence,
``{x}`` is the first row's figure with its unit, ``{x:year}`` or ``{x:month}`` its date, ``{x:5}`` the first
five values and ``{rows}`` the number of rows. A part in brackets is left out where a figure is missing; of
parts with ``|`` between them the first without a missing figure counts. It also has the sources without which
an answer has no row, and what to ask instead.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import duckdb

from warehouse.book import FOLDER, Question
from warehouse.sources_behind import sources_behind
from warehouse.units import is_figure, measured, rounded, symbol_of

MOST_SOURCES = 4
"""Maximum number of sources that are named."""
_FLAGS = ("coverage", "quality_flag", "flag")
_USUAL = ("complete", "ok")
_DATES = {"year": "%Y", "month": "%B %Y"}
_SLOT = re.compile(r"\{(\w+)(?::(\w+))?\}")
_RANGE = re.compile(r"\{(\w+)\} to \{(\w+)\}")
_PART = re.compile(r"\[([^\[\]]*)\]")
_CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")


@dataclass(frozen=True, slots=True)
class FirstLine:
    """The beginning of an answer; ``sentence`` is empty if the first row lacks a figure.

    ``rows`` have the columns to show, with codes in words and rounded figures; rows without any figure are
    left out.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    sentence: str
    sources: str
    flags: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Answer:
    """Rows as dictionaries, and the names of areas and countries."""

    rows: Sequence[Mapping[str, Any]]
    names: Mapping[str, str]

    def text(self, name: str, form: str | None = None) -> str | None:
        """The text of a slot; None if the figure is missing."""
        if name == "rows":
            return f"{len(self.rows):,}"
        if form and form.isdigit():
            values = dict.fromkeys(str(row.get(name)) for row in self.rows[: int(form)])
            *most, last = values
            return f"{', '.join(most)} and {last}" if most else last
        value = self.rows[0].get(name)
        if value is None or value == "":
            return None
        if isinstance(value, date):
            return f"{value:{_DATES[form]}}" if form else value.isoformat()
        if is_figure(value):
            return measured(rounded(value), name)
        return self.names.get(str(value), str(_in_words(value)))

    def filled(self, template: str) -> str | None:
        """A part of a sentence with its figures; None if one is missing."""
        texts = {slot[0]: self.text(slot[1], slot[2]) for slot in _SLOT.finditer(template)}
        if None in texts.values():
            return None
        ranged = _RANGE.sub(lambda found: self._range(found[1], found[2]), template)
        return _SLOT.sub(lambda found: texts[found[0]] or "", ranged)

    def _range(self, low: str, high: str) -> str:
        """Two bounds with their unit once, or one figure if they are equal."""
        first, last, unit = self.text(low) or "", self.text(high) or "", symbol_of(high)
        if first == last:
            return first
        return (
            f"{first.removesuffix(unit).strip()} to {last}"
            if symbol_of(low) == unit
            else f"{first} to {last}"
        )


def first_line(
    con: duckdb.DuckDBPyConnection, question: Question, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> FirstLine | None:
    """The beginning of an answer of the book; None without rows."""
    if not rows:
        return None
    design = designs()[str(question.number)]
    answer = _Answer([dict(zip(columns, row, strict=True)) for row in rows], _names(con))
    first = answer.rows[0]
    named = str(first.get("source_ids") or first.get("source_id") or "").split(";")
    publishers = first.get("published_by")
    sources = list(filter(None, named)) or sorted(sources_behind(con, question.tables))
    shown = [name for name in design["columns"].split() if name in columns]
    measures = [
        name for name in shown if any(is_figure(row[name]) for row in answer.rows) and "year" not in name
    ]
    held = [row for row in answer.rows if not measures or any(row[name] is not None for name in measures)]
    return FirstLine(
        shown,
        [[_in_words(row[name]) for name in shown] for row in held],
        _sentence(answer, design["sentence"]),
        str(publishers) if publishers else _listed(sources, question),
        _flags(con, first),
    )


def _listed(sources: Sequence[str], question: Question) -> str:
    """The first sources, and how many more there are; without any, the tables of what was entered by hand."""
    if not sources:
        return f"the seeds of {', '.join(question.tables)}"
    more = f" and {len(sources) - MOST_SOURCES} more" if len(sources) > MOST_SOURCES else ""
    return f"{', '.join(sources[:MOST_SOURCES])}{more}"


def why_empty(con: duckdb.DuckDBPyConnection, question: Question) -> str:
    """Which sources an answer without rows needs, and what to ask instead."""
    design = designs()[str(question.number)]
    missing = con.execute(
        "select source_id from meta.source_status where mode in ('skipped', 'failed') order by source_id"
    ).fetchall()
    names = [name for (name,) in missing if not design["needs"] or name in design["needs"].split()]
    if not names:
        return "Every source that it needs is held."
    instead = [f"`minerals ask {one}`" for one in filter(None, design["instead"].split("; "))]
    meanwhile = f" Until then: {' and '.join(instead)}." if instead else ""
    return f"Not held yet: {', '.join(names)}. An online `minerals refresh` fetches it.{meanwhile}"


@cache
def designs() -> dict[str, dict[str, str]]:
    """Columns and sentence by the number of the question."""
    with (FOLDER / "first_lines.csv").open(encoding="utf-8", newline="") as file:
        return {row["question"]: row for row in csv.DictReader(file)}


def _sentence(answer: _Answer, template: str) -> str:
    def part(found: re.Match[str]) -> str:
        return next((said for one in found[1].split("|") if (said := answer.filled(one)) is not None), "")

    return answer.filled(_PART.sub(part, template)) or ""


def _in_words(value: Any) -> Any:
    """A value for display: a code in words, a figure with its significant digits."""
    if is_figure(value):
        return rounded(value)
    return value.replace("_", " ") if isinstance(value, str) and _CODE.fullmatch(value) else value


def _flags(con: duckdb.DuckDBPyConnection, row: Mapping[str, Any]) -> list[str]:
    """The meaning of a row's flags, except for flags that need no remark."""
    words = [word for name in _FLAGS for word in str(row.get(name) or "").split(";") if word not in _USUAL]
    meanings = dict(
        con.execute("select word, any_value(meaning) from meta.flag_words group by word").fetchall()
    )
    return [meanings[word] for word in dict.fromkeys(words) if word in meanings]


def _names(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    names = con.execute("select iso3, name from core.dim_country where iso3 != 'ZZZ'").fetchall()
    return dict(names) | {"USMCA": "North America"}
