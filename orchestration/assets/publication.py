"""`published/warehouse`: the file that analysts open, replaced only if every blocking check passed."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb
from dagster import (
    AssetCheckKey,
    AssetExecutionContext,
    AssetsDefinition,
    DagsterInstance,
    Failure,
    FreshnessPolicy,
    MaterializeResult,
    MetadataValue,
    asset,
)

from orchestration import change_detection
from orchestration.assets.models import PUBLISHED_LAYERS
from orchestration.assets.sources import WINDOW
from orchestration.instance.records import last_evaluation
from orchestration.pipeline import failure_text, failures
from orchestration.pipeline.retention import drop_old_vintages
from orchestration.pipeline.sources import outcomes
from orchestration.pipeline.writer import duckdb_limits, hold_writer_lock
from orchestration.resources import WRITER_POOL
from orchestration.runs import PUBLICATION
from orchestration.settings import OWNERS, VERSION, Settings, read_settings
from warehouse.publications import next_build_id
from warehouse.publish import Build, Publication, PublicationRefusedError, publish
from warehouse.quality import Check

KEY = PUBLICATION


def assets(warehouse: AssetsDefinition, checks: Sequence[AssetCheckKey]) -> AssetsDefinition:
    """The publication, downstream of every table in it; ``checks`` go into `meta.data_quality`."""
    tables = sorted(key for key in warehouse.keys if key.path[0] in PUBLISHED_LAYERS)

    @asset(
        key=KEY,
        deps=tables,
        group_name="published",
        kinds={"duckdb", "parquet"},
        owners=OWNERS,
        pool=WRITER_POOL,
        freshness_policy=FreshnessPolicy.time_window(fail_window=WINDOW["monthly"]),
        description=(
            "`minerals.duckdb` (storage v1.2.0: any DuckDB from 1.2 on opens it), its Parquet mirror with "
            "`datapackage.json`, and the diff against the previous publication. Replaced whole or not "
            "at all; earlier publications stay for `minerals rollback`."
        ),
    )
    def published(context: AssetExecutionContext) -> MaterializeResult[None]:
        settings = read_settings()
        made_from = change_detection.fingerprint(outcomes(settings).values())
        with hold_writer_lock(settings, "publication", context.log.info):
            try:
                publication = publish(
                    settings.home,
                    _build(settings, list(_latest(context.instance, checks))),
                    keep=settings.keep_publications,
                    engine=duckdb_limits(settings),
                )
            except PublicationRefusedError as refusal:
                raise Failure(
                    str(refusal),
                    metadata={
                        "what_to_do": "Open the failed checks of the assets upstream: each shows its rows "
                        "and its SQL. The previous publication stays in place."
                    },
                    allow_retries=False,
                ) from None
            change_detection.mark_published(settings, made_from)
            _thin_out(context, settings)
        context.log.info(f"Published {publication.build_id} at {settings.published_path}")
        return MaterializeResult(metadata=_metadata(settings, publication))

    return published


def _thin_out(context: AssetExecutionContext, settings: Settings) -> None:
    """Drop old vintages. If that fails, the publication is not affected."""
    try:
        vintages, size = drop_old_vintages(settings)
    except (OSError, duckdb.Error) as error:
        context.log.warning(f"No old vintage was dropped: {error}")
        return
    if vintages:
        context.log.info(f"{vintages} old vintages dropped, {size / 1e6:,.1f} MB of publishers' files")


def _build(settings: Settings, checks: Sequence[Check]) -> Build:
    """The facts about `build.duckdb`, from dbt's artifacts."""
    artifacts = settings.dbt_target_path
    try:
        results = json.loads((artifacts / "run_results.json").read_bytes())
        manifest = json.loads((artifacts / "manifest.json").read_bytes())
    except FileNotFoundError:
        raise Failure("There is no finished dbt build to publish: materialize the marts first.") from None
    manifest["unit_tests"] = {}  # the refresh does not run unit tests, so they have no outcome to keep
    rows = {failure.check: failure for failure in failures.find(settings).failures if failure.rows}
    for result in results["results"]:
        if failure := rows.get(result["unique_id"].split(".")[2]):
            first = failure_text.row_text(failure.rows[0])
            result["message"] = f"{failure.message.rstrip('.')}. First row: {first}"
    now = datetime.now(UTC).replace(tzinfo=None)
    return Build(next_build_id(settings.home, now), now, VERSION, manifest, [results], checks)


def _latest(instance: DagsterInstance, checks: Sequence[AssetCheckKey]) -> Iterator[Check]:
    """The last outcome of each check on sources and raw tables, for `meta.data_quality`."""
    for key in checks:
        if last := last_evaluation(instance, key):
            yield Check(
                check_id=f"{'.'.join(key.asset_key.path)}.{key.name}",
                kind="asset_check",
                table_name=".".join(key.asset_key.path),
                severity="warn",
                passed=last.outcome.passed,
                run_at=last.recorded_at.replace(tzinfo=None),
                message=last.outcome.description,
            )


def _metadata(settings: Settings, publication: Publication) -> dict[str, Any]:
    counts = publication.row_counts
    diff = publication.folder / "diff.md"
    size = settings.published_path.stat().st_size
    return {
        "dagster/uri": settings.published_path.as_uri(),
        "path": MetadataValue.path(settings.published_path),
        "build_id": publication.build_id,
        "rows": sum(counts.values()),
        "tables": len(counts),
        "bytes": size,
        "changes": MetadataValue.md(diff.read_text() if diff.exists() else "The first publication."),
    }
