"""Values as statistical tables print them: figures, bounds, ranges, and letters in the place of a figure.

Yearbooks put more into a cell than a number: ``>50``, ``50 - 300``, ``W`` (withheld), a dash (zero). The text
is kept together with its value, qualifier and bounds, so that a bound is never taken for a figure.
"""

import re
from dataclasses import dataclass
from typing import Final

from ingest.formats.csv import clean_text

QUALIFIERS: Final = {
    "=": "a figure",
    ">": "more than value_low",
    "<": "less than value_high",
    "range": "between value_low and value_high",
    "s": "small: less than half of the unit, or small in words",
    "E": "net exporter: not above zero",
    "W": "withheld to avoid disclosing company data",
    "NA": "not available",
    "XX": "not applicable",
    "text": "words without a figure, such as Large",
}

# Publishers use hyphens, en dashes, em dashes and minus signs interchangeably.
_DASH = r"[-\u2012-\u2015\u2212]"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
_FIGURE = re.compile(rf"(e?)({_DASH}|\?)?({_NUMBER})\s?%?\s*(e?)")
_BOUND = re.compile(rf"(e?)(>|<|less than|more than)\s*({_NUMBER})\s?%?", re.IGNORECASE)
_RANGE = re.compile(rf"({_NUMBER})\s*(?:{_DASH}|to)\s*({_NUMBER})", re.IGNORECASE)
_HALF_UNIT = re.compile(r"less than (?:1/2|½|one[- ]half)\s?(?:of a )?unit\.?", re.IGNORECASE)
_SMALL_QUANTITY = re.compile(rf"less than (?:{_NUMBER})\s?[a-z]+\.?", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d]{2}[^\d]*")


@dataclass(frozen=True, slots=True)
class PublishedValue:
    """The value of a cell. ``qualifier`` is a key of `QUALIFIERS`, or None for an unknown token.

    ``value`` is set only for a figure; ``low`` and ``high`` are the publisher's bounds, if any.
    """

    text: str
    qualifier: str | None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    is_estimated: bool = False


def read_value(cell: str) -> PublishedValue | None:
    """The value of a printed cell; None for a blank one.

    A ``?`` before a figure is a minus sign lost to a wrong encoding. An ``e`` on either side marks an
    estimate.
    """
    text = clean_text(cell)
    if not text:
        return None
    if re.fullmatch(rf"{_DASH}+", text):
        return PublishedValue(text, "=", 0.0, 0.0, 0.0)
    if text in {"W", "NA", "XX"}:
        return PublishedValue(text, text)
    if text == "E":
        return PublishedValue(text, "E", high=0.0)
    if text == "s" or _SMALL_QUANTITY.fullmatch(text):
        return PublishedValue(text, "s", low=0.0)
    return _read_figure(text) or PublishedValue(text, "text" if _WORDS.fullmatch(text) else None)


def _read_figure(text: str) -> PublishedValue | None:
    if figure := _FIGURE.fullmatch(text):
        before, sign, digits, after = figure.groups()
        value = _number(digits) * (-1 if sign else 1)
        return PublishedValue(text, "=", value, value, value, is_estimated=bool(before or after))
    if bound := _BOUND.fullmatch(text):
        estimate, word, digits = bound.groups()
        if word.lower() in {">", "more than"}:
            return PublishedValue(text, ">", low=_number(digits), is_estimated=bool(estimate))
        return PublishedValue(text, "<", low=0.0, high=_number(digits), is_estimated=bool(estimate))
    if span := _RANGE.fullmatch(text):
        return PublishedValue(text, "range", low=_number(span[1]), high=_number(span[2]))
    if _HALF_UNIT.fullmatch(text):
        return PublishedValue(text, "s", low=0.0, high=0.5)
    return None


def _number(digits: str) -> float:
    return float(digits.replace(",", ""))
