"""Runs dbt as a program that does not outlive the process that started it.

A killed refresh frees the writer lock; a dbt that continued would keep the databases locked for the next
refresh.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

PARENT = "MINERALS_DBT_PARENT"
PR_SET_PDEATHSIG = 1
BUILDING = frozenset({"build", "run", "seed", "snapshot", "run-operation", "retry", "clone"})


@contextmanager
def mark_as_parent() -> Iterator[None]:
    """Mark this process as the parent of a dbt that starts in the block; later programs are not marked."""
    os.environ[PARENT] = str(os.getpid())
    try:
        yield
    finally:
        del os.environ[PARENT]


def main() -> None:
    """Run dbt's command line. Only on Linux can a process be notified that its parent ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.environ.get(PARENT, str(os.getppid())) != str(os.getppid()):
        sys.exit("dbt was started by a process that has ended.")
    forget_inputs()
    from dbt.cli.main import cli  # noqa: PLC0415  (takes a second, and is not needed to say so)

    from orchestration.dbt import patches  # noqa: PLC0415

    patches.apply(sys.argv)
    cli()


def forget_inputs() -> None:
    """After a manual dbt build, make the next refresh build everything: it tracks only its own builds."""
    if PARENT not in os.environ and BUILDING.intersection(sys.argv):
        from orchestration.dbt import unchanged  # noqa: PLC0415  (a refresh starts dbt without them)
        from orchestration.settings import read_settings  # noqa: PLC0415

        unchanged.forget(read_settings().home)
