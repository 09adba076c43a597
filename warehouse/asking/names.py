"""The names that a publication knows: minerals (in three languages), countries and their peoples."""

import csv
from dataclasses import dataclass
from functools import cache, lru_cache

import duckdb
from babel import Locale

from warehouse.asking.words import FILLERS, plain_words
from warehouse.book import FOLDER, place_names

AREAS = ("USA", "CAN", "MEX", "USMCA")

Named = tuple[str, tuple[str, str]]
"""A name in lower case or a symbol as it is written, with the code and label of what it names."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a publication knows; minerals and places have the longest name first."""

    minerals: tuple[Named, ...]
    symbols: tuple[Named, ...]
    places: tuple[Named, ...]


def names(con: duckdb.DuckDBPyConnection) -> Names:
    """Read the names that a publication knows."""
    return _one_of_equal(Names(tuple(_mineral_names(con)), tuple(_symbols(con)), tuple(_place_names(con))))


@lru_cache(maxsize=8)
def _one_of_equal(known: Names) -> Names:
    """Return one object for equal names, since every cache of what was read with them keeps its names."""
    return known


def _mineral_names(con: duckdb.DuckDBPyConnection) -> list[Named]:
    """Return the names of minerals in three languages, the longest first."""
    rows = con.execute(
        """
        select names.mineral_name, minerals.mineral_id, minerals.name
        from core.dim_mineral_name as names
        inner join core.dim_mineral as minerals on names.mineral_id = minerals.mineral_id
        where names.lang != 'symbol' and length(names.mineral_name) > 2
        order by length(names.mineral_name) desc, names.mineral_name
        """
    ).fetchall()
    return [(plain_words(name), (found, label)) for name, found, label in rows]


def _symbols(con: duckdb.DuckDBPyConnection) -> list[Named]:
    """Return the symbols of two letters as they are written, except those that are also filler words."""
    rows = con.execute(
        """
        select names.mineral_name, minerals.mineral_id, minerals.name
        from core.dim_mineral_name as names
        inner join core.dim_mineral as minerals on names.mineral_id = minerals.mineral_id
        where names.lang = 'symbol' and length(names.mineral_name) = 2
        """
    ).fetchall()
    return [(name, (found, label)) for name, found, label in rows if name.lower() not in FILLERS]


def _place_names(con: duckdb.DuckDBPyConnection) -> list[Named]:
    """Return the names of countries in three languages and of their peoples, the longest first."""
    rows = con.execute(
        "select iso3, iso2, name from core.dim_country where iso3 not in ('ZZZ', 'WLD')"
    ).fetchall()
    labels = place_names(con)
    found: dict[str, str] = {}
    for territories in _territories():
        found |= {territories[iso2]: iso3 for iso3, iso2, _ in rows if iso2 in territories}
    found |= {plain_words(name): iso3 for iso3, _, name in rows}
    found |= {plain_words(word): iso3 for word, iso3 in adjectives().items()}
    ordered = sorted(found.items(), key=lambda one: (-len(one[0]), one[0]))
    return [(name, (code, labels[code])) for name, code in ordered if code in labels]


@cache
def _territories() -> list[dict[str, str]]:
    """Return the names of countries in Spanish and French, by their codes of two letters."""
    locales = [Locale.parse(code) for code in ("es", "es_MX", "fr", "fr_CA")]
    return [{iso2: plain_words(name) for iso2, name in one.territories.items()} for one in locales]


def place_called(known: Names, name: str) -> str | None:
    """Return the code of the country that a name means; None if it means none.

    The name may be that of the country in English, Spanish or French, or that of its people.
    """
    return next((code for called, (code, _) in known.places if called == plain_words(name)), None)


@cache
def adjectives() -> dict[str, str]:
    """Return words for the people or goods of a country, such as Chinese, each with the country's code."""
    with (FOLDER / "peoples.csv").open(encoding="utf-8", newline="") as file:
        return {row["word"]: row["place"] for row in csv.DictReader(file)}
