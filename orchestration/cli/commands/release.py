"""`minerals release`: freeze a publication as a release."""

import json
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.exits import exit_on_error, exit_with
from orchestration.cli.render import err, out, plain
from orchestration.settings import read_settings


def release(
    name: Annotated[str, typer.Argument(help="vYYYY.MM, or vYYYY.MM.N for a further one of the month.")],
    folder: Annotated[Path, typer.Argument(help="Folder of the releases; created if missing.")],
) -> None:
    """Freeze the publication as a release with checksums, citation, catalogue descriptions and changelog."""
    from warehouse import release as releases  # noqa: PLC0415
    from warehouse.mirror import PACKAGE  # noqa: PLC0415

    with exit_on_error():
        try:
            target = releases.release(read_settings().home, name, folder)
        except ValueError as error:
            exit_with(str(error), code=2)
        out.print(plain(str(target.resolve())), soft_wrap=True)
        if limits := releases.restricted(json.loads((target / PACKAGE).read_bytes())):
            err.print(f"These sources limit redistribution, see LICENCES.md: {', '.join(limits)}.")
