"""Strict reading of CSV files."""

import csv
import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.contracts import ParseError
from ingest.formats.csv import LONGEST_HEADER, ensure_last_line_ends, read_csv_table, read_csv_text, records

FIELD = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n\x00", exclude_categories=["Cs"]), max_size=8
)


def test_utf8_and_windows_1252_are_both_read() -> None:
    for content in (
        "a,b\n\u2014,\xbd\n".encode(),
        "\ufeffa,b\n\u2014,\xbd\n".encode(),
        b"a,b\r\n\x97,\xbd\r\n",
    ):
        assert read_csv_text("f", content) == (["a", "b"], [["\u2014", "\xbd"]])


def test_empty_lines_are_skipped_and_records_cleaned() -> None:
    header, lines = read_csv_text("f", b"a,b\n,\n\n 1 , 2  3\n, \n\r\n")
    assert records(header, lines) == [{"a": "1", "b": "2 3"}]
    with pytest.raises(ParseError, match="line 4 has 1 fields"):
        read_csv_text("f", b"a,b\n\n1,2\n3\n")


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_table_has_no_row_for_an_empty_line_and_none_that_was_filled_up(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(pack(b'\xef\xbb\xbfa,b,c\r\n# about,b\r\n1,"2,\r\n3",\r\n\r\n4,,5\r\n\r\n'))
    table = read_csv_table(path, "f.csv", comment_prefix="#")
    assert table.rows() == [("1", "2,\r\n3", None), ("4", None, "5")]
    path.write_bytes(pack(b"a,b,c\n1,2,3\n\n4,5\n6,7,8\n"))
    with pytest.raises(ParseError, match=r"f\.csv: line 4 has 2 fields, the header 3"):
        read_csv_table(path, "f.csv")


@pytest.mark.parametrize("content", [b"", b"a,b", b"a,b\n1,2", b"a,b\n1\n", b"a,b\n1,2,3\n", b'a,b\n"1,2\n'])
def test_a_cut_or_ragged_file_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(ParseError, match=r"f\.csv"):
        read_csv_text("f.csv", content)


@given(st.lists(st.tuples(FIELD, FIELD), min_size=1, max_size=5), st.data())
def test_no_cut_ever_yields_a_changed_line(lines: list[tuple[str, str]], data: st.DataObject) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([("a", "b"), *lines])
    whole = out.getvalue().encode()
    _, expected = read_csv_text("f", whole)
    cut = data.draw(st.integers(0, len(whole)))
    try:
        _, found = read_csv_text("f", whole[:cut])
    except ParseError:
        return
    assert found == expected[: len(found)]


TABLE = b"a,b\n1,NA\n007,x\n"
ROWS = [("1", "NA"), ("007", "x")]


def test_a_table_is_all_text_packed_or_not(tmp_path: Path) -> None:
    plain, packed = tmp_path / "t.csv", tmp_path / "t.csv.gz"
    plain.write_bytes(TABLE)
    packed.write_bytes(gzip.compress(TABLE))
    for content in (TABLE, plain, packed):
        assert read_csv_table(content, "t").rows() == ROWS
    assert read_csv_table(plain, "t", ["NA"]).rows() == [("1", None), ("007", "x")]


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2,3\n", b"\xff\xfe,\x00\n\xff\n", gzip.compress(TABLE)[:-9]]
)
def test_a_file_that_is_not_a_table_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(ParseError, match=r"^it: (not readable as CSV, cut off\?|the text is not UTF-8)"):
        read_csv_table(path, "it")


def test_a_first_line_longer_than_any_header_is_refused(tmp_path: Path) -> None:
    longest = b"a" * (LONGEST_HEADER - 2) + b"\n"
    assert read_csv_table(longest + b"1\n", "it").height == 1
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"a" + longest + b"1\n"))
    for content in (b"a" + longest + b"1\n", path):
        with pytest.raises(ParseError, match=r"^it: the first line has more than 65,536 bytes"):
            read_csv_table(content, "it")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("t.csv", b"a,b\n", None),
        ("t.csv", b"a,b\r", None),
        ("t.csv", b"\n", None),
        ("t.csv", b"a\nb", "the last line is incomplete: the file is cut short"),
        ("t.csv", b"", "the file is empty"),
        ("t.csv", "a,b\n".encode("utf-16"), "text in UTF-16, expected UTF-8"),
        ("t.csv", b"PK\x03\x04 a workbook", "a workbook or ZIP archive with the name of a CSV"),
        ("t.csv.gz", b"a\nb", None),
    ],
)
def test_a_file_ends_where_a_line_ends(name: str, content: bytes, why: str | None, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    if why is None:
        ensure_last_line_ends(path, "it")
    else:
        with pytest.raises(ParseError, match=f"^it: {why}$"):
            ensure_last_line_ends(path, "it")


def test_a_ragged_line_is_named_by_its_number() -> None:
    with pytest.raises(ParseError, match="line 3 has 1 fields, the header 2"):
        read_csv_text("it", b"a,b\n1,2\n3\n")


def test_text_in_another_encoding_is_named(tmp_path: Path) -> None:
    file = tmp_path / "it.csv"
    file.write_bytes("country,kg\nJapón,1\n".encode("latin-1"))
    with pytest.raises(ParseError, match=r"^it: the text is not UTF-8$"):
        read_csv_table(file, "it")
