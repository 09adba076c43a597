"""The columns of every model can be traced to its input tables."""

from pathlib import Path
from typing import Any

from dagster import AssetKey, TableColumnDep

from orchestration.assets.models import lineage_of


def test_every_model_has_lineage(built: Path, manifest: dict[str, Any]) -> None:
    project = lineage_of(manifest, built / "target")
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    found = {node["name"]: project.lineage(node["unique_id"]) for node in models}
    traced = {name: lineage.deps_by_column for name, lineage in found.items() if lineage}
    assert found.keys() == traced.keys()
    assert [
        node["name"] for node in models if not traced[node["name"]].keys() >= node["columns"].keys()
    ] == []
    price = TableColumnDep(AssetKey(["raw", "worldbank_prices__monthly"]), "price")
    assert traced["stg_worldbank_prices__monthly"]["price"] == [price]
    value = TableColumnDep(AssetKey(["core", "fct_import_source"]), "value_usd")
    assert value in traced["import_sources"]["value_usd"]
