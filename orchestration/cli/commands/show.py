"""`minerals show`: all figures of one mineral."""

from typing import Annotated

import typer

from orchestration.cli.exits import exit_on_error
from orchestration.cli.options import FormatOption, MineralArgument, published
from orchestration.cli.render import OutputFormat, out, plain, print_in_words, print_json, wrapped


def show(
    mineral: MineralArgument,
    year: Annotated[int | None, typer.Option("--year", help="The newest figures up to this year.")] = None,
    over_years: Annotated[
        bool,
        typer.Option("--over-years", help="A row a year: import share, reliance, output, prices."),
    ] = False,
    supplier: Annotated[
        str, typer.Option("--from", help="Supplier shown with --over-years, by code or name.")
    ] = "CHN",
    output: FormatOption = OutputFormat.table,
) -> None:
    """All figures on one mineral: reliance, suppliers, output, prices, duties, controls, stocks."""
    from warehouse import asking, book  # noqa: PLC0415
    from warehouse.sheet import data_to, read_over_years, read_sheet  # noqa: PLC0415

    with exit_on_error(), published() as con:
        if over_years:
            seller = asking.place_called(asking.names(con), supplier) or supplier.upper()
            sheet = read_over_years(con, " ".join(mineral), seller)
        else:
            sheet = read_sheet(con, " ".join(mineral), year)
        if output is not OutputFormat.table:
            print_json(sheet.as_dict())
            return
        out.print(plain(f"{sheet.name} ({sheet.mineral_id})", "bold"))
        out.print(wrapped(data_to(con), out), highlight=False, soft_wrap=True)
        if sheet.note:
            out.print(wrapped(sheet.note, out), highlight=False, soft_wrap=True)
        for subject in sheet.subjects:
            out.print()
            out.print(plain(wrapped(subject.title, out), "bold"), soft_wrap=True)
            if subject.rows:
                print_in_words(*book.named(con, subject.columns, [*map(tuple, subject.rows)]), out)
            else:
                out.print(subject.without_rows, highlight=False)
        if not over_years:
            out.print()
            out.print(wrapped(f"Year by year: `minerals show {sheet.mineral_id} --over-years`.", out))
