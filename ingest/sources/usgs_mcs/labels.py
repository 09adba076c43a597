"""Labels, countries and editions as the publisher prints them, in one spelling."""

import re
from collections import Counter
from typing import Final

from ingest.formats.csv import clean_text
from ingest.sources.usgs_mcs.schemas import Row

_MISPRINTS: Final = {
    "Gemanium": "Germanium",
    "poduction": "production",
    "Ferosilicon": "Ferrosilicon",
    "ilmentite": "ilmenite",
    "grosss": "gross",
    "relianceas": "reliance as",
}
_MISPRINT = re.compile(r"\b(?:" + "|".join(_MISPRINTS) + r")\b")
_COUNTRY_FORM = re.compile(r" \((?!Kinshasa\)|Brazzaville\))([^)]+)\)")
ROUNDED = re.compile(r"[:,]? ?\(rounded\)|[:,]? ?\brounded\b", re.IGNORECASE)


class RepeatedLabels:
    """Repeated labels in a file get a number from the second on: ``Imports``, ``Imports#2``."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, ...]] = Counter()

    def number(self, label: str, *within: str) -> str:
        """The label, numbered if it occurred before in rows with the same ``within``."""
        self._seen[label, *within] += 1
        occurrence = self._seen[label, *within]
        return label if occurrence == 1 else f"{label}#{occurrence}"


def edition_of(source: str) -> str:
    """``MCS2025`` is edition 2025."""
    return source.strip().removeprefix("MCS")


def year_of(text: str) -> int | None:
    """A year of four digits; None for any other text."""
    return int(text) if re.fullmatch(r"\d{4}", text) else None


def country_and_form(published: str) -> tuple[str, str]:
    """``Brazil (beneficiated)`` is Brazil and a form; ``(rounded)`` is not a form."""
    text = ROUNDED.sub("", clean_text(published))
    if match := _COUNTRY_FORM.search(text):
        return country_name(text[: match.start()]), match[1]
    country, _, form = text.partition(", ") if text.startswith("World total") else (text, "", "")
    return country_name(country), form


def country_name(published: str) -> str:
    """Country name without a trailing footnote number."""
    return clean_text(published).rstrip("0123456789 ,")


def country_columns(name: str) -> Row:
    """The country columns, with flags for the world total and for other countries."""
    return {
        "country": name,
        "is_total": name.startswith("World total"),
        "is_other": name.casefold().startswith("other countries"),
    }


def label_of(text: str) -> str:
    """Label with single spaces, an initial capital and known misprints corrected."""
    return capitalized(correct_misprints(clean_text(text)))


def correct_misprints(text: str) -> str:
    """Text with known misprints corrected."""
    return _MISPRINT.sub(lambda match: _MISPRINTS[match[0]], text)


def capitalized(text: str) -> str:
    """Text with an initial capital; the other letters stay as printed."""
    return text[:1].upper() + text[1:]
