"""`minerals mcp`: serve the publication over the Model Context Protocol."""

from orchestration.cli.exits import CommandFailedError, exit_on_error
from orchestration.settings import read_settings


def mcp() -> None:
    """Answer an assistant's questions over the Model Context Protocol, on standard input and output."""
    with exit_on_error():
        home = read_settings().home
        try:
            from warehouse.serve.mcp_server import run  # noqa: PLC0415
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] != "mcp":
                raise
            raise CommandFailedError(
                "The Model Context Protocol needs its library: run `make .venv/.mcp` first."
            ) from None
        run(home)
