"""Gates that a file passes before it is archived as a vintage: on its bytes, then on what was parsed of it.

A refused file goes to the archive's quarantine with the reason, and the last good vintage stays in force.
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from ingest.formats.zips import DAMAGED

Kind = Literal["zip", "json", "csv", "table"]

SNIFF = 4096
LEAP = 10_000
"""Largest accepted ratio between a column's median and that of the previous vintage, in either direction."""
LOCAL_HEADER = b"PK\x03\x04"
BOM = b"\xef\xbb\xbf"


class RefusedError(ValueError):
    """A gate refused a file. The message is one sentence on which gate and why."""


@dataclass(frozen=True, slots=True)
class Gates:
    """The minimum requirements for the files of a source.

    ``kind`` is the format (a workbook is a zip, a table a CSV or a zip of such); ``members`` are endings
    of names that a zip must hold; ``shrink_to`` the share of the last vintage's size below which a file
    is held to be cut; ``min_rows`` the row floor by table; ``max_age_days`` how far the newest period may
    lie behind the day of the fetch. ``whole_zip`` is False where the parser itself reads the members to
    their checksums.
    """

    kind: Kind
    min_bytes: int = 1
    shrink_to: float = 0.5
    members: tuple[str, ...] = ()
    whole_zip: bool = True
    min_rows: Mapping[str, int] = field(default_factory=dict)
    max_age_days: int | None = None


def check_bytes(path: Path, gates: Gates) -> None:
    """Check a file's bytes against its source's gates, before anything is parsed.

    Raises:
        RefusedError: It failed one.
    """
    _check_format(path, check_content(path), gates)
    size = path.stat().st_size
    if size < gates.min_bytes:
        raise RefusedError(f"{size:,} bytes is less than the floor of {gates.min_bytes:,}")


def check_content(path: Path) -> bytes:
    """Check that there is a file at all, and no web page in its place: holds for files in any form.

    Returns:
        The first bytes, without a mark of their encoding and white space.

    Raises:
        RefusedError: It is empty or an HTML page.
    """
    with path.open("rb") as stream:
        head = stream.read(SNIFF).removeprefix(BOM).lstrip()
    if not head:
        raise RefusedError("the file is empty")
    if looks_like_html(head):
        raise RefusedError("an HTML page was received instead of the file")
    return head


def looks_like_html(head: bytes) -> bool:
    """Whether a body is a web page, by its first bytes: what proxies, logins and error pages send."""
    return head.removeprefix(BOM).lstrip()[:15].lower().startswith((b"<!doctype html", b"<html"))


def check_shrinkage(size: int, last_size: int, gates: Gates) -> None:
    """Compare the size of a file that has fewer rows than the current vintage with that vintage's.

    Raises:
        RefusedError: It is so much smaller that it must be truncated.
    """
    if size < gates.shrink_to * last_size:
        raise RefusedError(
            f"{size:,} bytes is less than {gates.shrink_to:.0%} of the last vintage's {last_size:,}"
        )


def check_rows(
    rows: Mapping[str, int],
    newest: date | None,
    gates: Gates,
    *,
    today: date,
    last_newest: date | None = None,
) -> None:
    """Check the parsed rows against the gates.

    Args:
        rows: Rows kept, by table that the file states.
        newest: The newest period in them.
        gates: The source's.
        today: The day of the fetch.
        last_newest: The newest period of the vintage in force.

    Raises:
        RefusedError: Too few rows, or a file frozen in the past.
    """
    for table, floor in gates.min_rows.items():
        if rows.get(table, floor) < floor:
            raise RefusedError(f"{rows[table]:,} rows for {table} is less than the floor of {floor:,}")
    if newest and last_newest and newest < last_newest:
        raise RefusedError(f"it ends {newest}, before the current vintage, which ends {last_newest}")
    oldest_end = today - timedelta(days=gates.max_age_days) if gates.max_age_days else None
    if oldest_end and (newest is None or newest < oldest_end):
        raise RefusedError(f"it ends {newest}, where {oldest_end} or later was due: an outdated file")


def check_time(newest: date | None, table: str, *, today: date) -> None:
    """Check that the newest period of a table of observations has begun; a day is allowed for time zones.

    Raises:
        RefusedError: It lies ahead, so the file's date or this machine's clock is wrong.
    """
    if newest and newest > today + timedelta(days=1):
        raise RefusedError(
            f"{table} has figures for {newest}, and today is {today}: the file's date or this clock is wrong"
        )


def check_contract(kept: int, refused: int, table: str) -> None:
    """Compare the number of rows that meet a table's contract with the number that break it.

    Raises:
        RefusedError: Most rows break it, so the fault is in the file and not in a row.
    """
    if refused > kept:
        raise RefusedError(f"{refused:,} of {kept + refused:,} rows of {table} break its contract")


def check_sizes(typical: Mapping[str, float], before: Mapping[str, float]) -> None:
    """Compare the median of each column with that of a neighbouring vintage, to find grams printed as tons.

    Raises:
        RefusedError: A median changes more than trade, output or prices ever do.
    """
    for column in sorted(typical.keys() & before.keys()):
        new, old = typical[column], before[column]
        if min(new, old) > 0 and not 1 / LEAP < new / old < LEAP:
            raise RefusedError(f"{column} is typically {new:g} where it was {old:g}: another unit")


def _check_format(path: Path, head: bytes, gates: Gates) -> None:
    if gates.kind == "zip" or (gates.kind == "table" and head.startswith(LOCAL_HEADER)):
        _check_zip(path, head, gates)
    elif gates.kind == "json":
        _check_json(path, head)
    elif b"\0" in head or b"," not in head.split(b"\n", 1)[0]:
        raise RefusedError("the file is not comma-separated text")


def _check_json(path: Path, head: bytes) -> None:
    """Whether the first and last byte are those of a whole JSON list or object."""
    closing = {b"[": b"]", b"{": b"}"}.get(head[:1])
    if closing is None:
        raise RefusedError("the file is not JSON")
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - SNIFF))
        if not stream.read().rstrip().endswith(closing):
            raise RefusedError("the JSON is cut short")


def _check_zip(path: Path, head: bytes, gates: Gates) -> None:
    if not head.startswith(LOCAL_HEADER):
        raise RefusedError("the file is not a ZIP archive")
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist()]
            for ending in gates.members:
                if not any(name.lower().endswith(ending.lower()) for name in names):
                    raise RefusedError(f"the ZIP archive holds no {ending}")
            damaged = archive.testzip() if gates.whole_zip else None
    except DAMAGED as error:
        raise RefusedError(f"the ZIP archive is truncated or damaged ({error})") from None
    if damaged:
        raise RefusedError(f"the ZIP archive's member {damaged} is damaged")
