"""How a command ends: one sentence and an exit code, also after a signal."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer

from orchestration.cli.render import err, plain, wrapped

OTHER_VERSION = (
    "This warehouse was built by another version of the project and lacks what this command reads;"
    " `minerals refresh` builds it."
)


class CommandFailedError(Exception):
    """A command failed; the message is the sentence for the user."""


@contextmanager
def exit_on_error() -> Iterator[None]:
    """Print an expected error as one sentence on standard error; exit with 1, or 2 for a wrong setting."""
    import duckdb  # noqa: PLC0415
    from pydantic import ValidationError  # noqa: PLC0415

    from orchestration.settings import wrong_setting  # noqa: PLC0415
    from warehouse.connect import sentence  # noqa: PLC0415

    try:
        yield
    except typer.Exit:
        raise
    except ValidationError as error:
        exit_with(wrong_setting(error), code=2)
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        exit_with(f"{OTHER_VERSION} ({sentence(error)})")
    except duckdb.Error as error:
        exit_with(sentence(error))
    except BrokenPipeError:
        raise  # the reader closed the pipe, as in `minerals query ... | head`: end silently
    except OSError as error:
        exit_with(_sentence(error))
    except (KeyError, IndexError):
        raise  # a bug, for which the traceback is more useful
    except (CommandFailedError, LookupError, RuntimeError) as error:
        exit_with(str(error.args[0] if isinstance(error, LookupError) and error.args else error))
    except KeyboardInterrupt:
        _stop()


def _sentence(error: OSError) -> str:
    """What the system refused, and for which file; our own errors are sentences already."""
    if not error.filename or not error.strerror:
        return str(error)
    return f"{error.filename} can't be used: {error.strerror.lower()}."


def exit_with(sentence: str, code: int = 1) -> NoReturn:
    """Print a sentence in red on standard error and exit."""
    for line in sentence.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        err.print(plain(wrapped(line, err, indent, "      " if indent else ""), "red"), soft_wrap=True)
    raise typer.Exit(code)


def exit_on_sigterm() -> None:
    """Exit at once on SIGTERM, even while the process waits.

    No data is lost, since files and tables are written atomically. The handlers of Dagster and dbt wait for
    steps and threads, so a separate thread listens for the signal. SIGTERM is not blocked: child processes
    would inherit the mask and could not be ended. Dagster redirects the standard error of a step to its log,
    so the message goes to a copy of the terminal's. It also handles TERM like INT, which a script's shell
    leaves ignored in the background: a handler that does nothing keeps INT ignored and TERM effective.
    """
    terminal = os.dup(2)
    signals, wakeup = os.pipe()
    os.set_blocking(wakeup, False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda *_: None)
    signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)

    def wait() -> None:
        while os.read(signals, 1) != bytes([signal.SIGTERM]):
            pass
        _stop(terminal)

    threading.Thread(target=wait, daemon=True, name="sigterm").start()


def _stop(terminal: int = 2) -> NoReturn:
    """Print the reason, kill child processes and exit without waiting for threads."""
    for child in Path("/proc/self/task").glob("*/children"):
        for pid in child.read_text().split():
            os.kill(int(pid), signal.SIGKILL)
    sys.stdout.flush()
    os.write(terminal, b"Stopped. Publications made before stay in place.\n")
    os._exit(1)
