"""The partial file of a download, which the next attempt or the next run resumes."""

import re
from dataclasses import dataclass
from pathlib import Path

import orjson
import requests

from ingest.archive import CacheValidator
from ingest.http.retries import TransientError


@dataclass(slots=True)
class PartialFile:
    """The partial file of a download, and a second file that stores the version of its body."""

    path: Path
    facts: Path
    url: str
    resume_headers: dict[str, str]
    done: int = 0
    total: int | None = None

    @classmethod
    def of(cls, target: Path, url: str) -> "PartialFile":
        """Open an earlier attempt's partial file, with the headers that resume it if there is a validator."""
        path, facts = target.with_name(f"{target.name}.part"), target.with_name(f"{target.name}.part.json")
        partial = cls(path, facts, url, {})
        try:
            left = CacheValidator(**orjson.loads(facts.read_bytes()))
            start = path.stat().st_size
        except (FileNotFoundError, orjson.JSONDecodeError, TypeError):
            return partial
        strong = left.etag if left.etag and not left.etag.startswith("W/") else left.last_modified
        if start and strong and left.url == url:
            partial.done, partial.resume_headers = start, {"Range": f"bytes={start}-", "If-Range": strong}
        return partial

    def begin(self, response: requests.Response, validator: CacheValidator) -> None:
        """Apply the server's response: the rest, the whole file again, or nothing usable."""
        if response.status_code == requests.codes.requested_range_not_satisfiable:
            self.path.unlink(missing_ok=True)
            raise TransientError("the partial file no longer fits what the server has")
        resumed = re.match(rf"bytes {self.done}-", response.headers.get("Content-Range", ""))
        if response.status_code != requests.codes.partial_content or not resumed:
            self.done = 0
            self.path.write_bytes(b"")
        self.facts.write_bytes(orjson.dumps(validator))
        length = response.headers.get("Content-Length")
        plain = response.headers.get("Content-Encoding", "identity") == "identity"
        self.total = self.done + int(length) if length and plain else None

    def write(self, chunk: bytes) -> None:
        """Append a block of the body."""
        with self.path.open("ab") as stream:
            stream.write(chunk)
        self.done += len(chunk)

    def finish(self, target: Path) -> None:
        """Move the complete file to ``target``; an incomplete one raises `TransientError`."""
        if self.total is not None and self.done != self.total:
            raise TransientError(f"broke off after {self.done:,} of {self.total:,} bytes")
        self.path.replace(target)
        self.facts.unlink(missing_ok=True)
