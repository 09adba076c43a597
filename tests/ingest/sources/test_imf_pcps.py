from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ingest.contracts import FileFacts, ParseError, accept
from ingest.sources.imf_pcps import MONTHLY, parse

FACTS = FileFacts("imf.csv", "2026-03", date(2026, 4, 1))
HEAD = "mineral,date,data_transformation,obs_value\n"
SPECIMENS = {FACTS: f"{HEAD}Cobalt,2026-03,USD,55000.5\nNickel,2026-03,USD,17000\n".encode()}


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "imf.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_months_become_first_days_and_empty_values_no_rows(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + "Cobalt,2026-03,USD,55000.5\nCobalt,2026-04,USD,\n")
    assert parse(path, FACTS)[MONTHLY.name].rows() == [("Cobalt", date(2026, 3, 1), "USD", 55000.5)]


def test_a_row_that_breaks_the_contract_is_quarantined(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + "Cobalt,2026-03,USD,-1\nCobalt,2026-02,EUR,1\nCobalt,2026-01,USD,1\n")
    accepted = accept(MONTHLY, parse(path, FACTS)[MONTHLY.name])
    assert (accepted.rows.height, accepted.refused.height) == (1, 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("date,mineral,data_transformation,obs_value\n", "columns"),
        (HEAD, "no rows"),
        (HEAD + "Cobalt,March,USD,1\n", "1 rows have an unreadable month"),
        (HEAD + "Cobalt,2026-03,USD,much\n", "1 rows have an unreadable month"),
        (b"", "is empty"),
        (b"PK\x03\x04\xff\xfe\x00\n\x80,\x81,\x82\n", "imf.csv"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse(written(tmp_path, content), FACTS)


def test_the_real_file(shared_data: Path) -> None:
    accepted = accept(
        MONTHLY, parse(shared_data / "imf_pcps/imf_crm_prices_monthly.csv", FACTS)[MONTHLY.name]
    )
    assert accepted.refused.is_empty()
    assert accepted.rows.height == 2194
    nickel = accepted.rows.filter(
        (pl.col("commodity") == "Nickel")
        & (pl.col("transformation") == "USD")
        & (pl.col("period") == date(2026, 2, 1))
    )
    assert nickel["value"].to_list() == pytest.approx([17173.1035])
