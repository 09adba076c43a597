"""The file system of one file: only that file, and every thread of DuckDB reads what it asked for."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from warehouse.connect import Engine, open_writer
from warehouse.publications import FILE
from warehouse.serve.one_file import SCHEME, OneFile, connect_without_path


def test_between_seek_and_read_another_thread_may_seek(tmp_path: Path) -> None:
    file = tmp_path / FILE
    file.write_bytes(b"0123456789")
    handle = OneFile(file).open(f"{SCHEME}://{FILE}")
    both_have_sought = Barrier(2)

    def read_at(position: int) -> bytes:
        handle.seek(position)
        both_have_sought.wait(timeout=60)
        return handle.read(2)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(read_at, (3, 7))) == [b"34", b"78"]
    handle.close()


def test_reading_goes_on_where_it_ended_and_ends_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / FILE
    file.write_bytes(b"0123456789")
    handle = OneFile(file).open(FILE)
    assert (handle.read(4), handle.tell(), handle.read(9), handle.read(1)) == (b"0123", 4, b"456789", b"")
    handle.close()


def test_no_other_file_and_no_writing(tmp_path: Path) -> None:
    file = tmp_path / FILE
    file.write_bytes(b"")
    with pytest.raises(FileNotFoundError, match="There is no other"):
        OneFile(file).open("other")
    with pytest.raises(PermissionError):
        OneFile(file).open(FILE, "wb")


def test_many_threads_read_the_same_rows_as_one(tmp_path: Path) -> None:
    file = tmp_path / FILE
    with open_writer(file) as con:
        con.execute(
            "create table t as select i as n, hash(i) as h, i::varchar as s from range(1_000_000) r(i)"
        )
    query = "select count(*), sum(n), bit_xor(h), max(s), sum(length(s)) from t"
    with connect_without_path(file, Engine()) as con:
        expected = con.execute(query).fetchall()

    def answers(_: int) -> list[tuple[int, ...]]:
        with connect_without_path(file, Engine(threads=4)) as con, ThreadPoolExecutor(4) as pool:
            cursors = [con.cursor() for _ in range(4)]
            return [
                row
                for rows in pool.map(lambda c: c.execute(f"use minerals; {query}").fetchall(), cursors)
                for row in rows
            ]

    assert [row for n in range(3) for row in answers(n)] == expected * 12
