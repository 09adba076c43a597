"""The files that are due, their requests, and the probe."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from ingest.contracts import FileFacts, Frames, ParseError
from ingest.fetch import Download, FetchContext, RemoteFile
from ingest.http import NotFoundError
from ingest.probe import Probe, parsed
from ingest.sources.usgs_mcs.facts import FILES, MAIN_FILE, OLDEST_EDITION, PARENT, PROBED_BYTES
from ingest.sources.usgs_mcs.parsing import frames_of, read_file
from ingest.sources.usgs_mcs.schemas import SOURCE


def plan(context: FetchContext) -> Iterator[RemoteFile]:
    """The files of each edition that ScienceBase lists one or two levels below the parent item."""
    for edition in _items(context, PARENT):
        title = re.search(r"Mineral Commodity Summaries (\d{4})", edition.get("title", ""))
        if title is None or int(title[1]) < OLDEST_EDITION:
            continue
        for item in [edition, *_items(context, edition["id"])]:
            for file in item.get("files", []):
                if FILES.fullmatch(file["name"]):
                    uploaded = (
                        date.fromisoformat(file["dateUploaded"][:10]) if file.get("dateUploaded") else None
                    )
                    url, query = context.url("catalog/file/get", item["id"]), (("name", file["name"]),)
                    yield RemoteFile(title[1], file["name"], url, query, uploaded)


def fetch(context: FetchContext, remote: RemoteFile) -> Download | None:
    """Download a file that was uploaded since the last download or confirmation.

    The archived vintage does not show this, because identical bytes uploaded again keep their first date.
    """
    at_hand, confirmed = context.newest(remote), context.confirmed_at(remote)
    if at_hand and confirmed and remote.vintage:
        is_dropped_in = at_hand.mode == "drop_in" and at_hand.vintage >= remote.vintage
        if is_dropped_in or confirmed.date() > remote.vintage:
            return None
    return context.download(remote)


def _items(context: FetchContext, parent: str) -> Iterator[dict[str, Any]]:
    """The child items of an item, page by page."""
    offset, total = 0, 1
    while offset < total:
        query = (("parentId", parent), ("format", "json"), ("fields", "title,id,files"), ("max", "100"))
        page = context.get(context.url("catalog/items"), (*query, ("offset", f"{offset}"))).json()
        yield from page["items"]
        offset, total = offset + 100, page["total"]


def partition_of(name: str) -> str | None:
    """The edition, if the file name states it."""
    found = re.match(r"(?i)MCS(\d{4})[_-]", name)
    return found[1] if found else None


def probe(context: FetchContext) -> Probe:
    """Read the list of editions, and the beginning of the newest one's main file."""
    parts = list(plan(context))
    if not parts:
        raise NotFoundError(f"ScienceBase lists no edition of {OLDEST_EDITION} or later below {PARENT}")
    edition = max(remote.partition for remote in parts)
    main = [remote for remote in parts if remote.partition == edition and MAIN_FILE.fullmatch(remote.name)]
    if not main:
        names = ", ".join(sorted(remote.name for remote in parts if remote.partition == edition))
        raise ParseError(f"edition {edition} has no MCS{edition}_Commodities_Data.csv, only {names}")
    return check_shape(context.peek(main[0].url, main[0].params, 0, PROBED_BYTES).content, main[0])


def check_shape(head: bytes, remote: RemoteFile) -> Probe:
    """Parse the beginning of a file; raises `ParseError`."""
    parsed(_beginning, head, remote, SOURCE)
    return Probe(release=remote.partition)


def _beginning(path: Path, facts: FileFacts) -> Frames:
    head = path.read_bytes()
    rows = read_file(facts.name, head[: head.rfind(b"\n") + 1], facts.partition)
    return frames_of(rows)
