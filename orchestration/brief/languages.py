"""The brief in other languages: translates sentences, headings, and names of minerals and countries."""

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from babel import Locale

from orchestration.brief.sections import Chart, Rows, Section
from warehouse.units import NO_BREAK, capital

LANGUAGES = ("en", "es", "fr")
LOCALES = {"en": Locale.parse("en"), "es": Locale.parse("es_MX"), "fr": Locale.parse("fr_CA")}
"""The usage of the three countries, for names of countries, months and figures."""
LISTS = frozenset({"minerals", "minerals_not_measured", "imposers", "form_imposers"})
"""Columns whose cells are comma-separated names."""
IDS = frozenset({"source", "refinery_source", "source_id", "series", "areas_listed", "listed_in"})
"""Columns whose cells are ids and stay untranslated."""
_WORDS = Path(__file__).with_name("words.csv")
_HEADINGS = Path(__file__).with_name("headings.csv")
_LABELS = Path(__file__).with_name("sheets") / "labels.csv"
_CODE = re.compile(r"[a-z0-9_]+")
_CODES = re.compile(r"[a-z0-9_]+(?:(?:;|, )[a-z0-9_]+)*")
_SLOT = re.compile(r"\{(\d)(:raw)?\}")
_DAY = re.compile(r"\b(?:(\d{1,2}) )?([A-Z][a-z]+) (\d{4})\b")
_VINTAGE = re.compile(r"vintage of (\d{1,2} [A-Z][a-z]+ \d{4})")
_FIGURE = re.compile(r"[\d\s.,:%+-]*")
_NUMBER = re.compile(r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+)(?!\w|[.,]\d)")
"""A number as written in English with a separator; codes such as 9903.88.03 have more than one point."""
_IN_FRENCH = str.maketrans({",": NO_BREAK, ".": ","})
_TIME = re.compile(r"\b(\d\d):(\d\d)\b")
_UNBROKEN = re.compile(r"(?<!,) (?=[:»%])|(?<=«) |(?<=\d) (?=\d{3}\b)|(?<=EE\.) (?=UU\.)")
"""Spaces at which a line of Spanish or French must not break; the files have ordinary spaces."""
_LIKE_I = re.compile(r"h?i(?!e)", re.IGNORECASE)
"""Beginning of a Spanish word before which *y* becomes *e*."""
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")

Words = Mapping[str, Mapping[str, str]]
"""Words of the fact sheets by key, then by language."""

Names = Mapping[str, Mapping[str, str]]
"""Names of minerals and countries by lower-case English name, then by language."""


def names(con: duckdb.DuckDBPyConnection) -> Names:
    """Names in all languages, from the publication and from Babel."""
    found: dict[str, dict[str, str]] = {}
    for mineral_id, english, label, *others in con.execute(
        """
        select
            minerals.mineral_id,
            minerals.name,
            any_value(names.mineral_name) filter (names.lang = 'en'),
            any_value(names.mineral_name) filter (names.lang = 'es'),
            any_value(names.mineral_name) filter (names.lang = 'fr')
        from core.dim_mineral as minerals
        inner join core.dim_mineral_name as names on minerals.mineral_id = names.mineral_id and names.is_label
        group by minerals.mineral_id, minerals.name
        order by minerals.mineral_id
        """
    ).fetchall():
        own = dict(zip(LANGUAGES[1:], others, strict=True))
        for name in filter(None, (mineral_id, english, label)):
            found[name.lower()] = {"en": english, **{code: name or english for code, name in own.items()}}
    locales = {code: LOCALES[code].territories for code in LANGUAGES[1:]}
    for name, iso2 in con.execute(
        "select name, iso2 from core.dim_country where iso2 is not null order by name"
    ).fetchall():
        found[name.lower()] = {"en": name, **{code: locales[code].get(iso2, name) for code in locales}}
    return found


@cache
def labels() -> Words:
    """The words of the fact sheets by key and language, from `labels.csv`."""
    return {row.pop("key"): row for row in _rows(_LABELS)}


@cache
def headings() -> Words:
    """Column headings by column and language, from `headings.csv`."""
    return {row.pop("column"): row for row in _rows(_HEADINGS)}


@cache
def catalogue() -> Sequence[Mapping[str, str]]:
    """Our sentences and words; `{0}` matches any text and is translated too, `{0:raw}` is kept as it is."""
    return _rows(_WORDS)


def _rows(file: Path) -> list[dict[str, str]]:
    """Rows of one of our files, in Spanish and French with spaces that do not break."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [_unbroken(row) for row in csv.DictReader(lines)]


def _unbroken(row: Mapping[str, str]) -> dict[str, str]:
    return {**row, **{code: _UNBROKEN.sub(NO_BREAK, row[code]) for code in LANGUAGES[1:]}}


def chart_locale(code: str) -> dict[str, dict[str, Any]]:
    """How the chart runtime writes numbers and dates in a language; its weeks begin on Sunday."""
    days, months = LOCALES[code].days["format"], LOCALES[code].months["format"]
    english = code != "fr"
    return {
        "formatLocale": {
            "decimal": "." if english else ",",
            "thousands": "," if english else NO_BREAK,
            "grouping": [3],
            "currency": ["", ""],
        },
        "timeFormatLocale": {
            "dateTime": "%Y-%m-%d %H:%M",
            "date": "%Y-%m-%d",
            "time": "%H:%M",
            "periods": ["AM", "PM"],
            "days": [days["wide"][(day + 6) % 7] for day in range(7)],
            "shortDays": [days["abbreviated"][(day + 6) % 7] for day in range(7)],
            "months": [months["wide"][month] for month in range(1, 13)],
            "shortMonths": [months["abbreviated"][month] for month in range(1, 13)],
        },
    }


class Language:
    """Translates English text into one language; ``missed`` collects untranslated texts.

    The entries are those of the brief, or ``further`` ones with them.
    """

    def __init__(self, code: str, known: Names, further: Sequence[Mapping[str, str]] = ()) -> None:
        self.code = code
        self.missed: set[str] = set()
        self._names = known
        self._months = {
            english: LOCALES[code].months["format"]["wide"][number]
            for number, english in LOCALES["en"].months["format"]["wide"].items()
        }
        self._exact = {key: own[code] for key, own in labels().items() if key == own["en"]}
        entries = [*catalogue(), *map(_unbroken, further)]
        self._exact |= {row["en"]: row[code] for row in entries}
        slotted = sorted((row for row in entries if _SLOT.search(row["en"])), key=lambda row: -len(row["en"]))
        self._patterns = [(_pattern(row["en"]), row) for row in slotted]

    def __call__(self, text: str) -> str:
        """Translate one of our texts: a single entry of the catalogue, or several consecutive sentences."""
        if self.code == "en" or not text.strip():
            return text
        whole = self._known(text) if text.endswith(".") else self._whole(text)
        if whole is not None:
            return whole
        sentences, rest = [], text
        while rest:
            sentence, rest = self._sentence(rest)
            sentences.append(sentence)
        return " ".join(sentences)

    def clauses(self, sentence: str) -> str | None:
        """Translate a sentence whose clauses have semicolons between; None if a clause has no entry."""
        own = [self._whole(clause) for clause in sentence.removesuffix(".").split("; ")]
        return None if None in own else f"{capital('; '.join(filter(None, own)))}."

    @property
    def colon(self) -> str:
        """A colon, with the space before it in French."""
        return f"{NO_BREAK}:" if self.code == "fr" else ":"

    def figures(self, text: str) -> str:
        """A text with its numbers as the language writes them: 1,234.5 has a decimal comma in French."""
        return _NUMBER.sub(lambda found: found[0].translate(_IN_FRENCH), text) if self.code == "fr" else text

    def heading(self, column: str) -> str:
        """The heading of a column."""
        if column not in headings():
            self.missed.add(column)
            return column.replace("_", " ")
        return headings()[column][self.code]

    def value(self, value: object, column: str = "") -> Any:
        """Translate a cell that is a name or one of our words; return anything else unchanged."""
        if self.code == "en" or not isinstance(value, str):
            return value
        if column in LISTS:
            return ", ".join(self._known(part) or part for part in value.split(", "))
        return self._known(value) or value

    def shown(self, text: str, column: str) -> str:
        """A cell for display: codes with underscores, alone or in a list, are written as words."""
        if column in IDS or "_" not in text or not _CODES.fullmatch(text):
            return text
        return _CODE.sub(lambda found: self._code(found[0]), text).replace(";", "; ")

    def _code(self, code: str) -> str:
        for key in (code, code.replace("_", " ")):
            if key in labels():
                return labels()[key][self.code]
            if key in self._names:
                return self._names[key][self.code].lower()
            if key in self._exact:
                return self._exact[key]
        self.missed.add(code)
        return code.replace("_", " ")

    def rows(self, rows: Rows) -> Rows:
        """Rows with their cells translated."""
        return [{column: self.value(value, column) for column, value in row.items()} for row in rows]

    def section(self, section: Section) -> Section:
        """A section translated, including its tables and charts."""
        if self.code == "en":
            charts = [replace(chart, spec=self.tooltips(chart.spec)) for chart in section.charts]
            return replace(section, charts=charts)
        return Section(
            id=section.id,
            title=self(section.title),
            finding=self(section.finding),
            caveat=self(section.caveat),
            datasets=[
                replace(one, title=self(one.title), rows=self.rows(one.rows)) for one in section.datasets
            ],
            charts=[
                Chart(
                    one.id,
                    self(one.caption),
                    self(one.alt),
                    self.tooltips(self.spec(one.spec)),
                    self(one.source_line),
                )
                for one in section.charts
            ],
            controls=section.controls,
        )

    def spec(self, node: Any, key: str = "") -> Any:
        """A chart's specification with titles and values translated as in its rows."""
        if isinstance(node, dict):
            return {name: self.spec(inner, name) for name, inner in node.items()}
        if isinstance(node, list):
            return [self.spec(inner, key) for inner in node]
        return self._shown(node, key) if isinstance(node, str) else node

    def tooltips(self, node: Any, key: str = "") -> Any:
        """A chart's specification with the headings of tables in its tooltips instead of column names."""
        if isinstance(node, list):
            return [self.tooltips(inner, key) for inner in node]
        if not isinstance(node, dict):
            return node
        inside = {name: self.tooltips(inner, name) for name, inner in node.items()}
        is_bare = key == "tooltip" and "field" in node and "title" not in node
        return {**inside, "title": self.heading(node["field"])} if is_bare else inside

    def _shown(self, text: str, key: str) -> Any:
        """A text of a specification, translated according to its role."""
        if key == "title":
            return self(text)
        if key in {"domain", "sort"}:
            return self.value(text)
        if key in {"calculate", "labelExpr", "filter", "test", "expr"}:
            return _QUOTED.sub(lambda found: self._quoted(found, is_label=key == "labelExpr"), text)
        return text

    def dates(self, text: str) -> str:
        """English dates in the target language: 8 June 2026, June 2026."""
        if self.code == "en":
            return text

        def date(found: re.Match[str]) -> str:
            day, month, year = found.groups()
            if month not in self._months:
                return found[0]
            of = " de " if self.code == "es" else " "
            return of.join(
                filter(None, ["1er" if (day, self.code) == ("1", "fr") else day, self._months[month], year])
            )

        own = _DAY.sub(date, text)
        return _TIME.sub(rf"\1{NO_BREAK}h{NO_BREAK}\2", own) if self.code == "fr" else own

    def _quoted(self, found: re.Match[str], *, is_label: bool) -> str:
        """A string in an expression that is displayed or compared with a cell, not a column or a unit."""
        text = found[1] or found[2] or ""
        if text.strip() != text and (word := self._known(text.strip())):
            return json.dumps(text.replace(text.strip(), word), ensure_ascii=False)
        known = (
            None
            if re.fullmatch(r"\w*", text) and text == text.lower() and not is_label
            else self._known(text)
        )
        return json.dumps(known, ensure_ascii=False) if known else found[0]

    def _known(self, text: str) -> str | None:
        """A translated word or name; its first letter keeps its case, except in an acronym."""
        name = self._exact.get(text) or self._exact.get(text.lower())
        name = name or self._names.get(text.lower(), {}).get(self.code)
        if name is None and (of_year := re.fullmatch(r"(.+)(, \d{4})", text)):
            known = self._known(of_year[1])
            return known and known + of_year[2]
        is_large = text[:1].isupper() and not text[1:2].isupper()
        return name and (name[0].upper() if is_large else name[0]) + name[1:]

    def _whole(self, text: str) -> str | None:
        known = self._known(text)
        if known is not None:
            return known
        for pattern, row in self._patterns:
            if not row["en"].endswith(".") and (found := pattern.fullmatch(text)):
                filled = self._filled(row, found)
                if filled is not None:
                    return filled
        return None

    def _sentence(self, text: str) -> tuple[str, str]:
        for english, own in self._exact.items():
            if english.endswith(".") and text.startswith(english):
                return own, text[len(english) :].lstrip()
        for pattern, row in self._patterns:
            if row["en"].endswith(".") and (found := pattern.match(text)):
                filled = self._filled(row, found)
                if filled is not None:
                    return filled, text[found.end() :].lstrip()
        self.missed.add(text)
        return text, ""

    def _filled(self, row: Mapping[str, str], found: re.Match[str]) -> str | None:
        """An entry with its slots filled; None if a slot has words of our own without a translation."""
        slots = {number: bool(raw) for number, raw in _SLOT.findall(row["en"])}
        parts = {
            number: self._raw(found[f"_{number}"]) if is_raw else self._part(found[f"_{number}"])
            for number, is_raw in slots.items()
        }
        if None in parts.values():
            return None
        return _SLOT.sub(lambda slot: parts[slot[1]] or "", row[self.code])

    def _raw(self, text: str) -> str:
        """A publisher's text unchanged, except for our own titles and words about its vintage."""
        if text in self._exact:
            return self._exact[text]
        return _VINTAGE.sub(lambda found: f"{self._exact['vintage of']} {self.dates(found[1])}", text)

    def _part(self, text: str) -> str | None:
        """Translate the content of a slot: a figure, a date, a name, our own phrase, or a list of these."""
        if _FIGURE.fullmatch(text):
            return self.figures(text)
        known = self._known(text)
        if known is not None:
            return known
        if _DAY.fullmatch(text):
            return self.dates(text)
        listed = _listed(text)
        if len(listed) > 1:
            parts = [self._part(part) for part in listed]
            return None if None in parts else self._joined(part or "" for part in parts)
        whole = self._whole(text)
        if whole is None:
            self.missed.add(text)
        return whole

    def _joined(self, parts: Iterable[str]) -> str:
        *first, last = parts
        spanish = "e" if _LIKE_I.match(last) else "y"
        return f"{', '.join(first)} {spanish if self.code == 'es' else 'et'} {last}"


def _pattern(english: str) -> re.Pattern[str]:
    """The regular expression that matches an entry."""
    pieces = re.split(r"(\{\d(?::raw)?\})", english)
    regex = "".join(
        f"(?P<_{piece[1]}>.+?)" if _SLOT.fullmatch(piece) else re.escape(piece) for piece in pieces
    )
    return re.compile(regex + r"(?=\s|$)", re.DOTALL)


def _listed(text: str) -> list[str]:
    """Members of an English list; a year after a comma belongs to the preceding member."""
    parts: list[str] = []
    for part in text.split(", "):
        if parts and re.fullmatch(r"\d{4}", part):
            parts[-1] += f", {part}"
        else:
            parts += [part] if part.startswith("output and reliance") else part.split(" and ")
    return parts
