"""`feed.atom`, `feed.json` and `calendar.ics` of a publication. The same figures give the same bytes."""

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import duckdb
from feedgen.feed import FeedGenerator
from icalendar import Calendar, Event

from warehouse.connect import connect, fetch
from warehouse.feed.entries import Entry, from_item, merged, read_entries

ATOM, JSON, CALENDAR = FEEDS = ("feed.atom", "feed.json", "calendar.ics")
TITLE = "North American critical minerals: what changed and what is due"
PAGE = "index.html"
"""Path of the brief relative to the feeds."""
FEED_ID = uuid.uuid5(uuid.NAMESPACE_OID, "critical-minerals-warehouse").urn
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
"""The updated date of a feed without entries."""


def write(folder: Path, published: Path, earlier: Path | None = None, before: Path | None = None) -> None:
    """Write the three files of a publication.

    Args:
        folder: The target folder.
        published: The published file.
        earlier: The file of the previous publication, if any.
        before: The folder of the previous publication; its feed's entries are carried over unchanged.
    """
    with connect(published) as con:
        built_at = con.execute("select built_at from meta.build_info").fetchall()[0][0]
        (folder / CALENDAR).write_bytes(_calendar(con))
    kept = _entries_of(before / JSON) if before else []
    entries = merged(read_entries(published, earlier, built_at.date()), kept)
    (folder / JSON).write_text(_json_feed(entries), encoding="utf-8")
    (folder / ATOM).write_bytes(_atom(entries))


def _entries_of(file: Path) -> list[Entry]:
    if not file.is_file():
        return []
    return [from_item(item) for item in json.loads(file.read_bytes())["items"]]


def _json_feed(entries: Sequence[Entry]) -> str:
    items = [
        {
            "id": entry.id,
            "url": f"{PAGE}#{entry.anchor}",
            "title": entry.title,
            "content_text": entry.detail,
            "date_published": _at(entry.day).isoformat(),
            "tags": [entry.kind],
            "_minerals": {
                "table": entry.table_name,
                "key": entry.key,
                "vintage_to": entry.vintage_to.isoformat(),
                "from": entry.was,
                "to": entry.became,
                "source_id": entry.source_id,
                "command": entry.command,
            },
        }
        for entry in entries
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": TITLE,
        "home_page_url": PAGE,
        "feed_url": JSON,
        "language": "en",
        "items": items,
    }
    return json.dumps(feed, indent=1, ensure_ascii=False) + "\n"


def _atom(entries: Sequence[Entry]) -> bytes:
    feed = FeedGenerator()
    feed.id(FEED_ID)
    feed.title(TITLE)
    feed.author(name="The critical minerals warehouse")
    feed.link(href=PAGE, rel="alternate")
    feed.link(href=ATOM, rel="self")
    feed.language("en")
    feed.updated(max((_at(entry.day) for entry in entries), default=BEGIN))
    for entry in entries:
        item = feed.add_entry(order="append")
        item.id(entry.id)
        item.title(entry.title)
        item.link(href=f"{PAGE}#{entry.anchor}")
        item.category(term=entry.kind)
        item.published(_at(entry.day))
        item.updated(_at(entry.day))
        item.content("\n".join(_lines(entry)), type="text")
    content: bytes = feed.atom_str(pretty=True)
    return content


def _lines(entry: Entry) -> list[str]:
    moved = [f"From {entry.was} to {entry.became}."] if entry.was and entry.became else []
    source = [f"Source: {entry.source_id}."] if entry.source_id else []
    return [*moved, entry.detail, *source, f"Table {entry.table_name}; `{entry.command}`"]


def _calendar(con: duckdb.DuckDBPyConnection) -> bytes:
    """Dates of measures, and the dates on which publishers' next figures are due."""
    calendar = Calendar()
    calendar.add("prodid", "-//critical minerals warehouse//policy calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("name", "Critical minerals: deadlines and releases")
    for table, sql in _DAYS.items():
        schema, name = table.split(".")
        known = con.execute(
            "select count(*) from duckdb_columns() where schema_name = $1 and table_name = $2"
            " and column_name in ('next_date', 'expected_next')",
            [schema, name],
        ).fetchall()
        for uid, day, title, text, stated in fetch(con, sql)[1] if known[0][0] else ():
            calendar.add_component(_event(uid, day, title, text, stated))
    content: bytes = calendar.to_ical()
    return content


_DAYS = {
    "marts.policy_calendar": """
        select
            event_id,
            next_date,
            title,
            concat_ws(chr(10), instrument, 'Minerals: ' || nullif(replace(minerals, ';', ', '), ''),
                'Looked up last on ' || known_through::varchar, source_url),
            coalesce(known_through, announced, next_date)
        from marts.policy_calendar
        where next_date is not null
        order by next_date, event_id
    """,
    "meta.source_status": """
        select
            source_id,
            expected_next,
            concat('Next figures of ', source_id, ' are due'),
            coalesce(citation, source_id),
            coalesce(vintage, newest_period, expected_next)
        from meta.source_status
        where expected_next is not null
        order by expected_next, source_id
    """,
}
"""Tables with dates: key, date, title, text, and the date on which it was stated."""


def _event(key: str, day: date, title: str, text: str, stated: date) -> Event:
    event = Event()
    event.add("uid", str(uuid.uuid5(uuid.NAMESPACE_OID, f"calendar|{key}|{day}")))
    event.add("dtstamp", _at(stated))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", title)
    event.add("description", text)
    event.add("transp", "TRANSPARENT")
    return event


def _at(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
