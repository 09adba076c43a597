"""`minerals query`: query the published warehouse, or the last build, in SQL."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestration.cli.commands.ask import ask
from orchestration.cli.exits import CommandFailedError, exit_on_error
from orchestration.cli.options import FormatOption, published
from orchestration.cli.render import OutputFormat, print_rows
from orchestration.settings import read_settings


def query(
    sql: Annotated[
        str,
        typer.Argument(
            help="An SQL statement, a file with one (.sql), - for standard input, or a question's number."
        ),
    ],
    output: FormatOption = OutputFormat.table,
    build: Annotated[
        bool, typer.Option("--build", help="Query the last build, even if refused, with raw and staging.")
    ] = False,
) -> None:
    """Query the published warehouse in SQL.

    For a file, the table shows names after codes; csv and json have exactly the columns of the statement.
    """
    if sql.strip().isdigit() and not build:
        ask([sql.strip()], output)
        return
    with exit_on_error(), _hint_to_ask(), _last_build() if build else published() as con:
        from warehouse.book import named  # noqa: PLC0415
        from warehouse.connect import fetch  # noqa: PLC0415

        columns, rows = fetch(con, _statement(sql))
        if _is_file(sql) and output is OutputFormat.table:
            columns, rows = named(con, columns, rows)
        print_rows(columns, rows, output)


@contextmanager
def _hint_to_ask() -> Iterator[None]:
    """If the argument is not a statement, name the command that takes words."""
    import duckdb  # noqa: PLC0415

    from warehouse.connect import sentence  # noqa: PLC0415

    try:
        yield
    except (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException) as error:
        raise CommandFailedError(
            f"{sentence(error)}; `minerals ask` takes words, or the number of a question"
        ) from None


def _is_file(argument: str) -> bool:
    return re.fullmatch(r"\S+\.sql", argument) is not None


def _statement(argument: str) -> str:
    if argument == "-":
        return sys.stdin.read()
    if _is_file(argument):
        if not Path(argument).is_file():
            raise CommandFailedError(f"There is no file {argument}.")
        return Path(argument).read_text(encoding="utf-8")
    return argument


def _last_build() -> Any:
    from orchestration.pipeline.failures import open_build  # noqa: PLC0415

    return open_build(read_settings(), sealed=True)
