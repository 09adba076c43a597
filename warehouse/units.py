"""Units of figures, which stand in the names of their columns."""

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
"""Unit by column suffix, the longest match first; a column of another name states its unit in its comment."""

_SYMBOLS = {"share of 1": "%", "percent": "%", "percentage points": "pp", "ratio": ""}
_ENDS = "|".join(UNITS)
_OF_NAME = re.compile(rf"(?:^|.)({_ENDS})(?:_usmca|_china|_by_customs)?(?:_low|_high|_before)?$")
_BARE = {name.removeprefix("_"): unit for name, unit in UNITS.items() if name not in {"_t", "_ratio"}}


def unit_of(column: str) -> str | None:
    """The unit of a column by its name, a bound's by the figure that it bounds; none without one."""
    if column in _BARE:
        return _BARE[column]
    if column.startswith("days_"):
        return "days"
    found = _OF_NAME.search(column)
    return UNITS[found[1]] if found else None


def without_unit(column: str) -> str:
    """The name of a column without the unit that stands behind its figures; all of it where none is named."""
    found = _OF_NAME.search(column)
    if not found or UNITS[found[1]] in ("share of 1", "ratio"):
        return column
    return column[: found.start(1)] + column[found.end(1) :]


def symbol_of(column: str) -> str:
    """What stands behind a figure of that column, such as ``%``; empty where it has no unit."""
    unit = unit_of(column)
    return _SYMBOLS.get(unit, unit) if unit else ""


def is_share(column: str) -> bool:
    """Whether figures of that column are parts of 1, which a person reads in percent."""
    return unit_of(column) == "share of 1"
