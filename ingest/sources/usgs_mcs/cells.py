"""A printed cell and its notes: figure, qualifier, bounds, and whether it is an estimate."""

import re
from typing import Final

from ingest.formats.csv import clean_text
from ingest.formats.printed_values import read_value
from ingest.sources.usgs_mcs.columns import TONS
from ingest.sources.usgs_mcs.schemas import Row

ESTIMATED = re.compile(r",? ?\bestimated\b", re.IGNORECASE)
_REPORTED = re.compile(r"\breported\b", re.IGNORECASE)
_HALF_UNIT = re.compile(r"less than ½\s?unit", re.IGNORECASE)
EXCLUDES_USA = re.compile(r"\bexcludes U\.S\. production\b", re.IGNORECASE)
# In the world data of 2025, the notes give the letters for an empty cell: "W for 23-24".
_NOTED_VALUE = re.compile(
    r"(W|NA|XX|Less than 1/2 unit|Large|Moderate(?: to Large)?|(?:Very )?Small)(?: for ([\d-]+))?",
    re.IGNORECASE,
)
# Protected figures: "rounded to the nearest 5,000 tons to avoid disclosing company proprietary data".
_ROUNDED_TO = re.compile(r"rounded to the nearest (hundred thousand|[\d,]+) tons", re.IGNORECASE)
_TONS_OF: Final = {"hundred thousand": 100_000}
NO_UNIT: Final = "not stated"


def printed_columns(
    cell: str, unit: str | None, *, notes: str = "", is_estimated: bool = False
) -> Row | None:
    """Columns of a printed value; None for a blank cell."""
    printed = read_value(cell)
    if printed is None:
        return None
    qualifier, low, high = printed.qualifier, printed.low, printed.high
    if printed.qualifier == ">" and unit == "percent":
        high = 100.0
    elif printed.qualifier == "s" and _HALF_UNIT.search(notes):
        high = 0.5
    elif printed.value is not None and (nearest := _ROUNDED_TO.search(notes)) and unit in TONS:
        step = _TONS_OF.get(nearest[1].lower()) or int(nearest[1].replace(",", ""))
        half = step / TONS[unit] / 2
        qualifier, low, high = "range", max(printed.value - half, 0.0), printed.value + half
    return {
        "value_text": printed.text,
        "value": printed.value,
        "qualifier": qualifier,
        "value_low": low,
        "value_high": high,
        "is_estimated": is_estimated or printed.is_estimated or "Estimated" in notes,
    }


def noted_value(notes: str, year: int) -> str:
    """The letters or the word in the notes that apply to a year's empty cell."""
    noted = _NOTED_VALUE.fullmatch(clean_text(notes))
    if noted is None or (noted[2] and f"{year % 100}" not in noted[2]):
        return ""
    return noted[1].upper() if len(noted[1]) <= len("NA") else noted[1]


def notes_say_estimated(label: str, notes: str) -> bool:
    """Whether the notes call a figure estimated, or the label does and the notes do not contradict it."""
    if ESTIMATED.search(notes):
        return True
    return ESTIMATED.search(label) is not None and _REPORTED.search(notes) is None
