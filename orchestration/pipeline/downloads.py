"""Progress of downloads, sent to a logger from which the terminal draws bars."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from ingest.progress import FetchProgress

CHANNEL = logging.getLogger("minerals.downloads")
CHANNEL.propagate = False
CHANNEL.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Download:
    """Progress of one download in bytes, with the total if known, or of a source in API calls."""

    source_id: str
    name: str
    done: int
    total: int | None
    unit: str = "bytes"

    @property
    def is_over(self) -> bool:
        """Whether it is complete. Calls end with a total of 0, since more than planned may be needed."""
        return self.total == 0 if self.unit == "calls" else self.done == self.total


FEW_CALLS = 3
"""Fetches with this many calls or fewer end too soon to report progress."""


def progress_callback(source_id: str) -> Callable[[str, int, int | None], None]:
    """The callback to which a source reports its downloads."""

    def send(name: str, done: int, total: int | None) -> None:
        CHANNEL.info(Download(source_id, name, done, total))

    return send


def calls_callback(source_id: str) -> Callable[[FetchProgress], None]:
    """The callback to which a source reports its calls if it makes many small ones."""

    def send(progress: FetchProgress) -> None:
        if progress.calls > FEW_CALLS:
            CHANNEL.info(Download(source_id, "", progress.calls, progress.planned_calls, "calls"))

    return send


def finish_calls(source_id: str) -> None:
    """Report that a source is done."""
    CHANNEL.info(Download(source_id, "", 0, 0, "calls"))
