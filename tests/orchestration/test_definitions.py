"""The code location as a whole: its definitions, their dependencies, and the cost of loading it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from dagster import AssetKey, DefaultScheduleStatus, DefaultSensorStatus, Definitions

from orchestration.dbt.manifest import ensure_manifest
from orchestration.pipeline.sources import modules
from orchestration.resources import WRITER_POOL
from tests.conftest import REPOSITORY

LAYERS = ["source", "raw", "seeds", "staging", "core", "marts", "meta", "published", "brief"]


@pytest.fixture(scope="module")
def graph(definitions: Definitions) -> Any:
    return definitions.resolve_asset_graph()


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(ensure_manifest().read_bytes())
    return loaded


def test_every_source_and_raw_table_is_an_asset(graph: Any) -> None:
    keys = graph.materializable_asset_keys
    for source_id, module in modules().items():
        assert AssetKey(["source", source_id]) in keys
        for table in module.SOURCE.tables:
            raw = AssetKey(["raw", table.name])
            assert raw in keys
            assert graph.get(raw).parent_keys == {AssetKey(["source", source_id])}


def test_every_model_and_seed_is_an_asset(graph: Any, manifest: dict[str, Any]) -> None:
    built = {
        AssetKey([node["schema"], node["name"]])
        for node in manifest["nodes"].values()
        if node["resource_type"] in {"model", "seed"}
    }
    assert built
    assert built <= graph.materializable_asset_keys


def test_keys_say_the_layer_and_groups_the_subject(graph: Any) -> None:
    models = REPOSITORY / "dbt_project" / "models"
    for key in graph.materializable_asset_keys:
        layer, name = key.path
        assert layer in LAYERS
        if layer in {"core", "marts"}:
            [file] = (models / layer).rglob(f"{name}.sql")
            assert graph.get(key).group_name == file.parent.name
        else:
            assert graph.get(key).group_name == layer


def test_layers_feed_only_forward(graph: Any) -> None:
    place = {layer: position for position, layer in enumerate(LAYERS)}
    for key in graph.materializable_asset_keys:
        for parent in graph.get(key).parent_keys:
            assert place[parent.path[0]] <= place[key.path[0]], f"{parent} feeds {key}"


def test_nothing_upstream_is_missing(graph: Any) -> None:
    stray = graph.get_all_asset_keys() - graph.materializable_asset_keys
    assert not stray, f"no asset makes {sorted(key.to_user_string() for key in stray)}"


def test_published_waits_for_every_published_table(graph: Any) -> None:
    parents = graph.get(AssetKey(["published", "warehouse"])).parent_keys
    published = {key for key in graph.materializable_asset_keys if key.path[0] in {"core", "marts", "meta"}}
    assert parents == published


def test_dbt_tests_are_checks_and_gate(definitions: Definitions, manifest: dict[str, Any]) -> None:
    specs = {
        spec.name: spec
        for assets in (definitions.resolve_all_asset_specs and definitions.assets) or []
        for spec in getattr(assets, "check_specs", [])
    }
    generic = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and node.get("attached_node", "").startswith("model.")
    ]
    assert generic
    # The generic tests of a table are one check, which names each of them.
    for node in generic:
        blocks = (node["config"].get("severity") or "error").lower() == "error"
        table = node["attached_node"].split(".")[-1]
        joined = f"rules_of_{table}{'' if blocks else '_warn'}"
        spec = specs[joined if node.get("test_metadata") else node["name"]]
        assert spec.blocking == blocks, node["name"]
        assert not node.get("test_metadata") or node["name"] in (spec.description or "")


def test_singular_tests_are_checks_too(graph: Any, manifest: dict[str, Any]) -> None:
    checks = {key.name for key in graph.asset_check_keys}
    singular = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and "test_metadata" not in node and node["depends_on"]["nodes"]
    }
    assert singular <= checks


def test_sources_and_raw_tables_have_their_checks(graph: Any) -> None:
    found = {(key.asset_key.path[0], key.asset_key.path[1], key.name) for key in graph.asset_check_keys}
    for source_id, module in modules().items():
        assert {("source", source_id, "reached"), ("source", source_id, "newest_period")} <= found
        for table in module.SOURCE.tables:
            assert ("raw", table.name, "row_count") in found
            assert any(
                layer == "raw" and name == table.name and "schema" in check for layer, name, check in found
            )


def test_assets_describe_themselves(graph: Any) -> None:
    for key in graph.materializable_asset_keys:
        node = graph.get(key)
        assert node.description, key
        assert node.owners, key
        assert node.kinds, key
    for module in modules().values():
        for table in module.SOURCE.tables:
            columns = graph.get(AssetKey(["raw", table.name])).metadata["dagster/column_schema"]
            assert [column.name for column in columns.columns] == table.columns


def test_everything_that_writes_is_in_the_pool(definitions: Definitions) -> None:
    pools = {assets.node_def.name: assets.node_def.pools for assets in definitions.assets or []}
    writers = {name for name, pool in pools.items() if pool == {WRITER_POOL}}
    assert writers == {"raw", "dbt_build", "published__warehouse", "brief__page"}


def test_jobs_schedules_and_sensors(definitions: Definitions) -> None:
    repository = definitions.get_repository_def()
    assert {"nightly_refresh", "housekeeping"} <= set(repository.job_names)
    schedules = {schedule.name: schedule for schedule in repository.schedule_defs}
    assert schedules.keys() == {"nightly", "deep_refresh", "weekly_housekeeping"}
    nightly = schedules["nightly"]
    assert (nightly.cron_schedule, nightly.execution_timezone) == ("30 6 * * *", "America/New_York")
    assert nightly.default_status == DefaultScheduleStatus.RUNNING
    status = {sensor.name: sensor.default_status for sensor in repository.sensor_defs}
    assert status["drop_in"] == DefaultSensorStatus.RUNNING
    assert status["alert_run_failure"] == status["alert_check_failure"] == DefaultSensorStatus.STOPPED


def test_loading_uses_no_network_or_environment_and_writes_nothing(tmp_path: Path) -> None:
    ensure_manifest()
    home = tmp_path / "home"
    home.mkdir()
    shut = (
        "import socket, subprocess\n"
        "def shut(*_, **__): raise OSError('neither network nor program in this test')\n"
        "socket.socket.connect = subprocess.Popen.__init__ = shut\n"
        "import orchestration.definitions\n"
    )
    bare = {"PATH": os.environ["PATH"], "HOME": str(home)}
    loaded = subprocess.run(
        [sys.executable, "-c", shut], cwd=REPOSITORY, env=bare, capture_output=True, text=True, check=False
    )
    assert loaded.returncode == 0, loaded.stderr
    assert not list(home.rglob("*"))
