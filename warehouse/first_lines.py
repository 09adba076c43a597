"""The first line of a question's answer: its first row in words, its sources, and what its flags mean.

For each question, `queries/first_lines.csv` has the columns to show first and a sentence. In a sentence,
``{x}`` is the first row's figure with its unit, ``{x:year}`` or ``{x:month}`` its date, ``{x:sum}`` the sum
over all rows with its unit, ``{x:held}`` the number of rows with a figure, ``{x:below}`` and ``{x:above}``
the number with one below or above zero, ``{x:tally}`` how often each value occurs, ``{x:span.y}`` the least
and greatest x of the rows with a y, ``{x:halves.y}`` the number of rows whose x is more than half of
y, ``{x:listed}`` the number of items in a list, ``{x:5}`` the first five values, ``{rows}`` the number of
rows and ``{rows:x.y}`` the number of different pairs of x and y.
``{x:if}`` is empty, and missing without x; ``{x:little}`` is empty, and missing if x is 50 or more;
``{x:few}`` is empty, and missing if ten rows have a figure;
``{several}`` is empty, and missing if there is one row; ``{x:several}`` the same for rows with an x. A part
in brackets is left out if one of its figures is missing; if ``|`` separates several parts, the first one
with all its figures is used. Names of minerals and goods have no capital within a sentence, countries have
their article, and millions of dollars are rounded. What a reader must know of the first row and need not
quote is in the column `remarks`, with each remark in brackets. The file also has the sources that an answer
needs to have any row, and what to ask if they are missing. It has the table that the first row is traced
to, with the keys of that table if they are not columns of the row.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import duckdb

from warehouse.book import FOLDER, Question, place_names, publisher_of, publishers
from warehouse.sources_behind import sources_behind
from warehouse.units import capital, in_sentence, in_words, is_figure, lowered, rounded_in, symbol_of

FEW = 10
"""Number of cases below which they are no basis for a general statement."""
HALF_PCT = 50
NO_ROW = "No row."
"""The beginning of a note on an answer of the book that has no row although its sources are held."""
NOT_YET = "Not in this warehouse yet:"
"""The beginning of a note on an answer of the book whose sources are not held, followed by their names."""
_FLAGS = ("coverage", "quality_flag", "flag")
_USUAL = ("complete", "ok")
_DATES = {"year": "%Y", "month": "%B %Y"}
_SLOT = re.compile(r"\{(\w+)(?::([\w.]+))?\}")
_RANGE = re.compile(r"\{(\w+)\} to \{(\w+)\}")
_PART = re.compile(r"\[([^\[\]]*)\]")
_OVER_ROWS: Mapping[str, Callable[[Sequence[Any]], int]] = {
    "sum": len,
    "held": len,
    "below": lambda held: sum(value < 0 for value in held),
    "above": lambda held: sum(value > 0 for value in held),
    "tally": len,
}
"""Forms of a slot that say something of all rows, by what they count of the values held."""
_GOODS = ("mineral", "goods", "shares_them_with", "measured_as")
"""Endings of columns with names that have no capital within a sentence."""
_LISTS = ("shares_them_with", "minerals_named", "passed_on")
"""Columns with lists of minerals."""
_PLACES = ("estimated_through",)
"""Columns with lists of countries."""
_KIND = re.compile(r"(.+) \(([^()]+)\)")
"""A mineral with its kind in brackets, such as graphite (natural)."""
_WITH_ARTICLE = re.compile(r"United .+|.+ (?:Islands|Republic)|Netherlands|Philippines")


@dataclass(frozen=True, slots=True)
class FirstLine:
    """The beginning of an answer; ``sentence`` is empty if the first row lacks a figure.

    ``columns`` are the columns to show that have a value. ``rows`` have these columns, with codes in
    words and figures rounded; rows without any figure are left out. ``led`` is the first row, which the
    sentence puts in words, with all its columns. ``sources`` are the publishers of all rows, those of the
    first row first; ``of_first_row`` are the latter. ``remarks`` are on the first row, with the meanings of
    its flags.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    sentence: str
    sources: str
    remarks: Sequence[str]
    led: Sequence[Any] = ()
    of_first_row: str = ""

    @property
    def of_further_rows(self) -> str:
        """The publishers that the first row does not have."""
        own = self.of_first_row.split("; ")
        return "; ".join(name for name in self.sources.split("; ") if name not in own)


@dataclass(frozen=True, slots=True)
class _Answer:
    """The rows of an answer as dictionaries, and the names of areas and countries by code."""

    rows: Sequence[Mapping[str, Any]]
    names: Mapping[str, str]

    def text(self, name: str, form: str | None = None) -> str | None:
        """Return the text of a slot; None if its figure is missing."""
        kind, _, other = (form or "").partition(".")
        if kind in ("span", "halves"):
            return self._span(name, other) if kind == "span" else self._halves(name, other)
        if "several" in (name, form) or form in ("few", "little"):
            return "" if self._applies(name, form) else None
        if name == "rows" or form in _OVER_ROWS:
            return self._counted(name, form)
        value = self.rows[0].get(name)
        if value is None or value == "":
            return None
        if form and form.isdigit():
            return in_series(
                dict.fromkeys(within(str(row.get(name)), name) for row in self.rows[: int(form)])
            )
        return self._formatted(value, name, form)

    def _applies(self, name: str, form: str | None) -> bool:
        """Return whether a part with this slot is shown: by the number of rows, or by a small percentage."""
        if form == "little":
            return (self.rows[0].get(name) or 0) < HALF_PCT
        held = sum(name == "several" or row.get(name) is not None for row in self.rows)
        return held < FEW if form == "few" else held > 1

    def _span(self, name: str, held: str) -> str | None:
        """Return the least and the greatest value of a column in the rows that have a figure in another."""
        values = sorted({row[name] for row in self.rows if row.get(held) is not None})
        return " to ".join(map(str, dict.fromkeys([values[0], values[-1]]))) if values else None

    def _halves(self, part: str, whole: str) -> str:
        """Return the number of rows in which a column is more than half of another one."""
        held = [row for row in self.rows if row.get(part) is not None and row.get(whole) is not None]
        return f"{sum(2 * row[part] > row[whole] for row in held):,}"

    def _formatted(self, value: Any, name: str, form: str | None) -> str:
        """Return a value of the first row in words."""
        if form == "if":
            return ""
        if form == "listed":
            return str(len(str(value).split(", ")))
        if isinstance(value, date):
            return f"{value:{_DATES[form]}}" if form else value.isoformat()
        if is_figure(value):
            return in_sentence(rounded_in(value, name), name)
        return within(self.names.get(str(value), str(in_words(value))), name)

    def _counted(self, name: str, form: str | None) -> str | None:
        """Return what a form says of a column over all rows, or the number of rows or of different values."""
        held = [row[name] for row in self.rows if row.get(name) is not None]
        if form == "tally":
            often = sorted(Counter(held).items(), key=lambda one: (-one[1], str(one[0])))
            return in_series(f"{within(str(value), name)} ({count})" for value, count in often)
        if form == "sum":
            return in_sentence(rounded_in(sum(held), name), name) if held else None
        if counted := _OVER_ROWS.get(form or ""):
            return f"{counted(held):,}"
        kept = {tuple(row[one] for one in form.split(".")) for row in self.rows} if form else self.rows
        return f"{len(kept):,}"

    def filled(self, template: str) -> str | None:
        """Return a part of a sentence with its figures filled in; None if one is missing."""
        texts = {slot[0]: self.text(slot[1], slot[2]) for slot in _SLOT.finditer(template)}
        if None in texts.values():
            return None
        ranged = _RANGE.sub(lambda found: self._range(found[1], found[2]), template)
        return _SLOT.sub(lambda found: texts[found[0]] or "", ranged)

    def _range(self, low: str, high: str) -> str:
        """Return two bounds with their unit written once, or one figure if the bounds are equal."""
        first, last, unit = self.text(low) or "", self.text(high) or "", symbol_of(high)
        if first == last:
            return first
        if unit == "pp":
            unit = "percentage points"
        return f"{first.removesuffix(unit).strip() if first.endswith(unit) else first} to {last}"


def first_line(
    con: duckdb.DuckDBPyConnection, question: Question, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> FirstLine | None:
    """Return the beginning of the answer to a question of the book; None if it has no rows."""
    design = designs()[str(question.number)]
    sources = publishers_of(con, question, columns, rows)
    found = begun(con, design, columns, rows, sources)
    if not found or "published_by" not in columns:
        return found
    return replace(found, of_first_row=publishers_of(con, question, columns, rows[:1]))


def begun(
    con: duckdb.DuckDBPyConnection,
    design: Mapping[str, str],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    sources: str,
) -> FirstLine | None:
    """Return the beginning of an answer, by a design with columns and a sentence; None without rows."""
    if not rows:
        return None
    answer = _Answer([dict(zip(columns, row, strict=True)) for row in rows], place_names(con))
    filled = {name for row in answer.rows for name, value in row.items() if value is not None}
    names = [name for name in design["columns"].split() if name in filled]
    measures = [
        name for name in names if any(is_figure(row[name]) for row in answer.rows) and "year" not in name
    ]
    held = [row for row in answer.rows if not measures or any(row[name] is not None for name in measures)]
    return FirstLine(
        names,
        [[_shown(row[name], name) for name in names] for row in held],
        _sentence(answer, design["sentence"]),
        sources,
        [*_remarks(answer, design.get("remarks", "")), *_flags(con, answer.rows[0])],
        rows[0],
    )


def not_held(sentence: str) -> FirstLine:
    """Return the beginning of an answer without rows, which states why there are none."""
    return FirstLine((), (), capital(sentence), "", ())


def joined(firsts: Sequence[FirstLine | None]) -> FirstLine | None:
    """Return one beginning for the answers on several minerals, each of which has a table of its own."""
    held = [one for one in firsts if one]
    if len(held) < len(firsts) or len(held) < 2:
        return held[0] if held else None
    return replace(
        held[0],
        columns=(),
        sentence=" ".join(one.sentence for one in held),
        sources=once(name for one in held for name in one.sources.split("; ") if name),
        of_first_row="",
        remarks=[*dict.fromkeys(remark for one in held for remark in one.remarks)],
    )


def publishers_of(
    con: duckdb.DuckDBPyConnection, question: Question, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> str:
    """Return the publishers of all rows; for figures entered by hand, the tables with them."""
    if "published_by" in columns:
        at = columns.index("published_by")
        return once(name for row in rows for name in str(row[at] or "").split("; ") if name)
    return (
        publishers_behind(con, question.tables)
        or f"this warehouse's own lists ({', '.join(map(_subject_of, question.tables))})"
    )


def _subject_of(table: str) -> str:
    """Return what a table has, such as mineral for core.dim_mineral."""
    return table.rpartition(".")[2].partition("_")[2].replace("_", " ")


def publishers_behind(con: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> str:
    """Return the publishers of all sources behind tables."""
    known = publishers(con)
    sources = sorted(sources_behind(con, tables))
    return once(name for one in sources for name in publisher_of(known, one).split("; "))


def once(names: Iterable[str]) -> str:
    """Return each publisher once, even if its name is written differently, such as without periods."""
    once: dict[str, str] = {}
    for name in names:
        once.setdefault(re.sub(r"\W", "", name.lower()), name)
    return "; ".join(once.values())


def why_empty(con: duckdb.DuckDBPyConnection, question: Question, texts: Mapping[str, str]) -> str:
    """Return which sources an answer without rows needs, and what other answers have, by their texts."""
    design = designs()[str(question.number)]
    missing = con.execute(
        "select source_id, citation from meta.source_status where mode in ('skipped', 'failed')"
        " order by source_id"
    ).fetchall()
    titles = {
        name: title for name, title in missing if not design["needs"] or name in design["needs"].split()
    }
    if not titles:
        return f"{NO_ROW} Nothing that is held fits; every source that it needs is held."
    instead = [
        f"`minerals ask {one}` ({texts[one.partition(' ')[0]].rstrip('?')})"
        for one in filter(None, design["instead"].split("; "))
    ]
    missing_here = "; ".join(f"{title or name} (source `{name}`)" for name, title in titles.items())
    them = "them" if len(titles) > 1 else "it"
    meanwhile = f" Until then, the nearest that is held: {' and '.join(instead)}." if instead else ""
    return f"{NOT_YET} {missing_here}. An online `minerals refresh` fetches {them}.{meanwhile}"


@cache
def designs() -> dict[str, dict[str, str]]:
    """Return the row of `queries/first_lines.csv` for each question, by its number."""
    with (FOLDER / "first_lines.csv").open(encoding="utf-8", newline="") as file:
        return {row["question"]: row for row in csv.DictReader(file)}


def _sentence(answer: _Answer, template: str) -> str:
    return capital(answer.filled(_PART.sub(lambda found: _part(answer, found[1]), template)) or "")


def _remarks(answer: _Answer, template: str) -> list[str]:
    return [capital(text) for part in _PART.findall(template) if (text := _part(answer, part))]


def _part(answer: _Answer, alternatives: str) -> str:
    """Return the first of several texts that has all its figures; empty if none has."""
    return next((text for one in alternatives.split("|") if (text := answer.filled(one)) is not None), "")


def in_series(texts: Iterable[str]) -> str:
    """Return texts one after the other, with "and" before the last."""
    *most, last = [*texts] or ["none"]
    return f"{', '.join(most)} and {last}" if most else last


def within(text: str, column: str) -> str:
    """Return a name or a list of names as it is written within a sentence."""
    if column == "goods_listed":
        return ", ".join(text.lower().split(";"))
    if column in _LISTS:
        return in_series(within(one, "mineral") for one in text.split(", "))
    if column in _PLACES and ", " in text:
        return in_series(within(one, "country") for one in text.split(", "))
    if column.endswith(_GOODS):
        kind = _KIND.fullmatch(text) if column.endswith("mineral") else None
        plain = f"{kind[2]} {lowered(kind[1])}" if kind else text
        return lowered(plain) if plain[1:2].islower() else plain
    return f"the {text}" if _WITH_ARTICLE.fullmatch(text) else text


def _shown(value: Any, column: str) -> Any:
    """Return a value for display: a code in words, or a figure with its significant digits."""
    return rounded_in(value, column) if is_figure(value) else in_words(value)


def _flags(con: duckdb.DuckDBPyConnection, row: Mapping[str, Any]) -> list[str]:
    """Return the meanings of a row's flags, without the flags that need no remark."""
    words = [word for name in _FLAGS for word in str(row.get(name) or "").split(";") if word not in _USUAL]
    meanings = dict(
        con.execute("select word, any_value(meaning) from meta.flag_words group by word").fetchall()
    )
    return [meanings[word] for word in dict.fromkeys(words) if word in meanings]
