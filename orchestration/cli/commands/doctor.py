"""`minerals doctor`: probe the publishers."""

from typing import Annotated

import typer

from orchestration.cli.exits import CommandFailedError, exit_on_error
from orchestration.cli.options import FormatOption, chosen_sources, warn_of_settings
from orchestration.cli.render import OutputFormat, err, out, print_rows
from orchestration.settings import read_settings


def doctor(
    sources: Annotated[str, typer.Option("--sources", help="Only these sources, separated by commas.")] = "",
    output: FormatOption = OutputFormat.table,
) -> None:
    """Send each publisher a minimal request: connection, key, format of the response, newest period.

    Exits with 1 if anything needs attention.
    """
    with exit_on_error():
        settings = read_settings()
        chosen = chosen_sources(sources)
        warn_of_settings()
        if settings.offline:
            raise CommandFailedError("MINERALS_OFFLINE is set, so no publisher is contacted: unset it first.")
        from orchestration.cli.doctor import (  # noqa: PLC0415
            COLUMNS,
            examine,
            need_attention,
            print_diagnoses,
        )

        with err.status("Asking the publishers"):
            found = examine(settings, chosen)
        if output is OutputFormat.table:
            print_diagnoses(found, out)
        else:
            print_rows(list(COLUMNS), [diagnosis.row() for diagnosis in found], output)
    if need_attention(found):
        raise typer.Exit(1)
