"""`minerals ui`: serve Dagster's UI with its daemon."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.exits import CommandFailedError, exit_on_error
from orchestration.settings import PROJECT_ROOT, read_settings


def ui(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000,
    offline: Annotated[
        bool, typer.Option("--offline", help="Runs started from the UI or by schedule contact no publisher.")
    ] = False,
) -> None:
    """Serve Dagster's UI with its daemon, which runs the schedules. Stop both with INT or TERM."""
    from orchestration.cli.dagster_ui import serve  # noqa: PLC0415
    from orchestration.instance.home import activate  # noqa: PLC0415

    with exit_on_error():
        if offline:
            os.environ["MINERALS_OFFLINE"] = "true"
        activate(read_settings())
        dagster = str(Path(sys.executable).with_name("dagster"))
        ended = serve([dagster, "dev", "--host", "127.0.0.1", "--port", str(port)], PROJECT_ROOT)
        if ended:
            raise CommandFailedError(f"Dagster ended with code {ended}.")
