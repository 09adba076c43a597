"""Print the origin of a figure on the terminal."""

from typing import TYPE_CHECKING

from rich.console import Console

from orchestration.cli.render import measured, plain, print_table, wrapped

if TYPE_CHECKING:
    from warehouse.explain import Explanation


def print_explanation(explanation: "Explanation", console: Console) -> None:
    """Print where figures come from: formulas, then input rows, then files."""
    console.print(plain(explanation.mart, "bold"))
    console.print(wrapped(explanation.description, console), highlight=False, markup=False, soft_wrap=True)
    console.print()
    for figure in explanation.figures:
        facts = [
            (name, measured(value, name), explanation.formulas.get(name, "key"))
            for name, value in figure.items()
        ]
        print_table(("column", "figure", "what it is"), facts, console)
        console.print()
    for found in explanation.inputs:
        sentence = f"{found.table}: {found.row_count} rows feed {found.feeds}"
        console.print(plain(wrapped(sentence, console), "bold"), soft_wrap=True)
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
