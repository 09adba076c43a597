"""How dbt's nodes appear as Dagster assets: keys, groups, owners and descriptions."""

from collections.abc import Mapping
from typing import Any

from dagster import AssetKey

from orchestration.dbt.dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings
from orchestration.settings import OWNERS


class Translator(DagsterDbtTranslator):
    """Keys, groups, kinds and owners as in the rest of the asset graph; a key is schema and table."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_code_references=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        """``["raw", table]`` for a source, ``[schema, name]`` for a model or a seed."""
        layer = "raw" if dbt_resource_props["resource_type"] == "source" else dbt_resource_props["schema"]
        return AssetKey([layer, dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The subject for `core` and `marts`; elsewhere the layer."""
        _, layer, *rooms = dbt_resource_props["fqn"]
        return str(rooms[0] if layer in {"core", "marts"} else dbt_resource_props["schema"])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:  # noqa: ARG002
        """The team that owns every layer."""
        return OWNERS

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The description in the model's YAML, without the SQL, which the UI shows elsewhere."""
        return str(dbt_resource_props.get("description") or dbt_resource_props["name"])
