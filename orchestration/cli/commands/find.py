"""`minerals find`: find minerals, tariff lines, questions, tables and macros by words."""

from typing import Annotated

import typer

from orchestration.cli.exits import exit_on_error
from orchestration.cli.options import FormatOption, published
from orchestration.cli.render import OutputFormat, out, print_in_words, print_rows


def find(
    words: Annotated[
        list[str],
        typer.Argument(help="Words in three languages, part of a name, a symbol, or digits of a code."),
    ],
    output: FormatOption = OutputFormat.table,
) -> None:
    """Find minerals, tariff lines, countries, programmes, companies, questions, tables and macros by words.

    Each result comes with the command that shows it.
    """
    from warehouse.finding import Found, found  # noqa: PLC0415

    with exit_on_error(), published() as con:
        asked = " ".join(words)
        rows = found(con, asked)
        if not rows:
            # `mineral_called` refuses an unknown name and lists the nearest
            con.execute("select mineral_called($1)", [asked])
        if output is OutputFormat.table:
            print_in_words(Found._fields, rows, out)
        else:
            print_rows(Found._fields, rows, output)
