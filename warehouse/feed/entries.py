"""The entries of the feed; each kind has a file in `warehouse/feed/sql/`."""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connect import fetch, literal, opened
from warehouse.units import capital, in_words

FOLDER = Path(__file__).parent / "sql"
KINDS = tuple(sorted(file.stem for file in FOLDER.glob("*.sql")))
MOST = 300
"""Maximum number of entries of a feed, newest first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: table, key, vintage (``vintage_to``) and publisher.

    ``day`` is the day of the change according to the data, not the clock, so that the same figures give the
    same entries.
    """

    kind: str
    table_name: str
    key: str
    vintage_to: date
    day: date
    title: str
    detail: str
    was: str | None
    became: str | None
    source_id: str | None
    anchor: str
    command: str

    @property
    def id(self) -> str:
        """An id that is the same for the same table, key and vintage in every publication."""
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{self.table_name}|{self.key}|{self.vintage_to}").urn


def read_entries(published: Path, earlier: Path | None, today: date) -> list[Entry]:
    """The changes in a publication, by its own data and compared with the previous one.

    Args:
        published: The published file.
        earlier: The file of the previous publication, if any.
        today: The day of the publication, from which days to deadlines are counted.
    """
    with opened() as con:
        con.execute(f"attach {literal(str(published))} as published (read_only)")
        if earlier:
            con.execute(f"attach {literal(str(earlier))} as old (read_only)")
        con.execute("use published")
        con.execute("set variable today = $1::date", [today])
        return [entry for kind in KINDS for entry in _read(con, FOLDER / f"{kind}.sql")]


def merged(found: Iterable[Entry], kept: Iterable[Entry]) -> list[Entry]:
    """The entries of the previous feed, unchanged, and the new ones, newest first."""
    by_id = {entry.id: entry for entry in found} | {entry.id: entry for entry in kept}
    return sorted(by_id.values(), key=lambda entry: (-entry.day.toordinal(), entry.id))[:MOST]


def _read(con: duckdb.DuckDBPyConnection, file: Path) -> Iterable[Entry]:
    sql = file.read_text(encoding="utf-8")
    if not all(
        _is_there(con, table) for table in re.findall(r"\b(?:old\.)?(?:core|marts|meta)\.\w+", _code(sql))
    ):
        return ()
    columns, rows = fetch(con, sql)
    found = (Entry(kind=file.stem, **dict(zip(columns, row, strict=True))) for row in rows)
    return [_readable(entry) for entry in found]


def _readable(entry: Entry) -> Entry:
    """Capitalized, with stages in words, and never empty: JSON Feed requires a text."""
    title = in_words(capital(entry.title))
    return replace(entry, title=title, detail=entry.detail or title)


def _code(sql: str) -> str:
    """The statement without string literals, which may contain table names too."""
    return re.sub(r"'[^']*'", "", sql)


def _is_there(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    *database, schema, name = table.split(".")
    found: Sequence[Any] = con.execute(
        "select 1 from duckdb_tables() where database_name = $1 and schema_name = $2 and table_name = $3",
        [database[0] if database else "published", schema, name],
    ).fetchall()
    return bool(found)


def from_item(item: Mapping[str, Any]) -> Entry:
    """An entry from its item in the JSON feed."""
    facts = item["_minerals"]
    return Entry(
        kind=item["tags"][0],
        table_name=facts["table"],
        key=facts["key"],
        vintage_to=date.fromisoformat(facts["vintage_to"]),
        day=date.fromisoformat(item["date_published"][:10]),
        title=item["title"],
        detail=item["content_text"] or item["title"],
        was=facts["from"],
        became=facts["to"],
        source_id=facts["source_id"],
        anchor=item["url"].partition("#")[2],
        command=facts["command"],
    )
