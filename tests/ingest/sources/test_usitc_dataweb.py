"""USITC DataWeb: USMCA claims by HTS10 and month."""

import gzip
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ingest.contracts import FileFacts, ParseError, accept
from ingest.sources.usitc_dataweb import USMCA_MONTHLY, parse

TEXT = """hts10,cty_code,usmca_share,total_value,usmca_value
0101210010,1220,0,31047,0
2529220000,2010,0.25,4000,1000
8101100000,2010,0,0,0
"""
DAY = date(2026, 2, 6)
SPECIMENS = {
    FileFacts("claims.csv", "2025-01", DAY): TEXT.encode(),
    FileFacts("claims.csv.gz", "2025-01", DAY): gzip.compress(TEXT.encode()),
}


def read(folder: Path, text: str, partition: str = "2025-01", *, zipped: bool = True) -> pl.DataFrame:
    path = folder / "claims.csv.gz"
    path.write_bytes(gzip.compress(text.encode()) if zipped else text.encode())
    return parse(path, FileFacts("claims.csv.gz", partition, date(2026, 3, 12)))[USMCA_MONTHLY.name]


@pytest.mark.parametrize("zipped", [True, False])
def test_a_month_is_read_with_its_zeros(tmp_path: Path, zipped: bool) -> None:
    verdict = accept(USMCA_MONTHLY, read(tmp_path, TEXT, zipped=zipped))
    assert verdict.refused.is_empty()
    month = date(2025, 1, 1)
    assert verdict.rows.rows() == [
        (month, "0101210010", "1220", 31047.0, 0.0),
        (month, "2529220000", "2010", 4000.0, 1000.0),
        (month, "8101100000", "2010", 0.0, 0.0),
    ]


def test_bad_rows_go_to_quarantine_with_a_reason(tmp_path: Path) -> None:
    verdict = accept(USMCA_MONTHLY, read(tmp_path, TEXT + "25292200,2010,0,5,0\n2529210000,2010,2,10,20\n"))
    assert verdict.rows.height == 3
    assert verdict.refused["_reason"].to_list() == ["hts10|regex", "claim_within_imports"]


@pytest.mark.parametrize(
    ("text", "partition", "sentence"),
    [
        (TEXT, "2025", "not a month"),
        (TEXT.replace("usmca_share", "share"), "2025-01", "columns are"),
        (TEXT.replace("4000,1000", "1000,4000"), "2025-01", "2529220000 has a USMCA share"),
        (TEXT[: TEXT.index("8101") + 12], "2025-01", "cut off"),
        ("hts10,cty_code,usmca_share,total_value,usmca_value\n", "2025-01", "no rows"),
        ("", "2025-01", "not readable"),
    ],
)
def test_another_file_is_refused_in_a_sentence(
    tmp_path: Path, text: str, partition: str, sentence: str
) -> None:
    with pytest.raises(ParseError, match=sentence) as error:
        read(tmp_path, text, partition)
    assert str(error.value).startswith("claims.csv.gz: ")


def test_half_a_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv.gz"
    path.write_bytes(gzip.compress((TEXT * 500).encode())[:60])
    with pytest.raises(ParseError, match="cut off"):
        parse(path, FileFacts(path.name, "2025-01", date(2026, 3, 12)))


def test_every_real_month(shared_data: Path) -> None:
    files = sorted((shared_data / "us_census_trade/usmca_shares_hts10_monthly").glob("*.csv.gz"))
    assert len(files) == 13
    claimed = {}
    for path in files:
        month = path.name[21:28].replace("_", "-")
        verdict = accept(
            USMCA_MONTHLY, parse(path, FileFacts(path.name, month, date(2026, 3, 12)))[USMCA_MONTHLY.name]
        )
        assert verdict.refused.is_empty()
        claimed[month] = verdict.rows["usmca_value_usd"].sum() / verdict.rows["consumption_value_usd"].sum()
    # claims jumped when they began to exempt goods from the emergency duties of March 2025
    assert claimed["2025-01"] < 0.5
    assert claimed["2025-12"] > 0.75
