"""Imports dagster-dbt without importing dbt.

dbt runs as a separate program here, but dagster-dbt imports it for a few types, which adds more than a second
to every process that loads the definitions. If dbt-core is not installed, dagster-dbt uses stand-ins and gets
the same assets from the manifest, so this module makes dbt-core appear missing.
"""

import sys

sys.modules["dbt.version"] = None  # type: ignore[assignment]
try:
    from dagster_dbt import (
        DagsterDbtTranslator,
        DagsterDbtTranslatorSettings,
        DbtCliInvocation,
        DbtCliResource,
        DbtProject,
        dbt_assets,
    )
    from dagster_dbt.errors import DagsterDbtCliRuntimeError
finally:
    del sys.modules["dbt.version"]

__all__ = [
    "DagsterDbtCliRuntimeError",
    "DagsterDbtTranslator",
    "DagsterDbtTranslatorSettings",
    "DbtCliInvocation",
    "DbtCliResource",
    "DbtProject",
    "dbt_assets",
]
