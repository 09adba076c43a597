"""How far each download is, told on a logger: a terminal draws bars from it, and nothing else need know."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

CHANNEL = logging.getLogger("minerals.downloads")
CHANNEL.propagate = False
CHANNEL.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Download:
    """A file on its way: bytes so far, and in all where the server says."""

    source_id: str
    name: str
    done: int
    total: int | None


def teller(source_id: str) -> Callable[[str, int, int | None], None]:
    """What a source's visit reports its downloads to."""

    def tell(name: str, done: int, total: int | None) -> None:
        CHANNEL.info(Download(source_id, name, done, total))

    return tell
