"""One refresh from the command line: the nightly job in this process, recorded in Dagster's instance."""

import contextlib
import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dagster import (
    DagsterEventType,
    DagsterInstance,
    DagsterRunStatus,
    ExecuteInProcessResult,
    RunsFilter,
)
from dagster._core.events import RunFailureReason
from filelock import FileLock, Timeout
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from orchestration.assets.warehouse import target_path
from orchestration.console import CONFIG, shown
from orchestration.instance import activate
from orchestration.jobs import NIGHTLY
from orchestration.schedules import options as run_options
from orchestration.settings import Settings

MOST_NAMED = 3
TURN = "minerals/turn"
"""Tag of runs from the command line: the home whose turn it was."""

UNFINISHED = [DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING]


class RefreshFailedError(RuntimeError):
    """The refresh ended without a publication; the message is one sentence."""


def run(settings: Settings, options: Mapping[str, Any], console: Console) -> str:
    """Run the nightly job with these `RefreshOptions`, showing its way on the console.

    Returns:
        What came of it in one sentence.

    Raises:
        RefreshFailedError: A step failed.
    """
    activate(settings)
    log = settings.home / "refresh.log"
    console = Console(file=console.file)  # stays on the terminal while standard output goes aside
    with console.status("Loading"):
        from orchestration.definitions import defs  # noqa: PLC0415

        job = defs.resolve_job_def(NIGHTLY.name)
    # Without a handler Python prints libraries' warnings to the terminal; they belong beside what dbt prints.
    logging.basicConfig(filename=log, filemode="w", format="%(asctime)s %(name)s %(levelname)s %(message)s")
    total = len(job.asset_layer.asset_graph.executable_asset_keys) if job.asset_layer else 0
    try:
        with _turn(settings, console), _aside(log), DagsterInstance.get() as instance, shown(console, total):
            end_killed(instance, settings)
            result = job.execute_in_process(
                run_config={**run_options(**options), **CONFIG},
                instance=instance,
                raise_on_error=False,
                tags={TURN: str(settings.home)},
            )
    except SQLAlchemyError as error:
        raise RefreshFailedError(
            f"Dagster's records can't be read or written ({getattr(error, 'orig', error)}): "
            "is the disk full? They hold no figures."
        ) from None
    if _was_stopped(result):
        raise KeyboardInterrupt
    if not result.success:
        raise RefreshFailedError(_why(result, settings))
    if any(event.event_type_value == "STEP_SKIPPED" for event in result.all_events):
        return "Nothing changed since the last publication."
    return "Published."


def end_killed(instance: DagsterInstance, settings: Settings) -> None:
    """End the records of refreshes that were killed, for they keep the writer's place in Dagster's pool.

    Only who has the turn may do so: no other refresh from the command line is alive then.
    """
    killed = RunsFilter(statuses=UNFINISHED, tags={TURN: str(settings.home)})
    for run in instance.get_runs(killed):
        instance.report_run_failed(run, "The process of this refresh was killed.")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


@contextlib.contextmanager
def _turn(settings: Settings, console: Console) -> Iterator[None]:
    """Let refreshes of one home go one after the other: the second then finds what the first published."""
    lock = FileLock(settings.home / ".refresh.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        console.print("Waiting: another refresh of this warehouse is under way.")
        try:
            lock.acquire(timeout=settings.lock_timeout_seconds)
        except Timeout:
            raise RefreshFailedError(
                "Gave up waiting for another refresh of this warehouse to end."
            ) from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _aside(path: Path) -> Iterator[None]:
    """Send what libraries print to a file of the home, so that the terminal shows the refresh itself."""
    with path.open("a") as log, contextlib.redirect_stdout(log):
        yield


def _was_stopped(result: ExecuteInProcessResult) -> bool:
    """Whether somebody ended the run, which Dagster tells as a failure of its own kind."""
    ends = [event for event in result.all_events if event.event_type == DagsterEventType.RUN_FAILURE]
    return any(end.job_failure_data.failure_reason == RunFailureReason.UNEXPECTED_TERMINATION for end in ends)


def _why(result: ExecuteInProcessResult, settings: Settings) -> str:
    """The first failed step in one sentence, dbt's by the names of what failed."""
    failed = [event for event in result.all_events if event.is_step_failure]
    if not failed:
        return f"The refresh failed; see {settings.home / 'refresh.log'}."
    step = failed[0].step_key
    error = failed[0].step_failure_data.error
    cause = (error.cause or error) if error else None
    if cause is None or cause.cls_name == "DagsterDbtCliRuntimeError":
        return f"{step}: {_dbt_failures(settings.home)}. What was published before still stands."
    return f"{step}: {cause.message.strip().splitlines()[0].split(': ', 1)[-1]}"


def _dbt_failures(home: Path) -> str:
    try:
        results = json.loads((target_path(home) / "run_results.json").read_bytes())["results"]
    except FileNotFoundError:
        return f"it did not start; see {target_path(home) / 'dbt.log'}"
    failed = [one["unique_id"].split(".")[2] for one in results if one["status"] in {"error", "fail"}]
    more = f" and {len(failed) - MOST_NAMED} more" if len(failed) > MOST_NAMED else ""
    return (
        f"{len(failed)} failed ({', '.join(failed[:MOST_NAMED])}{more}); see {target_path(home) / 'dbt.log'}"
    )
