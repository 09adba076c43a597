"""A file is measured before it is parsed, and any failure is reported in one sentence."""

import gzip
import io
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from ingest.contracts import FileFacts, Frames, ParseError
from ingest.formats import size_limits, zips
from ingest.formats.size_limits import check_size
from ingest.parsed import parse_file
from tests.ingest import toy

FACTS = FileFacts("2026-09.csv", "2026-09", date(2026, 9, 1))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


def packed(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return buffer.getvalue()


def workbook(*cells: tuple[int, int]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for row, column in cells:
            sheet.write(row, column, "x")
    return buffer.getvalue()


def refusal(file: Path, content: bytes) -> str:
    file.write_bytes(content)
    with pytest.raises(ParseError) as refused:
        check_size(file, "it")
    return str(refused.value)


def passes(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    check_size(file, "it")


def test_rows_that_keep_the_contract_and_rows_that_do_not(file: Path) -> None:
    file.write_bytes(toy.prices("1", "-2", "3"))
    (accepted,) = parse_file(toy, file, FACTS).values()
    assert accepted.rows["price"].to_list() == [1, 3]
    assert accepted.refused["price"].to_list() == [-2]


class Failing:
    """A source whose parser fails in a given way."""

    SOURCE = toy.SOURCE

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def parse(self, _path: Path, _facts: FileFacts) -> Frames:
        raise self.error


class Panic(BaseException):
    """How a compiled library fails, with errors that are not an Exception."""


@pytest.mark.parametrize("error", [ValueError("wild\nand\nlong"), RecursionError("deep"), Panic("at line 7")])
def test_any_parser_error_becomes_one_sentence(error: BaseException, file: Path) -> None:
    file.write_bytes(b"a,b\n")
    with pytest.raises(ParseError) as raised:
        parse_file(Failing(error), file, FACTS)
    assert str(raised.value) == f"2026-09.csv could not be parsed: {type(error).__name__}: " + " ".join(
        str(error).split()
    )


@pytest.mark.parametrize(("length", "whole"), [(400, True), (401, False)])
def test_a_sentence_is_never_longer_than_a_line_of_a_log(length: int, whole: bool, file: Path) -> None:
    file.write_bytes(b"a,b\n")
    with pytest.raises(ParseError) as raised:
        parse_file(Failing(ParseError("x" * length)), file, FACTS)
    assert str(raised.value) == ("x" * length if whole else "x" * 400 + "…")


@pytest.mark.parametrize("error", [OSError("disk"), KeyboardInterrupt(), SystemExit()])
def test_errors_that_are_not_the_files_fault_are_raised_unchanged(error: BaseException, file: Path) -> None:
    file.write_bytes(b"a,b\n")
    with pytest.raises(type(error)):
        parse_file(Failing(error), file, FACTS)


@pytest.mark.parametrize("magic", size_limits.PACKED_OTHERWISE)
def test_no_source_packs_like_that(magic: bytes, file: Path) -> None:
    assert "compressed in a way that no source uses" in refusal(file, magic + b"\x00" * 9)


def test_text_within_the_limit_passes(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size_limits, "LARGEST_TEXT", 10)
    passes(file, b"x" * 10)
    assert refusal(file, b"x" * 11) == "it: has 11 bytes, more than 10"


def test_gzip_is_measured_inflated(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size_limits, "LARGEST_TEXT", 1000)
    passes(file, gzip.compress(b"\x00" * 1000))
    assert "inflates to more than 1,000 bytes" in refusal(file, gzip.compress(b"\x00" * 1001))
    assert "damaged or cut off" in refusal(file, gzip.compress(b"abc" * 99)[:-9])


def test_a_member_that_inflates_too_much_is_a_bomb(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size_limits, "SMALL", 10_000)
    passes(file, packed(a=b"\x00" * 10_000))
    assert "a inflates to 1,000,000 bytes, a bomb" in refusal(file, packed(a=b"\x00" * 1_000_000))
    monkeypatch.setattr(size_limits, "MOST_INFLATED", 2000)
    passes(file, packed(a=b"\x00" * 1_000_000))


def test_a_zip_that_cannot_be_opened_is_damaged(file: Path) -> None:
    assert "the archive is damaged" in refusal(file, b"PK\x03\x04" + b"\x00" * 50)


def test_a_workbook_is_measured_whole(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook((0, 0), (9, 9))
    passes(file, content)
    monkeypatch.setattr(size_limits, "LARGEST_WHOLE", 500)
    assert "the workbook inflates to" in refusal(file, content)


@pytest.mark.parametrize(
    ("cell", "reach"),
    [
        ((0, 0), (1, 1)),
        ((9, 3), (10, 4)),
        ((1, 26), (2, 27)),
        ((0, 16_383), (1, 16_384)),
        ((99, 0), (100, 1)),
    ],
)
def test_a_sheet_reaches_as_far_as_its_cells_say(
    cell: tuple[int, int], reach: tuple[int, int], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, columns = reach
    content = workbook(cell)
    monkeypatch.setattr(size_limits, "LARGEST_SHEET", rows * columns)
    passes(file, content)
    monkeypatch.setattr(size_limits, "LARGEST_SHEET", rows * columns - 1)
    assert f"spans {rows:,} rows and {columns:,} columns" in refusal(file, content)


def test_a_reference_cut_by_a_block_is_still_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "BLOCK", 7)
    content = packed(xl__workbook_xml=b"<x/>", xl__worksheets__s_xml=b'<c r="XFD1048576"/>')
    assert "spans 1,048,576 rows and 16,384 columns" in refusal(file, content)
    passes(file, packed(xl__workbook_xml=b"<x/>", xl__other_xml=b'<c r="XFD1048576"/>'))


def inflated(content: bytes, file: Path, **facts: Any) -> bytes:
    file.write_bytes(content)
    with zipfile.ZipFile(file) as archive:
        (info,) = archive.infolist()
    for name, value in facts.items():
        setattr(info, name, value)
    return b"".join(zips.inflated(file, info))


@pytest.mark.parametrize("block", [1, 7, 4096])
@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_member_comes_back_as_it_was_packed(block: int, method: int, file: Path) -> None:
    text = bytes(range(256)) * 5
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a", text)
    file.write_bytes(buffer.getvalue())
    with zipfile.ZipFile(file) as archive:
        (info,) = archive.infolist()
        assert b"".join(zips.inflated(file, info, block)) == text == zips.read_member(archive, info)


@pytest.mark.parametrize(
    ("lie", "message"),
    [
        ({"file_size": 11}, "is larger than its archive says"),
        ({"CRC": 1}, "does not match its checksum"),
        ({"compress_type": 99}, "compression method 99"),
        ({"compress_size": 9_999}, "does not match its checksum"),
    ],
)
def test_what_an_archive_states_about_a_member_is_checked(
    lie: dict[str, int], message: str, file: Path
) -> None:
    content = packed(a=b"abcdefghijkl")
    assert inflated(content, file, file_size=12) == b"abcdefghijkl"
    with pytest.raises(zips.DAMAGED, match=message):
        inflated(content, file, **lie)


def test_a_member_is_read_at_once_only_where_it_is_small(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_bytes(packed(a=b"abc"))
    with zipfile.ZipFile(file) as archive:
        (info,) = archive.infolist()
        monkeypatch.setattr(zips, "LARGEST_WHOLE", 3)
        assert zips.read_member(archive, info) == b"abc"
        monkeypatch.setattr(zips, "LARGEST_WHOLE", 2)
        with pytest.raises(zipfile.BadZipFile, match="a inflates to 3 bytes"):
            zips.read_member(archive, info)


def blocks(*content: bytes) -> Iterator[bytes]:
    yield from content


def test_lines_are_never_cut() -> None:
    text = [b"one\ntw", b"o\nthr", b"ee\nfour", b" is last"]
    whole = list(zips.whole_lines(blocks(*text), at_least=5))
    assert b"".join(whole) == b"".join(text)
    assert whole == [b"one\n", b"two\n", b"three\n", b"four is last"]
    assert list(zips.whole_lines(blocks(*text), at_least=99)) == [b"".join(text)]
    assert list(zips.whole_lines(blocks())) == []


def test_blocks_are_as_large_as_asked_and_no_larger() -> None:
    assert list(zips.whole_lines(blocks(b"ab\n", b"cd\n"), at_least=3)) == [b"ab\n", b"cd\n"]
    assert list(zips.whole_lines(blocks(b"ab\ncd", b"e\n", b"f\n"), at_least=5)) == [b"ab\n", b"cde\nf\n"]


@pytest.mark.parametrize("workers", [1, 2])
def test_blocks_are_worked_on_in_order_and_a_few_ahead(workers: int) -> None:
    taken: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(20):
            taken.append(number)
            yield number

    found = zips.map_blocks(lambda number: number * 10, numbers(), workers)
    assert next(found) == 0
    assert len(taken) == 2 * workers + 1
    assert list(found) == [number * 10 for number in range(1, 20)]
    assert list(zips.map_blocks(str, blocks(b"x"))) == ["b'x'"]


def test_a_member_may_carry_extra_fields(file: Path) -> None:
    info = zipfile.ZipInfo("a" * 40)
    info.extra = b"\x99\x99\x04\x00abcd"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(info, b"content")
    assert inflated(buffer.getvalue(), file) == b"content"


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "LONGEST_LINE", 8)
    assert list(zips.whole_lines(blocks(b"1234", b"5678"), at_least=2)) == [b"12345678"]
    with pytest.raises(zipfile.BadZipFile, match="a line of more than 8 bytes"):
        list(zips.whole_lines(blocks(b"1234", b"5678", b"9"), at_least=2))


def test_frames_are_typed(file: Path) -> None:
    file.write_bytes(toy.prices("1", "2"))
    (accepted,) = parse_file(toy, file, FACTS).values()
    assert accepted.rows.schema == {"period": pl.Date, "price": pl.Float64}
