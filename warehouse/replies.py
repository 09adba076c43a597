"""The form of an answer: its tables, and what its reader must know."""

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.asking import Asked, Candidate, Place
from warehouse.first_lines import NO_ROW, NOT_YET, FirstLine
from warehouse.narrowing import HAS_NO_ROW, NOT_SHOWN
from warehouse.sheet import Subject

OUTPUT_OF = "Output of"
"""The beginning of a note on the output of a country that is named."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: the question or title that it answers, its tables, and what its reader must know.

    ``name`` is the number of a question of the book, or the name of one of our own answers; ``narrowed`` has
    what the answer is filtered by; ``sql`` is the statement of the book; ``near`` are other answers that the
    words may mean; ``first`` is shown first if an answer is long.
    """

    name: str
    text: str
    tables: Sequence[Subject]
    narrowed: Sequence[str] = ()
    notes: Sequence[str] = ()
    sql: str | None = None
    near: Sequence[Candidate] = ()
    first: FirstLine | None = None

    @property
    def not_shown(self) -> list[str]:
        """Notes to read before the answer: on a country that it does not separate, and why it has no row."""
        before = (NOT_SHOWN, NO_ROW, NOT_YET, OUTPUT_OF, *([] if self.first else [HAS_NO_ROW, "Sources:"]))
        return [note for note in self.notes if note.startswith(before)]


def others(asked: Asked) -> list[Place]:
    """Return the places named that can sell to the United States."""
    return [place for place in asked.places if place.code not in ("USA", "USMCA")]
