"""`minerals brief`: write the brief again."""

from typing import Annotated

import typer

from orchestration.cli.exits import exit_on_error
from orchestration.cli.render import err, out, plain
from orchestration.settings import Settings, read_settings


def brief(
    sql: Annotated[
        bool,
        typer.Option("--sql", help="Install DuckDB for browsers with npm, so that `sql.html` answers SQL."),
    ] = False,
) -> None:
    """Write the brief again from the published warehouse and print its path."""
    with exit_on_error():
        settings = read_settings()
        _require_publication(settings)
        with err.status("Writing"):
            from orchestration.brief import browser_sql, build  # noqa: PLC0415

            if sql:
                browser_sql.install(settings.brief_path.parent)
            page = build(settings.published_path, settings.brief_path.parent)
        out.print(plain(str(page)), soft_wrap=True)


def _require_publication(settings: Settings) -> None:
    if not settings.published_path.exists():
        raise FileNotFoundError(
            f"There is no warehouse at {settings.published_path} yet: run `minerals refresh` first."
        )
