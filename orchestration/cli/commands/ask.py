"""`minerals ask`: answer a question of the query book, or one in your own words."""

from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.commands.changes import changes
from orchestration.cli.exits import CommandFailedError, exit_on_error, exit_with
from orchestration.cli.options import FormatOption, published
from orchestration.cli.render import (
    OutputFormat,
    measured,
    out,
    plain,
    print_json,
    print_rows,
    print_table,
    without_codes,
    wrapped,
)
from warehouse.units import without_unit

if TYPE_CHECKING:
    from warehouse.answers import Near, NoReply, Reply

GIST = 6
"""Number of figures of a first row that are shown."""


def ask(
    question: Annotated[
        list[str] | None,
        typer.Argument(help="Number of a question, or words of your own; by default all are listed."),
    ] = None,
    output: FormatOption = OutputFormat.table,
) -> None:
    """Answer a question of the query book by its number, or one in words of your own.

    An answer is filtered by what the words name; if none clearly fits, the nearest questions are listed.
    """
    from warehouse.answers import NoReply, reply  # noqa: PLC0415
    from warehouse.book import questions  # noqa: PLC0415
    from warehouse.sheet import data_to  # noqa: PLC0415

    with exit_on_error():
        words = " ".join(question or ()).strip()
        if not words:
            print_rows(["question", "text"], [(one.number, one.text) for one in questions()], output)
            return
        with published() as con:
            found = reply(con, words)
            if isinstance(found, NoReply):
                _refuse(found)
            elif found.name == "changes":
                changes(output)
            elif output is OutputFormat.table:
                _print(found, data_to(con))
            elif len(found.tables) == 1:
                print_rows(found.tables[0].columns, found.tables[0].rows, output)
            elif output is OutputFormat.json:
                print_json(
                    {
                        one.name: [dict(zip(one.columns, row, strict=True)) for row in one.rows]
                        for one in found.tables
                    }
                )
            else:
                raise CommandFailedError("Several tables are no CSV; `--format json` writes them.")


def _print(found: "Reply", reach: str) -> None:
    number = f"Question {found.name}: " if found.name.isdigit() else ""
    out.print(plain(wrapped(f"{number}{found.text}", out), "bold"), soft_wrap=True)
    if found.narrowed:
        out.print(plain(wrapped(f"Narrowed to: {', '.join(found.narrowed)}", out)), soft_wrap=True)
    if found.name != "age":
        out.print(wrapped(reach, out), style="dim", highlight=False, soft_wrap=True)
    for table in found.tables:
        if len(found.tables) > 1:
            out.print()
            out.print(plain(wrapped(table.title, out), "bold"), soft_wrap=True)
        if table.rows:
            print_table(*without_codes(table.columns, table.rows), out)
        elif len(found.tables) > 1:
            out.print("nothing is held", highlight=False)
    for note in found.notes:
        out.print(plain(wrapped(note, out)), soft_wrap=True)
    for one in found.near:
        out.print(plain(wrapped(f"Or did you mean {one.command}: {one.text}", out), "dim"), soft_wrap=True)


def _gist(near: "Near") -> list[str]:
    """The first row of an answer on one line, with units."""
    columns, rows = without_codes(near.columns, [near.row])
    filled = [
        f"{without_unit(name)} {text}"
        for name, value in zip(columns, *rows, strict=True)
        if (text := measured(value, name))
    ]
    return [f"    first row: {', '.join(filled[:GIST])}"] if near.columns else []


def _refuse(found: "NoReply") -> None:
    lines = [found.why]
    for one in found.nearest:
        lines += [f"  {one.command}: {one.text}", *_gist(one)]
    exit_with("\n".join([*lines, "`minerals ask` lists all questions; `minerals show` all of one mineral."]))
