"""Progress of a refresh: bars on a terminal, plain lines elsewhere."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column

from orchestration.cli.render import plain
from orchestration.dbt import progress as dbt_progress
from orchestration.pipeline import downloads
from orchestration.settings import RUN_LOGGER

LINE_EVERY_S = 5.0
"""Without a terminal, seconds between progress lines; the interval grows with the run time."""

LINES = 30
"""Approximate number of progress lines while the elapsed time triples."""

SILENT_AT_MOST = 6
"""Intervals without a line while nothing changes."""

_NOISE = (
    "Dependencies for step",
    "Skipping step",
    "op 'raw' did not yield",
    "A dbt subsetted execution",
    "Running dbt command",
    "Finished dbt command",
)

_DONE = frozenset({"ASSET_MATERIALIZATION", "ASSET_CHECK_EVALUATION"})


@dataclass
class _State:
    """Progress of the run. ``total`` counts the tables, files, pages and checks to be made, once known."""

    total: int | None
    done: int = 0
    doing: str = "starting"
    files: dict[tuple[str, str], downloads.Download] = field(default_factory=dict)

    @property
    def amount(self) -> str:
        return f"{self.done}/{self.total}" if self.total else ""

    def sentence(self, seconds: float) -> str:
        minutes, rest = divmod(int(seconds), 60)
        files = list(self.files.values())
        what = (
            "; ".join(" ".join(filter(None, [file.source_id, file.name, _size(file)])) for file in files)
            or self.doing
        )
        far = f"{self.done} of {self.total}: " if self.total else ""
        return f"  {minutes}:{rest:02} {far}{what}"


class View(logging.Handler):
    """Tracks progress from reports of the run, dbt and the downloads; prints messages of the steps."""

    def __init__(self, console: Console, progress: Progress, state: _State) -> None:
        super().__init__(logging.DEBUG)  # Dagster logs most of its own events at this level
        self._console = console
        self._progress = progress
        self._state = state
        self.task = progress.add_task(state.doing, total=state.total, amount=state.amount)
        self._bars: dict[tuple[str, str], TaskID] = {}

    def expect(self, more: int) -> None:
        """Set how many tables, files, pages and checks are expected."""
        self._state.total = self._state.done + more
        self._show()

    def begin(self, doing: str) -> None:
        """Show the current activity."""
        self._state.doing = doing
        self._show()

    def emit(self, record: logging.LogRecord) -> None:
        """Process a report of the run, dbt or a download."""
        if isinstance(record.msg, downloads.Download):
            self._download(record.msg)
            return
        event = getattr(record, "dagster_event", None)
        if record.name == dbt_progress.CHANNEL.name:
            self._state.doing = record.getMessage()
        elif event is None:
            self._say(record)
            return
        elif event.event_type_value in _DONE:
            self._state.done += 1
        elif event.event_type_value == "STEP_START":
            step = str(event.step_key)
            # the names of Dagster's own column checks contain a hash
            self._state.doing = "checks of columns" if step.startswith("asset_check_") else step
        self._show()

    def _show(self) -> None:
        self._progress.update(
            self.task,
            total=self._state.total,
            completed=self._state.done,
            description=self._state.doing,
            amount=self._state.amount,
        )

    def _say(self, record: logging.LogRecord) -> None:
        facts = getattr(record, "dagster_meta", {})
        message = facts.get("orig_message") or record.getMessage()
        if record.levelno >= logging.INFO and facts.get("step_key") and not message.startswith(_NOISE):
            # on a terminal, break lines between words; elsewhere, write whole lines
            self._console.print(plain(f"  {message}"), soft_wrap=not self._console.is_terminal)

    def _download(self, report: downloads.Download) -> None:
        """A bar for each running download, removed when it is complete."""
        file = (report.source_id, report.name)
        if report.is_over:
            self._state.files.pop(file, None)
            if file in self._bars:
                self._progress.remove_task(self._bars.pop(file))
            return
        self._state.files[file] = report
        if file not in self._bars:
            self._bars[file] = self._progress.add_task(" ".join(file), total=report.total, amount="")
        self._progress.update(self._bars[file], completed=report.done, amount=_size(report))


def _size(file: downloads.Download) -> str:
    if file.unit == "calls":
        return f"{file.done:,}" + (f" of {file.total:,} calls" if file.total else " calls")
    return decimal(file.done) + (f" of {decimal(file.total)}" if file.total else "")


@contextmanager
def show_progress(console: Console, total: int | None = None) -> Iterator[View]:
    """Show runs inside the block; ``total`` is their number of assets and checks, if known."""
    run = logging.getLogger(RUN_LOGGER)
    run.propagate = False
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[amount]}", table_column=Column(no_wrap=True)),
        TimeElapsedColumn(),
    )
    state = _State(total)
    # output printed inside the block goes to standard output, never between the bars
    progress = Progress(
        *columns,
        console=console,
        expand=True,
        redirect_stdout=False,
        redirect_stderr=False,
        disable=not console.is_terminal,
    )
    channels = (run, dbt_progress.CHANNEL, downloads.CHANNEL)
    with progress, _progress_lines(console, state):
        view = View(console, progress, state)
        for channel in channels:
            channel.setLevel(logging.DEBUG)
            channel.addHandler(view)
        try:
            yield view
        finally:
            for channel in channels:
                channel.removeHandler(view)
            progress.update(view.task, description="ended")


@contextmanager
def _progress_lines(console: Console, state: _State) -> Iterator[None]:
    """Without a terminal, print a progress line every few seconds, less often if nothing changes."""
    over = threading.Event()

    def print_lines() -> None:
        began = time.monotonic()
        last, silent = (state.done, state.doing), 0
        while not over.wait(max(LINE_EVERY_S, (time.monotonic() - began) / LINES)):
            now = (state.done, repr(state.files) if state.files else state.doing)
            silent += 1
            if now != last or silent == SILENT_AT_MOST:
                console.print(plain(state.sentence(time.monotonic() - began)), soft_wrap=True)
                silent = 0
            last = now

    printer = threading.Thread(target=print_lines, daemon=True, name="progress")
    if not console.is_terminal:
        printer.start()
    try:
        yield
    finally:
        over.set()
        if printer.is_alive():
            printer.join()
