"""What steps are given: the options of a run and dbt's command line."""

from dagster import ConfigurableResource
from dagster_dbt import DbtCliResource
from pydantic import Field

from orchestration.dbt_project import DBT_EXECUTABLE, PROJECT_DIR

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


def dbt_cli() -> DbtCliResource:
    """Dbt beside this interpreter, whatever PATH says."""
    return DbtCliResource(
        project_dir=str(PROJECT_DIR), profiles_dir=str(PROJECT_DIR), dbt_executable=str(DBT_EXECUTABLE)
    )
