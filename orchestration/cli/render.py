"""Output on the terminal: a table that fits the window, one block per record, CSV or JSON.

Figures and words are never split, and output that goes to a file is never wrapped. Text from publishers can
neither style the terminal nor send it control sequences.
"""

import csv
import json
import os
import re
import sys
import textwrap
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from itertools import zip_longest
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from warehouse import units

SHOWN_ROWS = 60
GAP = "  "
NARROWEST = 16
"""Minimum width of a text column that is broken between words."""
MOST_LINES = 4
"""Maximum number of lines of a table row; rows that need more are shown as blocks."""
MOST_LISTED = 12
"""Number of list items that a block shows."""

_SHA256 = re.compile(r"\b[0-9a-f]{64}\b")
_LISTED = re.compile(r";(?=\S)")
_KEYED = re.compile(r"(?<=[a-z]):(?=[a-z])")
"""A name and the value that it refers to, as in ``stock shortfall:stock``."""
_TYPED = ("_id", "_ids")


class Terminal(Console):
    """A console that ignores a closed pipe, as in ``minerals refresh | head``: the work goes on."""

    def on_broken_pipe(self) -> None:
        """Stop printing, so that neither this console nor the end of the process fails on the closed pipe."""
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.file.fileno())
        os.close(nowhere)


out = Terminal()
err = Terminal(stderr=True)


class OutputFormat(StrEnum):
    """The output format of an answer."""

    table = "table"
    csv = "csv"
    json = "json"


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], output: OutputFormat) -> None:
    """Print an answer to standard output; a table is limited to a readable number of rows."""
    if output is OutputFormat.json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif output is OutputFormat.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    else:
        print_table(columns, rows, out)


def print_in_words(
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    console: Console,
    most: int | None = SHOWN_ROWS,
) -> None:
    """Print a table for people: names instead of codes, and columns headed in words."""
    names, shown = without_codes(columns, rows)
    print_table(names, shown, console, most, units.headings(names))


def without_codes(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[list[str], list[list[Any]]]:
    """Rows for people: codes in words, and no code or flag if its name or meaning is also there.

    A code that a person types, such as an identifier, stays as it is.
    """
    kept = [at for at, column in enumerate(columns) if not _names_of(column) & set(columns)]
    typed = {at for at in kept if columns[at].endswith(_TYPED)}
    return [columns[at] for at in kept], [
        [row[at] if at in typed else units.in_words(row[at]) for at in kept] for row in rows
    ]


def _names_of(code: str) -> set[str]:
    """The name columns that belong to code columns."""
    if code == "mineral_id":
        return {"mineral", "mineral_name", "name"}
    if code.endswith("_mineral_id"):
        return {code.removesuffix("_id")}
    if code in ("source_ids", "source_id"):
        return {"published_by"}
    name = code.removesuffix("_iso3")
    return {name, f"{name}_name"} if name != code else {f"{code}_name", f"{code}_in_words"}


def print_json(content: Any) -> None:
    """Print an answer to standard output as JSON."""
    sys.stdout.write(json.dumps(content, indent=2, default=_json_default) + "\n")


def _json_default(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)


def plain(text: str, style: str = "") -> Text:
    """Text as it is: brackets are not markup, and control characters are replaced."""
    # fast path: most text is printable as a whole
    return Text(text if text.isprintable() else "".join(map(_printable, text)), style)


def _printable(char: str) -> str:
    is_control = unicodedata.category(char).startswith("C") and char not in "\n\t"
    return "\N{REPLACEMENT CHARACTER}" if is_control else char


def print_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    console: Console,
    most: int | None = SHOWN_ROWS,
    heads: Sequence[str] | None = None,
) -> None:
    """Print a table, by default of a readable number of rows, with figures right-aligned and with units.

    Columns are headed by their names, or by ``heads``.
    """
    heads = heads or columns
    shown = [[measured(value, name) for name, value in zip(columns, row, strict=True)] for row in rows[:most]]
    widths = [max(map(cell_len, [head, *(row[place] for row in shown)])) for place, head in enumerate(heads)]
    are_figures = [any(units.is_figure(row[place]) for row in rows) for place in range(len(columns))]
    if console.is_terminal:
        shown = [[units.unbroken(text) for text in row] for row in shown]
    fitted = _fitted(heads, shown, widths, are_figures, console.width) if console.is_terminal else widths
    if fitted:
        _table(heads, are_figures, shown, fitted, console)
    else:
        _records(heads, are_figures, shown, console, MOST_LISTED if most else None)
    if len(rows) > len(shown):
        console.print(f"{len(shown)} of {len(rows):,} rows; --format csv writes all", highlight=False)


def cell(value: Any) -> str:
    """A value on one line. A sha256 is cut to its first 16 characters; JSON and CSV have it in full."""
    if value is None:
        return ""
    if isinstance(value, float):
        return units.number(value)
    text = " ".join(plain(str(value)).plain.split())
    return _KEYED.sub(": ", _LISTED.sub("; ", _SHA256.sub(lambda found: found[0][:16], text)))


def measured(value: Any, column: str) -> str:
    """A figure with the unit that its column's name states; a command as it is typed; any other value."""
    if column == "command":
        return " ".join(plain(str(value)).plain.split())
    return units.measured(value, column) if units.is_figure(value) else cell(value)


def wrapped(text: str, console: Console, indent: str = "", hanging: str = "") -> str:
    """Text wrapped between words on a terminal, and on one line elsewhere.

    Every line begins with ``indent``; all but the first have ``hanging`` after it.
    """
    flat = " ".join(plain(text).plain.split())
    if not console.is_terminal:
        return indent + flat
    return textwrap.fill(
        units.unbroken(flat),
        max(console.width, 40),
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _fitted(
    columns: Sequence[str],
    shown: Sequence[Sequence[str]],
    widths: Sequence[int],
    are_figures: Sequence[bool],
    room: int,
) -> list[int]:
    """Column widths that fit the window, with the longest texts wrapped; empty if rows would be too tall."""
    fitted = list(widths)
    floors = [
        width
        if is_figure
        else min(
            width,
            max(
                NARROWEST,
                *(cell_len(word) for row in shown for word in row[place].split(" ")),
                cell_len(name),
            ),
        )
        for place, (name, width, is_figure) in enumerate(zip(columns, widths, are_figures, strict=True))
    ]
    while sum(fitted) + len(GAP) * (len(fitted) - 1) > room:
        place = max(range(len(fitted)), key=lambda at: fitted[at] - floors[at])
        if fitted[place] == floors[place]:
            return []
        fitted[place] -= 1
    tallest = max(
        (len(broken(text, width)) for row in shown for text, width in zip(row, fitted, strict=True)),
        default=1,
    )
    return fitted if tallest <= MOST_LINES else []


def broken(text: str, width: int) -> list[str]:
    """Break a text into lines of a maximum width; a longer word gets its own line."""
    if cell_len(text) <= width:
        return [text]
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _table(
    columns: Sequence[str],
    are_figures: Sequence[bool],
    shown: Sequence[Sequence[str]],
    widths: Sequence[int],
    console: Console,
) -> None:
    print_line(console, line_of(columns, widths, are_figures), "bold")
    for row in shown:
        parts = [broken(text, width) for text, width in zip(row, widths, strict=True)]
        for line in zip_longest(*parts, fillvalue=""):
            print_line(console, line_of(line, widths, are_figures))


def _records(
    columns: Sequence[str],
    are_figures: Sequence[bool],
    shown: Sequence[Sequence[str]],
    console: Console,
    most_listed: int | None,
) -> None:
    """One block per row: names on the left, values and units on the right, wrapped between words.

    A value that does not fit on the right is printed below its name. Empty fields are left out, and long
    lists are cut after their first items.
    """
    left = max(map(cell_len, columns))
    room = console.width - left - len(GAP)
    for number, row in enumerate(shown):
        if number:
            print_line(console, "")
        for name, is_figure, text in zip(columns, are_figures, row, strict=True):
            if not text:
                continue
            value = _first_items(text, most_listed)
            whole = [value] if is_figure else value.split(" ")
            is_below = room < NARROWEST or max(map(cell_len, whole), default=0) > room
            parts = broken(value, console.width - len(GAP) if is_below else room) or [""]
            if is_below:
                print_line(console, name, "bold")
            for place, part in enumerate(parts):
                label = "" if is_below else _padded(name if place == 0 else "", left)
                line = plain(label, "bold").append_text(Text(GAP + part))
                console.print(line, soft_wrap=True, highlight=False)


def _first_items(text: str, most: int | None) -> str:
    items = text.split("; ")
    if most is None or len(items) <= most:
        return text
    more = len(items) - most
    return f"{'; '.join(items[:most])} and {more} more (all with --format csv)"


def line_of(cells: Sequence[str], widths: Sequence[int], are_figures: Sequence[bool]) -> str:
    """Cells side by side on one line, with figures right-aligned."""
    padded = [
        _padded(text, width, to_the_right=figure)
        for text, width, figure in zip(cells, widths, are_figures, strict=True)
    ]
    return GAP.join(padded).rstrip()


def _padded(text: str, width: int, *, to_the_right: bool = False) -> str:
    blank = " " * (width - cell_len(text))
    return blank + text if to_the_right else text + blank


def print_line(console: Console, line: str, style: str = "") -> None:
    """Print one line without wrapping or markup."""
    console.print(plain(line, style), soft_wrap=True, highlight=False)
