"""Which archives are due, and a cheap probe of the newest one."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from ingest.contracts import ParseError
from ingest.fetch import FetchContext, RemoteFile
from ingest.probe import Probe, first_found
from ingest.remote_zip import remote_zip
from ingest.sources.census_bulk.details import line_end, period_of, select_records, split_records
from ingest.sources.census_bulk.facts import (
    ADDRESSES,
    DAYS_BEHIND,
    DETAILS,
    FULL_WINDOW,
    NAME,
    PROBED_BYTES,
    SMALL_MEMBERS,
    WIDTHS,
    WINDOW,
)


def plan(context: FetchContext) -> Iterable[RemoteFile]:
    """Both flows for the requested months or, by default, for the months that the newest releases revise."""
    window = FULL_WINDOW if context.options.wide_window else WINDOW
    for month in context.options.periods or _published_months(context.now.date(), window):
        for flow, (folder, name) in ADDRESSES.items():
            file = name.format(year=f"{month:%y}", month=f"{month:%m}")
            url = context.url(folder.format(year=f"{month:%Y}"), file)
            yield RemoteFile(f"{flow}-{month:%Y-%m}", file, url)


def partition_of(name: str) -> str | None:
    """Flow and month, from an archive's name."""
    found = NAME.match(name)
    if not found:
        return None
    flow = "imports" if found[1].upper() == "IM" else "exports"
    return f"{flow}-20{found[2]}-{found[3]}"


def _published_months(today: date, count: int) -> list[date]:
    """The last months that should be published, newest first."""
    month = (today - timedelta(days=DAYS_BEHIND)).replace(day=1)
    months = []
    for _ in range(count):
        month = (month - timedelta(days=1)).replace(day=1)
        months.append(month)
    return months


def probe(context: FetchContext) -> Probe:
    """Read the directory of the newest month's imports archive, and its first records."""
    imports = [remote for remote in plan(context) if remote.partition.startswith("imports-")]
    return first_found(partial(_looked_at, context), imports)


def _looked_at(context: FetchContext, remote: RemoteFile) -> Probe:
    with remote_zip(context, remote) as archive:
        members = {Path(info.filename).name.upper(): info for info in archive.infolist()}
        if DETAILS["imports"] not in members:
            raise ParseError(
                f"{remote.name}: holds no {DETAILS['imports']}, only {', '.join(sorted(members))}"
            )
        with archive.open(members[DETAILS["imports"]]) as stream:
            found = check_shape(stream.read(PROBED_BYTES), remote.name)
    missing = sorted(SMALL_MEMBERS - members.keys())
    return replace(found, notes=(f"without {', '.join(missing)}",) if missing else ())


def check_shape(head: bytes, name: str) -> Probe:
    """Check the first records of imports; raises `ParseError`."""
    width = WIDTHS["imports"]
    stride = width + line_end(head[width : width + 2])
    if b"\n" in head and stride == width:
        found = len(head.split(b"\n")[0].rstrip(b"\r"))
        raise ParseError(f"{name}: its records have {found} bytes, not {width}")
    records = list(split_records([head[: len(head) // stride * stride]], width, name))
    if not records:
        raise ParseError(f"{name}: holds no record of {width} bytes")
    (month, *_) = {select_records("imports", name, rows).month for rows in records}
    return Probe(period_of(month, name))
