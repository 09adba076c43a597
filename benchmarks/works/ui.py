"""Start of the UI up to its first response, compared with `dagster dev` of a project with one asset."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.harness import ROOT, Contender, Facts, Goal, Place, Task, Work
from tests.programs import answers, free_port, running

BIN = ROOT / ".venv" / "bin"
PATIENCE_S = 300
EMPTY = (
    "import dagster\n\n@dagster.asset\ndef nothing() -> None: ...\n\ndefs = dagster.Definitions([nothing])\n"
)


def make(data: Path, _scale: int) -> Facts:
    (data / "empty.py").write_text(EMPTY)
    return {}


def ours(place: Place) -> Task:
    home = {"MINERALS_HOME": str(place.scratch / "home"), "MINERALS_OFFLINE": "true"}
    return lambda: answered([str(BIN / "minerals"), "ui", "--port"], ROOT, home)


def empty(place: Place) -> Task:
    home = place.scratch / "dagster"
    home.mkdir()
    command = [str(BIN / "dagster"), "dev", "-f", str(place.data / "empty.py"), "--port"]
    return lambda: answered(command, place.scratch, {"DAGSTER_HOME": str(home)})


def answered(command: list[str], folder: Path, settings: Mapping[str, str]) -> Facts:
    """Start a UI, wait until it responds, and stop it."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
    environment |= {"DAGSTER_DISABLE_TELEMETRY": "true", **settings}
    began = time.perf_counter()
    with running([*command, str(port)], environment, Path(os.devnull), folder):
        while time.perf_counter() - began < PATIENCE_S:
            if answers(port):
                return {"answered_s": time.perf_counter() - began}
            time.sleep(0.1)
        raise TimeoutError(f"{command[0]} did not answer")


WORK = Work(
    id="ui",
    title="The UI: from the command to the first answer on 127.0.0.1",
    make=make,
    scales={"small": 1, "default": 1, "full": 1},
    unit="assets",
    contenders=(
        Contender("ours", "ours: `minerals ui` of an empty home", "ours", ours),
        Contender("empty", "limit: `dagster dev` of one asset", "limit", empty),
    ),
    goals=(Goal("of an empty project's", "ours", "empty", at_most=1.3, figure="answered_s"),),
)
