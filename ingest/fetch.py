"""The interface of fetching: a source gets a `FetchContext` and returns `RemoteFile` and `Download`.

A source lists the files of a run in ``plan(context)``. The engine then fetches them one by one, so that a
failure of one leaves the others alone. By default a file is one download; a source that has to do more has a
``fetch(context, remote)`` of its own.
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


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file to take: its ``partition`` (see `FileFacts`), its name in the archive and where it is."""

    partition: str
    name: str
    url: str
    params: Params = ()
    vintage: date | None = None

    @property
    def series(self) -> str:
        """The key of its vintages in the archive."""
        return series_of(self.partition, self.name)


@dataclass(frozen=True, slots=True)
class Download:
    """A file as it arrived, before any gate."""

    path: Path
    remote: RemoteFile
    vintage: date
    validators: tuple[CacheValidator, ...]


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How a run fetches: session, address, window and limits.

    ``periods`` are the months a backfill asks for (empty: the source's own window); ``full`` widens that
    window to all a source can give at a reasonable cost, however lately it was confirmed, but for what was
    confirmed after ``since``, where that goes on from an earlier night; ``key`` is the publisher's key, if
    there is one; ``progress`` gets a file's name, its bytes so far and its bytes in all, where the server
    says, and ``calls`` the `Tally` of the visit after each small answer. No part is begun after ``minutes``
    of a visit.
    """

    http: Http
    base_url: str | None = None
    key: str | None = field(default=None, repr=False)
    periods: tuple[date, ...] = ()
    wide_window: bool = False
    since: datetime | None = None
    progress: Callable[[str, int, int | None], None] | None = None
    calls: "Callable[[Tally], None] | None" = None
    minutes: float | None = None


@dataclass(slots=True)
class Tally:
    """Progress of a source: files and calls done and, if the source plans ahead, planned.

    ``part`` is the name of the part under way. Answers that stand at a cap are asked for again in smaller
    pieces, so there may be more calls than planned.
    """

    part: str = ""
    parts: int = 0
    calls: int = 0
    planned: list[int] = field(default_factory=list)
    calls_of_part: int = 0

    @property
    def planned_parts(self) -> int | None:
        """Files of the whole run; None if the plan depends on what is found."""
        return len(self.planned) or None

    @property
    def planned_calls(self) -> int | None:
        """Calls of the whole run: those done and those still planned."""
        if not self.planned:
            return None
        of_this_part = self.planned[self.parts] - self.calls_of_part if self.part else 0
        return self.calls + max(0, of_this_part) + sum(self.planned[self.parts + bool(self.part) :])

    def plan(self, calls: Sequence[int]) -> None:
        """Set how many calls each file takes."""
        self.planned = list(calls)

    def begin(self, part: str) -> None:
        """Start a file."""
        self.part, self.calls_of_part = part, 0

    def called(self) -> None:
        """Count an answered call."""
        self.calls += 1
        self.calls_of_part += 1

    def end(self) -> None:
        """Finish a file, successful or not."""
        self.part = ""
        self.parts += 1

    def sentence(self) -> str:
        """The progress as a phrase."""
        parts = f"{self.parts} of {self.planned_parts}" if self.planned else f"{self.parts}"
        calls = f"{self.calls:,} of {self.planned_calls:,}" if self.planned else f"{self.calls:,}"
        return f"{parts} parts, {calls} calls"


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
    tally: Tally = field(default_factory=Tally)
    rested: set[str] = field(default_factory=set)
    """Series that the plan skipped because they were confirmed recently."""

    def url(self, *segments: str) -> str:
        """A URL below the source's base."""
        return "/".join([self.base_url.rstrip("/"), *segments])

    def get(self, url: str, params: Params = (), **headers: str) -> Answer:
        """A small answer, in memory."""
        answer = self.options.http.get(Request(url, params, headers), self.policy)
        self._called()
        return answer

    def _called(self) -> None:
        self.tally.called()
        if self.options.calls:
            self.options.calls(self.tally)

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
        """Whether the publisher confirms every answer that a part was gathered from."""
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
        tell = self.options.progress
        progress = partial(tell, remote.name) if tell else None
        answer = self.options.http.download(request, target, self.policy, progress)
        self.tally.called()
        if answer.unchanged:
            return None
        return self._fetched(remote, target, [answer])

    def save_json(self, remote: RemoteFile, content: Any, answers: Sequence[Answer]) -> Download:
        """One JSON document made of several answers, in the publisher's own shape, keys sorted."""
        return self.save_document(remote, orjson.dumps(content, option=orjson.OPT_SORT_KEYS), answers)

    def save_document(self, remote: RemoteFile, text: bytes, answers: Sequence[Answer]) -> Download:
        """A document made of answers. Asked with a key, a publisher may repeat it; what is kept does not."""
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
    It returns None if the archived file is still current. ``partition_of(name)`` tells the partition of a
    dropped-in file by its name, or None.
    """

    POLICY: Policy
    GATES: Gates

    def plan(self, context: FetchContext) -> Iterable[RemoteFile]:
        """The files of this run. May ask the publisher for them."""

    def partition_of(self, name: str) -> str | None:
        """The partition of a file of this name; None if the name does not tell."""


def fetch_file(module: LiveModule, context: FetchContext, remote: RemoteFile) -> Download | None:
    """Fetch one file as its source does it, by default as one download.

    Returns:
        None if the archived file is still current.
    """
    own: Callable[[FetchContext, RemoteFile], Download | None] | None = getattr(module, "fetch", None)
    return own(context, remote) if own else context.download(remote)
