"""Select lines of a large CSV by their code, before anything is decoded.

A bulk file has some twenty lines for each one that is kept, and parsing a line costs many times as much as
looking at its code. A line is dropped here only if its code is certainly not wanted; the parser decides on
the rest.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

COMMA, NEWLINE, ZERO = (np.uint8(ord(character)) for character in ",\n0")


@dataclass(frozen=True)
class RowPrefilter:
    """Keeps the lines whose code begins with one of ``prefixes``, which are digits and equally long.

    ``field`` is the code's position in a line, from 0; ``fields`` the number of fields per line; ``digits``
    the length of a full code. A longer code is kept. A shorter one has lost leading zeros: it is kept only if
    a prefix begins with zero.
    """

    prefixes: tuple[str, ...]
    field: int
    fields: int
    digits: int

    def lines(self, block: bytes) -> bytes:
        """The lines that may be wanted; the whole block if its lines have quotes or are not plain."""
        content = np.frombuffer(block, np.uint8)
        breaks = content == NEWLINE
        separators = np.flatnonzero(breaks | (content == COMMA))
        line_ends = separators[self.fields - 1 :: self.fields]
        uneven = not separators.size == self.fields * line_ends.size == self.fields * np.count_nonzero(breaks)
        if not separators.size or uneven or not breaks[line_ends].all() or b'"' in block:
            return block
        lines = np.concatenate(([0], line_ends + 1))
        starts = separators[self.field - 1 :: self.fields] + 1 if self.field else lines[:-1]
        length = separators[self.field :: self.fields] - starts
        number = np.zeros(starts.size, dtype=np.int64)
        for place in range(len(self.prefixes[0])):
            number = number * 10 + (content.take(starts + place, mode="clip") - ZERO)
        wanted = np.where(
            length == self.digits, self._wanted.take(number, mode="clip"), length >= self._shortest
        )
        runs = np.flatnonzero(np.diff(wanted, prepend=False, append=False))
        spans = lines[runs].reshape(-1, 2).tolist()
        return b"".join([block[start:end] for start, end in spans])

    @cached_property
    def _shortest(self) -> int:
        """Number of digits of the shortest code that may be wanted."""
        return 0 if any(prefix.startswith("0") for prefix in self.prefixes) else self.digits

    @cached_property
    def _wanted(self) -> npt.NDArray[np.bool_]:
        """A flag for each prefix number, true if the prefix is wanted; the last one is always false."""
        wanted = np.zeros(10 ** len(self.prefixes[0]) + 1, dtype=np.bool_)
        wanted[[int(prefix) for prefix in self.prefixes]] = True
        return wanted
