"""A source that is fetched in many small responses shows its progress."""

import io
import time

import pytest
from rich.console import Console

from ingest.progress import FetchProgress
from orchestration.cli.progress import show_progress
from orchestration.pipeline.downloads import calls_callback, finish_calls


def test_calls_of_a_source_have_a_bar_until_its_fetch_ends() -> None:
    terminal = io.StringIO()
    progress = FetchProgress()
    progress.plan([98, 694])
    progress.begin("comtrade_own_2025_842.json")
    with show_progress(Console(file=terminal, force_terminal=True, width=100, height=20), 3):
        for _ in range(170):
            progress.called()
            calls_callback("comtrade")(progress)
        time.sleep(0.3)
        finish_calls("comtrade")
    assert "170 of 864 calls" in terminal.getvalue()


def test_calls_are_shown_as_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.cli.progress.LINE_EVERY_S", 0.05)
    piped = io.StringIO()
    progress = FetchProgress()
    progress.plan([98, 694])
    progress.begin("comtrade_own_2025_842.json")
    with show_progress(Console(file=piped), 3):
        for _ in range(12):
            progress.called()
            calls_callback("comtrade")(progress)
        time.sleep(0.5)
        finish_calls("comtrade")
    assert "comtrade 12 of 792 calls" in piped.getvalue()
