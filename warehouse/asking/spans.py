"""Spans of time in words, in three languages: a number of days, or a range of years."""

import re
from collections.abc import Callable
from dataclasses import dataclass

_DAYS_OF = {
    "day days dia dias jour jours": 1,
    "week weeks semana semanas semaine semaines": 7,
    "month months mes meses mois": 30,
    "year years ano anos an ans annee annees": 365,
}
_UNITS = {word: days for words, days in _DAYS_OF.items() for word in words.split()}
_HALVES = ("half a", "half", "medio", "media", "un demi", "une demi", "demi")
_COUNTED = (
    "a an one un una uno une",
    "two dos deux",
    "three tres trois",
    "four cuatro quatre",
    "five cinco cinq",
    "six seis",
    "seven siete sept",
    "eight ocho huit",
    "nine nueve neuf",
    "ten diez dix",
    "eleven once onze",
    "twelve doce douze",
)
_NUMBERS = dict.fromkeys(_HALVES, 0.5) | {
    word: float(number) for number, words in enumerate(_COUNTED, 1) for word in words.split()
}
_SPAN = re.compile(rf"\b(\d{{1,4}}|{'|'.join(_NUMBERS)}) ({'|'.join(_UNITS)})\b")
_PAST = re.compile(r"\b(?:last|past|previous|ultimos?|ultimas?|derniers?|dernieres?) $")
_HALF_YEAR_DAYS = 180
"""Days in half a year, as the stockpile question counts them."""

_YEAR = r"((?:19|20)\d\d)"
YEAR = re.compile(rf"\b{_YEAR}\b")
"""A year within a text."""
_RANGE = re.compile(
    rf"\b(?:(?:between|from|entre|de|desde|depuis) )?{_YEAR}"
    rf" (?:(?:to|until|till|through|and|a|al|y|et|hasta|au|jusqu a|jusqu en) )?{_YEAR}\b"
)
_SINCE = re.compile(rf"\b(?:since|desde|depuis) {_YEAR}\b|\b{_YEAR} (?:onwards?|en adelante)\b")
_AFTER = re.compile(rf"\b(?:after|despues de|apres) {_YEAR}\b")
_BEFORE = re.compile(rf"\b(?:before|prior to|antes de|avant) {_YEAR}\b")
_UNTIL = re.compile(rf"\b(?:until|till|up to|through|hasta|jusqu en|jusqu a) {_YEAR}\b")
_OVER_YEARS = re.compile(
    r"\b(?:over (?:the )?years|over time|year by year|ano (?:por|tras) ano|au fil des ans)\b"
)


@dataclass(frozen=True, slots=True)
class Years:
    """Years from ``first`` to ``last``, both included; a bound that is None is open."""

    first: int | None
    last: int | None

    def __str__(self) -> str:
        """Return the years as a person writes them."""
        if self.first == self.last:
            return str(self.first) if self.first else "all years"
        if self.first is None:
            return f"up to {self.last}"
        return f"since {self.first}" if self.last is None else f"{self.first} to {self.last}"

    def meets(self, first: int, last: int) -> bool:
        """Return whether any year from ``first`` to ``last`` is among these years."""
        return (self.first is None or last >= self.first) and (self.last is None or first <= self.last)


def days_in(text: str) -> tuple[int, str, str] | None:
    """Return the number of days that plain words name, and the words for its number and unit.

    A month has 30 days. A period that ends today, such as the last two years, is not a number of days.
    """
    found = _SPAN.search(text)
    if found and _PAST.search(text[: found.start()]):
        return None
    if not found:
        return None
    number, unit = found[1], found[2]
    count = float(number) if number.isdigit() else _NUMBERS[number]
    is_half_year = count * _UNITS[unit] == _UNITS["year"] / 2
    return (_HALF_YEAR_DAYS if is_half_year else int(count * _UNITS[unit])), number, unit


_READ: tuple[tuple[re.Pattern[str], Callable[..., Years]], ...] = (
    (_RANGE, lambda first, last: Years(min(first, last), max(first, last))),
    (_SINCE, lambda first: Years(first, None)),
    (_AFTER, lambda year: Years(year + 1, None)),
    (_BEFORE, lambda year: Years(None, year - 1)),
    (_UNTIL, lambda last: Years(None, last)),
    (_OVER_YEARS, lambda: Years(None, None)),
)


def year_of(words: str) -> int | None:
    """Return the first year that words name; None if they name none."""
    found = YEAR.search(words)
    return int(found[0]) if found else None


def years_in(text: str) -> tuple[Years, str] | None:
    """Return the range of years that plain words name, and those words; None for a single year."""
    for pattern, years in _READ:
        found = pattern.search(text)
        if found:
            return years(*(int(year) for year in found.groups() if year)), found[0]
    return None
