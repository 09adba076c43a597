"""The disk space of the warehouse, by part."""

import os
from collections.abc import Iterator
from pathlib import Path

PARTS = {
    "archive": "archive",
    "parsed": "parsed",
    "raw.duckdb": "raw",
    "build.duckdb": "build",
    "minerals.duckdb": "published",
    "parquet": "published",
    "publications": "publications",
    "dagster": "dagster",
    "dbt": "logs",
    "refresh.log": "logs",
}
"""Entries of the home by part; the rest is `other`."""

ORDER = ("archive", "parsed", "raw", "build", "published", "publications", "dagster", "logs", "other")


def usage(home: Path) -> dict[str, int]:
    """Bytes on disk by part of a home, in the order of `ORDER`; hard links count once.

    The current publication (`minerals.duckdb` and the mirror) is `published`, earlier ones are
    `publications`.
    """
    seen: set[tuple[int, int]] = set()
    sizes = dict.fromkeys(ORDER, 0)
    # Published files have a hard link below `publications`, so they are counted first.
    entries = sorted(home.iterdir(), key=lambda entry: PARTS.get(entry.name) != "published")
    for entry in entries:
        part = PARTS.get(entry.name.removesuffix(".wal"), "other")
        for facts in _files(entry.resolve() if part == "published" else entry):
            if (facts.st_dev, facts.st_ino) not in seen:
                seen.add((facts.st_dev, facts.st_ino))
                sizes[part] += facts.st_blocks * 512
    return sizes


def _files(entry: Path) -> Iterator[os.stat_result]:
    if entry.is_symlink():
        return
    if not entry.is_dir():
        yield from _stat(entry)
        return
    for folder, _, names in os.walk(entry):
        for name in names:
            yield from _stat(Path(folder, name))


def _stat(file: Path) -> Iterator[os.stat_result]:
    try:
        yield file.lstat()
    except FileNotFoundError:  # a running refresh may have removed it
        return
