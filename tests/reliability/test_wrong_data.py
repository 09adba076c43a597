"""Wrong figures in the right format: a named check catches each of them, as documented."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from ingest.sources import boc_fx
from orchestration.assets import raw
from orchestration.pipeline.raw_layer import TableLoad
from tests.conftest import REPOSITORY
from tests.dbt_project.warehouse import dbt
from tests.reliability.conftest import Count

CHECKS = REPOSITORY / "docs" / "operations.md"
COBALT = (
    "update raw.raw.usgs_mcs__world set {} where edition = '2026' and commodity = 'Cobalt' and year = 2025"
)


@dataclass(frozen=True)
class Fault:
    """An edit of a raw table, the staging model that reads it, and the check that catches it."""

    what: str
    edit: str
    model: str
    check: str
    blocks: bool


FAULTS = (
    Fault(
        "imports from Canada drop to nothing",
        "delete from raw.raw.census_api__imports_annual where year = 2025 and cty_code = '1220'",
        "stg_census_api__imports_annual",
        "assert_no_supplier_vanishes",
        blocks=False,
    ),
    Fault(
        "output in kilograms",
        COBALT.format("value = 1000 * value") + " and measure = 'production'",
        "stg_usgs_mcs__world",
        "production_units_hold",
        blocks=True,
    ),
    Fault(
        "trade in thousands",
        "update raw.raw.census_api__imports_annual set general_value_usd = general_value_usd // 1000,"
        " consumption_value_usd = consumption_value_usd // 1000 where year = 2025",
        "stg_census_api__imports_annual",
        "assert_units_hold",
        blocks=True,
    ),
    Fault(
        "a price in another unit",
        "update raw.raw.worldbank_prices__monthly set price = 1000 * price"
        " where series = 'Aluminum' and period = (select max(period) from raw.raw.worldbank_prices__monthly)",
        "stg_worldbank_prices__monthly",
        "price_units_hold",
        blocks=True,
    ),
    Fault(
        "a weight a million times too large",
        "update raw.raw.cepii_baci__trade set quantity_t = 1e6 * quantity_t"
        " where hs6 = '283691' and year = 2024 and exporter_code = 'Chile' and importer_code = 'USA'",
        "stg_cepii_baci__trade",
        "assert_unit_values_hold",
        blocks=False,
    ),
    Fault(
        "output below zero",
        COBALT.format("value = -value") + " and country like 'Congo%'",
        "stg_usgs_mcs__world",
        "assert_nothing_is_negative",
        blocks=True,
    ),
    Fault(
        "a share of the world above one",
        COBALT.format("value = 2 * value") + " and country like 'Congo%'",
        "stg_usgs_mcs__world",
        "assert_world_holds_its_parts",
        blocks=False,
    ),
    Fault(
        "a country code that nobody knows",
        "update raw.raw.census_api__imports_annual set cty_code = '5701'"
        " where year = 2025 and cty_code = '5700'",
        "stg_census_api__imports_annual",
        "trade_partner_codes_are_known",
        blocks=False,
    ),
    Fault(
        "reliance breaking by more than 50 points",
        "update raw.raw.usgs_mcs__salient set value = value / 100, value_low = value_low / 100,"
        " value_high = value_high / 100 where edition = '2026' and year = 2024"
        " and commodity = 'Titanium Mineral Concentrates' and statistic = 'Imports for consumption'",
        "stg_usgs_mcs__salient",
        "assert_reliance_does_not_break",
        blocks=False,
    ),
    Fault(
        "prices under names that no mineral has",
        "update raw.raw.imf_pcps__monthly set commodity = commodity || ', new grade'",
        "stg_imf_pcps__monthly",
        "price_sources_reach_prices",
        blocks=False,
    ),
)


def documented(check: str) -> str:
    """Whether the operations guide says that a check blocks or warns."""
    line = next(line for line in CHECKS.read_text().splitlines() if f"`{check}`" in line)
    return line.rstrip(" |").rpartition("| ")[2]


@pytest.fixture(scope="session")
def faults(count: Count) -> tuple[Fault, ...]:
    return FAULTS[: count(2, len(FAULTS))]


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what.replace(" ", "-"))
def test_wrong_figures_are_caught(
    fault: Fault, faults: tuple[Fault, ...], built: Path, tmp_path: Path
) -> None:
    """Wrong figures in the right format are caught by a named check, which blocks or warns as documented."""
    if fault not in faults:
        pytest.skip("the sample runs fewer cases")
    for name in ("raw.duckdb", "build.duckdb"):
        shutil.copy(built / name, tmp_path)
    shutil.copytree(built / "target", tmp_path / "target")
    with duckdb.connect(str(tmp_path / "raw.duckdb")) as con:
        (changed,) = con.execute(fault.edit).fetchall()[0]
    assert changed > 0
    ran = dbt(tmp_path, "run", "--full-refresh", "--select", f"{fault.model}+,+{fault.check}")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    dbt(tmp_path, "test", "--select", fault.check)
    results = json.loads((tmp_path / "target" / "run_results.json").read_bytes())["results"]
    (result,) = (result for result in results if result["unique_id"].split(".")[2] == fault.check)
    assert result["failures"] > 0
    assert result["status"] == ("fail" if fault.blocks else "warn")
    assert documented(fault.check) == ("blocks" if fault.blocks else "warns")


@pytest.mark.parametrize(("rows", "passes"), [(45, False), (55, True), (145, True), (155, False), (0, False)])
def test_a_jump_in_rows_is_caught(rows: int, passes: bool) -> None:
    """A table that loses or gains more than half of its rows is caught by `row_count`, which warns."""
    table = boc_fx.SOURCE.tables[0]
    landed = TableLoad(table.name, rows, 100, 0, 0, None, None, changed=True)
    (check,) = raw.result(landed, table).check_results or []
    assert (check.check_name, check.passed) == ("row_count", passes)
    assert documented("row_count") == "warns"
