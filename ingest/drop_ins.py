"""Files that a person puts below ``drop_in/<source>/``, with their partitions and vintages."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Final, TypeVar

from ingest.archive import sha256_of
from ingest.contracts import SourceModule
from ingest.formats.size_limits import check_size
from ingest.gates import RefusedError

CHECKSUM_SUFFIX: Final = ".sha256"
COPY: Final = re.compile(r"(?i) ?(?:\(\d{1,2}\)| - copy)(?=\.\w+$)")
"""What browsers and file managers add to the name of a file that is there already: ``IMDB2609 (1).ZIP``."""

_Answer = TypeVar("_Answer", str, date)


def drop_ins(folder: Path) -> list[Path]:
    """The files below a folder, sorted, without hidden files and checksum files."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix != CHECKSUM_SUFFIX
        and not any(name.startswith(".") for name in path.relative_to(folder).parts)
    )


def strays(root: Path, source_ids: Iterable[str]) -> list[str]:
    """Names in the drop-in folder that belong to no source and are therefore never read."""
    if not root.is_dir():
        return []
    known = set(source_ids)
    return sorted(
        path.name for path in root.iterdir() if path.name not in known and not path.name.startswith(".")
    )


def partition_of(module: SourceModule, path: Path, folder: Path) -> str:
    """The partition of a dropped-in file: its folder below the source's, else its name, else its content.

    If none of them names a partition, it is the stem of the file name.
    """
    within = path.parent.relative_to(folder).as_posix()
    if within != ".":
        return within
    by_name, by_content = getattr(module, "partition_of", None), getattr(module, "partition_in", None)
    named = by_name(COPY.sub("", path.name)) if by_name else None
    return named or (_read(by_content, path) if by_content else None) or path.stem


def stated_vintage(module: SourceModule, path: Path) -> date | None:
    """The vintage that a dropped-in file itself states; None if it states none."""
    question = getattr(module, "stated_vintage", None)
    return _read(question, path) if question else None


def modified_on(path: Path, now: datetime) -> date:
    """The day on which a file was last modified, at the latest today."""
    return min(datetime.fromtimestamp(path.stat().st_mtime, tz=now.tzinfo).date(), now.date())


def check_checksum(path: Path) -> None:
    """Compare a dropped-in file with its checksum file, written by sha256sum, if there is one.

    Raises:
        RefusedError: They differ.
    """
    checksum_file = path.with_name(path.name + CHECKSUM_SUFFIX)
    if not checksum_file.is_file():
        return
    words = checksum_file.read_text().split()
    if not words or words[0].lower() != sha256_of(path):
        raise RefusedError(f"its SHA-256 differs from the one in {checksum_file.name}")


def _read(question: Callable[[Path], _Answer | None], path: Path) -> _Answer | None:
    """The source's answer about a file before the gates; None if it fails, as the gates report why."""
    try:
        check_size(path, path.name)
        return question(path)
    except (OSError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # panics of compiled libraries do not derive from Exception
        return None
