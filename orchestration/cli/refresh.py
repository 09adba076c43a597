"""One refresh from the command line: the nightly job in this process, recorded in Dagster's instance.

It takes two runs: one of the sources, and if they brought anything new, one of everything downstream.
"""

import contextlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from dagster import AssetKey, DagsterInstance, ExecuteInProcessResult, JobDefinition
from filelock import Timeout
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from orchestration import change_detection, jobs
from orchestration.assets import sources
from orchestration.cli.progress import View, show_progress
from orchestration.cli.render import Terminal, plain
from orchestration.cli.status import unread
from orchestration.dbt.manifest import manifest_path
from orchestration.instance import patches
from orchestration.instance.home import activate
from orchestration.instance.records import was_stopped
from orchestration.jobs import NIGHTLY
from orchestration.loggers import RUN_CONFIG
from orchestration.pipeline import history
from orchestration.pipeline.sources import outcomes
from orchestration.runs import BUILD_STEP, end_killed, note_nothing_new
from orchestration.schedules import options as run_options
from orchestration.settings import Settings


class RefreshFailedError(RuntimeError):
    """The refresh ended without a publication; the message gives the reason and the remedy."""


def run_nightly_job(settings: Settings, options: Mapping[str, Any], console: Console) -> str:
    """Run the nightly job with these `RefreshOptions`, showing progress on the console.

    Returns:
        The result in one sentence.

    Raises:
        RefreshFailedError: A step failed.
    """
    activate(settings)
    patches.apply()
    log = settings.home / "refresh.log"
    console = Terminal(file=console.file)  # keeps writing to the terminal while standard output is redirected
    for sentence in unread(settings):
        console.print(plain(sentence), soft_wrap=True)
    # Without a handler, Python prints warnings of libraries to the terminal; they belong in the log with
    # dbt's output.
    logging.basicConfig(filename=log, filemode="w", format="%(asctime)s %(name)s %(levelname)s %(message)s")
    try:
        with (
            _turn(settings, console),
            _output_to(log),
            DagsterInstance.get() as instance,
            show_progress(console) as view,
        ):
            end_killed(instance, settings)
            history.begin(settings)
            run = partial(_run, instance, settings, options)
            result = run(jobs.asking())
            if result.success:
                if not options["force_rebuild"] and change_detection.is_published(
                    settings, change_detection.fingerprint(outcomes(settings).values())
                ):
                    note_nothing_new(instance, settings, result.dagster_run)
                    return f"{history.NOTHING_CHANGED}{_unreached(settings, options)}"
                result = run(*_from_rows_on(settings, console, view))
    except SQLAlchemyError as error:
        raise RefreshFailedError(
            f"Dagster's records can't be read or written ({getattr(error, 'orig', error)}): is the disk of "
            f"{settings.home} full? They hold no figures. Full log: {log}"
        ) from None
    if was_stopped(result):
        raise KeyboardInterrupt
    if not result.success:
        raise RefreshFailedError(_why(result, settings))
    return f"Published.{_unreached(settings, options)}"


def _run(
    instance: DagsterInstance,
    settings: Settings,
    options: Mapping[str, Any],
    job: JobDefinition,
    chosen: Sequence[AssetKey] | None = None,
) -> ExecuteInProcessResult:
    return job.execute_in_process(
        run_config={**run_options(**options), **RUN_CONFIG},
        instance=instance,
        raise_on_error=False,
        tags={history.TURN: str(settings.home)},
        asset_selection=chosen,
    )


def _from_rows_on(settings: Settings, console: Console, view: View) -> tuple[JobDefinition, list[AssetKey]]:
    """The assets and checks downstream of the sources, which the progress view counts."""
    loading = "Loading; the first time dbt reads the whole project, for up to a minute"
    view.begin(loading)
    if not console.is_terminal:
        console.print(loading)
    if not manifest_path().exists():  # another core is still parsing the project
        from orchestration.brief.page import chart_runtime  # noqa: PLC0415

        chart_runtime()  # takes two seconds, and the brief finds it ready
    try:
        from orchestration.definitions import defs  # noqa: PLC0415
    except Exception as error:
        history.end(settings, history.Ended("failed", str(error).splitlines()[0]))
        raise
    job = defs.resolve_job_def(NIGHTLY.name)
    graph = job.asset_layer.asset_graph
    chosen = [key for key in graph.executable_asset_keys if key.path[0] != sources.GROUP]
    view.expect(len(chosen) + sum(check.asset_key in set(chosen) for check in graph.asset_check_keys))
    return job, chosen


def _unreached(settings: Settings, options: Mapping[str, Any]) -> str:
    """A sentence if publishers were contacted and none responded."""
    asked_none = options.get("offline") or settings.offline
    if asked_none or any(outcome.mode == "live" for outcome in outcomes(settings).values()):
        return ""
    return (
        " No publisher was reached: all figures are those of the starter or of earlier nights; "
        "`minerals status` gives the reason for each source."
    )


@contextlib.contextmanager
def _turn(settings: Settings, console: Console) -> Iterator[None]:
    """Serialize refreshes of one home, so that the second sees what the first published."""
    lock = history.turn(settings)
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
def _output_to(path: Path) -> Iterator[None]:
    """Redirect the output of libraries to a file in the home, so that the terminal shows only the refresh."""
    with path.open("a") as log, contextlib.redirect_stdout(log):
        yield


def _why(result: ExecuteInProcessResult, settings: Settings) -> str:
    """The message of the first failed step; for a build, each failed check with rows, files and remedies."""
    failed = [event for event in result.all_events if event.is_step_failure]
    log = settings.home / "refresh.log"
    if not failed:
        return f"The refresh failed; see {log}."
    error = failed[0].step_failure_data.error
    cause = (error.cause or error) if error else None
    cause_text = (cause.message if cause else f"it failed; see {log}").strip().split(": ", 1)[-1]
    if failed[0].step_key != BUILD_STEP:
        cause_text = cause_text.splitlines()[0]
    return f"{failed[0].step_key}: {cause_text}" + (f"\n\nFull log: {log}" if "\n" in cause_text else "")
