"""What a refresh shows on a terminal: a bar of assets done where there is one, plain lines elsewhere."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagster import InitLoggerContext, LoggerDefinition, colored_console_logger
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from orchestration.terminal import plain

NAME = "minerals"
CONFIG: dict[str, Any] = {"loggers": {NAME: {"config": {}}}}
"""Run configuration that sends a run's messages here instead of to Dagster's own console log."""

_NOISE = ("Dependencies for step", "A dbt subsetted execution", "Running dbt command", "Finished dbt command")


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
        self._task = progress.add_task("refresh", total=total)

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_event", None)
        if event is None:
            facts = getattr(record, "dagster_meta", {})
            said = facts.get("orig_message") or record.getMessage()
            if facts.get("step_key") and not said.startswith(_NOISE):
                self._console.print(plain(f"  {said}"), soft_wrap=True)
        elif event.event_type_value == "ASSET_MATERIALIZATION":
            self._progress.advance(self._task)
        elif event.event_type_value == "STEP_START":
            self._progress.update(self._task, description=str(event.step_key))


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
        TextColumn("{task.completed}/{task.total}"),
    )
    with Progress(
        *columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal
    ) as progress:
        lines = _Lines(console, progress, total)
        run.addHandler(lines)
        try:
            yield
        finally:
            run.removeHandler(lines)
