"""Jobs: the nightly refresh, and the cleanup of Dagster's own records."""

from datetime import UTC, datetime, timedelta

from dagster import (
    AssetSelection,
    Definitions,
    JobDefinition,
    OpExecutionContext,
    RunsFilter,
    define_asset_job,
    in_process_executor,
    job,
    op,
)

from orchestration.assets import sources
from orchestration.loggers import LOGGERS
from orchestration.pipeline import history
from orchestration.resources import RefreshOptions
from orchestration.runs import note_failure

KEEP_RUNS = timedelta(days=180)

NIGHTLY = define_asset_job(
    history.JOB,
    selection=AssetSelection.all(),
    executor_def=in_process_executor,
    description="Fetch, load, build, check, publish and write the brief, in one process.",
    tags={"minerals/refresh": "nightly"},
    hooks={note_failure},
)


def asking() -> JobDefinition:
    """The sources of the nightly job alone, which load in a fraction of the time."""
    defs = Definitions(
        assets=sources.assets(),
        jobs=[NIGHTLY],
        loggers=LOGGERS,
        executor=in_process_executor,
        resources={"refresh": RefreshOptions()},
    )
    return defs.resolve_job_def(NIGHTLY.name)


@op
def forget_old_runs(context: OpExecutionContext) -> int:
    """Delete the records of old runs; figures and archive are stored elsewhere."""
    before = datetime.now(UTC) - KEEP_RUNS
    old = context.instance.get_run_records(RunsFilter(created_before=before))
    for record in old:
        context.instance.delete_run(record.dagster_run.run_id)
    return len(old)


@job(executor_def=in_process_executor, description=f"Drop records of runs older than {KEEP_RUNS.days} days.")
def housekeeping() -> None:
    """Drop old run records; Dagster has no retention setting for them."""
    forget_old_runs()
