"""Facts about past runs and checks that only private parts of Dagster offer. Seen in Dagster 1.13.27.

They may be removed when `DagsterInstance` offers the last completed evaluation of a check, and when `dagster`
exports `RunFailureReason`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from dagster import (
    AssetCheckEvaluation,
    AssetCheckKey,
    DagsterEventType,
    DagsterInstance,
    ExecuteInProcessResult,
)
from dagster._core.events import RunFailureReason
from dagster._core.storage.asset_check_execution_record import COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcome of a check, and when it was recorded (UTC)."""

    outcome: AssetCheckEvaluation
    recorded_at: datetime


def last_evaluation(instance: DagsterInstance, key: AssetCheckKey) -> Evaluation | None:
    """The last completed evaluation of a check; None if it never completed.

    The newest record of all may belong to a run that is under way, or that was killed before the check ran.
    """
    completed = instance.event_log_storage.get_asset_check_execution_history(
        key, limit=1, status=COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES
    )
    for record in completed:
        if record.event and record.event.dagster_event:
            outcome = record.event.dagster_event.asset_check_evaluation_data
            return Evaluation(outcome, datetime.fromtimestamp(record.create_timestamp, UTC))
    return None


def was_stopped(result: ExecuteInProcessResult) -> bool:
    """Whether a signal ended the run. Dagster records that as a failure with its own reason."""
    ends = [event for event in result.all_events if event.event_type == DagsterEventType.RUN_FAILURE]
    return any(end.job_failure_data.failure_reason == RunFailureReason.UNEXPECTED_TERMINATION for end in ends)
