"""dbt's command line as a Dagster resource, without the calls to dbt that dagster-dbt makes on its own.

Overrides private parts of dagster-dbt, seen in 0.29.27. They may go when dagster-dbt reads the version of dbt
without starting it, and opens no connection of its own to count rows.
"""

from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version

from packaging.version import Version

from orchestration.dbt.dagster_dbt import DbtCliResource
from orchestration.dbt.manifest import DBT_EXECUTABLE, PROJECT_DIR


class Dbt(DbtCliResource):
    """dbt's command line without what dagster-dbt asks of dbt before each command, five seconds' worth."""

    @cached_property
    def _cli_version(self) -> Version:
        """The version that is installed here, without starting dbt to be told."""
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:  # type: ignore[override]
        """No connection of Dagster's own: row counts are read from the build when dbt has let go of it."""


def dbt_cli() -> Dbt:
    """Dbt beside this interpreter, whatever PATH says."""
    return Dbt(
        project_dir=str(PROJECT_DIR), profiles_dir=str(PROJECT_DIR), dbt_executable=str(DBT_EXECUTABLE)
    )
