"""The options that a run passes to its steps."""

from dagster import ConfigurableResource
from pydantic import Field

WRITER_POOL = "duckdb_writer"


class RefreshOptions(ConfigurableResource[None]):
    """How a refresh goes about its work. The defaults are those of a materialization by hand."""

    offline: bool = Field(
        default=False, description="Ask no publisher; serve what is archived, else the starter."
    )
    force_rebuild: bool = Field(default=False, description="Rebuild and publish even where nothing changed.")
    wide_window: bool = Field(
        default=False, description="Ask each source for all it can give, not for its usual window."
    )
    include_heavy: bool = Field(
        default=False, description="Ask the heavy sources too (bulk files of hundreds of MB)."
    )
    sources: list[str] = Field(
        default=[], description="Ask only these sources; the others are served as archived."
    )
