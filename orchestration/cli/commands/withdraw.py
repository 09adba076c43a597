"""`minerals withdraw`: withdraw a publisher's file."""

from typing import Annotated

import typer

from orchestration.cli.exits import exit_on_error
from orchestration.cli.render import out, plain
from orchestration.settings import read_settings


def withdraw(
    archive_id: Annotated[
        str, typer.Argument(help="The file's sha256 as in meta.archive, or its first characters.")
    ],
    reason: Annotated[str | None, typer.Option("--reason", help="Why; kept in the archive.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Restore the file.")] = False,
) -> None:
    """Withdraw a publisher's file, such as one dropped in by mistake. Its bytes stay archived."""
    with exit_on_error():
        from orchestration.pipeline.sources import withdraw as take_out  # noqa: PLC0415

        done = take_out(read_settings(), archive_id, reason, undo=undo)
        out.print(plain(f"{done} Publish that with `minerals refresh --offline`."), soft_wrap=True)
