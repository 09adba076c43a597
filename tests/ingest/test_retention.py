"""Retention: which vintages of a file are kept, and what remains of a deleted one."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ingest.archive import Archive, Record
from ingest.refresh import Folders, refresh_source
from ingest.retention import drop, surplus
from tests.ingest import toy

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)


def vintage(day: date, name: str = "a.csv", content: bytes | None = None) -> Record:
    content = toy.prices("1", f"{day.toordinal()}") if content is None else content
    return Record(
        archive_id=sha256(content).hexdigest(),
        source_id="toy",
        name=name,
        url=f"http://127.0.0.1/{name}",
        partition="2026-09",
        vintage=day,
        fetched_at=NOW,
        bytes=len(content),
        licence="CC0-1.0",
        mode="live",
    )


def kept(records: Sequence[Record], published: Sequence[set[str]] = (), months: int = 3) -> list[date]:
    gone = surplus(records, published, TODAY, months)
    return [record.vintage for record in records if record not in gone]


def test_the_newest_and_the_last_of_each_month_and_earlier_year_are_kept() -> None:
    days = [
        *(date(2024, 5, 1), date(2024, 12, 30)),
        *(date(2026, 1, 5), date(2026, 8, 31)),
        *(date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 2), date(2026, 11, 1), date(2026, 11, 20)),
    ]
    assert kept([vintage(day) for day in days]) == [
        date(2024, 12, 30),
        date(2026, 8, 31),
        date(2026, 9, 30),
        date(2026, 10, 2),
        date(2026, 11, 20),
    ]


def test_a_file_with_one_vintage_is_kept_however_old() -> None:
    old = [vintage(date(2019, 1, 1), "a.csv"), vintage(date(2019, 1, 1), "b.csv")]
    assert surplus(old, [], TODAY, 0) == []


def test_vintages_of_a_kept_publication_are_kept() -> None:
    days = [date(2026, 11, day) for day in (1, 5, 9, 20)]
    records = [vintage(day) for day in days]
    ids = [record.archive_id for record in records]
    assert kept(records) == days[3:]
    assert kept(records, [set(ids[:2]), set(ids[:3])]) == days[1:]


@given(st.lists(st.integers(0, 2000), unique=True, min_size=1), st.integers(0, 24))
def test_a_second_pass_removes_nothing_more(ages: list[int], months: int) -> None:
    records = [vintage(TODAY - timedelta(days=age)) for age in sorted(ages, reverse=True)]
    gone = surplus(records, [], TODAY, months)
    left = [record for record in records if record not in gone]
    assert records[-1] in left
    assert surplus(left, [], TODAY, months) == []
    assert len(left) <= 1 + months + len({record.vintage.year for record in records})


def test_a_dropped_vintage_leaves_its_record_and_nothing_else(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "archive", tmp_path / "parsed", tmp_path / "none")
    archive = Archive(folders.archive)
    for day in (date(2026, 11, 1), date(2026, 11, 20)):
        incoming = archive.incoming("toy") / "a.csv"
        incoming.write_bytes(toy.prices("1", f"{day.toordinal()}"))
        archive.add(incoming, vintage(day))
    before = refresh_source(toy, folders, NOW)
    assert [file.vintage for file in before.tables] == [date(2026, 11, 1), date(2026, 11, 20)]
    (old,) = surplus(archive.records("toy"), [], TODAY, 12)
    assert drop(archive, folders.parsed, old, NOW) == old.bytes
    assert not archive.path(old).exists()
    assert not before.tables[0].path.exists()
    after = refresh_source(toy, folders, NOW)
    assert after.problems == ()
    assert [file.vintage for file in after.tables] == [date(2026, 11, 20)]
    assert [(record.vintage, record.dropped_at) for record in after.apart] == [(date(2026, 11, 1), NOW)]


def test_bytes_shared_with_another_vintage_are_kept(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    contents = [b"1", b"2", b"1"]
    for day, content in zip((1, 5, 20), contents, strict=True):
        incoming = archive.incoming("toy") / "a.csv"
        incoming.write_bytes(content)
        archive.add(incoming, vintage(date(2026, 11, day), content=content))
    first, second, third = archive.records("toy")
    for record in surplus([first, second, third], [], TODAY, 1):
        archive.drop(record, NOW)
    assert archive.records("toy") == [third]
    archive.verify(third)
    assert not archive.path(second).exists()
