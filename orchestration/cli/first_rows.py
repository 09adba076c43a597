"""The first rows of a long answer as a table with as many columns and rows as fit the window."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from rich.cells import cell_len
from rich.console import Console

from orchestration.cli.render import GAP, broken, line_of, measured, print_line
from warehouse import units

WIDEST = 20
"""Width of a text column before it is broken between words."""
FEWEST = 2
"""Minimum number of columns, however narrow the window."""


def print_first(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], console: Console, lines: int
) -> tuple[int, int]:
    """Print rows within a number of lines, leaving out last columns that do not fit.

    Column names are in words, without the units that follow the figures.

    Returns:
        The numbers of rows and columns printed.
    """
    heads = units.headings(columns)
    texts = [
        [units.unbroken(measured(value, name)) for value, name in zip(row, columns, strict=True)]
        for row in rows[:lines]
    ]
    are_figures = [any(units.is_figure(row[at]) for row in rows) for at in range(len(columns))]
    narrowest = [
        max(
            *(cell_len(word) for word in head.split()),
            *(
                cell_len(row[at]) if is_figure else min(cell_len(row[at]), max(WIDEST, _longest(row[at])))
                for row in texts
            ),
        )
        for at, (head, is_figure) in enumerate(zip(heads, are_figures, strict=True))
    ]
    kept = len(columns)
    while kept > FEWEST and sum(narrowest[:kept]) + len(GAP) * (kept - 1) > console.width:
        kept -= 1
    widths = narrowest[:kept]
    left = lines - _print(heads[:kept], widths, are_figures, console, "bold")
    shown = 0
    for row in texts:
        height = max(len(broken(text, width)) for text, width in zip(row, widths, strict=False))
        if shown and height > left:
            break
        left -= _print(row[:kept], widths, are_figures, console)
        shown += 1
    return shown, kept


def _longest(text: str) -> int:
    return max(map(cell_len, text.split(" ")))


def _print(
    cells: Sequence[str],
    widths: Sequence[int],
    are_figures: Sequence[bool],
    console: Console,
    style: str = "",
) -> int:
    parts = [broken(text, width) for text, width in zip(cells, widths, strict=True)]
    printed = list(zip_longest(*parts, fillvalue=""))
    for line in printed:
        print_line(console, line_of(line, widths, are_figures[: len(widths)]), style)
    return len(printed)
