"""A real pseudo-terminal of a chosen width."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


def on_a_terminal(
    command: Sequence[str | Path], environment: Mapping[str, str], width: int = 80
) -> tuple[int, str]:
    """Run a program on a terminal of 24 lines; returns its exit code and all its output."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    own = {name: value for name, value in environment.items() if name not in {"COLUMNS", "LINES"}}
    with subprocess.Popen(
        command,
        env={**own, "TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as program:
        os.close(theirs)
        wrote = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            wrote += part
    os.close(ours)
    return program.returncode, wrote.decode(errors="replace")


def without_control(text: str) -> str:
    """Text without colors and cursor movements."""
    return _CONTROL.sub("", text)
