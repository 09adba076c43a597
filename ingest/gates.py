"""Gates that a file passes before it is archived as a vintage: on its bytes, then on its parsed rows.

A refused file goes to the archive's quarantine with the reason, and the last good vintage stays in force.
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from ingest.formats.json_text import BOM
from ingest.formats.zips import DAMAGED

Kind = Literal["zip", "json", "csv", "table"]

SNIFF = 4096
LEAP = 10_000
"""Largest accepted ratio between a column's median and that of the previous vintage, in either direction."""
LOCAL_HEADER = b"PK\x03\x04"


class RefusedError(ValueError):
    """A gate refused a file. The message is one sentence that names the gate and the reason."""


@dataclass(frozen=True, slots=True)
class Gates:
    """The minimum requirements for the files of a source.

    ``kind`` is the format (a workbook is a zip, a table is a CSV or a zip of CSVs); ``members`` are the name
    endings that a zip must contain; ``shrink_to`` is the share of the last vintage's size below which a file
    counts as truncated; ``min_rows`` the row floor by table; ``max_age_days`` how far the newest period may
    lie behind the day of the fetch. ``whole_zip`` is False if the parser itself reads the members and
    verifies their checksums.
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
        RefusedError: The file failed a gate.
    """
    _check_format(path, check_content(path), gates)
    size = path.stat().st_size
    if size < gates.min_bytes:
        raise RefusedError(f"{size:,} bytes is less than the floor of {gates.min_bytes:,}")


def check_content(path: Path) -> bytes:
    """Check that the file is neither empty nor a web page, whatever its format.

    Returns:
        The first bytes, without byte order mark and white space.

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
    """Whether a body is a web page, as proxies, logins and error pages send, by its first bytes."""
    return head.removeprefix(BOM).lstrip()[:15].lower().startswith((b"<!doctype html", b"<html"))


def check_shrinkage(size: int, last_size: int, gates: Gates) -> None:
    """Compare a file's size with the current vintage's if it has fewer rows.

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
        rows: Number of accepted rows by table.
        newest: The newest period in them.
        gates: The source's gates.
        today: The day of the fetch.
        last_newest: The newest period of the vintage in force.

    Raises:
        RefusedError: There are too few rows, or the file is outdated.
    """
    for table, floor in gates.min_rows.items():
        if rows.get(table, floor) < floor:
            raise RefusedError(f"{rows[table]:,} rows for {table} is less than the floor of {floor:,}")
    if newest and last_newest and newest < last_newest:
        raise RefusedError(f"it ends in {newest}, before the current vintage, which ends in {last_newest}")
    oldest_end = today - timedelta(days=gates.max_age_days) if gates.max_age_days else None
    if oldest_end and (newest is None or newest < oldest_end):
        raise RefusedError(f"it ends in {newest}, but {oldest_end} or later was due: an outdated file")


def check_time(newest: date | None, table: str, *, today: date) -> None:
    """Check that the newest period of observations has begun, with a day's tolerance for time zones.

    Raises:
        RefusedError: It lies in the future, so the file's date or this machine's clock is wrong.
    """
    if newest and newest > today + timedelta(days=1):
        raise RefusedError(
            f"{table} has figures for {newest}, and today is {today}: the file's date or this clock is wrong"
        )


def check_contract(kept: int, refused: int, table: str) -> None:
    """Compare the number of rows that meet a table's contract with the number that break it.

    Raises:
        RefusedError: Most rows break it, so the whole file is at fault.
    """
    if refused > kept:
        raise RefusedError(f"{refused:,} of {kept + refused:,} rows of {table} break its contract")


def check_sizes(typical: Mapping[str, float], before: Mapping[str, float]) -> None:
    """Compare the median of each column with a neighbouring vintage's, to detect a change of unit.

    Raises:
        RefusedError: A median changes more than trade, output or prices ever do.
    """
    for column in sorted(typical.keys() & before.keys()):
        new, old = typical[column], before[column]
        if min(new, old) > 0 and not 1 / LEAP < new / old < LEAP:
            raise RefusedError(f"{column} has a median of {new:g}, before {old:g}: its unit changed")


def _check_format(path: Path, head: bytes, gates: Gates) -> None:
    if gates.kind == "zip" or (gates.kind == "table" and head.startswith(LOCAL_HEADER)):
        _check_zip(path, head, gates)
    elif gates.kind == "json":
        _check_json(path, head)
    elif b"\0" in head or b"," not in head.split(b"\n", 1)[0]:
        raise RefusedError("the file is not comma-separated text")


def _check_json(path: Path, head: bytes) -> None:
    """Check that the first and last bytes are those of a complete JSON list or object."""
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
                    raise RefusedError(f"the ZIP archive contains no {ending}")
            damaged = archive.testzip() if gates.whole_zip else None
    except DAMAGED as error:
        raise RefusedError(f"the ZIP archive is truncated or damaged ({error})") from None
    if damaged:
        raise RefusedError(f"the ZIP archive's member {damaged} is damaged")
