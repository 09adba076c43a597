"""What is sent as files: those of a publication, and the pages of the brief."""

import re
from hashlib import sha256
from pathlib import Path, PurePosixPath

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from warehouse.publications import FILE, MIRROR
from warehouse.serve.bodies import MEDIA_TYPES
from warehouse.serve.open_publications import Opened, is_file

FEEDS = {
    "feed.atom": "application/atom+xml",
    "feed.json": "application/feed+json",
    "calendar.ics": "text/calendar; charset=utf-8",
}
FOR_GOOD = "public, max-age=31536000, immutable"
"""Cache lifetime of content that never changes under its address."""
_STATED_BUILD = re.compile(rb'<meta name="build-id" content="([^"<>]+)">')
_HEAD = 4 << 10
"""Bytes within which a page of the brief states its publication."""
_ENDINGS = {
    ".html": "text/html; charset=utf-8",
    ".json": MEDIA_TYPES["json"],
    ".parquet": MEDIA_TYPES["parquet"],
    ".md": "text/markdown; charset=utf-8",
    ".xml": "application/xml",
    ".svg": "image/svg+xml",
    ".csv": MEDIA_TYPES["csv"],
    ".js": "text/javascript; charset=utf-8",
    ".wasm": "application/wasm",
    ".txt": "text/plain; charset=utf-8",
}


def published(opened: Opened) -> list[str]:
    """The files of a publication that are served, by their path in it."""
    names = [FILE, "diff.json", "diff.md", *FEEDS, f"{MIRROR}/datapackage.json"]
    names += [f"{MIRROR}/{table.schema}/{table.name}.parquet" for table in opened.tables.values()]
    return [name for name in names if (opened.folder / name).is_file()]


def of_publication(opened: Opened, path: str) -> FileResponse:
    """A file of a publication.

    Raises:
        HTTPException: 404 if it has no such file, or is no longer kept.
    """
    if path not in published(opened):
        raise HTTPException(404, "There is no such file; /files lists all files.")
    return _file(opened.folder / path)


def feed(opened: Opened, name: str) -> Response:
    """A feed or the calendar of a publication.

    Raises:
        HTTPException: 404 if the publication is older than it.
    """
    file = opened.folder / name
    if not file.is_file():
        raise HTTPException(404, f"The publication {opened.build_id} has no {name}.")
    return Response(file.read_bytes(), media_type=FEEDS[name])


def page(brief: Path, path: str) -> tuple[Response, str]:
    """A page of the brief, and the publication that it states; empty if it states none.

    It is read completely before it is sent, since it may be replaced meanwhile.

    Raises:
        HTTPException: 404 if there is no such page.
    """
    asked = PurePosixPath(path or "index.html")
    file = brief / asked
    inside = ".." not in asked.parts and not asked.is_absolute() and not asked.name.startswith(".")
    if not inside or not is_file(file) or not file.resolve().is_relative_to(brief.resolve()):
        raise HTTPException(404, "There is no such page.")
    if asked.parts[0] == "sql":
        # the engine and the tables of the SQL page are large, and a name always has the same content
        found = _file(file)
        found.headers["Cache-Control"] = FOR_GOOD
        return found, ""
    content = file.read_bytes()
    stated = _STATED_BUILD.search(content, 0, _HEAD)
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    answer = Response(content, media_type=_media_type(asked.name), headers={"ETag": tag})
    return answer, stated[1].decode() if stated else ""


def _file(file: Path) -> FileResponse:
    try:
        return FileResponse(file, media_type=_media_type(file.name), stat_result=file.stat())
    except FileNotFoundError:
        raise HTTPException(404, "This file is no longer kept.") from None


def _media_type(name: str) -> str:
    path = PurePosixPath(name)
    return FEEDS.get(path.name) or _ENDINGS.get(path.suffix, "application/octet-stream")
