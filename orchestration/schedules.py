"""Schedules: all sources nightly, all revisable periods monthly, housekeeping weekly."""

from typing import Any

from dagster import (
    DagsterRun,
    DefaultScheduleStatus,
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    SkipReason,
    schedule,
)

from orchestration.jobs import NIGHTLY, housekeeping
from orchestration.runs import under_way
from orchestration.settings import read_settings

TIMEZONE = "America/New_York"


def options(**chosen: object) -> dict[str, object]:
    """Run configuration that sets `RefreshOptions`."""
    return {"resources": {"refresh": {"config": chosen}}}


@schedule(
    name="nightly",
    job=NIGHTLY,
    cron_schedule="30 6 * * *",
    execution_timezone=TIMEZONE,
    default_status=DefaultScheduleStatus.RUNNING,
    description="06:30 in New York, before the working day: all sources, including heavy ones.",
)
def nightly(context: ScheduleEvaluationContext) -> RunRequest | SkipReason:
    """One run per calendar day, even if the daemon restarts; none while another run is contacting publishers.

    An offline refresh does not replace it: the nightly run follows.
    """
    if any(_asks(run) for run in under_way(context.instance, read_settings())):
        return SkipReason("A refresh that contacts the publishers is running.")
    return RunRequest(
        run_key=f"nightly-{context.scheduled_execution_time:%Y-%m-%d}", run_config=options(include_heavy=True)
    )


@schedule(
    name="deep_refresh",
    job=NIGHTLY,
    cron_schedule="0 2 12 * *",
    execution_timezone=TIMEZONE,
    default_status=DefaultScheduleStatus.RUNNING,
    description="The 12th of each month: every source with all periods it offers. Publishers revise past "
    "years, US trade every June, and these revisions reach beyond the nightly window.",
)
def deep_refresh(context: ScheduleEvaluationContext) -> RunRequest:
    """One run per month."""
    return RunRequest(
        run_key=f"deep-{context.scheduled_execution_time:%Y-%m}",
        run_config=options(include_heavy=True, wide_window=True),
    )


weekly_housekeeping = ScheduleDefinition(
    name="weekly_housekeeping",
    job=housekeeping,
    cron_schedule="0 3 * * 0",
    execution_timezone=TIMEZONE,
    default_status=DefaultScheduleStatus.RUNNING,
)


def _asks(run: DagsterRun) -> bool:
    """Whether a refresh contacts publishers."""
    chosen: Any = run.run_config
    return not chosen.get("resources", {}).get("refresh", {}).get("config", {}).get("offline", False)


ALL = [nightly, deep_refresh, weekly_housekeeping]
