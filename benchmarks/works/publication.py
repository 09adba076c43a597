"""Publishing a build of a given size, compared with copying its file."""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path

from benchmarks.harness import Contender, Facts, Goal, Place, Task, Work

ROW_BYTES = 8 * 8
FILE = "build.duckdb"
ROWS = "select i as line, {columns} from range({rows}) as t (i)"
TABLES = {
    "meta.source_status": "select 'x' as source_id, 'starter' as mode, 'none' as licence, null as citation,"
    " null::date as vintage, null::date as newest_period, null::date as expected_next",
    "meta.archive": "select 'x' as source_id, 'the bench' as publisher",
    "core.fct_trade": ROWS,
    "core.fct_price": ROWS.replace("{rows}", "{rows} // 100"),
}
NIGHT = "update core.fct_price set figure_0 = figure_0 + 1 where line % 100 = 0"


def make(folder: Path, megabytes: int) -> Facts:
    """A build with two incompressible tables, in the published storage version."""
    import duckdb  # noqa: PLC0415

    from warehouse.connect import create  # noqa: PLC0415

    create(folder / FILE)
    columns = ", ".join(f"random() as figure_{number}" for number in range(7))
    rows = megabytes * 2**20 // ROW_BYTES
    with duckdb.connect(
        str(folder / FILE), config={"memory_limit": "2GB", "preserve_insertion_order": False}
    ) as con:
        for name, sql in TABLES.items():
            con.execute(f"create schema if not exists {name.split('.')[0]}")
            con.execute(f"create table {name} as {sql.format(columns=columns, rows=rows)}")
    return {"bytes": (folder / FILE).stat().st_size}


def staged(place: Place) -> Path:
    """The build in a home of its own, flushed to disk before the clock starts."""
    shutil.copyfile(place.data / FILE, place.scratch / FILE)
    subprocess.run(["sync", place.scratch / FILE], check=True)
    return place.scratch


def published(home: Path, day: int) -> None:
    """`publish` as the nightly run calls it: checks, dictionary, copy, mirror, differences."""
    from warehouse.connect import Engine  # noqa: PLC0415
    from warehouse.publish import Build, publish  # noqa: PLC0415

    models = {name: dict(zip(("schema", "name"), name.split("."), strict=True)) for name in TABLES}
    nodes = {name: {"resource_type": "model", **model} for name, model in models.items()}
    keys = {
        f"test.bench.{name}": {
            "resource_type": "test",
            "attached_node": name,
            "column_name": "line",
            "test_metadata": {"name": "unique", "kwargs": {}},
        }
        for name in TABLES
        if name.startswith("core.")
    }
    build = Build(
        f"202601{day:02}T000000Z",
        datetime(2026, 1, day),
        "bench",
        {"nodes": nodes | keys},
        [{"metadata": {"generated_at": f"2026-01-{day:02}T00:00:00"}, "results": []}],
    )
    publish(home, build, engine=Engine("4GB", 2, home / "tmp"), macros=home / "none")


def first(place: Place) -> Task:
    home = staged(place)

    def task() -> Facts:
        published(home, 1)
        return {}

    return task


def next_night(place: Place) -> Task:
    """The second publication, in which a small table changed."""
    import duckdb  # noqa: PLC0415

    home = staged(place)
    published(home, 1)
    with duckdb.connect(str(home / FILE)) as con:
        con.execute(NIGHT)
    subprocess.run(["sync", home / FILE], check=True)

    def task() -> Facts:
        published(home, 2)
        return {}

    return task


def files(place: Place) -> Task:
    """The publication itself: copy the build's file into its folder and to the readers' name, with fsync."""
    from warehouse.files import link_or_copy, sync  # noqa: PLC0415
    from warehouse.publish import _copy  # noqa: PLC0415

    home = staged(place)

    def task() -> Facts:
        _copy(home / FILE, home / "kept.duckdb")
        link_or_copy(home / "kept.duckdb", home / "minerals.duckdb")
        sync(home)
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
        Contender("files", "ours: the file into its folder, and linked for readers", "ours", files),
        Contender("cp", "limit: `cp` and `sync`, once", "limit", cp),
        Contender(
            "next", "`publish` whole, the next night: a table of a hundredth has changed", "ours", next_night
        ),
        Contender(
            "first", "`publish` whole, the first time: all is written as Parquet", "ours", first, runs=1
        ),
        Contender("copy", "COPY FROM DATABASE", "peer", copy_database, runs=1),
    ),
    goals=(
        Goal("of `cp`, the file", "files", "cp", at_most=2),
        Goal("of `cp`, with dictionary, mirror and differences, next night", "next", "cp", at_most=2),
        Goal("of `cp`, with dictionary and mirror, first time", "first", "cp", at_most=6),
    ),
    notes=(
        "Beyond the copy `publish` reads every row once, to find which tables have changed. Those are "
        "written as Parquet, sorted by their keys; figures that do not compress, as here, take longest."
    ),
)
