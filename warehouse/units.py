"""Values for people: figures with their units, which are part of column names, and codes in words."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeGuard

UNITS = {
    "_usd_per_kg": "USD/kg",
    "_usd_per_t": "USD/t",
    "_usd_m": "USD million",
    "_usd": "USD",
    "_share": "share of 1",
    "_pct": "percent",
    "_pp": "percentage points",
    "_days": "days",
    "_years": "years",
    "_kg": "kg",
    "_t": "t",
    "_ratio": "ratio",
}
"""Unit by column suffix, longest match first; other columns state their unit in the comment."""

_LARGE = {10**9: "billion", 10**6: "million"}
LEAST_PERCENT = 0.1
"""Smaller shares are shown as less than this."""
NO_BREAK = "\N{NO-BREAK SPACE}"
_BEHIND_A_FIGURE = re.compile(r"(?<=\d) (?=(?:%|pp|kg|t|USD)(?!\w))")
_SYMBOLS = {"share of 1": "%", "percent": "%", "percentage points": "pp", "ratio": ""}
_ENDS = "|".join(UNITS)
_QUALIFIERS = "_usmca|_china|_by_customs|_a_month|_late|_of_consumption|_of_product|_unreplaced"
"""What may come between the unit in a column's name and its bound."""
_OF_NAME = re.compile(rf"(?:^|.)({_ENDS})(?:{_QUALIFIERS})?(?:_low|_high|_before|_after)?$")
_CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
_READ_AS = {
    "usa": "USA",
    "can": "Canada",
    "mex": "Mexico",
    "china": "China",
    "usmca": "USMCA",
    "hts": "HTS",
    "hts8": "HTS line",
    "hs": "HS",
    "hs6": "HS code",
    "hhi": "HHI",
    "baci": "BACI",
    "usgs": "USGS",
    "mfn": "MFN",
    "usd": "USD",
    "nir": "net import reliance",
    "iso3": "",
    "id": "",
    "ids": "",
}
"""Parts of column names that are not words; endings of codes are left out."""
_STAGES = {
    "ore_concentrate": "ore or concentrate",
    # the refined form of phosphate or helium is no metal
    "refined_metal": "refined",
    "alloy_semi": "alloy or semi-finished",
    "end_form": "finished goods",
    "all_forms": "all forms",
}
"""Stages whose codes do not read as words; no other place has words for them."""
_STAGE_IN_TEXT = re.compile(rf"\b(?:{'|'.join(_STAGES)})\b")
_PLAIN = {
    "bloc_net_dependency": "from_outside_north_america",
    "extra_bloc_dependency": "from_outside_north_america",
    "bloc_dependency": "dependency",
    "three_netted": "north_america_from_outside",
    "exempt_bloc": "exempt_members_of",
    "unit_value": "value_per_weight",
    "calculated_duty": "duty_paid",
}
"""Terms in column names that a reader outside the field does not know, in plain words."""
_DATES = ("year", "period", "edition")
_BARE = {name.removeprefix("_"): unit for name, unit in UNITS.items() if name not in {"_t", "_ratio"}}


def period_name(begins: date, cadence: str) -> str:
    """A period as a source of this cadence names it: a year, a month or a day."""
    return (
        f"{begins:%Y}" if cadence == "annual" else f"{begins:%Y-%m}" if cadence == "monthly" else f"{begins}"
    )


def unit_of(column: str) -> str | None:
    """The unit in a column's name; bounds have that of their figure. Empty if there is none."""
    if column in _BARE:
        return _BARE[column]
    if column.startswith("days_"):
        return "days"
    if column.startswith("share_of_"):
        return "share of 1"
    found = _OF_NAME.search(column)
    return UNITS[found[1]] if found else None


def without_unit(column: str) -> str:
    """The name of a column without its unit; unchanged if it has none."""
    found = _OF_NAME.search(column)
    if not found or UNITS[found[1]] in ("share of 1", "ratio"):
        return column
    return column[: found.start(1)] + column[found.end(1) :]


def heading(column: str) -> str:
    """The name of a column in plain words, without the unit that follows its figures and without ``name``."""
    name = without_unit(column).removesuffix("_name")
    for term, plain in _PLAIN.items():
        name = name.replace(term, plain)
    words = (_READ_AS.get(word, word) for word in name.split("_"))
    return " ".join(filter(None, words)).replace("north america", "North America") or column


def headings(columns: Sequence[str]) -> list[str]:
    """The headings of a table; columns that differ by their unit alone have it in the heading."""
    heads = [heading(column) for column in columns]
    return [
        f"{head} in {'percent' if is_share(column) else unit_of(column)}"
        if heads.count(head) > 1 and unit_of(column)
        else head
        for head, column in zip(heads, columns, strict=True)
    ]


def symbol_of(column: str) -> str:
    """The unit as printed after figures of a column, such as ``%``; empty if it has none."""
    unit = unit_of(column)
    return _SYMBOLS.get(unit, unit) if unit else ""


def is_share(column: str) -> bool:
    """Whether figures of a column are parts of 1, which are shown in percent."""
    return unit_of(column) == "share of 1"


def is_figure(value: Any) -> TypeGuard[int | float | Decimal]:
    """Whether a value is a number, which has a unit."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def in_words(value: Any) -> Any:
    """A value for people: a code or the stages within a text in words; CSV and JSON keep the codes."""
    if not isinstance(value, str):
        return value
    text = _STAGE_IN_TEXT.sub(lambda stage: _STAGES[stage[0]], value)
    return text.replace("_", " ") if _CODE.fullmatch(text) else text


def number(value: float | Decimal) -> str:
    """A number for display; zero has no sign."""
    if not isinstance(value, float):
        return str(value)
    return f"{value + 0.0:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"


def measured(value: float | Decimal, column: str) -> str:
    """A figure followed by the unit in its column's name.

    Percentages and shares of 1 are shown in percent with one decimal, below one percent with two significant
    digits, and below a tenth of a percent as less than that. Publishers round to whole percents; JSON and CSV
    have all digits.
    """
    unit = symbol_of(column)
    if not unit:
        return number(value)
    if is_share(column):
        return f"{_percent(100 * float(value))} {unit}"
    if unit == "%":
        return f"{_percent(float(value))} {unit}"
    return f"{value:,} {unit}" if isinstance(value, int) else f"{number(value)} {unit}"


def in_sentence(value: float | Decimal, column: str) -> str:
    """A figure with its unit for a sentence: large amounts of money rounded, and no unit abbreviated."""
    text = f"{value:,}" if _is_count(value, column) else measured(value, column)
    if symbol_of(column) == "USD":
        size = next((size for size in _LARGE if abs(float(value)) >= size), None)
        if size:
            return f"USD {number(rounded(float(value) / size))} {_LARGE[size]}"
        return f"USD {text.removesuffix(' USD')}"
    return f"{text.removesuffix('pp')}percentage points" if text.endswith(" pp") else text


def _is_count(value: float | Decimal, column: str) -> bool:
    """Whether a figure counts something; years have no comma."""
    return isinstance(value, int) and not symbol_of(column) and not any(word in column for word in _DATES)


def rounded(value: float | Decimal) -> float | Decimal:
    """A figure rounded for reading: to whole numbers from a hundred, otherwise to three digits."""
    if isinstance(value, int):
        return value
    exact = float(value)
    return float(f"{exact:.0f}") if abs(exact) >= 100 else float(f"{exact:.3g}")


def rounded_in(value: float | Decimal, column: str) -> float | Decimal:
    """A figure of a column rounded for reading; a percentage is rounded only once, when it is printed."""
    return value if symbol_of(column) == "%" else rounded(value)


def lowered(text: str) -> str:
    """A text with its first letter in lower case, for use within a sentence."""
    return text[:1].lower() + text[1:]


def unbroken(text: str) -> str:
    """Text without line breaks between a number and its unit."""
    return _BEHIND_A_FIGURE.sub(NO_BREAK, text)


def _percent(percent: float) -> str:
    if percent and abs(percent) < LEAST_PERCENT:
        return f"<{LEAST_PERCENT}" if percent > 0 else f">-{LEAST_PERCENT}"
    return f"{percent:.1f}".removesuffix(".0") if abs(percent) >= 1 else f"{percent + 0.0:.2g}"


def capital(text: str) -> str:
    """A text with its first letter in upper case, as the beginning of a sentence."""
    return text[:1].upper() + text[1:]
