"""Sensors: a dropped-in file starts a refresh, and failures are sent to the configured alert targets."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from dagster import (
    AssetCheckEvaluation,
    AssetCheckSeverity,
    DagsterEventType,
    DefaultSensorStatus,
    EventRecordsFilter,
    RunFailureSensorContext,
    RunRequest,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    run_failure_sensor,
    sensor,
)

from ingest.drop_ins import drop_ins as waiting
from orchestration.alerts import Alert, send, targets
from orchestration.dbt.checks import SKIPPED
from orchestration.jobs import NIGHTLY
from orchestration.runs import under_way
from orchestration.schedules import options
from orchestration.settings import read_settings

SETTLED_S = 15
"""Seconds since the last write within which a file may still be incomplete."""

BATCH = 500


@sensor(
    job=NIGHTLY,
    minimum_interval_seconds=60,
    default_status=DefaultSensorStatus.RUNNING,
    description="Files below drop_in/<source>/ of the home, also in a folder of a partition there: new or "
    "changed ones start an offline refresh.",
)
def drop_in(context: SensorEvaluationContext) -> SensorResult | SkipReason:
    """One run for each state of the folder, once all its files are complete and no refresh is running.

    With a run in the queue, Dagster would show every check of the previous run as not evaluated.
    """
    files = [
        path for folder in sorted(read_settings().drop_in_dir.glob("[!.]*/")) for path in waiting(folder)
    ]
    state = _state(files)
    if not files or state == context.cursor:
        return SkipReason("No new file.")
    newest = max(path.stat().st_mtime for path in files)
    if datetime.now(UTC).timestamp() - newest < SETTLED_S:
        return SkipReason("A file is still arriving.")
    if under_way(context.instance, read_settings()):
        return SkipReason("A refresh is under way; the file is read after it.")
    return SensorResult(
        [RunRequest(run_key=f"drop-in-{state}", run_config=options(offline=True))], cursor=state
    )


def alerting() -> list[SensorDefinition]:
    """The alert sensors; running if a target is configured, otherwise stopped."""
    configured = DefaultSensorStatus.RUNNING if targets(read_settings()) else DefaultSensorStatus.STOPPED

    @run_failure_sensor(name="alert_run_failure", default_status=configured, minimum_interval_seconds=60)
    def run_failure(context: RunFailureSensorContext) -> None:
        """Alert on a failed run."""
        steps = [event.step_key for event in context.get_step_failure_events() if event.step_key]
        run = context.dagster_run
        causes = _causes(context) or [context.failure_event.message or ""]
        _alert(
            context,
            Alert(
                title=f"{run.job_name} failed" + (f" at {', '.join(steps)}" if steps else ""),
                text="\n\n".join([*causes, f"Run {run.run_id}. The previous publication stays in place."]),
            ),
        )

    @sensor(
        name="alert_check_failure",
        default_status=configured,
        minimum_interval_seconds=60,
        description="Checks that failed since the last evaluation, in one message.",
    )
    def check_failure(context: SensorEvaluationContext) -> SkipReason | SensorResult:
        """Alert on failed checks."""
        wanted = EventRecordsFilter(
            DagsterEventType.ASSET_CHECK_EVALUATION,
            after_cursor=int(context.cursor) if context.cursor else None,
        )
        records = context.instance.get_event_records(wanted, limit=BATCH, ascending=bool(context.cursor))
        if not records:
            return SkipReason("No check ran.")
        cursor = str(max(record.storage_id for record in records))
        if context.cursor is None:
            return SensorResult(skip_reason="Checks are watched from now on.", cursor=cursor)
        events = [record.event_log_entry.dagster_event for record in records]
        failed = [
            event.asset_check_evaluation_data
            for event in events
            if event
            and not event.asset_check_evaluation_data.passed
            and SKIPPED not in event.asset_check_evaluation_data.metadata
        ]
        if failed:
            _alert(context, _failed_checks_alert(failed))
        return SensorResult(skip_reason=f"{len(failed)} of {len(records)} checks failed.", cursor=cursor)

    return [run_failure, check_failure]


def _alert(context: SensorEvaluationContext | RunFailureSensorContext, alert: Alert) -> None:
    for failure in send(alert, read_settings()):
        context.log.error(failure)


def _causes(context: RunFailureSensorContext) -> list[str]:
    """The messages of the failed steps; for a build, each failed check with rows and files."""
    errors = [event.step_failure_data.error for event in context.get_step_failure_events()]
    return [(error.cause or error).message for error in errors if error]


def _failed_checks_alert(failed: Sequence[AssetCheckEvaluation]) -> Alert:
    worst = any(check.severity == AssetCheckSeverity.ERROR for check in failed)
    lines = [
        f"{check.asset_key.to_user_string()}: {check.check_name} ({check.severity.value})" for check in failed
    ]
    advice = {str(check.metadata["what_to_do"].value) for check in failed if "what_to_do" in check.metadata}
    lines += [f"{check.check_name}: {check.description}" for check in failed if check.description]
    return Alert(
        title=f"{len(failed)} check{'s' if len(failed) > 1 else ''} failed",
        text="\n".join([*lines, "", *sorted(advice)]).strip(),
        severity="error" if worst else "warning",
    )


def _state(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        facts = path.stat()
        digest.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]
