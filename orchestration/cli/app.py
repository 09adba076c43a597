"""The command line: `minerals refresh`, `status`, `query`, `explain` and the other commands.

Commands import heavy libraries inside their functions, so that short commands start at once. Exit codes: 0
success, 1 failure, 2 misuse. Every error is one sentence that names the next step.
"""

from typing import Annotated

import typer

from orchestration.cli.commands import (
    ask,
    brief,
    changes,
    compare,
    doctor,
    duty,
    explain,
    export,
    failures,
    find,
    mcp,
    query,
    refresh,
    release,
    rollback,
    serve,
    show,
    sources,
    status,
    ui,
    withdraw,
)
from orchestration.cli.render import out
from orchestration.settings import VERSION, deny_others_writing

app = typer.Typer(
    name="minerals",
    help="The warehouse of record on North American critical minerals: refresh, query, trace its figures.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    epilog="First steps: `minerals refresh`, then `minerals show cobalt`, or `minerals ask`.",
)


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and stop.", is_eager=True)
    ] = False,
) -> None:
    """Options of every command."""
    deny_others_writing()
    if version:
        out.print(VERSION)
        raise typer.Exit


# Help lists the commands in this order.
COMMANDS = (
    refresh.refresh,
    status.status,
    doctor.doctor,
    find.find,
    show.show,
    compare.compare,
    duty.duty,
    ask.ask,
    changes.changes,
    query.query,
    failures.failures,
    explain.explain,
    export.export,
    brief.brief,
    rollback.rollback,
    withdraw.withdraw,
    sources.sources,
    ui.ui,
    serve.serve,
    mcp.mcp,
    release.release,
)
for command in COMMANDS:
    app.command()(command)
