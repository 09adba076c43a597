"""Dropped-in files from the folder to the staging models; files with different cells are combined."""

import os
import shutil
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.pipeline import raw_layer
from orchestration.pipeline.sources import modules, refresh_and_record
from orchestration.pipeline.writer import duckdb_limits
from orchestration.settings import Settings
from tests.ingest.sources.test_bgs_wms import export
from tests.ingest.sources.test_inegi_eimm import HEADER as INEGI_HEADER
from tests.ingest.sources.test_worldbank_prices import HEAD, workbook

OLD = datetime(2026, 3, 1).timestamp()


def gallium(last: int, quantity: str) -> bytes:
    """An export of the survey up to a year, with its last two figures revised."""
    years = dict.fromkeys(range(2006, last - 1), "400") | {last - 1: quantity, last: quantity}
    return export(
        *(
            {
                "country_trans": "China",
                "country_iso3_code": "CHN",
                "bgs_commodity_trans": "gallium, primary",
                "units": "tonnes (metric)",
                "year": f"{year}-01-01 00:00:00",
                "quantity": made,
            }
            for year, made in years.items()
        )
    )


def prices(*months: str, value: float) -> bytes:
    """A file of the IMF with some months."""
    lines = [f"{mineral},{month},USD,{value}" for mineral in ("Cobalt", "Nickel") for month in months]
    return "\n".join(["mineral,date,data_transformation,obs_value", *lines, ""]).encode()


def output(volume: int) -> bytes:
    """A file of INEGI with two months of 30 products, including fluorite."""
    months = (("2023", "December", "01/12/2023"), ("2024", "January", "01/01/2024"))
    lines = [
        f"National,{year},{month},{day},Minerals,{product},Tons,{volume},1000,83.1,Revised Figures."
        for product in ("Fluorite", *(f"Product {number}" for number in range(30)))
        for year, month, day in months
    ]
    return "\r\n".join([INEGI_HEADER, *lines, ""]).encode()


def salient(commodity: str, imports: int) -> bytes:
    """Salient statistics of a commodity in edition 2025, as in the archive of the release."""
    lines = [f"MCS2025,{commodity},{year},{imports},50" for year in range(2020, 2025)]
    return "\n".join(["DataSource,Commodity,Year,Imports_t,NIR_pct", *lines, ""]).encode()


def pinksheet(path: Path, updated: str, last: date, price: float) -> Path:
    """A Pink Sheet of a given day with one price."""
    months = [f"{year}M{month:02d}" for year in range(1960, last.year + 1) for month in range(1, 13)]
    months = months[: months.index(f"{last:%YM%m}") + 1]
    titles: list[list[str | float | None]] = [["World Bank"], ["monthly prices"], [f"Updated on {updated}"]]
    return workbook(path, [*titles, *HEAD, *([month, price, price] for month in months)])


class Home:
    """A home on the starter, with a drop-in folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.settings = Settings(home=path, offline=True)

    def drop(self, place: str, content: bytes, at: float = OLD) -> Path:
        path = self.settings.drop_in_dir / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (at, at))
        return path

    def refresh(self, *source_ids: str) -> dict[str, Any]:
        """Refresh sources and load their tables."""
        outcomes = {name: refresh_and_record(modules()[name], self.settings) for name in source_ids}
        facts = {name: modules()[name].SOURCE for name in source_ids}
        with raw_layer.open_raw(self.settings.raw_path, duckdb_limits(self.settings)) as con:
            starter = raw_layer.starter_files(self.settings.starter_dir)
            raw_layer.load_meta(con, list(outcomes.values()), facts, starter)
            for name, source in facts.items():
                for table in source.tables:
                    raw_layer.load_table(con, table.name, outcomes[name], self.settings.starter_dir)
        return outcomes

    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        with duckdb.connect() as con:
            con.execute(f"attach '{self.settings.raw_path}' as landing (read_only)")
            con.execute("use landing.staging")
            return con.execute(query).fetchall()


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Home:
    shutil.copytree(built, tmp_path / "home", ignore=shutil.ignore_patterns("build.duckdb", "target"))
    return Home(tmp_path / "home")


def test_the_newest_statement_of_a_year_counts_once(home: Home) -> None:
    home.drop("bgs_wms/BGS_gallium_production.csv", gallium(2023, "621"))
    home.drop("bgs_wms/BGS_gallium_production_2024.csv", gallium(2024, "630"))
    outcome = home.refresh("bgs_wms")["bgs_wms"]
    assert outcome.problems == ()
    figures = "from stg_bgs_wms__production where commodity = 'gallium, primary'"
    assert home.rows(f"select year, quantity {figures} and year >= 2021 order by all") == [
        (2021, 400.0),
        (2022, 400.0),
        (2023, 630.0),
        (2024, 630.0),
    ]
    assert home.rows(f"select count(*), count(distinct year) {figures}") == [(19, 19)]


def test_a_newer_file_of_the_imf_replaces_the_months_that_it_states(home: Home) -> None:
    before = home.rows("select count(*), max(period) from stg_imf_pcps__monthly")
    assert before[0][1] == date(2026, 3, 1)
    home.drop(
        "imf_pcps/imf_crm_prices_monthly_2026-05.csv", prices("2026-03", "2026-04", "2026-05", value=11)
    )
    home.refresh("imf_pcps")
    nickel = "from stg_imf_pcps__monthly where commodity = 'Nickel' and transformation = 'USD'"
    assert home.rows(f"select period, value {nickel} and period >= '2026-03-01' order by all") == [
        (date(2026, 3, 1), 11.0),
        (date(2026, 4, 1), 11.0),
        (date(2026, 5, 1), 11.0),
    ]
    assert home.rows("select count(*) from stg_imf_pcps__monthly") == [(before[0][0] + 4,)]
    assert not home.rows(
        "select 1 from stg_imf_pcps__monthly group by commodity, transformation, period having count(*) > 1"
    )


def test_an_older_file_of_the_imf_replaces_nothing(home: Home) -> None:
    before = home.rows("from stg_imf_pcps__monthly order by all")
    home.drop("imf_pcps/imf_2025.csv", prices("2025-01", "2025-02", value=11))
    home.refresh("imf_pcps")
    assert home.rows("from stg_imf_pcps__monthly order by all") == before


def test_a_newer_file_of_inegi_replaces_the_months_that_it_states(home: Home) -> None:
    home.drop("inegi_eimm/eimm_2024-01.csv", output(777))
    home.refresh("inegi_eimm")
    assert not home.rows(
        "select 1 from stg_inegi_eimm__production group by product, period having count(*) > 1"
    )
    fluorite = "from stg_inegi_eimm__production where product = 'Fluorite'"
    assert home.rows(f"select volume {fluorite} and period >= '2023-12-01' order by period") == [
        (777.0,),
        (777.0,),
    ]
    assert home.rows(f"select count(*) > 12 {fluorite}") == [(True,)]


COMMODITIES = "select distinct commodity from stg_usgs_mcs__salient where edition = '2025'"


def test_one_commodity_of_an_edition_leaves_the_others(home: Home) -> None:
    before = set(home.rows(COMMODITIES))
    assert ("Cobalt",) in before
    home.drop(
        "usgs_mcs/2025/mcs2025-cobal_salient.csv",
        salient("Cobalt", 9999),
        at=datetime(2026, 5, 1).timestamp(),
    )
    home.drop(
        "usgs_mcs/2025/mcs2025-unobt_salient.csv",
        salient("Unobtainium", 5),
        at=datetime(2026, 5, 1).timestamp(),
    )
    home.refresh("usgs_mcs")
    assert set(home.rows(COMMODITIES)) == before | {("Unobtainium",)}
    cobalt = "from stg_usgs_mcs__salient where edition = '2025' and commodity = 'Cobalt'"
    assert home.rows(f"select distinct statistic, value {cobalt} order by all") == [
        ("Imports_t", 9999.0),
        ("NIR_pct", 50.0),
    ]


def test_a_newer_dropped_in_file_replaces_its_own_older_vintage(home: Home) -> None:
    may, june = (datetime(2026, month, 1).timestamp() for month in (5, 6))
    home.drop("usgs_mcs/2025/one_salient.csv", salient("Cobalt", 9999), at=may)
    home.refresh("usgs_mcs")
    home.drop("usgs_mcs/2025/one_salient.csv", salient("Unobtainium", 5), at=june)
    home.refresh("usgs_mcs")
    cobalt = "from stg_usgs_mcs__salient where edition = '2025' and commodity = 'Cobalt'"
    assert home.rows(f"select count(*) {cobalt} and value = 9999") == [(0,)]
    assert home.rows(f"select count(*) > 0 {cobalt}") == [(True,)]


def test_an_older_workbook_does_not_replace_a_newer_one(home: Home, tmp_path: Path) -> None:
    before = home.rows("from stg_worldbank_prices__monthly order by all")
    book = pinksheet(tmp_path / "old.xlsx", "March 02, 2023", date(2023, 2, 1), 7)
    home.drop(
        "worldbank_prices/CMO-Historical-Data-Monthly.xlsx", book.read_bytes(), at=datetime.now().timestamp()
    )
    outcome = home.refresh("worldbank_prices")["worldbank_prices"]
    assert home.rows("from stg_worldbank_prices__monthly order by all") == before
    assert [record.vintage for record in outcome.records] == [date(2023, 3, 2)]
    status = "select mode, vintage, newest_period from landing.raw.meta__source_status"
    assert home.rows(f"{status} where source_id = 'worldbank_prices'") == [
        ("starter", date(2026, 3, 3), date(2026, 2, 1))
    ]
    assert home.rows(
        "select count(*) > 0 from landing.raw.worldbank_prices__monthly where _vintage = '2023-03-02'"
    )

    newer = pinksheet(tmp_path / "new.xlsx", "October 02, 2026", date(2026, 9, 1), 8)
    home.drop("worldbank_prices/CMO-October.xlsx", newer.read_bytes())
    again = home.refresh("worldbank_prices")["worldbank_prices"]
    assert again.mode == "archived"
    assert home.rows("select distinct price from stg_worldbank_prices__monthly") == [(8.0,)]
    assert home.refresh("worldbank_prices")["worldbank_prices"].records == again.records
