"""What a refresh shows: on a terminal bars of assets and downloads, elsewhere plain lines."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagster import InitLoggerContext, LoggerDefinition, colored_console_logger
from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from orchestration import downloads
from orchestration.terminal import plain

NAME = "minerals"
CONFIG: dict[str, Any] = {"loggers": {NAME: {"config": {}}}}
"""Run configuration that sends a run's messages here instead of to Dagster's own console log."""

_NOISE = (
    "Dependencies for step",
    "Skipping step",
    "op 'raw' did not yield",
    "A dbt subsetted execution",
    "Running dbt command",
    "Finished dbt command",
)


def _run_logger(_: InitLoggerContext) -> logging.Logger:
    return logging.getLogger(f"{NAME}.run")


LOGGERS = {
    "console": colored_console_logger,
    NAME: LoggerDefinition(_run_logger, description="The command line's own view of a run."),
}


class _Lines(logging.Handler):
    """Every message of the steps as one line; Dagster's own events only move the bar."""

    def __init__(self, console: Console, progress: Progress, total: int) -> None:
        super().__init__(logging.INFO)
        self._console = console
        self._progress = progress
        self._total = total
        self._task = progress.add_task("refresh", total=total, amount=f"0/{total}")
        self._done = 0

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_event", None)
        if event is None:
            facts = getattr(record, "dagster_meta", {})
            said = facts.get("orig_message") or record.getMessage()
            if facts.get("step_key") and not said.startswith(_NOISE):
                self._console.print(plain(f"  {said}"), soft_wrap=True)
        elif event.event_type_value == "ASSET_MATERIALIZATION":
            self._done += 1
            self._progress.update(self._task, completed=self._done, amount=f"{self._done}/{self._total}")
        elif event.event_type_value == "STEP_START":
            self._progress.update(self._task, description=str(event.step_key))


class _Bars(logging.Handler):
    """A bar for each file on its way, gone when it has arrived."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(logging.INFO)
        self._progress = progress
        self._tasks: dict[tuple[str, str], TaskID] = {}

    def emit(self, record: logging.LogRecord) -> None:
        told = record.msg
        if not isinstance(told, downloads.Download):
            return
        file = (told.source_id, told.name)
        if file not in self._tasks:
            self._tasks[file] = self._progress.add_task(
                f"{told.source_id} {told.name}", total=told.total, amount=""
            )
        if told.done == told.total:
            self._progress.remove_task(self._tasks.pop(file))
            return
        of = f" of {decimal(told.total)}" if told.total else ""
        self._progress.update(self._tasks[file], completed=told.done, amount=f"{decimal(told.done)}{of}")


@contextmanager
def shown(console: Console, total: int) -> Iterator[None]:
    """Show the run inside the block; ``total`` is how many assets it has."""
    run = logging.getLogger(f"{NAME}.run")
    run.setLevel(logging.DEBUG)
    run.propagate = False
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[amount]}"),
    )
    with Progress(
        *columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal
    ) as progress:
        lines, bars = _Lines(console, progress, total), _Bars(progress)
        run.addHandler(lines)
        downloads.CHANNEL.addHandler(bars)
        downloads.CHANNEL.setLevel(logging.INFO)
        try:
            yield
        finally:
            run.removeHandler(lines)
            downloads.CHANNEL.removeHandler(bars)
