"""dbt's command line as a Dagster resource, without dagster-dbt's own calls to dbt.

Overrides private parts of dagster-dbt, seen in 0.29.27. They may be removed when dagster-dbt reads dbt's
version without starting it, and no longer opens its own connection to count rows.
"""

from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version

from packaging.version import Version

from orchestration.dbt.dagster_dbt import DbtCliResource
from orchestration.dbt.manifest import DBT_EXECUTABLE, PROJECT_DIR


class Dbt(DbtCliResource):
    """dbt's command line without dagster-dbt's calls before each command, which take five seconds."""

    @cached_property
    def _cli_version(self) -> Version:
        """The installed version, read without starting dbt."""
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:  # type: ignore[override]
        """Open no connection for Dagster: rows are counted in the build after dbt has closed it."""


def dbt_cli() -> Dbt:
    """The dbt executable of this Python environment, independent of PATH."""
    return Dbt(
        project_dir=str(PROJECT_DIR), profiles_dir=str(PROJECT_DIR), dbt_executable=str(DBT_EXECUTABLE)
    )
