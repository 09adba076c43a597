"""Progress of a source's downloads: files and calls, done and planned."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class FetchProgress:
    """Progress of a source: files and calls done and, if the source plans ahead, planned.

    ``part`` is the name of the part in progress. Answers that reach a row cap are requested again in smaller
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
        """Calls of the whole run: those done plus those still planned."""
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
