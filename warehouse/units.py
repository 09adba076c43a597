"""Units of figures, which are part of their column names."""

import re

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

_SYMBOLS = {"share of 1": "%", "percent": "%", "percentage points": "pp", "ratio": ""}
_ENDS = "|".join(UNITS)
_OF_NAME = re.compile(rf"(?:^|.)({_ENDS})(?:_usmca|_china|_by_customs)?(?:_low|_high|_before)?$")
_BARE = {name.removeprefix("_"): unit for name, unit in UNITS.items() if name not in {"_t", "_ratio"}}


def unit_of(column: str) -> str | None:
    """The unit in a column's name; bounds have that of their figure. Empty if there is none."""
    if column in _BARE:
        return _BARE[column]
    if column.startswith("days_"):
        return "days"
    found = _OF_NAME.search(column)
    return UNITS[found[1]] if found else None


def without_unit(column: str) -> str:
    """The name of a column without its unit; unchanged if it has none."""
    found = _OF_NAME.search(column)
    if not found or UNITS[found[1]] in ("share of 1", "ratio"):
        return column
    return column[: found.start(1)] + column[found.end(1) :]


def symbol_of(column: str) -> str:
    """The unit as printed after figures of a column, such as ``%``; empty if it has none."""
    unit = unit_of(column)
    return _SYMBOLS.get(unit, unit) if unit else ""


def is_share(column: str) -> bool:
    """Whether figures of a column are parts of 1, which are shown in percent."""
    return unit_of(column) == "share of 1"
