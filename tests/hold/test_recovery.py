"""Parts of a home are lost or damaged: what can be made again is, and what can't be is named."""

import shutil

import pytest

from ingest.archive import Archive
from tests.hold.ledger import Tally
from tests.hold.small import OLD, Warehouse


def test_published_file_lost_and_nothing_new(base: Warehouse, tally: Tally) -> None:
    """The published file lost while nothing changed at the publishers: a plain refresh publishes it again."""
    base.serve(OLD)
    before = base.tables()
    (base.home / "minerals.duckdb").unlink()
    with tally.case():
        base.refresh()
        assert base.tables() == before


@pytest.mark.parametrize("damage", ["flipped", "cut", "gone"])
def test_archive_file_damaged(base: Warehouse, tally: Tally, damage: str) -> None:
    """An archived file damaged or gone: its hash says so, the check names it, the source is fetched again."""
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
        said = base.refresh("--offline")
        assert record.name in said
        assert "is missing" in said or "is damaged" in said
        assert record.name in base.refresh()
        archive.verify(record)
        assert base.tables() == before
