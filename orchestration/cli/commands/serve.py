"""`minerals serve`: serve the publication over HTTP."""

from typing import Annotated

import typer

from orchestration.cli.exits import exit_on_error
from orchestration.cli.render import err, plain
from orchestration.settings import read_settings


def serve(
    port: Annotated[int, typer.Option(help="Port.", min=1, max=65535)] = 8765,
    host: Annotated[
        str, typer.Option(help="Address to listen on; any but 127.0.0.1 lets others in.")
    ] = "127.0.0.1",
    sql: Annotated[bool, typer.Option("--sql", help="Answer readers' own SELECT statements too.")] = False,
) -> None:
    """Serve the publication read-only over HTTP: tables, files, explanations, feeds. INT or TERM ends it."""
    from warehouse.serve.run import serve as run  # noqa: PLC0415

    with exit_on_error():
        home = read_settings().home
        err.print(plain(f"http://{host}:{port}/ serves {home}; its front page lists what is there."))
        run(home, host=host, port=port, sql=sql)
