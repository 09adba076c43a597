"""Filter the rows of an answer to the mineral, places and years that are named."""

import re
from collections.abc import Sequence
from typing import Any

import duckdb

from warehouse import asking
from warehouse.asking import AREAS, Asked, Place, Years

BUYERS = ("area", "importer", "reporter", "most_exposed")
SELLERS = (
    "origin",
    "supplier",
    "exporter",
    "partner",
    "hub",
    "lost_supplier",
    "country",
    "imposer",
    "by_country",
    "funder_country",
)
FIRST_OF_SEVERAL = "most_exposed"
"""A column with the first of the places that a row compares."""
MINERALS = ("mineral_id", "minerals_named")
"""Columns with the mineral of a row, or with the names of all minerals that the row is about."""

_LIST = re.compile(r"(?:[A-Z]\w+, )*[A-Z]\w+ (?:and|or) [A-Z]\w+")
"""A list of places in the text of a question."""
NOT_SHOWN = "The answer does not show"
"""The beginning of a note on a mineral or place that an answer does not show separately."""
HAS_NO_ROW = "The answer has no row for"
"""The beginning of a note on what an answer has no row for."""
HAS_OTHERS = "; it has rows for "
"""The words before the names of other places, in a note that an answer has no row for the named ones."""
LISTED = 5
"""Maximum number of countries that are listed if no row is about the one that is named."""
Row = tuple[Any, ...]


def narrowed_to(
    con: duckdb.DuckDBPyConnection, text: str, columns: Sequence[str], rows: list[Row], asked: Asked
) -> tuple[list[Row], list[str], list[str]]:
    """Return the rows for the mineral, places and years that are named.

    Also return what the rows are filtered by, and notes on what could not be looked up.
    """
    applied, notes = [], []
    if asked.mineral_id and not is_of_mineral(text, asked):
        at = next((columns.index(one) for one in MINERALS if one in columns), None)
        if at is not None:
            rows, name = _of_mineral(con, rows, at, asked)
            applied.append(name)
            if not rows:
                notes.append(f"{HAS_NO_ROW} {name}.")
        else:
            notes.append(f"{NOT_SHOWN} {asked.mineral} separately.")
    for sells in (False, True):
        of_role = [place for place in asked.places if is_seller(place) == sells]
        rows, more_applied, more_notes = _to_places(text, columns, rows, of_role, applied)
        applied += more_applied
        notes += more_notes
    when = asked.when
    if when and rows and not (asked.years and says(text, str(when.first))):
        dated = year_columns(columns)
        kept = [row for row in rows if dated and _is_within(row[dated[0]], when)]
        if not dated:
            # an answer that is not by year has all the years that it can have
            if when != Years(None, None):
                notes.append(f"The answer is not by year, so {when} is not applied.")
        else:
            notes += [] if kept else [f"{HAS_NO_ROW} {when}."]
            notes += _years_held([row[dated[0]] for row in kept], when) if asked.years else []
            rows = kept
            applied.append(str(when))
    return rows, applied, notes


def _to_places(
    text: str, columns: Sequence[str], rows: list[Row], places: Sequence[Place], applied: Sequence[str]
) -> tuple[list[Row], list[str], list[str]]:
    """Return the rows of the named buyers or sellers, the names applied, and notes on names not applied."""
    sells = any(map(is_seller, places))
    is_one = _is_one_of_several(text, places)
    named = [
        place
        for place in places
        # a place that the question is already about filters nothing, unless it is one of several
        if not _is_about(text, place) or (is_one and _of_places(columns, rows, [place], sells=sells) != [])
    ]
    compared = FIRST_OF_SEVERAL in columns and len(named) > 1
    if compared or not (rows and named):
        return rows, [], []
    kept = _of_places(columns, rows, named, sells=sells)
    if kept is None and is_one:
        # a question about each of several places has them in one column, as buyers or as sellers
        sells = False
        kept = _of_places(columns, rows, named, sells=sells)
    listed = " and ".join(place.name for place in named)
    has_buyers = any(_is_of(name, BUYERS) for name in columns)
    if not kept and not has_buyers and [place.code for place in named] == ["USA"]:
        # an answer without buyers is about the United States
        return rows, [], []
    if kept is None:
        naming = [row for row in rows if are_named([row], named)] if sells and not is_one else []
        if naming:
            return naming, [listed], []
        return rows, [], [f"{NOT_SHOWN} {listed} separately{' as a seller' if sells else ''}."]
    narrowed = f"from {listed}" if sells else listed
    if kept:
        return kept, [narrowed], []
    others = _places_in(columns, rows, sells=sells)
    return [], [narrowed], [f"{HAS_NO_ROW} {', '.join([*applied, narrowed])}{HAS_OTHERS}{others}."]


def _of_mineral(
    con: duckdb.DuckDBPyConnection, rows: list[Row], at: int, asked: Asked
) -> tuple[list[Row], str]:
    """Return the rows for a mineral, and what they are filtered by.

    A group includes the rows of its members. A member without rows of its own gets those of its group.
    """
    members = con.execute(
        "select mineral_id, name from core.dim_mineral where group_id = $1 or mineral_id = $1",
        [asked.mineral_id],
    ).fetchall()
    called = {one for member in members for one in member}
    called_so = {asked.mineral_id, asked.mineral}
    own = [row for row in rows if called & set(str(row[at]).split(", "))]
    if own:
        # a group before its members
        return sorted(own, key=lambda row: row[at] not in called_so), f"{asked.mineral}"
    groups = con.execute(
        "select groups.mineral_id, groups.name from core.dim_mineral as members"
        " inner join core.dim_mineral as groups on members.group_id = groups.mineral_id"
        " where members.mineral_id = $1",
        [asked.mineral_id],
    ).fetchall()
    for group_id, name in groups:
        of_group = [row for row in rows if {group_id, name} & set(str(row[at]).split(", "))]
        if of_group:
            return of_group, f"{name}, the group of {asked.mineral}"
    return [], f"{asked.mineral}"


def _of_places(
    columns: Sequence[str], rows: list[Row], places: Sequence[Place], *, sells: bool
) -> list[Row] | None:
    """Return the rows with these countries in a column of buyers or sellers; None without such a column.

    If the words do not say whether one of the three countries buys or sells, it may be either.
    """
    of_buyers = [at for at, name in enumerate(columns) if _is_of(name, BUYERS)]
    of_sellers = [at for at, name in enumerate(columns) if _is_of(name, SELLERS)]
    columns_of = of_sellers if sells else [*of_buyers, *of_sellers]
    for codes in ({place.code for place in places}, _members(places)):
        names = codes | {place.name for place in places}
        for at in columns_of:
            kept = [row for row in rows if row[at] in names]
            if kept:
                return kept
    return [] if columns_of else None


def _members(places: Sequence[Place]) -> set[str]:
    """Return the codes of places; North America adds the codes of its members."""
    codes = {place.code for place in places}
    return codes | {*AREAS} if "USMCA" in codes else codes


def are_named(rows: Sequence[Row], places: Sequence[Place]) -> bool:
    """Return whether the cells name all these places, for example within a list of suppliers."""
    text = " ".join(cell for row in rows for cell in row if isinstance(cell, str))
    return all(place.name in text or re.search(rf"\b{place.code}\b", text) for place in places)


def _places_in(columns: Sequence[str], rows: Sequence[Row], *, sells: bool) -> str:
    """Return the names of the first few countries in the rows, and the number of others."""
    kinds = SELLERS if sells else (*BUYERS, *SELLERS)
    found = dict.fromkeys(
        str(row[at])
        for at, name in enumerate(columns)
        if _is_of(name, kinds) and not name.endswith("_iso3")
        for row in rows
        if row[at] and not re.fullmatch(r"[A-Z]{3,5}", str(row[at]))
    )
    names = list(found)
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"{', '.join(names[:LISTED])}{more}" or "no named country"


def is_seller(place: Place) -> bool:
    """Return whether the words name a place as one that goods come from."""
    return place.is_origin or place.code not in AREAS


def _is_about(text: str, place: Place) -> bool:
    """Return whether the question is already about the place."""
    words = asking.plain_words(text).split()
    is_of_people = any(code == place.code and word in words for word, code in asking.adjectives().items())
    return (
        says(text, place.name)
        or is_of_people
        or (place.code == "USA" and bool(re.search(r"\bUSA?\b|United", text)))
    )


def _is_one_of_several(text: str, named: Sequence[Place]) -> bool:
    """Return whether a question lists several places and the words do not name all of them."""
    listed = _LIST.search(text)
    names = re.split(r", | and | or ", listed[0]) if listed else []
    return bool(names) and not all(any(says(one, place.name) for place in named) for one in names)


def _is_of(column: str, kinds: Sequence[str]) -> bool:
    return column.removesuffix("_iso3").removesuffix("_name") in kinds


def has_sellers(columns: Sequence[str]) -> bool:
    """Return whether a column has the place that goods come from."""
    return any(_is_of(name, SELLERS) for name in columns)


def year_columns(columns: Sequence[str]) -> list[int]:
    """Return the positions of the columns that date a row."""
    named = ("year", "years", "import_year", "period", "dependency_year")
    return [at for at, name in enumerate(columns) if name in named]


def _is_within(period: Any, when: Years) -> bool:
    """Return whether a period (a day, a month, a year or several) has any of the years that are named."""
    years = years_of(period)
    return bool(years) and when.meets(years[0], years[-1])


def years_of(period: Any) -> list[int]:
    """Return the years in a period such as 2024, 2024-03 or 2021-2024; empty if it has none."""
    return [int(year) for year in asking.YEAR.findall(str(period))]


def _years_held(years: Sequence[Any], when: Years) -> list[str]:
    """Return a note on which of the named years are held, if the first or the last of them is not."""
    held = sorted({year for period in years for year in years_of(period)})
    if not held or not ((when.first and held[0] > when.first) or (when.last and held[-1] < when.last)):
        return []
    return [f"Years held: {', '.join(map(str, held))}."]


def is_of_mineral(text: str, asked: Asked) -> bool:
    """Return whether a question is about the mineral that is named in English, Spanish or French."""
    words = asked.mineral_words or ""
    in_english = {stem for word in words.split() for stem in asking.translated(word)}
    is_translated = bool(in_english) and in_english <= {*asking.stems(text)}
    return is_translated or any(says(text, name) for name in (words, asked.mineral or ""))


def says(text: str, name: str) -> bool:
    """Return whether a text has all words of a name."""
    in_text = asking.stems(text)
    return bool(name) and all(stem in in_text for stem in asking.stems(name))
