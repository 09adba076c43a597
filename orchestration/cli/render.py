"""Answers on the terminal: as a table that fits the window, as one block a record, as CSV or as JSON.

A figure or word is never split, and output that goes to a file is never wrapped. A publisher's words can
neither style the terminal nor send it commands.
"""

import csv
import json
import sys
import textwrap
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

SHOWN_ROWS = 60
GAP = "  "

out = Console()
err = Console(stderr=True)


class OutputFormat(StrEnum):
    """How an answer is written."""

    table = "table"
    csv = "csv"
    json = "json"


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], output: OutputFormat) -> None:
    """Write an answer to standard output; a table shows as many rows as a person reads."""
    if output is OutputFormat.json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif output is OutputFormat.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    else:
        print_table(columns, rows, out)


def print_json(content: Any) -> None:
    """Write an answer to standard output as JSON."""
    sys.stdout.write(json.dumps(content, indent=2, default=_json_default) + "\n")


def _json_default(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)


def plain(text: str, style: str = "") -> Text:
    """Text as it reads: brackets are not markup, and control characters show as a replacement character."""
    return Text("".join(map(_printable, text)), style)


def _printable(char: str) -> str:
    is_control = unicodedata.category(char).startswith("C") and char not in "\n\t"
    return "\N{REPLACEMENT CHARACTER}" if is_control else char


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], console: Console) -> None:
    """Print at most as many rows as a person reads, with figures aligned to the right."""
    shown = [[cell(value) for value in row] for row in rows[:SHOWN_ROWS]]
    widths = [
        max(map(cell_len, [name, *(row[place] for row in shown)])) for place, name in enumerate(columns)
    ]
    fits = not console.is_terminal or sum(widths) + len(GAP) * (len(widths) - 1) <= console.width
    if fits:
        _table(columns, rows, shown, widths, console)
    else:
        _records(columns, shown, console)
    if len(rows) > SHOWN_ROWS:
        console.print(f"{SHOWN_ROWS} of {len(rows):,} rows; --format csv writes all", highlight=False)


def cell(value: Any) -> str:
    """A value as it is shown, on one line."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return " ".join(plain(str(value)).plain.split())


def wrapped(text: str, console: Console, indent: str = "", hanging: str = "") -> str:
    """Text broken between words for a terminal, on one line for anything else.

    Every line begins with ``indent``, all but the first with ``hanging`` after it.
    """
    flat = " ".join(plain(text).plain.split())
    if not console.is_terminal:
        return indent + flat
    return textwrap.fill(
        flat,
        max(console.width, 40),
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _table(
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    shown: Sequence[Sequence[str]],
    widths: Sequence[int],
    console: Console,
) -> None:
    are_figures = [any(_is_figure(row[place]) for row in rows) for place in range(len(columns))]
    head = _line(columns, widths, are_figures)
    _print(console, head, "bold")
    for row in shown:
        _print(console, _line(row, widths, are_figures))


def _records(columns: Sequence[str], shown: Sequence[Sequence[str]], console: Console) -> None:
    """A block for each row: names to the left, values beside them, broken between words."""
    left = max(map(cell_len, columns))
    for number, row in enumerate(shown):
        if number:
            _print(console, "")
        for name, value in zip(columns, row, strict=True):
            room = console.width - left - len(GAP)
            parts = textwrap.wrap(value, max(room, 20), break_long_words=False, break_on_hyphens=False)
            for place, part in enumerate(parts or [""]):
                label = name if place == 0 else ""
                line = plain(_padded(label, left), "bold").append_text(Text(GAP + part))
                console.print(line, soft_wrap=True, highlight=False)


def _line(cells: Sequence[str], widths: Sequence[int], are_figures: Sequence[bool]) -> str:
    padded = [
        _padded(text, width, to_the_right=figure)
        for text, width, figure in zip(cells, widths, are_figures, strict=True)
    ]
    return GAP.join(padded).rstrip()


def _padded(text: str, width: int, *, to_the_right: bool = False) -> str:
    blank = " " * (width - cell_len(text))
    return blank + text if to_the_right else text + blank


def _print(console: Console, line: str, style: str = "") -> None:
    console.print(plain(line, style), soft_wrap=True, highlight=False)


def _is_figure(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
