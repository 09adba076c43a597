"""Conditional requests and ranges (RFC 9110, sections 13 and 14), the same for every answer."""

import re
from collections.abc import Sequence
from email.utils import parsedate_to_datetime

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

KEPT_BY_304 = ("etag", "cache-control", "vary", "last-modified", "x-build-id")
"""Headers of a full answer that one without a body repeats."""

_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,40})-([0-9]{0,40})[ \t]*", re.IGNORECASE)


def is_held(request: Request, tag: str) -> bool:
    """Whether the request says that the reader already has this tag, so that no answer has to be computed."""
    return "if-match" not in request.headers and _is_named(tag, request.headers.getlist("if-none-match"))


def unchanged(headers: Headers) -> Response:
    """304, with the headers of the full answer that a cache needs."""
    return Response(status_code=304, headers={name: headers[name] for name in KEPT_BY_304 if name in headers})


def conditioned(request: Request, response: Response) -> Response:
    """The response to GET or HEAD under its conditions and its range.

    A file is reduced to one range of bytes. Several ranges, a malformed range, one of another unit, and HEAD
    get the whole file.

    Raises:
        HTTPException: 412 if `If-Match` or `If-Unmodified-Since` does not hold, 416 for a range outside.
    """
    if response.status_code != 200 or request.method not in ("GET", "HEAD"):
        return response
    asked, own = request.headers, response.headers
    tag, modified = own.get("etag", ""), own.get("last-modified")
    if not _holds(asked, tag, modified):
        raise HTTPException(412, "The condition does not hold: the answer has changed.")
    if "if-none-match" in asked:
        tags = asked.getlist("if-none-match")
        if _is_any(tags) or _is_named(tag, tags):
            return unchanged(own)
    elif _is_not_before(asked.get("if-modified-since"), modified):
        return unchanged(own)
    if isinstance(response, FileResponse):
        _set_range(request, _range(request, int(own["content-length"]), tag, modified))
    return response


def _holds(asked: Headers, tag: str, modified: str | None) -> bool:
    """Whether `If-Match`, or else `If-Unmodified-Since`, holds. A weak tag never matches."""
    if "if-match" in asked:
        tags = asked.getlist("if-match")
        return _is_any(tags) or (not tag.startswith("W/") and tag in _tags(tags))
    return _is_not_before(asked.get("if-unmodified-since"), modified) is not False


def _is_named(tag: str, listed: Sequence[str]) -> bool:
    """Whether a list of tags names the tag, weak or not."""
    return tag.removeprefix("W/") in [one.removeprefix("W/") for one in _tags(listed)]


def _is_any(listed: Sequence[str]) -> bool:
    return any(line.strip() == "*" for line in listed)


def _tags(listed: Sequence[str]) -> list[str]:
    return [tag for line in listed for tag in _TAG.findall(line)]


def _is_not_before(since: str | None, modified: str | None) -> bool | None:
    """Whether a stated date is not before the change; None if either is missing or not a date."""
    if not since or not modified:
        return None
    try:
        return parsedate_to_datetime(since) >= parsedate_to_datetime(modified)
    except (ValueError, TypeError, OverflowError):
        return None


def _range(request: Request, size: int, tag: str, modified: str | None) -> tuple[int, int] | None:
    """The first and the last byte asked for; None for the whole file."""
    stated = request.headers.getlist("range")
    found = _RANGE.fullmatch(stated[0].strip()) if len(stated) == 1 else None
    as_held = request.headers.get("if-range")
    is_other = as_held is not None and as_held not in (tag, modified)
    if request.method != "GET" or not found or found.groups() == ("", "") or is_other:
        return None
    first, last = found.groups()
    if first and last and int(first) > int(last):
        return None
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end:
        raise HTTPException(416, f"The file has {size} bytes.", {"Content-Range": f"bytes */{size}"})
    return start, end


def _set_range(request: Request, chosen: tuple[int, int] | None) -> None:
    """State the range in the request; Starlette's response for files reads it there."""
    others = [pair for pair in request.scope["headers"] if pair[0] not in (b"range", b"if-range")]
    asked = [(b"range", f"bytes={chosen[0]}-{chosen[1]}".encode())] if chosen else []
    request.scope["headers"] = [*others, *asked]
