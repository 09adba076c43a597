"""Next January: a new edition of the Summaries without rules in the seeds is found, read and used."""

import json
from pathlib import Path

import duckdb
import pytest

from tests.dbt_project.warehouse import build
from tests.ingest.editions import moved_on

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]

RENAMED = (",Exports,metric tons,", ',"Exports, all forms",metric tons,')
"""The new label for exports of cobalt in the edition, which no rule knows."""


@pytest.fixture(scope="module")
def home(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project on the starter and on the real release of 2026 shifted by a year."""
    home = tmp_path_factory.mktemp("next-january")
    folder = home / "drop_in" / "usgs_mcs" / "2027"
    folder.mkdir(parents=True)
    whole = (shared_data / "usgs_mcs/mcs2026_whole/MCS2026_Commodities_Data.csv").read_bytes()
    later = moved_on(whole, critical="Is critical mineral 2028").decode("cp1252")
    lines = [line.replace(*RENAMED) if line.startswith("COBALT,") else line for line in later.splitlines()]
    (folder / "MCS2027_Commodities_Data.csv").write_bytes("\r\n".join([*lines, ""]).encode("cp1252"))
    build(home)
    return home


@pytest.fixture(scope="module")
def con(home: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(str(home / "build.duckdb"), read_only=True)
    con.execute(f"attach '{home / 'raw.duckdb'}' as raw (read_only)")
    return con


COLUMNS = {
    "marts.import_dependency": """
        area, mineral_id, basis, stage, is_headline, method, primary_production_t, imports_t, exports_t,
        stock_change_t, apparent_consumption_t, net_import_reliance_pct, nir_qualifier, nir_low_pct,
        nir_high_pct, published_nir_pct, published_nir_qualifier, published_nir_low_pct,
        published_nir_high_pct, coverage
    """,
    "marts.world_production": """
        mineral_id, stage, country_iso3, production_t, reserves_t, capacity_t, world_share, rank
    """,
    "core.fct_stock": "mineral_id, holder, stock_t, stock_low_t, is_withheld",
}
USA_ALONE = {"marts.import_dependency": "area = 'USA'"}


@pytest.mark.parametrize("table", COLUMNS)
def test_every_figure_is_that_of_the_edition_before_a_year_later(
    con: duckdb.DuckDBPyConnection, table: str
) -> None:
    columns, where = COLUMNS[table], USA_ALONE.get(table, "true")
    of = f"from {table} where {where} and mineral_id != 'cobalt' and edition"
    moved, later = (
        f"select year + 1, {columns} {of} = '2026'",
        f"select year, {columns} {of} = '2027'",
    )
    assert con.sql(later).shape[0] > 100
    assert con.sql(f"({moved}) except all ({later})").fetchall() == []
    assert con.sql(f"({later}) except all ({moved})").fetchall() == []


@pytest.mark.parametrize("table", COLUMNS)
def test_its_rules_are_marked_as_carried_over(con: duckdb.DuckDBPyConnection, table: str) -> None:
    where = USA_ALONE.get(table, "source_id = 'usgs_mcs'" if table == "marts.world_production" else "true")
    found = con.sql(f"select distinct edition, basis_carried_from from {table} where {where}").fetchall()
    assert set(found) == {("2025", None), ("2026", None), ("2027", "2026")}


def test_scenarios_and_the_scorecard_use_the_next_edition(con: duckdb.DuckDBPyConnection) -> None:
    newest = con.sql("""
        select mineral_id from marts.import_dependency where area = 'USA' and edition = '2026' and is_headline
        except
        select mineral_id from core.fct_us_supply where edition = '2027'
    """)
    assert newest.fetchall() == []
    assert con.sql("select distinct edition from core.fct_stage_trade").fetchall() == [("2027",)]
    scored = con.sql("select max(year), max(edition) from marts.vulnerability_scorecard where area = 'USA'")
    assert scored.fetchall() == [(2026, "2027")]
    prices = con.sql("""
        select year(period), count(distinct series_id) from core.fct_price
        where source_id = 'usgs_mcs' and year(period) >= 2025 group by all order by all
    """).fetchall()
    assert [year for year, _ in prices] == [2025, 2026]
    assert prices[0][1] == prices[1][1] > 50


def test_a_row_under_a_new_label_is_not_read_as_missing(con: duckdb.DuckDBPyConnection) -> None:
    cobalt = con.sql("""
        select exports_t, method, net_import_reliance_pct, computed_nir_pct, published_nir_pct, coverage
        from marts.import_dependency
        where area = 'USA' and mineral_id = 'cobalt' and edition = '2027' and year = 2026 and is_headline
    """).fetchall()
    assert cobalt == [
        (None, "one_minus_production_over_consumption", 79.0, 79.166667, 79.0, "statistic_not_found")
    ]


def test_warnings_name_the_edition_and_the_rows_without_a_rule(home: Path) -> None:
    results = json.loads((home / "target" / "run_results.json").read_bytes())["results"]
    found = {result["unique_id"].split(".")[2]: result for result in results}
    assert {name for name, result in found.items() if result["status"] in ("fail", "error")} == set()
    assert found["assert_editions_have_rules"]["status"] == "warn"
    assert found["assert_nir_basis_covers_salient"]["failures"] == 2, "the new label, and the removed one"
    for silent in ("assert_world_forms_cover_world", "assert_import_forms_cover_import_sources"):
        assert found[silent]["status"] == "pass", silent
