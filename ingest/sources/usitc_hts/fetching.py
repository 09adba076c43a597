"""What is due, and how it is requested."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import orjson

from ingest.contracts import FileFacts, Frames
from ingest.fetch import Download, FetchContext, RemoteFile
from ingest.http import FetchError
from ingest.probe import Probe, changed, new_fields, parsed
from ingest.sources.usitc_hts.facts import FIELDS, OTHER_FIELDS, PROBED, WHOLE_SCHEDULE
from ingest.sources.usitc_hts.parsing import json_rows
from ingest.sources.usitc_hts.releases import release_id, release_of
from ingest.sources.usitc_hts.schedule import lines_of
from ingest.sources.usitc_hts.schemas import LINE, SOURCE


def plan(context: FetchContext) -> Iterable[RemoteFile]:
    """The current release, and the dates of all releases."""
    release = _current(context)
    yield RemoteFile(release, f"hts_{release}.json", context.url("exportList"), WHOLE_SCHEDULE[0])
    yield RemoteFile("releaseList", "releaseList.json", context.url("releaseList"))


def fetch(context: FetchContext, remote: RemoteFile) -> Download | None:
    """Fetch a release once. A schedule whose release changed during the download is discarded.

    Raises:
        FetchError: the release changed, or neither form of request worked.
    """
    if remote.partition == "releaseList":
        return context.download(remote)
    if context.has(remote):
        return None
    try:
        fetched = context.download(remote)
    except FetchError:
        fetched = context.download(replace(remote, params=WHOLE_SCHEDULE[1]))
    if _current(context) != remote.partition:
        raise FetchError(f"{remote.partition} was superseded during the download")
    return fetched


def _current(context: FetchContext) -> str:
    return release_of(context.get_json(context.url("currentRelease")).json())


def partition_of(name: str) -> str | None:
    """The release, from a schedule's name; tables of dates and products use their own names."""
    found = re.match(r"(?i)(?:hts[_ -]?)?(\d{4}.*?)(?:[_-]json)?\.json", name)
    return release_id(found[1]) if found else Path(name).stem


def probe(context: FetchContext) -> Probe:
    """Request the name of the current release, and one heading of it."""
    release = _current(context)
    url, (plain, dotted) = context.url("exportList"), WHOLE_SCHEDULE
    try:
        answer = context.get(url, changed(plain, **{"from": PROBED, "to": PROBED}))
    except FetchError:
        leaf = f"{PROBED}.10.10"
        answer = context.get(url, changed(dotted, **{"from": leaf, "to": leaf}))
    return replace(check_shape(answer.content, release), release=release)


def check_shape(content: bytes, release: str) -> Probe:
    """Check a part of a schedule; raises `ParseError`."""
    parsed(_heading, content, RemoteFile(release, f"hts_{release}.json", ""), SOURCE)
    fields = {field for row in orjson.loads(content) for field in row}
    return Probe(notes=new_fields(fields, FIELDS | OTHER_FIELDS))


def _heading(path: Path, facts: FileFacts) -> Frames:
    rows = json_rows(path, facts.name)
    return {LINE.name: lines_of(rows, facts.partition, facts.name, min_rows=1)}
