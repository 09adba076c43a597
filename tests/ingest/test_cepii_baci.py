"""CEPII BACI: the publisher's CSV and extracts of it."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from ingest.contracts import FileFacts, ParseError, accept
from ingest.sources.cepii_baci import TRADE, parse
from ingest.starter.compile import HERE

NATIVE = """t,i,j,k,v,q
2023,156,842,250410,109100.5,27125.059
2023,4,842,10121,     7.250,          NA
"""
EXTRACT = """year,exporter,importer,product,value_kusd,quantity_tonnes
2023,China,USA,250410,109100.5,27125.059
2023,004,USA,010121,7.25,0.0
"""


def read(folder: Path, text: str, partition: str = "HS22/2023") -> pl.DataFrame:
    path = folder / "baci.csv"
    path.write_text(text)
    return parse(path, FileFacts("baci.csv", partition, date(2026, 1, 22)))[TRADE.name]


def test_the_publishers_layout(tmp_path: Path) -> None:
    verdict = accept(TRADE, read(tmp_path, NATIVE))
    assert verdict.refused.is_empty()
    assert verdict.rows.rows() == [
        ("HS22", 2023, "156", "842", "250410", 109100.5, 27125.059),
        ("HS22", 2023, "4", "842", "010121", 7.25, None),
    ]


def test_an_extract_says_the_same_under_names(tmp_path: Path) -> None:
    names = {"156": "China", "842": "USA"}
    native = read(tmp_path, NATIVE).with_columns(pl.col("exporter_code", "importer_code").replace(names))
    assert_frame_equal(read(tmp_path, EXTRACT), native)


def test_line_ends_do_not_matter(tmp_path: Path) -> None:
    assert_frame_equal(read(tmp_path, NATIVE.replace("\n", "\r\n")), read(tmp_path, NATIVE))


def test_bad_rows_are_set_apart_with_a_reason(tmp_path: Path) -> None:
    verdict = accept(
        TRADE, read(tmp_path, NATIVE + "2023,156,842,25041X,1.0,2.0\n2023,156,842,250490,-1.0,2.0\n")
    )
    assert verdict.rows.height == 2
    assert verdict.refused["_reason"].to_list() == ["hs6|regex", "value_kusd|min"]


@pytest.mark.parametrize(
    ("text", "partition", "sentence"),
    [
        (NATIVE, "2023", "HS edition"),
        (NATIVE.replace("t,i,j", "year,i,j"), "HS22/2023", "not a BACI file"),
        ("t,i,j,k,v,q\n", "HS22/2023", "no rows"),
        ("", "HS22/2023", "cut short"),
        (NATIVE[: NATIVE.index("10121") + 3], "HS22/2023", "cut short"),
    ],
)
def test_what_is_no_baci_file_is_refused_in_a_sentence(
    tmp_path: Path, text: str, partition: str, sentence: str
) -> None:
    with pytest.raises(ParseError, match=sentence) as error:
        read(tmp_path, text, partition)
    assert str(error.value).startswith("baci.csv: ")


@pytest.mark.parametrize(
    ("name", "partition", "rows", "without_quantity"),
    [
        ("graphite", "HS92/250410", 27_531, 224),
        ("lithium", "HS92/283691", 15_670, 325),
        ("rare_earths", "HS07/2846", 19_535, 918),
        ("cobalt", "HS92/282200+810510", 260, 8),
    ],
)
def test_every_real_extract(
    shared_data: Path, name: str, partition: str, rows: int, without_quantity: int
) -> None:
    """Rows, and rows without a quantity, as PROVENANCE.md counts them."""
    path = shared_data / f"cepii_baci/cepii_{name}.csv"
    verdict = accept(TRADE, parse(path, FileFacts(path.name, partition, date(2026, 1, 22)))[TRADE.name])
    assert verdict.refused.is_empty()
    assert (verdict.rows.height, verdict.rows["quantity_t"].null_count()) == (rows, without_quantity)


def test_graphite_from_china_to_the_usa() -> None:
    trade = pl.read_parquet(HERE / f"{TRADE.name}.parquet").filter(nomenclature="HS92", hs6="250410")
    (flow,) = trade.filter(year=2023, exporter_code="China", importer_code="USA").rows(named=True)
    assert flow["value_kusd"] == pytest.approx(109.1e3, rel=1e-3)
    assert flow["quantity_t"] == pytest.approx(27_125, rel=1e-4)
