"""Print the origin of a figure on the terminal."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from orchestration.cli.render import cell, plain, print_table

if TYPE_CHECKING:
    from warehouse.explain import Explanation


def print_explanation(explanation: "Explanation", console: Console) -> None:
    """Lay out where figures come from: formulas, the rows behind, the files behind those."""
    console.print(Text(explanation.mart, "bold").append_text(plain(f"  {explanation.description}\n")))
    for figure in explanation.figures:
        facts = [(name, cell(value), explanation.formulas.get(name, "key")) for name, value in figure.items()]
        print_table(("column", "figure", "what it is"), facts, console)
        console.print()
    for found in explanation.inputs:
        console.print(
            f"[bold]{found.table}[/bold]: {found.row_count} rows feed {found.feeds}", highlight=False
        )
        if found.rows:
            print_table(list(found.rows[0]), [list(row.values()) for row in found.rows], console)
            console.print()
    console.print("[bold]Publishers' files[/bold]")
    names = ("sha256", "publisher", "file", "edition", "vintage", "licence", "from")
    files = [
        (file.archive_id[:16], file.publisher, file.name, file.edition, file.vintage, file.licence, file.url)
        for file in explanation.files
    ]
    print_table(names, files, console)
