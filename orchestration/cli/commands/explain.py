"""`minerals explain`: trace a figure to its files."""

from typing import Annotated

import typer

from orchestration.cli.exits import exit_on_error
from orchestration.cli.options import FormatOption, published
from orchestration.cli.render import OutputFormat, out, print_json


def explain(
    mart: Annotated[str, typer.Argument(help="A table of marts or core, such as import_dependency.")],
    key: Annotated[
        list[str] | None, typer.Argument(help="Values of its key, such as USA cobalt 2024.")
    ] = None,
    output: FormatOption = OutputFormat.table,
) -> None:
    """Trace a figure: its formula, the rows it is made from, and the publishers' files behind them."""
    from dataclasses import asdict  # noqa: PLC0415

    from warehouse.explain import explain as trace  # noqa: PLC0415

    with exit_on_error(), published() as con:
        explanation = trace(con, mart, key or [])
    if output is OutputFormat.table:
        from orchestration.cli.explanation import print_explanation  # noqa: PLC0415

        print_explanation(explanation, out)
    else:
        print_json(asdict(explanation))
