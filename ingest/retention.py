"""Which vintages are kept on disk: the newest, the last of months and years, those a publication rests on.

A dropped vintage keeps its record with the date. It is missing in `marts.revisions` and `as_of` too: they see
no change between two vintages that are kept.
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

    Of each file are kept: the newest vintage; the last one stated in each of the last ``months`` calendar
    months, this one included; before that, the last one of each year; and the newest one that each
    publication knew.

    Args:
        records: The source's vintages that count, oldest first.
        published: The archive ids that each publication kept lists.
        today: The day of the run.
        months: How many months keep a vintage each.
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
    """Delete the bytes of a vintage and what was parsed of it.

    Args:
        archive: Where the bytes lie.
        parsed: Folder of the parsed vintages, of all sources.
        record: The vintage.
        now: The moment of the run, UTC.

    Returns:
        Bytes of the publisher's file.
    """
    archive.drop(record, now)
    shutil.rmtree(parsed / record.source_id / f"{record.archive_id}-{record.vintage}", ignore_errors=True)
    return record.bytes


def _series(record: Record) -> str:
    return record.series


def _span(vintage: date, today: date, months: int) -> tuple[int, int]:
    """The month or, further back, the year of which a vintage may be the last."""
    age = (today.year - vintage.year) * 12 + today.month - vintage.month
    return (vintage.year, vintage.month) if age < months else (vintage.year, 0)


def _rested_on(vintages: Sequence[Record], listings: Iterable[Collection[str]]) -> Iterator[Record]:
    """Of one file's vintages the newest in each of some lists."""
    for listed in listings:
        known = [record for record in vintages if record.archive_id in listed]
        yield from known[-1:]
