"""dagster-dbt without dbt in the process.

dbt runs as a program here. dagster-dbt loads it all the same, for a few types: more than a second of every
process that loads the definitions. Where dbt-core is not installed it has stand-ins for them, and gets the
same assets from the manifest; so it is told that it is not.
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
