"""A new month rebuilds only the tables that depend on it, with the same result as a full build."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt import unchanged
from orchestration.settings import Settings
from tests.dbt_project.test_incremental import CHANGES
from tests.dbt_project.test_reproducible import differing
from tests.dbt_project.warehouse import dbt
from warehouse.connect import create
from warehouse.raw_tables import catalogue

pytestmark = pytest.mark.long

STATE = "as it stands"
TABLES = ("census_bulk__imports", "comtrade__trade", "cepii_baci__trade")
LOADED = "insert into raw.raw.meta__landing values ($1, 'changed', 'changed', 1)"


def build(home: Path, *options: str) -> None:
    built = dbt(home, "build", "--exclude-resource-types", "test", "unit_test", *options)
    assert built.returncode == 0, built.stdout + built.stderr


def test_unchanged_tables_equal_those_of_a_full_build(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINERALS_PROJECT", STATE)
    manifest = json.loads((built / "target" / "manifest.json").read_bytes())
    shutil.copytree(built, tmp_path / "night")
    settings = Settings(home=tmp_path / "night")

    first = unchanged.Build(settings, manifest, STATE)
    assert first.unchanged() == []
    first.end(json.loads((settings.home / "target" / "run_results.json").read_bytes()))

    with duckdb.connect(str(settings.raw_path)) as con:
        con.execute(CHANGES)
        con.execute("set schema = 'raw.raw'")
        for table in TABLES:
            catalogue(con, table)
            con.execute(LOADED, [table])

    night = unchanged.Build(settings, manifest, STATE)
    left = night.unchanged()
    names = {key.rsplit(".", 1)[-1] for key in left}
    assert names >= {"dim_mineral", "stg_usgs_mcs__salient", "fct_production", "fct_price", "policy_calendar"}
    assert names.isdisjoint({"stg_census_bulk__imports", "fct_trade", "import_sources", "duty_paid"})
    chosen = [node for node in manifest["nodes"].values() if node["resource_type"] in {"model", "seed"}]
    assert len(left) > len(chosen) / 2
    night.begin(left)
    build(settings.home, "--exclude", *(f"fqn:{'.'.join(manifest['nodes'][key]['fqn'])}" for key in left))
    night.end(json.loads((settings.home / "target" / "run_results.json").read_bytes()))
    after = unchanged.Build(settings, manifest, STATE).unchanged()
    assert set(after) == {node["unique_id"] for node in chosen}, "every table is up to date"

    whole = tmp_path / "whole"
    whole.mkdir()
    shutil.copyfile(settings.raw_path, whole / "raw.duckdb")
    create(whole / "build.duckdb")
    build(whole)
    assert not differing(settings.build_path, whole / "build.duckdb")
