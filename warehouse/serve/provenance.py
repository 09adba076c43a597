"""What stands beside figures wherever they are handed out: sources with licence, flags in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from warehouse.connect import fetch

SOURCE_COLUMNS = ("source_id", "source_ids", "reference_source_id", "listed_by")
FLAG_COLUMNS = ("coverage", "quality_flag")

CURATED = "facts gathered by this project, each row naming its document"

Rows = Sequence[Sequence[Any]]


def sources(con: duckdb.DuckDBPyConnection, columns: Sequence[str], rows: Rows) -> list[dict[str, Any]]:
    """The sources that rows name, each with its licence, its citation and the vintage in force."""
    named = _words(columns, rows, SOURCE_COLUMNS)
    return cited(con, named)


def cited(con: duckdb.DuckDBPyConnection, source_ids: Iterable[str]) -> list[dict[str, Any]]:
    """Licence, citation, vintage and mode of sources; one without a status is a table that we curate."""
    listed = sorted(set(source_ids))
    if not listed:
        return []
    names, found = fetch(
        con,
        "select source_id, licence, citation, vintage, mode from meta.source_status"
        " where source_id in (select unnest($1::varchar[])) order by source_id",
        [listed],
    )
    known = {row[0]: dict(zip(names, row, strict=True)) for row in found}
    curated = {"licence": CURATED, "citation": None, "vintage": None, "mode": "curated"}
    return [known.get(name) or {"source_id": name, **curated} for name in listed]


def flags(con: duckdb.DuckDBPyConnection, columns: Sequence[str], rows: Rows) -> dict[str, str]:
    """What the words of `coverage` and `quality_flag` in rows mean; empty where there are none."""
    words = _words(columns, rows, FLAG_COLUMNS)
    return flag_words(con, words) if words else {}


def flag_words(con: duckdb.DuckDBPyConnection, words: Iterable[str]) -> dict[str, str]:
    """The meaning of each of the words that `meta.flag_words` explains."""
    held = con.execute(
        "select 1 from duckdb_tables() where schema_name = 'meta' and table_name = 'flag_words'"
        " and database_name = current_database()"
    ).fetchall()
    if not held:
        return {}
    found = con.execute(
        "select word, any_value(meaning order by column_name) from meta.flag_words"
        " where word in (select unnest($1::varchar[])) group by word order by word",
        [sorted(words)],
    ).fetchall()
    return dict(found)


def licence_line(found: Sequence[Mapping[str, Any]]) -> str:
    """Whose figures these are and on which terms, in one sentence."""
    if not found:
        return "The answer names no source; `meta.source_status` lists the licence of each."
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
