"""`minerals release`: freeze a publication as a release."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.exits import exit_on_error, exit_with
from orchestration.cli.render import out, plain
from orchestration.settings import read_settings


def release(
    name: Annotated[str, typer.Argument(help="vYYYY.MM, or vYYYY.MM.N for a further one of the month.")],
    folder: Annotated[Path, typer.Argument(help="Folder of the releases; created if missing.")],
) -> None:
    """Freeze the publication as a release with checksums, citation, catalogue descriptions and changelog."""
    from warehouse.release import release as freeze  # noqa: PLC0415

    with exit_on_error():
        try:
            target = freeze(read_settings().home, name, folder)
        except ValueError as error:
            exit_with(str(error), code=2)
        out.print(plain(str(target.resolve())), soft_wrap=True)
