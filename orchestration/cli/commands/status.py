"""`minerals status`: the status of the warehouse."""

from orchestration.cli.exits import exit_on_error
from orchestration.cli.options import FormatOption
from orchestration.cli.render import OutputFormat, out, print_json, print_rows
from orchestration.settings import read_settings


def status(output: FormatOption = OutputFormat.table) -> None:
    """The status: each source and its age, failed checks, the last publication and its changes."""
    from orchestration.cli.status import print_status, read_status  # noqa: PLC0415

    with exit_on_error():
        found = read_status(read_settings())
        if output is OutputFormat.json:
            print_json(found.as_dict())
        elif output is OutputFormat.csv:
            print_rows(found.source_columns, found.source_rows, output)
        else:
            print_status(found, out)
