"""`minerals duty`: what the United States charges on goods from a country, on a day and a year before."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

import warehouse
from orchestration.cli.exits import CommandFailedError, exit_on_error
from orchestration.cli.options import FormatOption, published
from orchestration.cli.render import OutputFormat, out, print_rows, wrapped

_SQL = Path(warehouse.__file__).with_name("duty.sql")


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
    """US duty on goods from a country, on a day and a year before, a row for each tariff line."""
    from warehouse.connect import fetch  # noqa: PLC0415

    on_day = (day or datetime.now(UTC)).date()
    with exit_on_error(), published() as con:
        columns: list[str] = []
        rows: list[Any] = []
        for what in goods:
            columns, found = fetch(
                con, _SQL.read_text(encoding="utf-8"), {"what": what, "origin": origin, "day": on_day}
            )
            if not found:
                raise CommandFailedError(
                    f"No tariff line held is of {what!r}; `minerals find` shows names and codes."
                )
            rows += [row for row in found if row not in rows]
        print_rows(columns, rows, output)
        if output is OutputFormat.table:
            out.print(
                wrapped("Anti-dumping and countervailing duties are not held.", out),
                highlight=False,
                soft_wrap=True,
            )
