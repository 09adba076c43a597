"""Options, arguments and the connection to the published file that several commands share."""

from typing import Annotated, Any

import typer

from orchestration.cli.exits import exit_with
from orchestration.cli.render import OutputFormat, err, plain, wrapped
from orchestration.settings import misspelt, read_settings

MineralArgument = Annotated[
    str, typer.Argument(help="Name in English, Spanish or French, symbol or id, such as galio.")
]
FormatOption = Annotated[
    OutputFormat, typer.Option("--format", "-f", help="table for people, csv or json for scripts.")
]


def chosen_sources(listed: str) -> list[str]:
    """Source ids of an option; ends with 2 where there is no such source."""
    names = [name.strip() for name in listed.split(",") if name.strip()]
    if names:
        from orchestration.pipeline.sources import modules  # noqa: PLC0415

        unknown = [name for name in names if name not in modules()]
        if unknown:
            exit_with(f"No source {', '.join(unknown)}; there are {', '.join(modules())}.", code=2)
    return names


def warn_of_settings() -> None:
    """Say on standard error which ``MINERALS_...`` variables are no settings, and what they may mean."""
    from orchestration.pipeline.sources import modules  # noqa: PLC0415

    for sentence in misspelt(modules()):
        err.print(plain(wrapped(sentence, err), "yellow"), soft_wrap=True)


def published() -> Any:
    """A connection that reads the published file."""
    from warehouse.connect import connect  # noqa: PLC0415

    return connect(read_settings().published_path)
