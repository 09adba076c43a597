"""The publications on disk: which are kept, which is current, and rollback.

A publication is a folder `publications/<build_id>/`. The readers' names, `minerals.duckdb` and `parquet`, are
switched to it by one rename each. A rollback switches them to an earlier folder. Readers with the old file
open keep reading it.
"""

import os
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from warehouse.connect import connect
from warehouse.files import link_or_copy, sync

FILE = "minerals.duckdb"
MIRROR = "parquet"
BUILD_ID = "%Y%m%dT%H%M%SZ"


def rollback(home: Path, build_id: str | None = None) -> str:
    """Switch readers to an earlier publication: the previous one, or the one named.

    The caller must hold `lock.writer_lock`.

    Returns:
        The build id now published.

    Raises:
        LookupError: There is no such publication.
    """
    kept = publications(home)
    earlier = [name for name in kept if name < (current(home) or "")]
    if build_id is None and not earlier:
        raise LookupError("There is no earlier publication to roll back to.")
    chosen = build_id or earlier[-1]
    if chosen not in kept:
        raise LookupError(f"There is no publication {chosen}; those kept are {', '.join(kept) or 'none'}.")
    turn_to(home, chosen)
    return chosen


def publications(home: Path) -> list[str]:
    """Build ids of the kept publications, oldest first."""
    return sorted(folder.name for folder in folder_of(home).glob("[!.]*") if (folder / FILE).exists())


def next_build_id(home: Path, now: datetime) -> str:
    """The build id of a new publication; sorts after the kept ones even if the clock went back."""
    ours = [name for name in publications(home) if re.fullmatch(r"\d{8}T\d{6}Z", name)]
    newest = max((datetime.strptime(name, BUILD_ID) for name in ours), default=datetime.min)
    return f"{max(now, newest + timedelta(seconds=1)):{BUILD_ID}}"


def current(home: Path) -> str | None:
    """The build id of the current publication, read from the published file.

    If another program has locked the file, the publication of which it is a hard link.
    """
    if not (home / FILE).exists():
        return None
    try:
        with connect(home / FILE) as con:
            return str(con.execute("select build_id from meta.build_info").fetchall()[0][0])
    except duckdb.IOException:
        folders = [folder_of(home) / name for name in publications(home)]
        same = [folder.name for folder in folders if (home / FILE).samefile(folder / FILE)]
        # On a file system without links it is a copy.
        same += [folder.name for folder in folders if (home / MIRROR).resolve().parent == folder.resolve()]
        if not same:
            raise
        return same[0]


def turn_to(home: Path, build_id: str) -> None:
    """Switch readers to a publication. Each name is switched by one rename."""
    folder = folder_of(home) / build_id
    file = home / f"{FILE}.{build_id}.tmp"
    file.unlink(missing_ok=True)
    link_or_copy(folder / FILE, file)
    sync(file)
    link = home / f"{MIRROR}.{build_id}.tmp"
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(folder / MIRROR, home), target_is_directory=True)
    # A leftover write-ahead log of the old file must not be replayed on the new one.
    (home / f"{FILE}.wal").unlink(missing_ok=True)
    file.replace(home / FILE)
    # Renaming a hard link to another link of the same file does nothing.
    file.unlink(missing_ok=True)
    link.replace(home / MIRROR)
    sync(home)


def prune(home: Path, keep: int) -> None:
    """Delete all but the newest publications, and never the current one."""
    kept = publications(home)
    for build_id in kept[:-keep]:
        if build_id != current(home):
            shutil.rmtree(folder_of(home) / build_id)


def folder_of(home: Path) -> Path:
    """The folder of the publications."""
    return home / "publications"
