"""A small warehouse with dbt's artifacts, as after a dbt run."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse import sqlmacros
from warehouse.connect import open_writer
from warehouse.publish import Build, Publication, publish

BUILD_ID = "20260205T031502Z"
TABLES = ("core.fct_price", "marts.import_sources", "meta.source_status", "meta.archive")
TEST_ID = "test.minerals.unique_grain_import_sources.1a2b"
UNIT_TEST_ID = "unit_test.minerals.import_sources.shares_sum_to_one"


def node(table: str) -> dict[str, Any]:
    schema, name = table.split(".")
    return {"resource_type": "model", "schema": schema, "name": name, "config": {}}


def manifest() -> dict[str, Any]:
    """dbt's manifest of the small warehouse: four models, one test, one unit test."""
    models = {f"model.minerals.{table.split('.')[1]}": node(table) for table in TABLES}
    mart = "model.minerals.import_sources"
    grain = {"columns": ["area", "mineral_id", "supplier_iso3"], "model": "{{ model }}"}
    test = {
        "resource_type": "test",
        "attached_node": mart,
        "column_name": None,
        "config": {"severity": "ERROR"},
        "depends_on": {"nodes": [mart]},
        "test_metadata": {"name": "unique_grain", "kwargs": grain},
    }
    unit = {"resource_type": "unit_test", "config": {}, "depends_on": {"nodes": [mart]}}
    return {"nodes": {**models, TEST_ID: test}, "unit_tests": {UNIT_TEST_ID: unit}}


def run_results(status: str = "pass", failures: int = 0, day: int = 1) -> dict[str, Any]:
    message = None if status == "pass" else f"Got {failures} results, configured to fail if != 0"
    return {
        "metadata": {"generated_at": f"2026-02-{day:02}T03:15:00.000000Z"},
        "results": [
            {"unique_id": "model.minerals.import_sources", "status": "success", "message": "OK"},
            {"unique_id": TEST_ID, "status": status, "failures": failures, "message": message},
            {"unique_id": UNIT_TEST_ID, "status": "pass", "failures": 0, "message": None},
        ],
    }


def build(day: int = 1, status: str = "pass", failures: int = 0) -> Build:
    return Build(
        build_id=f"202602{day:02}T031500Z",
        built_at=datetime(2026, 2, day, 3, 15),
        version="0.1.0",
        manifest=manifest(),
        run_results=[run_results(status, failures, day)],
    )


def fill(home: Path, rows: int = 3, value: float = 10.0) -> None:
    """Create the tables in place of dbt: ``rows`` suppliers with one value each, the same in every table."""
    with open_writer(home / "build.duckdb") as con:
        con.execute(
            """
            create schema if not exists core;
            create schema if not exists marts;
            create schema if not exists meta;
            create or replace table meta.source_status as
            select 'usgs_mcs' as source_id, 'starter' as mode, date '2025-01-31' as vintage,
                'public domain' as licence, 'USGS, MCS 2025' as citation,
                date '2024-01-01' as newest_period, null::date as expected_next, 'annual' as cadence
            union all
            select 'boc_fx', 'skipped', null, 'attribution', 'Bank of Canada', null, null, 'monthly';
            create or replace table meta.archive as
            select 'aa' as archive_id, 'usgs_mcs' as source_id, 'U.S. Geological Survey' as publisher;
            """
        )
        con.execute(
            "create or replace table core.fct_price as select 'cobalt' as mineral_id, $1 as usd_per_kg",
            [value],
        )
        con.execute(
            """
            create or replace table marts.import_sources as
            select 'USMCA' as area, 'cobalt' as mineral_id, 'S' || lpad(i::varchar, 6, '0') as supplier_iso3,
                $2::double as value_usd
            from range($1) as t (i)
            """,
            [rows, value],
        )
        con.execute("comment on table marts.import_sources is 'Where imports come from.'")
        con.execute("comment on column marts.import_sources.value_usd is 'Customs value in USD.'")


def publish_small(home: Path, build: Build, keep: int = 7) -> Publication:
    """Publish with the only macro that the small warehouse supports; the real marts test all macros."""
    macros = home / "macros"
    macros.mkdir(exist_ok=True)
    (macros / "cite.sql").write_text((sqlmacros.FOLDER / "cite.sql").read_text())
    return publish(home, build, keep=keep, macros=macros)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fill(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one publication, which is copied for each test."""
    home = tmp_path_factory.mktemp("published-once")
    fill(home)
    publish_small(home, build())
    return home


@pytest.fixture
def published(published_once: Path, tmp_path: Path) -> Path:
    """A home with one publication."""
    return shutil.copytree(published_once, tmp_path, symlinks=True, dirs_exist_ok=True)


@pytest.fixture
def read(home: Path) -> Callable[[str], list[tuple[Any, ...]]]:
    """Run a query on the published file over a new connection, as a reader does."""

    def ask(sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(home / "minerals.duckdb"), read_only=True) as con:
            return con.execute(sql).fetchall()

    return ask
