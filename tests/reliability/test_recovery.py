"""Parts of a home are lost or damaged: what can be rebuilt is rebuilt, and the rest is named."""

import shutil
from typing import Any

import pytest

from ingest.archive import Archive
from tests.reliability.report import CaseCount
from tests.reliability.small_warehouse import OLD, RATES, Warehouse

LOST = {
    "raw.duckdb": ["raw.duckdb"],
    "build.duckdb": ["build.duckdb"],
    "raw.duckdb and build.duckdb": ["raw.duckdb", "build.duckdb"],
    "the parsed files": ["parsed", "outcomes"],
    "everything but the archive": ["raw.duckdb", "build.duckdb", "parsed", "outcomes", "dbt", "dagster"],
    "minerals.duckdb": ["minerals.duckdb"],
    "minerals.duckdb, parquet and all publications": ["minerals.duckdb", "parquet", "publications"],
}


def figures(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    """Every published row, without the status of publishers."""
    return {name: rows for name, rows in warehouse.tables().items() if name != "meta.source_status"}


def marts(warehouse: Warehouse) -> dict[str, bytes]:
    """The Parquet mirror of the marts, byte for byte."""
    return {path.name: path.read_bytes() for path in (warehouse.home / "parquet" / "marts").iterdir()}


@pytest.mark.parametrize("lost", LOST)
def test_rebuilt_from_the_archive(base: Warehouse, tally: CaseCount, lost: str) -> None:
    """Files of the home lost: rebuilt from the archive alone, offline, with the same tables and mirror."""
    before, mirror = figures(base), marts(base)
    asked = [list(server.asked) for server in base.servers.values()]
    for name in LOST[lost]:
        path = base.home / name
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    with tally.case(lost):
        base.refresh("--offline", "--full")
        assert figures(base) == before
        assert marts(base) == mirror
        assert [server.asked for server in base.servers.values()] == asked


def test_published_file_lost_and_nothing_new(base: Warehouse, tally: CaseCount) -> None:
    """The published file lost with nothing new at the publishers: a plain refresh publishes it again."""
    base.serve(OLD)
    before = base.tables()
    (base.home / "minerals.duckdb").unlink()
    with tally.case():
        base.refresh()
        assert base.tables() == before


def test_publication_lost(base: Warehouse, tally: CaseCount) -> None:
    """A bad publication is rolled back by one command; the figures are those of the previous one."""
    before = base.tables()
    base.refresh()
    assert base.tables()[RATES] != before[RATES]
    with tally.case():
        rolled = base.minerals("rollback")
        assert rolled.returncode == 0, rolled.stdout
        assert base.tables() == before


@pytest.mark.parametrize("damage", ["flipped", "cut", "gone"])
def test_archive_file_damaged(base: Warehouse, tally: CaseCount, damage: str) -> None:
    """An archived file damaged or missing: its hash reveals it, a check names it, it is fetched again."""
    base.serve(OLD)
    before, archive = base.tables(), Archive(base.home / "archive")
    series = archive.records("boc_fx")[-1].series
    record = archive.newest("boc_fx", series)
    assert record
    path = archive.path(record)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    {
        "flipped": lambda: path.write_bytes(content),
        "cut": lambda: path.write_bytes(content[:99]),
        "gone": path.unlink,
    }[damage]()
    shutil.rmtree(base.home / "parsed")
    with tally.case(damage):
        output = base.refresh("--offline")
        assert record.name in output
        assert "is missing" in output or "is damaged" in output
        assert record.name in base.refresh()
        archive.verify(record)
        assert base.tables() == before
