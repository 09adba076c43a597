"""A ZIP archive on a publisher's server; only the ranges that are read are downloaded."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

from ingest.contracts import ParseError
from ingest.fetch import FetchContext, RemoteFile
from ingest.formats.zips import DAMAGED
from ingest.gates import looks_like_html
from ingest.http import FetchError, host_of

BLOCK: Final = 16 << 10
"""Size of one range in bytes."""


class WholeOnlyError(FetchError):
    """The server has the file but sends it only as a whole."""


@contextmanager
def remote_zip(context: FetchContext, remote: RemoteFile) -> Iterator[zipfile.ZipFile]:
    """Open a remote ZIP archive to read its directory and the beginnings of its members in small ranges.

    Raises:
        NotFoundError: There is no such file.
        WholeOnlyError: The server sends it only as a whole.
        FetchError: A web page was received instead.
        ParseError: It is not a ZIP archive, or a damaged one.
    """
    head = context.peek(remote.url, remote.params, 0, BLOCK)
    if looks_like_html(head.content):
        raise FetchError(f"a web page was received instead of {remote.name}")
    if not head.content.startswith(b"PK"):
        raise ParseError(f"{remote.name}: is not a ZIP archive")
    size = head.headers.get("Content-Range", "").rpartition("/")[2]
    if not size.isdigit():
        raise WholeOnlyError(
            f"{host_of(remote.url)} sends {remote.name} only as a whole, so its content was not checked"
        )
    try:
        file = _RemoteBytes(context, remote, int(size))
        with zipfile.ZipFile(cast("Any", io.BufferedReader(file, BLOCK))) as archive:
            yield archive
    except DAMAGED as error:
        if isinstance(error, FetchError):
            raise
        raise ParseError(f"{remote.name}: the archive is damaged ({error})") from None


class _RemoteBytes(io.RawIOBase):
    """A remote file that downloads only the ranges that are read."""

    def __init__(self, context: FetchContext, remote: RemoteFile, size: int) -> None:
        self._context, self._part, self._size, self._at = context, remote, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), self._size - self._at)
        if count <= 0:
            return 0
        content = self._context.peek(self._part.url, self._part.params, self._at, count).content
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)
