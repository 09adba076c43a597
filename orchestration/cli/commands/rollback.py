"""`minerals rollback`: return to an earlier publication."""

from typing import Annotated

import duckdb
import typer

from orchestration.cli.exits import exit_on_error
from orchestration.cli.render import err, out, plain
from orchestration.settings import Settings, read_settings


def rollback(
    build_id: Annotated[
        str | None, typer.Argument(help="The publication to return to; by default the previous one.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Only list the publications that are kept.")] = False,
) -> None:
    """Make an earlier publication the current one, and write its brief."""
    from warehouse import publications  # noqa: PLC0415

    with exit_on_error():
        settings = read_settings()
        if listed:
            now = publications.current(settings.home)
            for name in publications.publications(settings.home):
                out.print(f"{name}{'  (current)' if name == now else ''}")
            return
        from orchestration.pipeline.writer import hold_writer_lock  # noqa: PLC0415

        with hold_writer_lock(settings, "rollback", err.print):
            chosen = publications.rollback(settings.home, build_id)
            _write_brief(settings)
        out.print(
            plain(
                f"{settings.published_path} is publication {chosen} again; close open connections to see it. "
                "The next refresh that finds a change publishes the newest figures again: "
                "`minerals withdraw` keeps a bad file out."
            )
        )


def _write_brief(settings: Settings) -> None:
    """Write the pages again, if there are any; a file of an earlier version may lack columns they need."""
    if not settings.brief_path.exists():
        return
    from orchestration.brief import build  # noqa: PLC0415
    from warehouse.connect import sentence  # noqa: PLC0415

    try:
        build(settings.published_path, settings.brief_path.parent)
    except duckdb.Error as error:
        why = sentence(error)
        err.print(
            plain(f"The brief still shows the later publication and cannot be made from this one: {why}")
        )
