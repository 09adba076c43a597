"""The publications on disk: which are kept, which one readers see, and rolling back.

A publication is a folder `publications/<build_id>/`. The two names that readers know, `minerals.duckdb` and
`parquet`, are turned to it by one rename each. Rolling back turns them to an earlier folder. A reader who has
the old file open keeps reading it.
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
    """Turn the readers' names to an earlier publication: the one before the current, or the one named.

    Hold `lock.writer_lock` meanwhile.

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
    """Build ids of the publications kept, oldest first."""
    return sorted(folder.name for folder in folder_of(home).glob("[!.]*") if (folder / FILE).exists())


def next_build_id(home: Path, now: datetime) -> str:
    """The name of a publication made now: it sorts after those kept, even where the clock has gone back."""
    ours = [name for name in publications(home) if re.fullmatch(r"\d{8}T\d{6}Z", name)]
    newest = max((datetime.strptime(name, BUILD_ID) for name in ours), default=datetime.min)
    return f"{max(now, newest + timedelta(seconds=1)):{BUILD_ID}}"


def current(home: Path) -> str | None:
    """Build id of what readers see now, as the published file itself says.

    Where another program writes to the file, the publication that it is a second name of.
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
    """Point the readers' names to a publication. Each name is turned by one rename."""
    folder = folder_of(home) / build_id
    file = home / f"{FILE}.{build_id}.tmp"
    file.unlink(missing_ok=True)
    link_or_copy(folder / FILE, file)
    sync(file)
    link = home / f"{MIRROR}.{build_id}.tmp"
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(folder / MIRROR, home), target_is_directory=True)
    # A write-ahead log left beside the old file must not be replayed on the new one.
    (home / f"{FILE}.wal").unlink(missing_ok=True)
    file.replace(home / FILE)
    # To rename one name of a file to another of its names does nothing.
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
