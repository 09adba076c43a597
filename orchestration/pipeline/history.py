"""How the last refresh ended, stored in the home for `minerals status`, however it was started."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from orchestration.pipeline.failures import Failure
from orchestration.settings import Settings
from warehouse.files import replace_file

JOB = "nightly_refresh"
"""The job of a refresh; other materializations are not refreshes."""

TURN = "minerals/turn"
"""Tag of runs from the command line; its value is the home that was refreshed."""

NOTHING_CHANGED = "Nothing changed since the last publication."
"""The message of a refresh that ended as `unchanged`."""

Ending = Literal["published", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class Ended:
    """One refresh: how it ended, what failed, when (UTC), and the failures since the last success."""

    how: Ending
    sentence: str
    failures: list[Failure] = field(default_factory=list)
    log: str = ""
    began: datetime | None = None
    ended: datetime = field(default_factory=lambda: datetime.now(UTC))
    failed_in_row: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """The last refresh that ended, and when an unfinished one of the command line began (UTC)."""

    began: datetime | None = None
    last: Ended | None = None


_HISTORY = TypeAdapter(History)


def read(settings: Settings) -> History:
    """The history of refreshes of this home."""
    try:
        return _HISTORY.validate_json(_file(settings).read_bytes())
    except (FileNotFoundError, ValueError):
        return History()


def begin(settings: Settings) -> None:
    """Record that a refresh began."""
    _write(settings, History(datetime.now(UTC), read(settings).last))


def end(settings: Settings, ended: Ended) -> None:
    """Record how a refresh ended; adds the time it began, if not given, and the count of failures."""
    before = read(settings)
    failed = (before.last.failed_in_row if before.last else 0) + 1 if ended.how == "failed" else 0
    known = replace(ended, began=ended.began or before.began, failed_in_row=failed)
    _write(settings, History(None, known))


def turn(settings: Settings) -> FileLock:
    """The lock that serializes refreshes from the command line."""
    return FileLock(settings.home / ".refresh.lock")


def has_turn(settings: Settings) -> bool:
    """Whether a refresh from the command line is running."""
    lock = turn(settings)
    if not settings.home.exists():
        return False
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return False  # a read-only user cannot know
    lock.release()
    return False


def _write(settings: Settings, history: History) -> None:
    replace_file(_file(settings), _HISTORY.dump_json(history, indent=2))


def _file(settings: Settings) -> Path:
    return settings.home / "refresh.json"
