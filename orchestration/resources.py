"""The options that a run passes to its steps."""

from dagster import ConfigurableResource
from pydantic import Field

WRITER_POOL = "duckdb_writer"


class RefreshOptions(ConfigurableResource[None]):
    """The options of a refresh. The defaults are those of a materialization by hand."""

    offline: bool = Field(
        default=False, description="Contact no publisher; use archived vintages, else the starter."
    )
    force_rebuild: bool = Field(default=False, description="Rebuild and publish even if nothing changed.")
    wide_window: bool = Field(
        default=False, description="Fetch all that each source offers, not only its usual window."
    )
    include_heavy: bool = Field(
        default=False, description="Include heavy sources (bulk files of hundreds of MB)."
    )
    sources: list[str] = Field(
        default=[], description="Fetch only these sources; serve the others from the archive."
    )
