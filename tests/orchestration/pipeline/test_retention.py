"""After a publication old vintages are deleted, except those that a retained publication uses."""

from datetime import UTC, date, datetime
from hashlib import sha256

import duckdb

from ingest.archive import Archive, Record
from orchestration.pipeline.retention import drop_old_vintages
from orchestration.settings import Settings
from warehouse.publications import FILE

NOW = datetime.now(UTC)


def archived(settings: Settings, day: date, content: bytes) -> Record:
    record = Record(
        archive_id=sha256(content).hexdigest(),
        source_id="boc_fx",
        name="FXMUSDCAD.json",
        url="http://127.0.0.1/",
        partition="FXMUSDCAD",
        vintage=day,
        fetched_at=NOW,
        bytes=len(content),
        licence="Bank of Canada terms",
        mode="live",
    )
    archive = Archive(settings.archive_dir)
    incoming = archive.incoming("boc_fx") / record.name
    incoming.write_bytes(content)
    archive.add(incoming, record)
    return record


def published(settings: Settings, build_id: str, *records: Record) -> None:
    folder = settings.home / "publications" / build_id
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / FILE)) as con:
        con.execute("create schema meta")
        con.execute("create table meta.archive (archive_id varchar)")
        con.executemany("insert into meta.archive values ($1)", [[record.archive_id] for record in records])


def test_vintages_without_a_publication_are_removed(settings: Settings) -> None:
    days = [date(2025, 3, day) for day in range(1, 7)]
    records = [archived(settings, day, str(day).encode()) for day in days]
    published(settings, "20250303T000000Z", *records[:3])
    published(settings, "20250306T000000Z", *records)
    assert drop_old_vintages(settings) == (4, 40)
    left = Archive(settings.archive_dir)
    assert left.records("boc_fx") == [records[2], records[5]]
    assert [record.vintage.day for record in left.ever("boc_fx") if record.dropped_at] == [1, 2, 4, 5]
    assert drop_old_vintages(settings) == (0, 0)
