"""`minerals compare`: the three countries side by side."""

from orchestration.cli.exits import CommandFailedError, exit_on_error
from orchestration.cli.options import FormatOption, MineralArgument, published
from orchestration.cli.render import OutputFormat, out, print_in_words, print_rows


def compare(mineral: MineralArgument, output: FormatOption = OutputFormat.table) -> None:
    """Where each of the three imports a mineral from: USA, Canada, Mexico and North America side by side."""
    from warehouse.book import named  # noqa: PLC0415
    from warehouse.connect import fetch  # noqa: PLC0415

    name = " ".join(mineral)
    with exit_on_error(), published() as con:
        columns, rows = fetch(con, "from compare_three($1)", [name])
        if not rows:
            reason = con.execute(
                "select why_not_held('imports_by_supplier', 'USMCA', mineral_called($1))", [name]
            ).fetchall()[0][0]
            raise CommandFailedError(f"Imports of {name} by the three: {reason}.")
        if output is OutputFormat.table:
            print_in_words(*named(con, columns, rows), out)
        else:
            print_rows(columns, rows, output)
