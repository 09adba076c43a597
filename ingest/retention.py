"""Which vintages are kept on disk: the newest, the last of each month or year, those that a publication uses.

A dropped vintage keeps its record, with the date. It is also missing from `marts.revisions` and `as_of`,
which show only the changes between kept vintages.
"""

import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from ingest.archive import Archive, Record


def surplus(
    records: Sequence[Record], published: Iterable[Collection[str]], today: date, months: int
) -> list[Record]:
    """The vintages of a source that need not be kept.

    For each file, these are kept: the newest vintage; the last one of each of the last ``months`` calendar
    months, including this one; before that, the last one of each year; and the newest one in each kept
    publication.

    Args:
        records: The source's vintages that count, oldest first.
        published: The archive ids listed by each kept publication.
        today: The day of the run.
        months: Number of months that keep one vintage each.
    """
    listings = [frozenset(ids) for ids in published]
    found: list[Record] = []
    for _, group in groupby(sorted(records, key=_series), key=_series):
        vintages = list(group)
        last_of_span = {_span(record.vintage, today, months): record for record in vintages}
        kept = {vintages[-1], *last_of_span.values(), *_rested_on(vintages, listings)}
        found += [record for record in vintages if record not in kept]
    return found


def drop(archive: Archive, parsed: Path, record: Record, now: datetime) -> int:
    """Delete the bytes of a vintage and its parsed files.

    Args:
        archive: The archive that holds the bytes.
        parsed: Folder of the parsed vintages of all sources.
        record: The vintage.
        now: The moment of the run, UTC.

    Returns:
        Size of the publisher's file in bytes.
    """
    archive.drop(record, now)
    shutil.rmtree(parsed / record.source_id / f"{record.archive_id}-{record.vintage}", ignore_errors=True)
    return record.bytes


def _series(record: Record) -> str:
    return record.series


def _span(vintage: date, today: date, months: int) -> tuple[int, int]:
    """The month or, further back, the year in which the last vintage is kept."""
    age = (today.year - vintage.year) * 12 + today.month - vintage.month
    return (vintage.year, vintage.month) if age < months else (vintage.year, 0)


def _rested_on(vintages: Sequence[Record], listings: Iterable[Collection[str]]) -> Iterator[Record]:
    """For each publication, the newest vintage of one file among those that it lists."""
    for listed in listings:
        known = [record for record in vintages if record.archive_id in listed]
        yield from known[-1:]
