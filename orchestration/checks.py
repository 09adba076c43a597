"""Checks besides those of the sources, the raw tables and dbt."""

from collections.abc import Sequence

from dagster import (
    AssetChecksDefinition,
    AssetCheckSeverity,
    AssetsDefinition,
    build_column_schema_change_checks,
)


def schema_changes(raw: AssetsDefinition) -> Sequence[AssetChecksDefinition]:
    """A warning if the columns of a raw table differ from those of its last load."""
    tables = sorted(key for key in raw.keys if not key.path[-1].startswith("meta__"))
    return build_column_schema_change_checks(assets=tables, severity=AssetCheckSeverity.WARN)
