"""`minerals query`: query the published warehouse, or the last build, in SQL."""

import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestration.cli.exits import CommandFailedError, exit_on_error
from orchestration.cli.options import FormatOption, published
from orchestration.cli.render import OutputFormat, print_rows
from orchestration.settings import read_settings


def query(
    sql: Annotated[
        str, typer.Argument(help="An SQL statement, a file with one (.sql), or - for standard input.")
    ],
    output: FormatOption = OutputFormat.table,
    build: Annotated[
        bool, typer.Option("--build", help="Query the last build, even if refused, with raw and staging.")
    ] = False,
) -> None:
    """Query the published warehouse in SQL."""
    with exit_on_error(), _last_build() if build else published() as con:
        from warehouse.connect import fetch  # noqa: PLC0415

        print_rows(*fetch(con, _statement(sql)), output)


def _statement(argument: str) -> str:
    if argument == "-":
        return sys.stdin.read()
    if re.fullmatch(r"\S+\.sql", argument):
        if not Path(argument).is_file():
            raise CommandFailedError(f"There is no file {argument}.")
        return Path(argument).read_text(encoding="utf-8")
    return argument


def _last_build() -> Any:
    from orchestration.pipeline.failures import open_build  # noqa: PLC0415

    return open_build(read_settings(), sealed=True)
