"""US Census Bureau: annual imports by HTS10 and country."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from ingest.contracts import FileFacts, ParseError, accept
from ingest.sources.census_api import IMPORTS_ANNUAL, parse
from ingest.starter.compile import HERE

ROWS = [["1220", "8105206000", 14752907, 14752000, 411918, 28837], ["5700", "8112921000", 10, 0, 0, 0]]
HEADER = ["CTY_CODE", "GEN_VAL_YR", "CON_VAL_YR", "DUT_VAL_YR", "CAL_DUT_YR", "I_COMMODITY", "SUMMARY_LVL"]


def read(folder: Path, content: object, partition: str = "2024/81") -> pl.DataFrame:
    path = folder / "81.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return parse(path, FileFacts("81.json", partition, date(2026, 2, 19)))[IMPORTS_ANNUAL.name]


def test_rows_without_a_header_are_in_the_known_order(tmp_path: Path) -> None:
    verdict = accept(IMPORTS_ANNUAL, read(tmp_path, ROWS))
    assert verdict.refused.is_empty()
    assert verdict.rows.rows() == [(2024, *ROWS[0]), (2024, *ROWS[1])]


def test_the_api_header_places_the_columns(tmp_path: Path) -> None:
    texts = [[row[0], *map(str, row[2:]), row[1], "DET"] for row in ROWS]
    assert_frame_equal(read(tmp_path, [HEADER, *texts]), read(tmp_path, ROWS))


@given(values=st.lists(st.integers(0, 10**12), min_size=4, max_size=4))
def test_integers_are_kept_to_the_dollar(tmp_path_factory: pytest.TempPathFactory, values: list[int]) -> None:
    (row,) = read(tmp_path_factory.mktemp("census"), [["5700", "8105206000", *values]]).rows()
    assert list(row[3:]) == values


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["5700", "81052060", 1, 1, 0, 0], "hts10|regex"),
        (["5700", "8105206000", -1, 1, 0, 0], "general_value_usd|min"),
        (["5700", "8105206000", 1, 1, 2, 0], "dutiable_within_consumption"),
        (["5700", "8105206000", "n/a", 1, 0, 0], "general_value_usd|nullability"),
    ],
)
def test_bad_rows_are_set_apart_with_a_reason(tmp_path: Path, row: list[object], reason: str) -> None:
    verdict = accept(IMPORTS_ANNUAL, read(tmp_path, [*ROWS, row]))
    assert verdict.rows.height == 2
    assert verdict.refused["_reason"].to_list() == [reason]


@pytest.mark.parametrize(
    ("content", "partition", "sentence"),
    [
        (ROWS, "2024", "year/chapter"),
        (ROWS, "2024/72", "not of chapter 72"),
        (json.dumps(ROWS)[:-20], "2024/81", "cut off"),
        ([], "2024/81", "not a JSON array"),
        ({"error": "missing key"}, "2024/81", "not a JSON array"),
        ("<html>Missing Key</html>", "2024/81", "not readable as JSON"),
        ([ROWS[0], ROWS[1][:5]], "2024/81", "not of 6 values"),
        ([ROWS[0], "8105206000"], "2024/81", "not of 6 values"),
        ([HEADER[:3], ["5700", 1, 1]], "2024/81", "are missing"),
    ],
)
def test_what_is_no_such_file_is_refused_in_a_sentence(
    tmp_path: Path, content: object, partition: str, sentence: str
) -> None:
    with pytest.raises(ParseError, match=sentence) as error:
        read(tmp_path, content, partition)
    assert str(error.value).startswith("81.json: ")


@pytest.mark.parametrize(("year", "total", "mexico"), [(2024, 167.2e6, 118.7e6), (2025, 177.9e6, 130.2e6)])
def test_fluorspar_and_its_first_supplier(year: int, total: float, mexico: float) -> None:
    """Imports for consumption of HTS 2529.21 and 2529.22, counted by hand in the files behind the starter."""
    kept = pl.read_parquet(HERE / f"{IMPORTS_ANNUAL.name}.parquet").filter(year=year)
    fluorspar = kept.filter(pl.col("hts10").str.contains("^25292[12]"))
    by_country = fluorspar.group_by("cty_code").agg(pl.col("consumption_value_usd").sum())
    assert by_country["consumption_value_usd"].sum() == pytest.approx(total, rel=1e-3)
    assert by_country.sort("consumption_value_usd").row(-1) == ("2010", pytest.approx(mexico, rel=1e-3))
