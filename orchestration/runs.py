"""Which refreshes are running, and how Dagster's run records become the history."""

from datetime import UTC, datetime
from pathlib import Path

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetObservation,
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    HookContext,
    RunsFilter,
    failure_hook,
)

from orchestration.pipeline import failures, history
from orchestration.settings import Settings, read_settings

RUNNING = [DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING]
WAITING = [DagsterRunStatus.QUEUED, DagsterRunStatus.NOT_STARTED]

BUILD_STEP = "dbt_build"
PUBLICATION = AssetKey(["published", "warehouse"])

NOTHING_NEW = "minerals/nothing_new"
"""Tag of a run whose sources brought nothing new; its value is the publication that stays."""


def under_way(instance: DagsterInstance, settings: Settings) -> list[DagsterRun]:
    """Refreshes that are running or queued, except those of a killed command line."""
    runs = instance.get_runs(RunsFilter(job_name=history.JOB, statuses=[*RUNNING, *WAITING]))
    if any(history.TURN in run.tags for run in runs) and not history.has_turn(settings):
        return [run for run in runs if history.TURN not in run.tags]
    return list(runs)


def end_killed(instance: DagsterInstance, settings: Settings) -> None:
    """Close the records of killed refreshes, since they occupy the writer's slot in Dagster's pool.

    Only the holder of the turn may do so, since no other refresh from the command line is then running.
    """
    killed = RunsFilter(statuses=RUNNING, tags={history.TURN: str(settings.home)})
    for run in instance.get_runs(killed):
        instance.report_run_failed(run, "The process of this refresh was killed.")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


def readable_log(settings: Settings, run: DagsterRun) -> Path:
    """The path of the readable dbt log of this run."""
    return settings.home / ("refresh.log" if history.TURN in run.tags else "dbt/dbt.log")


def note_good(context: AssetExecutionContext, how: history.Ending, sentence: str) -> None:
    """Record the success of a refresh; tables materialized by hand are not refreshes."""
    if context.run.job_name == history.JOB:
        began = _began(context.instance, context.run)
        history.end(read_settings(), history.Ended(how, sentence, began=began))


def note_nothing_new(instance: DagsterInstance, settings: Settings, run: DagsterRun) -> None:
    """Record that the sources brought nothing new: in the run, the publication and `minerals status`."""
    stands = datetime.fromtimestamp(settings.published_path.stat().st_mtime, UTC)
    message = f"{history.NOTHING_CHANGED} The publication of {stands:%Y-%m-%d %H:%M} UTC stays in place."
    instance.report_engine_event(message, run)
    instance.add_run_tags(run.run_id, {NOTHING_NEW: f"publication of {stands:%Y-%m-%d} stays"})
    instance.report_runless_asset_event(
        AssetObservation(PUBLICATION, description=message, metadata={"changed": False, "run": run.run_id})
    )
    history.end(settings, history.Ended("unchanged", history.NOTHING_CHANGED))


@failure_hook(name="note_failure")
def note_failure(context: HookContext) -> None:
    """Record the failure of a refresh, for `minerals status`."""
    settings = read_settings()
    run = context.instance.get_run_by_id(context.run_id)
    found = failures.find(settings).failures if context.step_key == BUILD_STEP else []
    ended = history.Ended(
        "failed",
        f"{context.step_key}: {_first_line(context.op_exception)}",
        found,
        str(readable_log(settings, run)) if run else "",
        began=_began(context.instance, run),
    )
    history.end(settings, ended)


def _began(instance: DagsterInstance, run: DagsterRun | None) -> datetime | None:
    """When the refresh of a run began; None from the command line, which records it before its runs."""
    if run is None or history.TURN in run.tags:
        return None
    record = instance.get_run_record_by_id(run.run_id)
    return datetime.fromtimestamp(record.start_time, UTC) if record and record.start_time else None


def _first_line(error: BaseException | None) -> str:
    reason = str(getattr(error, "description", None) or error or "it failed").strip()
    return reason.splitlines()[0] if reason else type(error).__name__
