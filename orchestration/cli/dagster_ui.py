"""Runs Dagster's UI and daemon so that they always end when asked to, however they were started."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

ENDS_WITHIN_S = 3.0
"""Seconds that the programs get to end by themselves before they are killed."""

LOOKS_EVERY_S = 0.2


def serve(command: Sequence[str], folder: Path) -> int:
    """Run a program and its children until it ends, or until this process gets INT, TERM or HUP.

    The program gets its own session, by which all its children can be found; a key pressed on the terminal
    reaches only this process. A shell without job control starts background programs with INT ignored, and
    their children inherit that; a handler undoes it here and in the program. HUP stays ignored under `nohup`.

    Returns:
        The program's exit code, or 0 if it was ended by a signal to this process.
    """
    asked: list[int] = []  # a handler must not take a lock, as `Event.set` does, which its thread may hold
    wanted = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        wanted.append(signal.SIGHUP)
    for number in wanted:
        signal.signal(number, lambda number, _: asked.append(number))
    program = subprocess.Popen(command, cwd=folder, start_new_session=True)  # noqa: S603
    while program.poll() is None and not asked:
        time.sleep(LOOKS_EVERY_S)
    ended_by_itself = program.poll()
    _signal(program.pid, signal.SIGINT)
    latest = time.monotonic() + ENDS_WITHIN_S
    while _members(program.pid) and time.monotonic() < latest:
        time.sleep(LOOKS_EVERY_S)
    while _members(program.pid):  # again, since a member may have started another while they were listed
        _signal(program.pid, signal.SIGKILL)
    program.wait()
    return ended_by_itself or 0


def _signal(session: int, number: signal.Signals) -> None:
    """Send a signal to every process of a session, in all its process groups."""
    for pid in [*_members(session), -session]:
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def _members(session: int) -> list[int]:
    """Processes of a session that have not ended, if the system lists them (Linux)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, _, _, own, *_ = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(own) == session and state not in "ZX":
                found.append(int(entry.name))
    return found
