"""Options, arguments and the connection to the published file that several commands share."""

from typing import Annotated, Any

import typer

from orchestration.cli.exits import exit_with
from orchestration.cli.render import OutputFormat, err, plain, wrapped
from orchestration.settings import misspelt, read_settings

MineralArgument = Annotated[
    list[str], typer.Argument(help="Name in English, Spanish or French, symbol or id, such as galio.")
]
FormatOption = Annotated[
    OutputFormat, typer.Option("--format", "-f", help="table for people, csv or json for scripts.")
]


def chosen_sources(listed: str) -> list[str]:
    """The source ids given in an option; exits with 2 if one is unknown."""
    names = [name.strip() for name in listed.split(",") if name.strip()]
    if names:
        from orchestration.pipeline.sources import modules  # noqa: PLC0415

        unknown = [name for name in names if name not in modules()]
        if unknown:
            exit_with(f"No source {', '.join(unknown)}; there are {', '.join(modules())}.", code=2)
    return names


def warn_of_settings() -> None:
    """Warn on standard error of ``MINERALS_...`` variables that are not settings, and suggest the nearest."""
    from orchestration.pipeline.sources import modules  # noqa: PLC0415

    for sentence in misspelt(modules()):
        err.print(plain(wrapped(sentence, err), "yellow"), soft_wrap=True)


def published() -> Any:
    """A read-only connection to the published file."""
    from warehouse.connect import connect  # noqa: PLC0415

    return connect(read_settings().published_path)
