"""Strict reading of CSV files."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.contracts import ParseError
from ingest.csv_text import read_csv_text, records

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


def test_empty_lines_are_passed_over_and_records_cleaned() -> None:
    header, lines = read_csv_text("f", b"a,b\n,\n 1 , 2  3\n, \n")
    assert records(header, lines) == [{"a": "1", "b": "2 3"}]


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
