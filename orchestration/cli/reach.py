"""The commands that let the published file out: serve, mcp, release."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.exits import CommandFailedError, exit_on_error, exit_with
from orchestration.cli.render import err, out, plain
from orchestration.settings import read_settings


def serve(
    port: Annotated[int, typer.Option(help="Port.", min=1, max=65535)] = 8765,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets others in.")] = "127.0.0.1",
    sql: Annotated[bool, typer.Option("--sql", help="Answer readers' own SELECT statements too.")] = False,
) -> None:
    """Serve the publication over HTTP, read only: tables, files, explanations, feeds. INT or TERM ends it."""
    from warehouse.serve.run import serve as run  # noqa: PLC0415

    with exit_on_error():
        home = read_settings().home
        err.print(plain(f"http://{host}:{port}/ serves {home}; its first page says what there is."))
        run(home, host=host, port=port, sql=sql)


def mcp() -> None:
    """Answer an assistant's questions over the Model Context Protocol, on standard input and output."""
    with exit_on_error():
        home = read_settings().home
        try:
            from warehouse.serve.mcp_server import server  # noqa: PLC0415
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] != "mcp":
                raise
            raise CommandFailedError(
                "The Model Context Protocol needs its library: run `make .venv/.mcp` first."
            ) from None
        server(home).run("stdio")


def release(
    name: Annotated[str, typer.Argument(help="vYYYY.MM, or vYYYY.MM.N for a further one of the month.")],
    folder: Annotated[Path, typer.Argument(help="Where releases lie; made if need be.")],
) -> None:
    """Freeze the publication as a release: sums, citation, catalogue descriptions, changelog of the data."""
    from warehouse.release import release as freeze  # noqa: PLC0415

    with exit_on_error():
        try:
            target = freeze(read_settings().home, name, folder)
        except ValueError as error:
            exit_with(str(error), code=2)
        out.print(plain(str(target.resolve())), soft_wrap=True)
