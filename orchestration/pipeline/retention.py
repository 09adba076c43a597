"""Delete old vintages after a publication."""

from collections.abc import Iterator
from datetime import UTC, datetime

from ingest.archive import Archive
from ingest.retention import drop, surplus
from orchestration.pipeline.sources import turn
from orchestration.settings import Settings
from warehouse.connect import connect
from warehouse.publications import FILE, publications


def drop_old_vintages(settings: Settings) -> tuple[int, int]:
    """Drop vintages that are neither the newest, nor of a month end, nor used by a kept publication.

    The caller must hold `lock.writer_lock`.

    Returns:
        The number of dropped vintages, and the bytes of their files.
    """
    now = datetime.now(UTC)
    listings = list(_listings(settings))
    archive = Archive(settings.archive_dir)
    sizes: list[int] = []
    for source_id in archive.sources():
        with turn(settings, source_id):
            records = archive.records(source_id)
            old = surplus(records, listings, now.date(), settings.keep_vintages_months)
            sizes += [drop(archive, settings.parsed_dir, record, now) for record in old]
    return len(sizes), sum(sizes)


def _listings(settings: Settings) -> Iterator[frozenset[str]]:
    """The files listed in each kept publication.

    Raises: duckdb.Error: A publication cannot be read, so the files that it uses are unknown.
    """
    for build_id in publications(settings.home):
        with connect(settings.home / "publications" / build_id / FILE) as con:
            rows = con.execute("select distinct archive_id from meta.archive").fetchall()
        yield frozenset(archive_id for (archive_id,) in rows)
