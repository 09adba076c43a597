"""A publication of a build of some size, against copying its file."""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path

from benchmarks.harness import Contender, Facts, Goal, Place, Task, Work

ROW_BYTES = 8 * 8
FILE = "build.duckdb"
TABLES = {
    "meta.source_status": "select 'x' as source_id, 'starter' as mode, 'none' as licence, null as citation",
    "core.fct_trade": ("select i as line, {columns} from range({rows}) as t (i)"),
}


def make(folder: Path, megabytes: int) -> Facts:
    """A build whose one large table does not compress, in the storage version that is published."""
    import duckdb  # noqa: PLC0415

    from warehouse.connect import create  # noqa: PLC0415

    create(folder / FILE)
    columns = ", ".join(f"random() as figure_{number}" for number in range(7))
    with duckdb.connect(
        str(folder / FILE), config={"memory_limit": "2GB", "preserve_insertion_order": False}
    ) as con:
        for name, sql in TABLES.items():
            con.execute(f"create schema if not exists {name.split('.')[0]}")
            con.execute(
                f"create table {name} as {sql.format(columns=columns, rows=megabytes * 2**20 // ROW_BYTES)}"
            )
    return {"bytes": (folder / FILE).stat().st_size}


def staged(place: Place) -> Path:
    """The build in a home of its own, on disk before the clock starts."""
    shutil.copyfile(place.data / FILE, place.scratch / FILE)
    subprocess.run(["sync", place.scratch / FILE], check=True)
    return place.scratch


def whole(place: Place) -> Task:
    """`publish` as the nightly run calls it: checks, dictionary, two copies, mirror."""
    from warehouse.connect import Engine  # noqa: PLC0415
    from warehouse.publish import Build, publish  # noqa: PLC0415

    home = staged(place)
    nodes = {
        name: {"resource_type": "model", "schema": name.split(".")[0], "name": name.split(".")[1]}
        for name in TABLES
    }
    build = Build(
        "20260101T000000Z",
        datetime(2026, 1, 1),
        "bench",
        {"nodes": nodes},
        [{"metadata": {"generated_at": "2026-01-01T00:00:00"}, "results": []}],
    )

    def task() -> Facts:
        publish(home, build, engine=Engine("4GB", 2, home / "tmp"), macros=home / "none")
        return {}

    return task


def files(place: Place) -> Task:
    """The publication proper: the build's file into its folder and under the readers' name, each fsynced."""
    from warehouse.publish import _copy  # noqa: PLC0415

    home = staged(place)

    def task() -> Facts:
        _copy(home / FILE, home / "kept.duckdb")
        _copy(home / "kept.duckdb", home / "minerals.duckdb")
        return {}

    return task


def cp(place: Place) -> Task:
    home = staged(place)

    def task() -> Facts:
        subprocess.run(["cp", "--reflink=never", home / FILE, home / "copy"], check=True)
        subprocess.run(["sync", home / "copy"], check=True)
        return {}

    return task


def copy_database(place: Place) -> Task:
    import duckdb  # noqa: PLC0415

    home = staged(place)

    def task() -> Facts:
        with duckdb.connect() as con:
            con.execute(f"attach '{home / FILE}' as old (read_only)")
            con.execute(f"attach '{home / 'new'}' as new (storage_version 'v1.2.0')")
            con.execute("copy from database old to new")
        return {}

    return task


WORK = Work(
    id="publication",
    title="Publication of a build of {scale:,} MB",
    make=make,
    scales={"small": 50, "default": 1_000, "full": 5_000},
    unit="MB",
    contenders=(
        Contender("files", "ours: the file twice, into its folder and for readers", "ours", files),
        Contender("cp", "limit: `cp` and `sync`, once", "limit", cp),
        Contender("copy", "COPY FROM DATABASE", "peer", copy_database),
        Contender(
            "publish", "`publish` whole, with the Parquet mirror sorted by all columns", "peer", whole, runs=1
        ),
    ),
    goals=(
        Goal("of `cp`, the file", "files", "cp", at_most=2),
        Goal("of `cp`, with dictionary and Parquet mirror", "publish", "cp", at_most=2),
    ),
    notes=(
        "The file is copied twice and each copy fsynced, so 2 is the floor; the rest of `publish` is the "
        "mirror, which sorts all rows by all columns so that the same rows give the same bytes."
    ),
)
