"""Customs of the United Kingdom and Brazil: rows of one key are added, and a zero weight means not stated."""

import gzip
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ingest.contracts import FileFacts, ParseError, accept
from ingest.sources.partner_customs import HEADER, TRADE, parse, partition_of

CODES = ["25049000", "71101100", "81101000", "81129289", "85051100"]
FACTS = FileFacts("uk_hmrc.csv.gz", "GBR", date(2026, 8, 15))


def line(code: str, value: float, kg: float, partner: str = "USA", reporter: str = "GBR") -> str:
    return f"hmrc,202501,{reporter},{partner},A name,export,{code},8,{code[:6]},a,{value},{kg}"


def whole(*lines: str) -> bytes:
    """A complete file: one line of each code, then the given lines."""
    filling = [line(code, 1, 1, "FRA") for code in CODES]
    return gzip.compress("\n".join([",".join(HEADER), *filling, *lines, ""]).encode())


SPECIMENS = {FACTS: whole(line(CODES[0], 100.5, 10))}


def read(folder: Path, *lines: str) -> pl.DataFrame:
    path = folder / FACTS.name
    path.write_bytes(whole(*lines))
    return parse(path, FACTS)[TRADE.name]


def test_rows_of_one_key_are_added_and_a_missing_weight_is_not_zero(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        line(CODES[0], 100.5, 10),
        line(CODES[0], 50, 5),
        line(CODES[1], 100, 10),
        line(CODES[1], 50, 0),
        line(CODES[2], 70, 0),
    )
    assert accept(TRADE, rows).refused.is_empty()
    found = rows.filter(partner_code="USA").sort("hs_code").select("hs_code", "value_usd", "net_weight_kg")
    assert found.rows() == [(CODES[0], 150.5, 15.0), (CODES[1], 150.0, None), (CODES[2], 70.0, None)]
    assert set(rows["nomenclature"]) == {"CN"}


def test_a_reporter_of_an_unknown_nomenclature_is_quarantined(tmp_path: Path) -> None:
    refused = accept(TRADE, read(tmp_path, line(CODES[0], 1, 1, reporter="ARG"))).refused
    assert refused["reporter_iso3"].to_list() == ["ARG"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("qty_kg", "weight", "columns are"),
        ("81129289", "811292", "does not have eight digits"),
        ("25049000,8,250490", "71101100,8,711011", "only 4 codes"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    read(tmp_path)
    path = tmp_path / FACTS.name
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(old.encode(), new.encode())))
    with pytest.raises(ParseError, match=sentence):
        parse(path, FACTS)


def test_the_name_states_the_reporter() -> None:
    assert partition_of("uk_hmrc_ots_cn8_monthly_2024-06_2026-06.csv.gz") == "GBR"
    assert partition_of("brazil_comexstat_ncm8_monthly_2025-01_2026-07.csv.gz") == "BRA"


def test_british_platinum_sent_to_the_united_states(shared_data: Path) -> None:
    (path,) = (shared_data / "mirror_customs").glob("uk_hmrc*")
    accepted = accept(TRADE, parse(path, FACTS)[TRADE.name])
    assert accepted.refused.is_empty()
    platinum = accepted.rows.filter(
        pl.col("hs_code").str.starts_with("711011"),
        pl.col("period").dt.year() == 2025,
        partner_code="USA",
        flow="export",
    )
    assert round(platinum["value_usd"].sum() / 1e6) == 863
