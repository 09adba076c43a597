"""Gates on bytes and on parsed rows."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from ingest.gates import (
    LEAP,
    Gates,
    RefusedError,
    check_bytes,
    check_contract,
    check_rows,
    check_shrinkage,
    check_sizes,
)

TODAY = date(2026, 11, 23)


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.txt", content)
    return buffer.getvalue()


ZIP = zipped(data=bytes(range(256)) * 64)
FLIPPED = ZIP[:60] + bytes([ZIP[60] ^ 255]) + ZIP[61:]


def check(tmp_path: Path, content: bytes, gates: Gates) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    check_bytes(path, gates)


@pytest.mark.parametrize(
    ("content", "gates"),
    [
        (b'{"a": 1}', Gates("json")),
        (b"\xef\xbb\xbf [1]\r\n", Gates("json")),
        (ZIP, Gates("zip", members=("DATA.TXT",))),
        (ZIP, Gates("table")),
        (b"\xef\xbb\xbfa,b\n1,2\n", Gates("csv")),
        ("a,Château\n".encode("latin-1"), Gates("table")),
    ],
)
def test_good_files_pass(tmp_path: Path, content: bytes, gates: Gates) -> None:
    check(tmp_path, content, gates)


@pytest.mark.parametrize(
    ("content", "gates", "reason"),
    [
        (b"", Gates("json"), "empty"),
        (b"\n<!DOCTYPE html><html>", Gates("json"), "an HTML page"),
        (b"\xef\xbb\xbf<HTML>", Gates("csv"), "an HTML page"),
        (b"<html>", Gates("zip"), "an HTML page"),
        (b"quota exceeded", Gates("json"), "not JSON"),
        (b'{"a": [1, 2', Gates("json"), "cut short"),
        (b"[1, 2}", Gates("json"), "cut short"),
        (b"%PDF-1.7", Gates("zip"), "not a ZIP archive"),
        (ZIP[:-30], Gates("zip"), "truncated or damaged"),
        (ZIP[: len(ZIP) // 2], Gates("zip"), "truncated or damaged"),
        (FLIPPED, Gates("zip"), "damaged"),
        (zipped(é=b"").replace("é".encode(), b"\xce\xce"), Gates("zip"), "damaged"),
        (ZIP, Gates("zip", members=("IMP_DETL.TXT",)), "contains no IMP_DETL.TXT"),
        (b"no columns here\n", Gates("csv"), "not comma-separated"),
        (b"a,b\0\n", Gates("table"), "not comma-separated"),
        (b"[1]", Gates("json", min_bytes=1000), "less than the floor of 1,000"),
    ],
)
def test_bad_files_are_refused_with_the_reason(
    tmp_path: Path, content: bytes, gates: Gates, reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason):
        check(tmp_path, content, gates)


def test_a_file_much_smaller_than_the_last_one_is_refused() -> None:
    check_shrinkage(6, 12, Gates("json"))
    with pytest.raises(RefusedError, match="less than 50% of the last vintage's 13"):
        check_shrinkage(6, 13, Gates("json"))


def test_a_file_most_of_whose_rows_break_the_contract_is_refused() -> None:
    check_contract(5, 5, "t")
    with pytest.raises(RefusedError, match="6 of 11 rows of t break its contract"):
        check_contract(5, 6, "t")


def test_a_flipped_byte_is_left_to_the_parser_where_it_reads_the_checksums(tmp_path: Path) -> None:
    check(tmp_path, FLIPPED, Gates("zip", whole_zip=False))


def test_row_floors_hold_for_the_tables_that_a_file_states() -> None:
    gates = Gates("json", min_rows={"a": 3})
    check_rows({"a": 3}, None, gates, today=TODAY)
    check_rows({"b": 1}, None, gates, today=TODAY)
    with pytest.raises(RefusedError, match="2 rows for a is less than the floor of 3"):
        check_rows({"a": 2}, None, gates, today=TODAY)


def test_the_newest_period_must_not_go_back_nor_stay_in_the_past() -> None:
    gates = Gates("json", max_age_days=100)
    check_rows({}, date(2026, 10, 1), gates, today=TODAY, last_newest=date(2026, 10, 1))
    with pytest.raises(RefusedError, match="before the current vintage"):
        check_rows({}, date(2026, 9, 1), gates, today=TODAY, last_newest=date(2026, 10, 1))
    for newest in (date(2025, 12, 1), None):
        with pytest.raises(RefusedError, match="an outdated file"):
            check_rows({}, newest, gates, today=TODAY)


def test_figures_that_jump_are_in_another_unit() -> None:
    check_sizes({"t.kg": LEAP - 1, "t.new": 1.0, "t.usd": 0.0}, {"t.kg": 1.0, "t.gone": 1.0, "t.usd": 5.0})
    for new, old in ((LEAP, 1.0), (1.0, LEAP)):
        with pytest.raises(RefusedError, match=r"t\.kg has a median of"):
            check_sizes({"t.kg": new}, {"t.kg": old})
