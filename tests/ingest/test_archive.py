"""The archive: each vintage is stored once, unchanged and verified, with quarantine and state."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from ingest.archive import (
    Archive,
    ArchiveError,
    CacheValidator,
    LastCheck,
    Quarantined,
    Record,
    State,
    sha256_of,
    write_atomically,
)

NOW = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)


def record(content: bytes, **more: object) -> Record:
    made = Record(
        archive_id=sha256(content).hexdigest(),
        source_id="toy",
        name="prices.json",
        url="https://example.invalid/prices.json",
        partition="monthly",
        vintage=date(2026, 11, 1),
        fetched_at=NOW,
        bytes=len(content),
        licence="CC0-1.0",
        mode="live",
        etag='"1"',
    )
    return replace(made, **more)  # type: ignore[arg-type]


def file(folder: Path, content: bytes) -> Path:
    path = folder / "arrived"
    path.write_bytes(content)
    return path


def test_bytes_are_named_by_their_hash_and_read_back_with_their_record(tmp_path: Path) -> None:
    archive, made = Archive(tmp_path / "archive"), record(b"{}")
    arrived = file(tmp_path, b"{}")
    assert archive.add(arrived, made)
    assert archive.path(made) == tmp_path / "archive" / "toy" / f"{made.archive_id}.json"
    assert archive.path(made).read_bytes() == b"{}"
    assert archive.records("toy") == [made]
    assert not arrived.exists()
    archive.verify(made)


def test_the_same_bytes_make_no_new_vintage(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.add(file(tmp_path, b"{}"), record(b"{}"))
    later = record(b"{}", vintage=date(2026, 12, 1), fetched_at=NOW + timedelta(days=30))
    assert not archive.add(file(tmp_path, b"{}"), later)
    assert len(archive.records("toy")) == 1


def test_series_of_one_partition_are_kept_apart(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.add(file(tmp_path, b"1"), record(b"1", name="a.csv"))
    archive.add(file(tmp_path, b"2"), record(b"2", name="b.csv"))
    found = archive.newest("toy", "monthly: a.csv")
    assert found is not None
    assert found.archive_id == sha256(b"1").hexdigest()


@pytest.mark.parametrize("stated", [date(2026, 10, 1), date(2026, 11, 1)])
def test_changed_bytes_without_a_newer_date_are_dated_today(tmp_path: Path, stated: date) -> None:
    archive = Archive(tmp_path)
    archive.add(file(tmp_path, b"1"), record(b"1"))
    assert archive.assign_vintage(record(b"2", vintage=stated)).vintage == NOW.date()
    assert archive.assign_vintage(record(b"2", vintage=date(2026, 11, 9))).vintage == date(2026, 11, 9)


@pytest.mark.parametrize(("change", "reason"), [(b"{ ", "damaged"), (b"{", "damaged"), (None, "missing")])
def test_damage_is_found(tmp_path: Path, change: bytes | None, reason: str) -> None:
    archive, made = Archive(tmp_path), record(b"{}")
    archive.add(file(tmp_path, b"{}"), made)
    if change is None:
        archive.path(made).unlink()
    else:
        archive.path(made).write_bytes(change)
    with pytest.raises(ArchiveError, match=reason):
        archive.verify(made)


def test_quarantine_keeps_bytes_and_reason_out_of_the_records(tmp_path: Path) -> None:
    archive, content = Archive(tmp_path), b"<html>"
    digest = sha256(content).hexdigest()
    refused = Quarantined(
        digest, "toy", "p.json", "https://x.invalid", "monthly", NOW, 6, "an HTML page came"
    )
    archive.quarantine(file(tmp_path, content), refused)
    assert archive.quarantined("toy") == [refused]
    assert archive.records("toy") == []
    assert (archive.folder("toy") / "quarantine" / f"{digest}.json").read_bytes() == content


def test_saved_state_is_read_back_and_may_be_lost(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    state = State(
        NOW, {"m: a": LastCheck("f" * 64, NOW, (CacheValidator("https://x.invalid", '"1"', None),))}
    )
    archive.save_state("toy", state)
    assert archive.state("toy") == state
    for damage in (b"", b"{}", b'{"fetched_at": 1', b"[1]"):
        (archive.folder("toy") / "state.json").write_bytes(damage)
        assert archive.state("toy") == State()
    assert archive.sources() == ["toy"]


def test_a_write_that_fails_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "file"
    write_atomically(target, b"old")

    def full(_: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"


def test_a_file_is_hashed_as_sha256sum_does(tmp_path: Path) -> None:
    path = file(tmp_path, b"abc" * 10**6)
    assert sha256_of(path) == sha256(b"abc" * 10**6).hexdigest()


def test_a_file_after_a_vintage_dated_in_the_future_still_follows_it(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.add(file(tmp_path, b"[]"), record(b"[]", vintage=date(2036, 1, 1)))
    assert archive.assign_vintage(record(b"{}")).vintage == date(2036, 1, 2)


def test_partial_files_of_a_killed_run_are_removed(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    made = record(b"{}")
    archive.add(file(archive.incoming("toy"), b"{}"), made)
    (tmp_path / "toy" / ".half.json.123.part").write_bytes(b"{")
    archive.remove_partial_files("toy")
    assert not list(tmp_path.rglob("*.part"))
    archive.verify(made)
