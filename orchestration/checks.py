"""Checks beyond those that sources, raw tables and dbt bring themselves."""

from collections.abc import Sequence

from dagster import (
    AssetChecksDefinition,
    AssetCheckSeverity,
    AssetsDefinition,
    build_column_schema_change_checks,
)


def schema_changes(raw: AssetsDefinition) -> Sequence[AssetChecksDefinition]:
    """A warning where the columns of a raw table differ from those of its last load."""
    tables = sorted(key for key in raw.keys if not key.path[-1].startswith("meta__"))
    return build_column_schema_change_checks(assets=tables, severity=AssetCheckSeverity.WARN)
