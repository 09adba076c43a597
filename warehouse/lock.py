"""One writer at a time on `raw.duckdb` and `build.duckdb`, across all processes of a machine."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse.files import replace_file

LOCK_NAME = ".writer.lock"
HOLDER_NAME = ".writer.json"


class WriterBusyError(RuntimeError):
    """Another process held the writer lock longer than the maximum wait."""


@contextmanager
def writer_lock(
    home: Path,
    command: str,
    *,
    wait_seconds: float = 3600,
    on_wait: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Hold the writer lock of a warehouse folder; while waiting, report its holder once to ``on_wait``.

    The operating system releases the lock when its holder ends or crashes. It is not re-entrant: a second
    caller waits, also within the same process.

    Raises:
        WriterBusyError: The lock was not free within ``wait_seconds``; the message names its holder.
    """
    home.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home / LOCK_NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if on_wait:
            on_wait(f"Waiting: {holder(home)}")
        try:
            lock.acquire(timeout=wait_seconds)
        except Timeout:
            raise WriterBusyError(f"Gave up after {wait_seconds:g} s: {holder(home)}") from None
    try:
        _sign(home, command)
        yield
    finally:
        (home / HOLDER_NAME).unlink(missing_ok=True)
        lock.release()


def holder(home: Path) -> str:
    """One sentence on who holds the lock. Only meaningful while it is held."""
    try:
        facts = json.loads((home / HOLDER_NAME).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return f"the warehouse in {home} is being written by a process that has not signed yet."
    return (
        f"the warehouse in {home} is being written by process {facts['pid']} "
        f"since {facts['since']} ({facts['command']})."
    )


def _sign(home: Path, command: str) -> None:
    facts = {
        "pid": os.getpid(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
    }
    replace_file(home / HOLDER_NAME, json.dumps(facts))
