"""One file gathered from many calls: unfinished calls are split, and answers are kept if the run ends early.

A service that answers a hundred small requests may never finish one large one. A request that it does not
finish is split. One that cannot be split is repeated after all the others. A part that is incomplete at the
end saves its answers and open requests in a drawer, from which the next run continues.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from ingest.archive import write_atomically
from ingest.fetch import FetchContext, RemoteFile
from ingest.http import Answer, FetchError, Http, NotFoundError, UnfinishedError

KEPT_FOR: Final = timedelta(days=3)
"""How long the answers of an incomplete file are kept; after that the publisher may have revised it."""
FAILURES_IN_A_ROW: Final = 3

Wanted = tuple[str, ...]
"""What one request asks for, in the source's own terms."""
Ask = Callable[[Wanted], Answer]
Split = Callable[[Wanted, Answer | None], Sequence[Wanted]]


class _Kept(msgspec.Struct):
    """The facts of a saved answer; its body is a file next to the manifest."""

    body: str
    url: str
    etag: str | None
    last_modified: str | None


class _Manifest(msgspec.Struct):
    """The open requests of a file, and the answers so far."""

    asked: str
    begun_at: datetime
    waiting: list[Wanted]
    kept: list[_Kept]


@dataclass(frozen=True, slots=True)
class Drawer:
    """The saved answers of an incomplete file."""

    folder: Path
    asked: str

    @classmethod
    def of(cls, context: FetchContext, remote: RemoteFile) -> "Drawer":
        """The drawer of a file."""
        asked = hashlib.sha256(repr((remote.url, remote.params)).encode()).hexdigest()
        name = hashlib.sha256(remote.series.encode()).hexdigest()[:12]
        return cls(context.archive.incoming(context.source_id) / f"{name}-gathered", asked)

    @property
    def is_there(self) -> bool:
        """Whether the file failed when it was last requested."""
        return (self.folder / "manifest.json").is_file()

    def open(self, now: datetime) -> tuple[datetime, list[Wanted], list[Answer]] | None:
        """Start, open requests and answers, unless they are too old or the request changed."""
        try:
            manifest = msgspec.json.decode((self.folder / "manifest.json").read_bytes(), type=_Manifest)
            if manifest.asked != self.asked or not timedelta(0) <= now - manifest.begun_at < KEPT_FOR:
                return None
            return manifest.begun_at, manifest.waiting, [self._answer(kept) for kept in manifest.kept]
        except (OSError, msgspec.DecodeError):
            return None

    def fill(
        self, http: Http, begun_at: datetime, waiting: Iterable[Wanted], answers: Iterable[Answer]
    ) -> None:
        """Save answers and open requests without secrets; the manifest, written last, validates them."""
        kept = []
        self.folder.mkdir(parents=True, exist_ok=True)
        for answer in answers:
            body = http.redact_bytes(answer.content)
            name = f"{hashlib.sha256(body).hexdigest()[:24]}.json"
            if not (self.folder / name).exists():
                write_atomically(self.folder / name, body)
            validator = answer.validator
            kept.append(_Kept(name, validator.url, validator.etag, validator.last_modified))
        manifest = _Manifest(self.asked, begun_at, list(waiting), kept)
        write_atomically(self.folder / "manifest.json", msgspec.json.encode(manifest))

    def clear(self) -> None:
        """Delete the saved answers."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answer(self, kept: _Kept) -> Answer:
        headers = {"ETag": kept.etag, "Last-Modified": kept.last_modified}
        stated = {name: value for name, value in headers.items() if value}
        return Answer(kept.url, 200, stated, (self.folder / kept.body).read_bytes())


def failed_last(context: FetchContext, parts: Iterable[RemoteFile]) -> list[RemoteFile]:
    """The parts of a plan, with those that failed the last time at the end."""
    return sorted(parts, key=lambda remote: Drawer.of(context, remote).is_there)


def gather(
    context: FetchContext, remote: RemoteFile, wanted: Iterable[Wanted], ask: Ask, split: Split
) -> list[Answer]:
    """Send every wanted request, split as far as the host requires.

    Args:
        context: The run's context.
        remote: The part that the answers make up.
        wanted: What to ask for, one item per request.
        ask: Sends one request.
        split: Returns the smaller requests that replace one without an answer or with an incomplete answer;
        none if the answer is complete or the request cannot be split.

    Raises:
        FetchError: The file is incomplete. The answers are kept for the next run, which repeats the failed
        requests last.
        NotFoundError: ``ask`` raised it: there is no such part.
    """
    drawer = Drawer.of(context, remote)
    begun_at, waiting, answers = drawer.open(context.now) or (context.now, list(wanted), [])
    failed: list[Wanted] = []
    reason, in_a_row = "", 0
    try:
        while waiting and in_a_row < FAILURES_IN_A_ROW:
            some, *rest = waiting
            try:
                answer = ask(some)
            except UnfinishedError as error:
                reason, in_a_row = str(error), in_a_row + 1
                smaller = split(some, None)
                failed += [] if smaller else [some]
                waiting = [*rest, *smaller]
            else:
                in_a_row = 0
                smaller = split(some, answer)
                answers += [] if smaller else [answer]
                waiting = [*smaller, *rest]
    except NotFoundError:
        drawer.clear()
        raise
    except BaseException:
        drawer.fill(context.options.http, begun_at, [*waiting, *failed], answers)
        raise
    if left := [*waiting, *failed]:
        drawer.fill(context.options.http, begun_at, left, answers)
        kept = f"{len(answers)} answers are kept, {len(left)} requests are left for the next run"
        raise FetchError(f"{reason}; {kept}")
    drawer.clear()
    return answers
