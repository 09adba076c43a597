"""Atomic writes for files that others read: written under another name, then renamed.

Readers see the old content or the new, never a part of it.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def replace_file(target: Path, content: bytes | str) -> None:
    """Write a file atomically; its folder must exist."""
    with replacing(target) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A temporary path next to ``target``; renamed to it if the block succeeds."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def link_or_copy(source: Path, target: Path) -> None:
    """Hard-link a file that is never written again; copy it if the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)


def sync(path: Path) -> None:
    """Wait until a file or folder is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Wait until a folder and everything below it is on disk."""
    for path in [folder, *folder.rglob("*")]:
        sync(path)
