"""Counts and messages of one run of one source."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class RunTally:
    """Counts and messages of one run of one source."""

    new: list[str] = field(default_factory=list)
    confirmed: int = 0
    absent: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    unfinished: str = ""
    is_cut_off: bool = False
    asked: bool = False
    has_recent: bool = False

    @property
    def answered(self) -> bool:
        """Whether the publisher sent or confirmed a file, or no file was due."""
        return self.asked and (bool(self.new) or self.confirmed > 0 or not self.problems)

    @property
    def is_live(self) -> bool:
        """Whether the publisher answered, or confirmed other files too recently to be asked again."""
        return self.answered or (self.asked and self.has_recent)

    def sentence(self) -> str:
        """The whole tally in one sentence."""
        parts = []
        if self.new:
            more = f" and {len(self.new) - 3} more" if len(self.new) > 3 else ""
            parts.append(f"new: {', '.join(self.new[:3])}{more}")
        if self.confirmed:
            parts.append(f"{self.confirmed} unchanged")
        if self.absent:
            parts.append(f"not published: {', '.join(self.absent[:3])}{' and more' * (len(self.absent) > 3)}")
        if self.problems:
            more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
            parts.append(f"{self.problems[0]}{more}")
        parts += self.withdrawn
        if self.unfinished:
            parts.append(self.unfinished)
        return "; ".join(parts) or "nothing new is due"
