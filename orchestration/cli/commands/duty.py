"""`minerals duty`: US duty on goods from a country, on a day and a year before."""

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.exits import CommandFailedError, exit_on_error
from orchestration.cli.options import FormatOption, published
from orchestration.cli.render import OutputFormat, out, print_in_words, print_rows, wrapped

if TYPE_CHECKING:
    from warehouse.asking import Names


def duty(
    goods: Annotated[
        list[str],
        typer.Argument(help="Minerals by name, digits of tariff lines, or words such as batteries."),
    ],
    origin: Annotated[str, typer.Option("--from", help="Country of origin, by code or name.")] = "CHN",
    day: Annotated[
        datetime | None,
        typer.Option("--day", formats=["%Y-%m-%d"], metavar="DATE", help="YYYY-MM-DD, by default today."),
    ] = None,
    output: FormatOption = OutputFormat.table,
) -> None:
    """US duty on goods from a country, on a day and a year before, with one row per tariff line."""
    from warehouse import asking, book  # noqa: PLC0415
    from warehouse import duty as duties  # noqa: PLC0415

    on_day = (day or datetime.now(UTC)).date()
    with exit_on_error(), published() as con:
        columns: list[str] = []
        rows: list[Any] = []
        known = asking.names(con)
        seller = asking.place_called(known, origin) or origin
        for what in goods:
            columns, found = duties.duties(con, what, seller, on_day)
            if not found:
                raise CommandFailedError(_why_none(known, goods, what))
            rows += [row for row in found if row not in rows]
        if output is not OutputFormat.table:
            print_rows(columns, rows, output)
        else:
            print_in_words(*book.named(con, columns, rows), out)
            for note in [*duties.of_claims(con, columns, rows), duties.NOT_HELD]:
                out.print(wrapped(note, out), highlight=False, soft_wrap=True)


def _why_none(known: "Names", goods: Sequence[str], what: str) -> str:
    """Why no line was found; if a country was given among the goods, that the origin is an option."""
    from warehouse import asking  # noqa: PLC0415

    refusal = f"No tariff line matches {what!r}"
    if asking.place_called(known, what):
        others = [one for one in goods if one != what] or ["graphite"]
        return f"{refusal}; for an origin: `{shlex.join(['minerals', 'duty', *others, '--from', what])}`."
    return f"{refusal}; `minerals find` shows names and codes."
