"""The command line: `minerals refresh`, `status`, `query`, `explain` and the other commands.

Commands import heavy libraries inside their functions, so that a short question starts at once.
Exit codes: 0 done, 1 failed, 2 misuse. Every error is one sentence that names the next step.
"""

from typing import Annotated

import typer

from orchestration.cli import actions, answers, questions, reach
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
app.command()(actions.refresh)
app.command()(questions.status)
app.command()(questions.doctor)
app.command()(answers.find)
app.command()(answers.show)
app.command()(answers.compare)
app.command()(answers.ask)
app.command()(answers.changes)
app.command()(questions.query)
app.command("failures")(questions.failures)
app.command()(questions.explain)
app.command()(actions.export)
app.command()(actions.brief)
app.command()(actions.rollback)
app.command()(actions.withdraw)
app.command()(questions.sources)
app.command()(actions.ui)
app.command()(reach.serve)
app.command()(reach.mcp)
app.command()(reach.release)
