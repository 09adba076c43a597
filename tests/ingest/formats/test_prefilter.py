"""Lines selected by code before they are read: none is missed, and blocks are read in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.prefilter import RowPrefilter
from ingest.formats.zips import map_blocks, whole_lines

CHOOSERS = [
    RowPrefilter(prefixes, field=1, fields=3, digits=6) for prefixes in (("2504", "0504"), ("2504", "8112"))
]
CHOOSER = CHOOSERS[0]
code = st.sampled_from(
    ["250410", "050410", "50410", " 2504", "  2504", "870323", "010121", "", "2504X0", "é50410", "25041000"]
)
line = st.builds(
    "{},{},{}\n".format, st.sampled_from(["202601", ""]), code, st.sampled_from(["", "7.5", "a b"])
)


@given(st.sampled_from(CHOOSERS), st.lists(line), st.sampled_from(["\n", "\r\n"]))
def test_every_wanted_line_stays_in_order(chooser: RowPrefilter, lines: list[str], end: str) -> None:
    def is_wanted(text: str) -> bool:
        return text.split(",")[1].strip().zfill(6).startswith(chooser.prefixes)

    lines = [text.replace("\n", end) for text in lines]
    chosen = chooser.lines("".join(lines).encode()).decode().splitlines(keepends=True)
    assert [text for text in chosen if is_wanted(text)] == [text for text in lines if is_wanted(text)]
    of_full_length = [text for text in chosen if len(text.split(",")[1].encode()) == 6]
    assert all(is_wanted(text) for text in of_full_length)


def test_a_code_that_lost_its_zeros_stays_only_where_a_zero_is_wanted() -> None:
    block = b"202601,50410,7\n"
    assert [chooser.lines(block) for chooser in CHOOSERS] == [block, b""]


@pytest.mark.parametrize(
    "block", ['1,"870323",2\n', "1,870323\n", "1,870323,2,3\n1,2\n", "1,870323,2\n1,8703", "", "no line"]
)
def test_a_file_that_is_not_a_plain_table_is_left_to_the_parser(block: str) -> None:
    assert CHOOSER.lines(block.encode()) == block.encode()


def test_the_code_may_stand_first_or_last() -> None:
    first, last = RowPrefilter(("25",), 0, 2, 4), RowPrefilter(("25",), 1, 2, 4)
    assert first.lines(b"2504,a\n8703,b\n2530,c\n") == b"2504,a\n2530,c\n"
    assert last.lines(b"a,2504\nb,8703\nc,2530\n") == b"a,2504\nc,2530\n"


@given(st.lists(st.binary(max_size=20)), st.integers(0, 30))
def test_whole_lines_are_the_same_bytes(blocks: list[bytes], at_least: int) -> None:
    found = list(whole_lines(blocks, at_least))
    assert b"".join(found) == b"".join(blocks)
    assert all(block.endswith(b"\n") and len(block) >= min(at_least, 1) for block in found[:-1])


def test_work_comes_back_in_order_and_its_error_too() -> None:
    assert list(map_blocks(lambda n: n * n, range(20), workers=3)) == [n * n for n in range(20)]
    with pytest.raises(ZeroDivisionError):
        list(map_blocks(lambda n: 1 // (n - 5), range(20)))
