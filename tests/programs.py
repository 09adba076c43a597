"""Start programs of the project next to a test or a measurement, and stop them."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.conftest import REPOSITORY

MINERALS = REPOSITORY / ".venv" / "bin" / "minerals"

ENDS_WITHIN_S = 60
DONE_WITHIN_S = 900


def free_port() -> int:
    """A free port of 127.0.0.1."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str | Path], environment: Mapping[str, str], log: Path, folder: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in its own process group, with output to ``log``, until the block ends."""
    with log.open("wb") as words:
        program = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=words, stderr=words, start_new_session=True
        )
        try:
            yield program
        finally:
            os.killpg(program.pid, signal.SIGINT)
            try:
                program.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                os.killpg(program.pid, signal.SIGKILL)


def answers(port: int) -> bool:
    """Whether a local Dagster webserver responds."""
    try:
        return requests.get(f"http://127.0.0.1:{port}/server_info", timeout=5).ok
    except requests.RequestException:
        return False


def ask(ui: str, query: str, **variables: Any) -> Any:
    """The response of a Dagster webserver to a GraphQL query."""
    asked = {"query": query, "variables": variables}
    answer = requests.post(f"{ui}/graphql", json=asked, timeout=300).json()
    assert "errors" not in answer, answer
    return answer["data"]


def until(done: Callable[[], object], otherwise: str) -> None:
    """Check every second until a condition holds."""
    latest = time.monotonic() + DONE_WITHIN_S
    while not done():
        assert time.monotonic() < latest, otherwise
        time.sleep(1)


def patience_s(idle_s: float) -> float:
    """A timeout in seconds, scaled by the speed of this machine, which CI measures."""
    slowness = float(os.environ.get("CI_SLOWNESS", "1"))
    return idle_s * max(1.0, slowness) * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
