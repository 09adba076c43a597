"""The provenance that accompanies served figures: sources with licence, and flags in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from warehouse.connect import fetch

SOURCE_COLUMNS = ("source_id", "source_ids", "reference_source_id", "listed_by")
FLAG_COLUMNS = ("coverage", "quality_flag")

CURATED = "facts gathered by this project, each row naming its document"

Rows = Sequence[Sequence[Any]]


class Provenance:
    """The sources and the flag words of one publication, read once since a publication never changes."""

    def __init__(self, con: duckdb.DuckDBPyConnection, *, has_flag_words: bool) -> None:
        names, found = fetch(
            con, "select source_id, licence, citation, vintage, mode from meta.source_status"
        )
        self._sources = {row[0]: dict(zip(names, row, strict=True)) for row in found}
        flag_words = (
            con.execute(
                "select word, any_value(meaning order by column_name) from meta.flag_words group by word"
            ).fetchall()
            if has_flag_words
            else []
        )
        self._flag_words: dict[str, str] = dict(flag_words)

    @property
    def source_ids(self) -> list[str]:
        """All sources with a status."""
        return sorted(self._sources)

    @staticmethod
    def named(columns: Sequence[str], rows: Rows) -> set[str]:
        """The sources named in rows."""
        return _words(columns, rows, SOURCE_COLUMNS)

    def cited(self, source_ids: Iterable[str]) -> list[dict[str, Any]]:
        """Licence, citation, vintage and mode of sources; a source without a status is a curated table."""
        curated = {"licence": CURATED, "citation": None, "vintage": None, "mode": "curated"}
        return [self._sources.get(name) or {"source_id": name, **curated} for name in sorted(set(source_ids))]

    def flags(self, columns: Sequence[str], rows: Rows) -> dict[str, str]:
        """The meanings of `coverage` and `quality_flag` words in rows; empty if there are none."""
        words = sorted(_words(columns, rows, FLAG_COLUMNS))
        return {word: self._flag_words[word] for word in words if word in self._flag_words}


def licence_line(of_rows: Sequence[Mapping[str, Any]], of_tables: Sequence[Mapping[str, Any]] = ()) -> str:
    """The publishers of figures and their licences, in one sentence."""
    if not of_rows and not of_tables:
        return "The answer names no source; `meta.source_status` lists the licence of each."
    parts = [_licences(of_rows)] if of_rows else []
    if of_tables:
        parts.append(f"of the tables read, though not of each row: {_licences(of_tables)}")
    return "; ".join(parts)


def _licences(found: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(f"{one['source_id']}: {one['licence'] or 'licence not stated'}" for one in found)


def _words(columns: Sequence[str], rows: Rows, wanted: Sequence[str]) -> set[str]:
    places = [place for place, name in enumerate(columns) if name in wanted]
    found: set[str] = set()
    for row in rows:
        for place in places:
            value = row[place]
            listed = value if isinstance(value, list) else str(value or "").split(";")
            found.update(str(word).strip() for word in listed if word)
    return found - {""}
