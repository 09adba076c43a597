"""`brief/page`: the HTML page for readers, made from the published file."""

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    MaterializeResult,
    MetadataValue,
    asset,
)

from orchestration import change_detection, runs
from orchestration.assets import publication
from orchestration.dbt import docs
from orchestration.resources import WRITER_POOL
from orchestration.settings import OWNERS, read_settings


def assets() -> AssetsDefinition:
    """The brief, downstream of the publication."""

    @asset(
        key=AssetKey(["brief", "page"]),
        deps=[publication.KEY],
        group_name="brief",
        kinds={"html"},
        owners=OWNERS,
        pool=WRITER_POOL,
        description=(
            "One self-contained HTML page of charts and tables, read from the published file alone; next to "
            "it the column dictionary and dbt's documentation of the models."
        ),
    )
    def brief(context: AssetExecutionContext) -> MaterializeResult[None]:
        from orchestration.brief import build  # noqa: PLC0415  (charting libraries take a second to load)

        settings = read_settings()
        with docs.being_written(settings, context.log.warning) as finish_docs:
            page = build(settings.published_path, settings.brief_path.parent, docs=finish_docs)
            change_detection.mark_brief_built(settings)
        runs.note_good(context, "published", "Published.")
        return MaterializeResult(
            metadata={
                "dagster/uri": page.as_uri(),
                "path": MetadataValue.path(page),
                "bytes": page.stat().st_size,
            }
        )

    return brief
