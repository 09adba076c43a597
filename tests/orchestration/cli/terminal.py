"""A real pseudo-terminal of a chosen width, and the tokens of what a program prints to it."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\r")


def run_on_terminal(
    command: Sequence[str], width: int, environment: Mapping[str, str], timeout: float = 300
) -> tuple[int, list[tuple[float, str]]]:
    """Exit code of a program, and what it printed piece by piece with the seconds since it began."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    clean = {name: value for name, value in environment.items() if name not in {"COLUMNS", "LINES"}}
    child = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env={**clean, "TERM": "xterm"}, close_fds=True
    )
    os.close(theirs)
    try:
        pieces = list(_read(ours, time.monotonic() + timeout))
        return child.wait(timeout=30), pieces
    finally:
        os.close(ours)
        child.kill()
        child.wait()


def _read(source: int, until: float) -> Iterator[tuple[float, str]]:
    began = time.monotonic()
    while time.monotonic() < until:
        if not select.select([source], [], [], 1)[0]:
            continue
        try:
            piece = os.read(source, 1 << 16)
        except OSError:  # the other end is closed
            return
        if not piece:
            return
        yield time.monotonic() - began, piece.decode(errors="replace")
    raise TimeoutError("The program did not end.")


def plain_lines(text: str) -> list[str]:
    """Lines without colors and cursor movements."""
    return _CONTROL.sub("", text).splitlines()
