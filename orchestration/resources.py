"""What steps are given: the options of a run and dbt's command line."""

from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version

from dagster import ConfigurableResource
from packaging.version import Version
from pydantic import Field

from orchestration.dbt_project import DBT_EXECUTABLE, PROJECT_DIR
from orchestration.light_dbt import DbtCliResource

WRITER_POOL = "duckdb_writer"


class RefreshOptions(ConfigurableResource[None]):
    """How a refresh goes about its work. The defaults are those of a materialization by hand."""

    offline: bool = Field(
        default=False, description="Ask no publisher; serve what is archived, else the starter."
    )
    full: bool = Field(default=False, description="Rebuild and publish even where nothing changed.")
    deep: bool = Field(
        default=False, description="Ask each source for all it can give, not for its usual window."
    )
    heavy: bool = Field(
        default=False, description="Ask the heavy sources too (bulk files of hundreds of MB)."
    )
    only: list[str] = Field(
        default=[], description="Ask only these sources; the others are served as archived."
    )


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
