"""The real UI ends with all its processes within seconds of INT or TERM, however it was started."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.programs import MINERALS, answers, free_port, patience_s, until

ENDS_WITHIN_S = 5

WAYS = {
    "background": "{minerals} ui --port {port} >>$LOG 2>&1 & echo $! >$PID; wait",
    "nohup": "nohup {minerals} ui --port {port} >>$LOG 2>&1 & echo $! >$PID; wait",
    "make": "exec make ui ARGS='--port {port}' >>$LOG 2>&1",
}
"""Shell lines; those with `&` leave INT ignored, as a shell without job control does."""

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not MINERALS.exists(), reason="the project is not installed next to this checkout"),
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are counted in /proc"),
]


def of_home(home: Path) -> list[int]:
    """Every process whose environment contains the home, except the starting shell and make."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = f"MINERALS_HOME={home}".encode() in (entry / "environ").read_bytes().split(b"\0")
            program = (entry / "comm").read_text().strip()
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if is_ours and state != "Z" and program not in {"sh", "dash", "bash", "make"}:
            found.append(int(entry.name))
    return found


@pytest.fixture(params=WAYS)
def started(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The home, and the process to which a user would send the signal, with the UI running."""
    port, home = free_port(), tmp_path / "home"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "MINERALS_HOME": str(home),
        "MINERALS_OFFLINE": "true",
        "LOG": str(tmp_path / "ui.log"),
        "PID": str(tmp_path / "pid"),
    }
    line = WAYS[request.param].format(minerals=MINERALS, port=port)
    if request.param == "make" and shutil.which("make") is None:
        pytest.skip("there is no make")
    shell = subprocess.Popen(["sh", "-c", line], env=environment, cwd=REPOSITORY, start_new_session=True)
    try:
        until(lambda: answers(port), f"the UI did not come up: {tmp_path / 'ui.log'}")
        # make passes TERM to its child; a key press in a terminal signals the whole group.
        pid = -shell.pid if request.param == "make" else int((tmp_path / "pid").read_text())
        yield pid, home
    finally:
        for left in of_home(home):
            os.kill(left, signal.SIGKILL)
        if shell.poll() is None:
            shell.kill()
        shell.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_no_process_remains(started: tuple[int, Path], number: signal.Signals) -> None:
    pid, home = started
    assert len(of_home(home)) >= 4, "the UI, the webserver, the daemon and the code server"
    asked = time.monotonic()
    os.kill(pid, number)
    within_s = patience_s(ENDS_WITHIN_S)
    while of_home(home) and time.monotonic() - asked < 60 + within_s:
        time.sleep(0.1)
    assert of_home(home) == []
    assert time.monotonic() - asked < within_s
