"""The UI's programs end when its command is asked to."""

import signal
import time
from subprocess import PIPE, Popen, TimeoutExpired
from sys import executable

import pytest

ROUNDS = 5
LOOKING = """
import sys
from pathlib import Path
from orchestration.cli import dagster_ui

dagster_ui.LOOKS_EVERY_S = 0.0  # a signal then mostly arrives while it looks
dagster_ui.ENDS_WITHIN_S = 0.1
print("up", flush=True)
sys.exit(dagster_ui.serve(["sleep", "300"], Path.cwd()))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_heard_at_any_moment(number: signal.Signals) -> None:
    """A lock taken in the handler would be held by the very code that it interrupts."""
    for _ in range(ROUNDS):
        with Popen([executable, "-c", LOOKING], stdout=PIPE) as ui:
            assert ui.stdout
            ui.stdout.readline()
            time.sleep(0.2)
            ui.send_signal(number)
            try:
                assert ui.wait(60) == 0
            except TimeoutExpired:
                ui.kill()
                raise
