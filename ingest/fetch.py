"""The interface of fetching: a source gets a `FetchContext` and returns `RemoteFile` and `Download`.

A source lists the files of a run in ``plan(context)``. The engine then fetches them one by one, so that one
failure does not affect the others. By default a file is one download; a source that needs more has its own
``fetch(context, remote)``.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import orjson

from ingest.archive import Archive, CacheValidator, LastCheck, Record, State, series_of, write_atomically
from ingest.contracts import SourceModule
from ingest.gates import Gates
from ingest.http import Answer, Http, Params, Policy, Request
from ingest.progress import FetchProgress


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file to fetch: its ``partition`` (see `FileFacts`), its name in the archive, and its address."""

    partition: str
    name: str
    url: str
    params: Params = ()
    vintage: date | None = None

    @property
    def series(self) -> str:
        """The key of the file's vintages in the archive."""
        return series_of(self.partition, self.name)


@dataclass(frozen=True, slots=True)
class Download:
    """A file as received, before any gate."""

    path: Path
    remote: RemoteFile
    vintage: date
    validators: tuple[CacheValidator, ...]


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How a run fetches: session, address, window and limits.

    Attributes:
        http: The session.
        base_url: The publisher's address, if it is not the source's own.
        key: The publisher's key, if there is one.
        periods: The months of a backfill; if empty, the source's own window.
        wide_window: Widen the window to all that the source can give at a reasonable cost, even if it was
            confirmed recently.
        since: With ``wide_window``, skip what an earlier run confirmed after this time.
        progress: Called with a file's name, the bytes received so far and, if the server states it, the size.
        calls: Called with the `FetchProgress` of the run after each small answer.
        minutes: No file is started after this many minutes.
    """

    http: Http
    base_url: str | None = None
    key: str | None = field(default=None, repr=False)
    periods: tuple[date, ...] = ()
    wide_window: bool = False
    since: datetime | None = None
    progress: Callable[[str, int, int | None], None] | None = None
    calls: Callable[[FetchProgress], None] | None = None
    minutes: float | None = None


@dataclass(frozen=True, slots=True)
class FetchContext:
    """The context of one run of one source."""

    source_id: str
    base_url: str
    policy: Policy
    archive: Archive
    state: State
    now: datetime
    options: FetchOptions
    progress: FetchProgress = field(default_factory=FetchProgress)
    rested: set[str] = field(default_factory=set)
    """Series that the plan skipped because they were confirmed recently."""

    def url(self, *segments: str) -> str:
        """A URL below the source's base address."""
        return "/".join([self.base_url.rstrip("/"), *segments])

    def get(self, url: str, params: Params = (), **headers: str) -> Answer:
        """A small response, read into memory."""
        answer = self.options.http.get(Request(url, params, headers), self.policy)
        self._called()
        return answer

    def _called(self) -> None:
        self.progress.called()
        if self.options.calls:
            self.options.calls(self.progress)

    def peek(self, url: str, params: Params = (), first: int = 0, count: int = 4096) -> Answer:
        """A byte range of a file; the rest is not downloaded."""
        return self.options.http.peek(Request(url, params), self.policy, first, count)

    def get_json(self, url: str, params: Params = (), **headers: str) -> Answer:
        """Like `get`; an answer whose JSON is cut off is requested once more."""
        answer = self.options.http.get(Request(url, params, headers, is_json=True), self.policy)
        self._called()
        return answer

    def is_recent(self, remote: RemoteFile, days: float) -> bool:
        """Whether a file was confirmed within the last days, so that it need not be requested again.

        With ``wide_window``, only what the current monthly round confirmed is recent.
        """
        checked = self.state.series.get(remote.series)
        if checked is None or (self.options.wide_window and not self._is_of_this_round(checked)):
            return False
        # A confirmation in the future comes from a clock that was ahead; it does not count.
        is_recent = timedelta(0) <= self.now - checked.checked_at < timedelta(days=days)
        if is_recent:
            self.rested.add(remote.series)
        return is_recent

    def _is_of_this_round(self, checked: LastCheck) -> bool:
        return self.options.since is not None and checked.checked_at >= self.options.since

    def confirmed_at(self, remote: RemoteFile) -> datetime | None:
        """When the publisher last sent or confirmed a file."""
        checked = self.state.series.get(remote.series)
        return checked.checked_at if checked else None

    def has(self, remote: RemoteFile) -> bool:
        """Whether any vintage of a part is archived."""
        return remote.series in self.state.series

    def newest(self, remote: RemoteFile) -> Record | None:
        """The vintage of a part that is in force."""
        return self.archive.newest(self.source_id, remote.series)

    def is_unchanged(self, remote: RemoteFile) -> bool:
        """Whether the publisher confirms every response from which a part was gathered."""
        checked = self.state.series.get(remote.series)
        if checked is None or not checked.validators:
            return False
        return all(
            validator.usable
            and validator.url.startswith(self.base_url)
            and self.options.http.get(Request(validator.url, validator=validator), self.policy).unchanged
            for validator in checked.validators
        )

    def download(self, remote: RemoteFile, **headers: str) -> Download | None:
        """Download one file; None if the archived file is still current."""
        checked = self.state.series.get(remote.series)
        validator = next(iter(checked.validators), None) if checked else None
        request = Request(remote.url, remote.params, headers)
        if validator and validator.url == request.public_url:
            request = replace(request, validator=validator)
        target = self._target(remote)
        callback = self.options.progress
        progress = partial(callback, remote.name) if callback else None
        answer = self.options.http.download(request, target, self.policy, progress)
        self.progress.called()
        if answer.unchanged:
            return None
        return self._fetched(remote, target, [answer])

    def save_json(self, remote: RemoteFile, content: Any, answers: Sequence[Answer]) -> Download:
        """One JSON document made of several responses, in the publisher's own format, with sorted keys."""
        return self.save_document(remote, orjson.dumps(content, option=orjson.OPT_SORT_KEYS), answers)

    def save_document(self, remote: RemoteFile, text: bytes, answers: Sequence[Answer]) -> Download:
        """Save a document made of responses, without the key that a publisher may echo in them."""
        target = self._target(remote)
        write_atomically(target, self.options.http.redact_bytes(text))
        return self._fetched(remote, target, answers)

    def _target(self, remote: RemoteFile) -> Path:
        name = hashlib.sha256(f"{remote.partition}\n{remote.name}".encode()).hexdigest()[:12]
        return self.archive.incoming(self.source_id) / f"{name}-{remote.name}"

    def _fetched(self, remote: RemoteFile, path: Path, answers: Sequence[Answer]) -> Download:
        stated = max((answer.stated_on for answer in answers if answer.stated_on), default=self.now)
        vintage = remote.vintage or min(stated, self.now).date()
        return Download(path, remote, vintage, tuple(answer.validator for answer in answers))


class LiveModule(SourceModule, Protocol):
    """A source module that can also fetch.

    A module whose files take more than one download also has ``fetch(context, remote) -> Download | None``.
    It returns None if the archived file is still current. ``partition_of(name)`` returns the partition of a
    dropped-in file from its name, or None.
    """

    POLICY: Policy
    GATES: Gates

    def plan(self, context: FetchContext) -> Iterable[RemoteFile]:
        """The files of this run. May ask the publisher for them."""

    def partition_of(self, name: str) -> str | None:
        """The partition of a file of this name; None if the name does not show it."""


def fetch_file(module: LiveModule, context: FetchContext, remote: RemoteFile) -> Download | None:
    """Fetch one file with its source's ``fetch``, by default as one download.

    Returns:
        None if the archived file is still current.
    """
    own: Callable[[FetchContext, RemoteFile], Download | None] | None = getattr(module, "fetch", None)
    return own(context, remote) if own else context.download(remote)
