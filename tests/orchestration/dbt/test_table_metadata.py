"""Rows, columns and failing rows of a table, as the UI shows them."""

from pathlib import Path

import duckdb
import pytest

from orchestration.dbt.table_metadata import facts_of, failing_rows, row_counts


@pytest.fixture
def build(tmp_path: Path) -> Path:
    path = tmp_path / "build.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(
            """
            create schema core;
            create schema marts;
            create table core.fct_trade as select * from (values
                ('CAN', 'cobalt', date '2024-01-01', 10), (null, 'cobalt', date '2025-01-01', 5)
            ) as t (partner_iso3, mineral_id, period, value_usd);
            create table marts.by_area as select * from (values ('USA', 'a|b'), ('USA', null), ('USMCA', 'c'))
                as t (area, note);
            """
        )
    return path


def test_facts_of_a_fact_table(build: Path) -> None:
    facts = facts_of(build, {("core", "fct_trade"): 3})["core", "fct_trade"]
    assert (facts["rows"], facts["rows_delta"], facts["usd_total"]) == (2, -1, 15.0)
    assert (facts["unmapped_countries"], facts["unmapped_codes"]) == (1, 0)
    assert facts["newest_period"] == "2025-01-01"
    assert "rows_by" not in facts


def test_preview_and_chart_of_a_mart(build: Path) -> None:
    facts = facts_of(build, {})["marts", "by_area"]
    assert facts["preview"].value.splitlines() == [
        "| area | note |",
        "| --- | --- |",
        "| USA | a\\|b |",
        "| USA |  |",
        "| USMCA | c |",
    ]
    assert facts["rows_by"].value.splitlines()[2:] == [
        f"| USA | 2 | {'█' * 24} |",
        f"| USMCA | 1 | {'█' * 12} |",
    ]


def test_no_file_yet(tmp_path: Path) -> None:
    assert row_counts(tmp_path / "none.duckdb") == {}
    assert facts_of(tmp_path / "none.duckdb", {}) == {}


def test_failing_rows_are_shown_or_their_absence_is_stated(build: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw.duckdb"
    duckdb.connect(str(raw)).close()
    shown = failing_rows(
        build, raw, "select mineral_id, value_usd from core.fct_trade where partner_iso3 is null;"
    )
    assert shown.value == "| mineral_id | value_usd |\n| --- | --- |\n| cobalt | 5 |"
    assert "no rows" in str(failing_rows(build, raw, None).value)
    assert "does not exist" in str(failing_rows(build, raw, "from core.gone").value)
