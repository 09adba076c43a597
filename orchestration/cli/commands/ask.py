"""`minerals ask`: answer a question of the query book."""

from typing import Annotated

import typer

from orchestration.cli.exits import CommandFailedError, exit_on_error
from orchestration.cli.options import FormatOption, published
from orchestration.cli.render import OutputFormat, out, plain, print_rows, wrapped


def ask(
    question: Annotated[
        str | None, typer.Argument(help="Number of a question, or words of it; by default all are listed.")
    ] = None,
    output: FormatOption = OutputFormat.table,
) -> None:
    """Answer a question of the query book, by its number or by words of it."""
    from warehouse.book import answer, matching, questions  # noqa: PLC0415

    with exit_on_error():
        found = matching(question) if question else questions()
        if not found:
            raise CommandFailedError(f"No question has {question!r}; `minerals ask` lists all.")
        if len(found) > 1:
            print_rows(["question", "text"], [(one.number, one.text) for one in found], output)
            return
        with published() as con:
            columns, rows = answer(con, found[0])
            if output is OutputFormat.table:
                out.print(plain(wrapped(found[0].text, out), "bold"), soft_wrap=True)
            print_rows(columns, rows, output)
