"""Publishing is atomic in all cases, and never disturbs readers."""

import errno
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.conftest import build, fill, publish_small
from warehouse import publish as publishing
from warehouse.connect import connect, open_writer, storage_version
from warehouse.publications import current, next_build_id, publications, rollback
from warehouse.publish import PublicationRefusedError

Read = Callable[[str], list[tuple[Any, ...]]]

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])  # importing takes a process longer than its task


def test_a_publication_holds_the_build_and_describes_it(home: Path, read: Read) -> None:
    published = publish_small(home, build())
    assert published.row_counts["marts.import_sources"] == 3
    assert read("select build_id, version, sources_starter, sources_live from meta.build_info") == [
        ("20260201T031500Z", "0.1.0", 1, 0)
    ]
    assert read("select citation from cite('usgs_mcs')") == [("USGS, MCS 2025",)]
    assert current(home) == "20260201T031500Z"
    with connect(home / "minerals.duckdb") as con:
        assert storage_version(con).startswith("v1.2.0")
        schemas = con.execute("select distinct schema_name from duckdb_tables() order by 1").fetchall()
    assert schemas == [("core",), ("marts",), ("meta",)]


def test_tables_and_columns_are_described_with_unit_and_key(home: Path, read: Read) -> None:
    publish_small(home, build())
    assert read(
        "select description, grain, row_count from meta.table_dictionary where table_name = 'import_sources'"
    ) == [("Where imports come from.", "area, mineral_id, supplier_iso3", 3)]
    assert read("select unit, description from meta.column_dictionary where column_name = 'value_usd'") == [
        ("USD", "Customs value in USD.")
    ]
    undescribed = read(
        "select column_name from meta.column_dictionary where schema_name = 'meta' and description is null"
        " and table_name not in ('source_status', 'archive')"
    )
    assert undescribed == []


def test_a_failed_blocking_check_leaves_the_published_file_as_it_was(home: Path, read: Read) -> None:
    publish_small(home, build())
    fill(home, value=99.0)
    with pytest.raises(PublicationRefusedError, match=r"1 blocking.*import_sources: Got 4 results"):
        publish_small(home, build(day=2, status="fail", failures=4))
    assert read("select usd_per_kg from core.fct_price") == [(10.0,)]
    assert publications(home) == ["20260201T031500Z"]
    with duckdb.connect(str(home / "build.duckdb"), read_only=True) as con:
        assert con.execute(
            "select passed, rows_failing, last_passed::text from meta.data_quality where kind = 'data_test'"
        ).fetchall() == [(False, 4, "2026-02-01 03:15:00")]


def test_a_warning_is_published_and_reported(home: Path, read: Read) -> None:
    publish_small(home, build(status="warn", failures=2))
    assert read(
        "select severity, passed, rows_failing, last_passed from meta.data_quality where not passed"
    ) == [("warn", False, 2, None)]


def test_tables_of_deleted_models_are_not_published(home: Path, read: Read) -> None:
    with open_writer(home / "build.duckdb") as con:
        con.execute("create table marts.former_name as select 1 as a")
    publish_small(home, build())
    assert read("select count(*) from duckdb_tables() where table_name = 'former_name'") == [(0,)]


def test_rollback_turns_file_and_mirror_back(home: Path, read: Read) -> None:
    for day in (1, 2, 3):
        fill(home, value=float(day))
        publish_small(home, build(day))
    assert rollback(home) == "20260202T031500Z"
    assert read("select usd_per_kg from core.fct_price") == [(2.0,)]
    mirrored = duckdb.read_parquet(str(home / "parquet" / "core" / "fct_price.parquet")).fetchall()
    assert mirrored == [("cobalt", 2.0)]
    assert rollback(home) == "20260201T031500Z"
    with pytest.raises(LookupError, match="no earlier"):
        rollback(home)
    assert rollback(home, "20260203T031500Z") == "20260203T031500Z"
    with pytest.raises(LookupError, match="no publication nonsense; those kept are 20260201"):
        rollback(home, "nonsense")


WRITES = """
import os, sys
import duckdb

os.chmod(sys.argv[1], 0o644)
con = duckdb.connect(sys.argv[1])
con.execute("begin; create table marts.scratch as select 1 as a")
print("open", flush=True)
sys.stdin.read()
"""


def test_another_program_that_writes_to_the_published_file_stops_nothing(home: Path, read: Read) -> None:
    publish_small(home, build())
    file = home / "minerals.duckdb"
    with subprocess.Popen(
        [sys.executable, "-c", WRITES, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "open\n"
        with pytest.raises(duckdb.IOException, match="lock"):
            connect(file)
        assert current(home) == "20260201T031500Z"
        fill(home, value=99.0)
        publish_small(home, build(day=2))
        assert other.poll() is None
        assert read("select usd_per_kg from core.fct_price") == [(99.0,)]
        changed = json.loads((home / "publications" / "20260202T031500Z" / "diff.json").read_bytes())
        assert [table["table"] for table in changed] == ["core.fct_price", "marts.import_sources"]
        assert not list((home / "publications" / "20260202T031500Z").glob(".*"))
        other.communicate()
    assert current(home) == "20260202T031500Z"


def test_a_publication_sorts_after_the_kept_ones_although_the_clock_went_back(home: Path) -> None:
    publish_small(home, build(2))
    assert next_build_id(home, datetime(2020, 1, 1)) == "20260202T031501Z"
    assert next_build_id(home, datetime(2030, 1, 1)) == "20300101T000000Z"


def test_only_the_last_publications_are_kept(home: Path) -> None:
    for day in range(1, 6):
        publish_small(home, build(day), keep=3)
    assert publications(home) == ["20260203T031500Z", "20260204T031500Z", "20260205T031500Z"]


def test_an_unchanged_rerun_gives_the_same_bytes_and_no_difference(home: Path) -> None:
    def mirror() -> dict[str, bytes]:
        folder = home / "parquet"
        return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.parquet")}

    publish_small(home, build(1))
    first = mirror()
    fill(home)
    publish_small(home, build(2))
    changed = {name for name, content in mirror().items() if first[name] != content}
    assert changed == {"meta/build_info.parquet", "meta/data_quality.parquet"}
    assert json.loads((home / "publications" / "20260202T031500Z" / "diff.json").read_text()) == []


def test_readers_and_rollback_share_a_file_that_is_written_once(home: Path) -> None:
    publish_small(home, build(1))
    kept = home / "publications" / "20260201T031500Z" / "minerals.duckdb"
    assert (home / "minerals.duckdb").samefile(kept)
    assert kept.stat().st_mode & 0o777 == 0o444
    rollback(home, "20260201T031500Z")
    assert [path.name for path in home.iterdir() if path.name.endswith(".tmp")] == []
    publish_small(home, build(2))
    assert not (home / "minerals.duckdb").samefile(kept)
    assert rollback(home) == "20260201T031500Z"
    assert (home / "minerals.duckdb").samefile(kept)


def test_only_tables_that_changed_are_written_to_the_mirror(home: Path) -> None:
    publish_small(home, build(1))
    first = home / "publications" / "20260201T031500Z" / "parquet"
    with open_writer(home / "build.duckdb") as con:
        con.execute("update core.fct_price set usd_per_kg = 11")
        con.execute("create temp table held as from marts.import_sources")
        con.execute("delete from marts.import_sources")
        con.execute("insert into marts.import_sources from held order by all desc")
        con.execute("comment on table marts.import_sources is 'Another text.'")
    publish_small(home, build(2))
    second = home / "publications" / "20260202T031500Z" / "parquet"
    linked = {
        f"{path.parent.name}.{path.stem}"
        for path in second.rglob("*.parquet")
        if path.samefile(first / path.relative_to(second))
    }
    assert linked == {"marts.import_sources", "meta.archive", "meta.source_status", "meta.column_dictionary"}
    assert duckdb.read_parquet(str(second / "core" / "fct_price.parquet")).fetchall() == [("cobalt", 11.0)]
    packages = [
        json.loads((folder / "datapackage.json").read_text())["resources"] for folder in (first, second)
    ]
    hashes = [{item["name"]: item["hash"] for item in package} for package in packages]
    assert {name for name in hashes[0] if hashes[0][name] == hashes[1][name]} == linked
    changed = json.loads((second.parent / "diff.json").read_text())
    assert [diff["table"] for diff in changed] == ["core.fct_price"]


def test_where_files_cannot_be_linked_they_are_copied(
    home: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", unknown)
    for day in (1, 2):
        fill(home, value=float(day))
        publish_small(home, build(day))
    assert read("select usd_per_kg from core.fct_price") == [(2.0,)]
    assert not (home / "minerals.duckdb").samefile(
        home / "publications" / "20260202T031500Z" / "minerals.duckdb"
    )
    assert len(list((home / "parquet").rglob("*.parquet"))) == 8
    assert (home / "minerals.duckdb").stat().st_mode & 0o777 == 0o444


def test_a_bloated_build_is_rewritten_with_comments_and_version(home: Path, read: Read) -> None:
    fill(home, rows=1_000_000)
    with open_writer(home / "build.duckdb") as con:
        con.execute("create table marts.ballast as select random() as a from range(1000000)")
        con.execute("checkpoint")
        con.execute("create or replace table marts.import_sources as from marts.import_sources limit 5")
        con.execute("comment on table marts.import_sources is 'Where imports come from.'")
    bloated = (home / "build.duckdb").stat().st_size
    publish_small(home, build())
    assert (home / "minerals.duckdb").stat().st_size < bloated / 2
    assert read("select description from meta.table_dictionary where table_name = 'import_sources'") == [
        ("Where imports come from.",)
    ]
    with open_writer(home / "build.duckdb") as con:
        assert storage_version(con).startswith("v1.2.0")


def test_a_build_of_another_storage_version_is_rewritten(home: Path, read: Read) -> None:
    (home / "build.duckdb").unlink()
    duckdb.connect(str(home / "build.duckdb")).close()
    fill(home)
    publish_small(home, build())
    with connect(home / "minerals.duckdb") as con:
        assert storage_version(con).startswith("v1.2.0")
    assert read("select citation from cite('usgs_mcs')") == [("USGS, MCS 2025",)]


def test_the_data_package_names_files_fields_units_and_licences(home: Path) -> None:
    publish_small(home, build())
    package = json.loads((home / "parquet" / "datapackage.json").read_text())
    assert package["licenses"] == [{"name": "public domain", "title": "public domain (usgs_mcs)"}]
    resource = next(item for item in package["resources"] if item["name"] == "marts.import_sources")
    assert (home / "parquet" / resource["path"]).stat().st_size == resource["bytes"]
    assert resource["schema"]["primaryKey"] == ["area", "mineral_id", "supplier_iso3"]
    assert resource["schema"]["fields"][-1] == {
        "name": "value_usd",
        "type": "number",
        "description": "Customs value in USD.",
        "unit": "USD",
    }


def test_a_full_disk_leaves_the_old_file_and_no_partial_ones(
    home: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_small(home, build(1))
    fill(home, value=20.0)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "write_mirror", full)
        with pytest.raises(OSError, match="No space left"):
            publish_small(home, build(2))
    assert read("select usd_per_kg from core.fct_price") == [(10.0,)]
    assert [path.name for path in (home / "publications").iterdir()] == ["20260201T031500Z"]


def look(path: str, stop: Any, seen: Any) -> None:
    """Reconnect in a loop and record the values of two tables that must always agree."""
    views, is_last = [], False
    while not is_last:
        is_last = stop.wait(0.02)
        with duckdb.connect(path, read_only=True, config={"threads": 1}) as con:
            price = con.execute("select usd_per_kg from core.fct_price").fetchall()[0][0]
            sources = con.execute("select min(value_usd), max(value_usd), count(*) from marts.import_sources")
            views.append((price, *sources.fetchall()[0]))
    seen.put(views)


@pytest.mark.long
def test_readers_see_only_whole_publications_through_publishes(home: Path) -> None:
    publish_small(home, build(1))
    stop, seen = PROCESSES.Event(), PROCESSES.Queue()
    path = str(home / "minerals.duckdb")
    readers = [PROCESSES.Process(target=look, args=(path, stop, seen)) for _ in range(3)]
    for reader in readers:
        reader.start()
    for day in range(2, 6):
        fill(home, rows=2000 * day, value=float(day))
        publish_small(home, build(day))
        time.sleep(0.2)
    stop.set()  # each reads once more, so that the last publication is also seen on a slow machine
    views = [view for _ in readers for view in seen.get(timeout=600)]
    for reader in readers:
        reader.join(30)
        assert reader.exitcode == 0
    whole = {(10.0, 10.0, 10.0, 3)} | {(float(d), float(d), float(d), 2000 * d) for d in range(2, 6)}
    assert set(views) <= whole
    assert (5.0, 5.0, 5.0, 10_000) in views


KILLED_AT = ("_finish", "_copy", "_verify", "write_mirror", "write_diff", "sync_tree", "turn_to", "prune")


def die(step: str, when: str, home: Path) -> None:
    """Publish, and kill this process before or after a step."""
    real = getattr(publishing, step)

    def killed(*arguments: Any) -> None:
        if when == "after":
            real(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(publishing, step, killed)
    publish_small(home, build(2))


@pytest.mark.long
@pytest.mark.parametrize("step", KILLED_AT)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_killed_publish_leaves_the_old_or_the_new(
    published: Path, read: Read, step: str, when: str
) -> None:
    home = published
    fill(home, rows=7, value=20.0)
    killed = PROCESSES.Process(target=die, args=(step, when, home))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    view = read("select (select usd_per_kg from core.fct_price), count(*) from marts.import_sources")
    turned = step == "prune" or (step, when) == ("turn_to", "after")
    assert view == [(20.0, 7) if turned else (10.0, 3)]
    assert set(publications(home)) <= {"20260201T031500Z", "20260202T031500Z"}
    for name in ("build.rewritten", "build.rewritten.wal"):
        (home / name).write_bytes(b"half of it")
    publish_small(home, build(3))
    assert read("select count(*) from marts.import_sources") == [(7,)]
    assert [*home.glob("*.tmp"), *home.glob("*.rewritten*")] == []
    assert list((home / "publications").glob(".*")) == []
