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

from warehouse.units import is_share, symbol_of

SHOWN_ROWS = 60
GAP = "  "
NARROWEST = 16
"""Minimum width of a text column that is broken between words."""
MOST_LINES = 4
"""Maximum number of lines of a table row; rows that need more are shown as blocks."""
MOST_LISTED = 12
"""Number of list items that a block shows."""
LEAST_PERCENT = 0.1
"""Smaller shares are shown as less than this."""

_SHA256 = re.compile(r"\b[0-9a-f]{64}\b")
_LISTED = re.compile(r";(?=\S)")
_KEYED = re.compile(r"(?<=[a-z]):(?=[a-z])")
"""A name and the value that it refers to, as in ``stock shortfall:stock``."""
_UNIT = re.compile(r"(?<=\d) (?=(?:%|pp|kg|t|USD)(?!\w))")
_TOGETHER = "\N{NO-BREAK SPACE}"


class Terminal(Console):
    """A console whose reader may leave, as in ``minerals refresh | head``: the work goes on in silence."""

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


def without_codes(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[list[str], list[list[Any]]]:
    """Rows without the code of a mineral or country if its name is also there, for people."""
    kept = [at for at, column in enumerate(columns) if not _names_of(column) & set(columns)]
    return [columns[at] for at in kept], [[row[at] for at in kept] for row in rows]


def _names_of(code: str) -> set[str]:
    """The name columns that belong to code columns."""
    if code == "mineral_id":
        return {"mineral", "mineral_name", "name"}
    if code == "area":
        return {"area_name"}
    name = code.removesuffix("_iso3")
    return {name, f"{name}_name"} if name != code else set()


def print_json(content: Any) -> None:
    """Print an answer to standard output as JSON."""
    sys.stdout.write(json.dumps(content, indent=2, default=_json_default) + "\n")


def _json_default(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)


def plain(text: str, style: str = "") -> Text:
    """Text as it is: brackets are not markup, and control characters are replaced."""
    return Text("".join(map(_printable, text)), style)


def _printable(char: str) -> str:
    is_control = unicodedata.category(char).startswith("C") and char not in "\n\t"
    return "\N{REPLACEMENT CHARACTER}" if is_control else char


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], console: Console) -> None:
    """Print a table of a readable number of rows, with figures right-aligned and with units."""
    shown = [
        [measured(value, name) for name, value in zip(columns, row, strict=True)] for row in rows[:SHOWN_ROWS]
    ]
    widths = [
        max(map(cell_len, [name, *(row[place] for row in shown)])) for place, name in enumerate(columns)
    ]
    are_figures = [any(_is_figure(row[place]) for row in rows) for place in range(len(columns))]
    if console.is_terminal:
        shown = [[_unbroken(text) for text in row] for row in shown]
    fitted = _fitted(columns, shown, widths, are_figures, console.width) if console.is_terminal else widths
    if fitted:
        _table(columns, are_figures, shown, fitted, console)
    else:
        _records(columns, are_figures, shown, console)
    if len(rows) > SHOWN_ROWS:
        console.print(f"{SHOWN_ROWS} of {len(rows):,} rows; --format csv writes all", highlight=False)


def cell(value: Any) -> str:
    """A value on one line. A sha256 is cut to its first 16 characters; JSON and CSV have it in full."""
    if value is None:
        return ""
    if isinstance(value, float):
        # zero has no sign
        return f"{value + 0.0:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    text = " ".join(plain(str(value)).plain.split())
    return _KEYED.sub(": ", _LISTED.sub("; ", _SHA256.sub(lambda found: found[0][:16], text)))


def measured(value: Any, column: str) -> str:
    """A figure with the unit that its column's name states; any other value unchanged.

    Shares are shown in percent with one decimal, or below one percent with two significant digits. Shares
    below a tenth of a percent are shown as less than that.
    """
    unit = symbol_of(column)
    if not _is_figure(value) or not unit:
        return cell(value)
    if is_share(column):
        return f"{_percent(100 * float(value))} {unit}"
    return f"{value:,} {unit}" if isinstance(value, int) else f"{cell(value)} {unit}"


def _percent(percent: float) -> str:
    if percent and abs(percent) < LEAST_PERCENT:
        return f"<{LEAST_PERCENT}" if percent > 0 else f">-{LEAST_PERCENT}"
    return f"{percent:.1f}".removesuffix(".0") if abs(percent) >= 1 else f"{percent + 0.0:.2g}"


def _unbroken(text: str) -> str:
    """Text without line breaks between a number and its unit."""
    return _UNIT.sub(_TOGETHER, text)


def wrapped(text: str, console: Console, indent: str = "", hanging: str = "") -> str:
    """Text wrapped between words on a terminal, and on one line elsewhere.

    Every line begins with ``indent``; all but the first have ``hanging`` after it.
    """
    flat = " ".join(plain(text).plain.split())
    if not console.is_terminal:
        return indent + flat
    return textwrap.fill(
        _unbroken(flat),
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
    """Column widths that fit the window, the longest texts wrapped; empty if rows would be too tall."""
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
        (len(_broken(text, width)) for row in shown for text, width in zip(row, fitted, strict=True)),
        default=1,
    )
    return fitted if tallest <= MOST_LINES else []


def _broken(text: str, width: int) -> list[str]:
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
    _print(console, _line(columns, widths, are_figures), "bold")
    for row in shown:
        parts = [_broken(text, width) for text, width in zip(row, widths, strict=True)]
        for line in zip_longest(*parts, fillvalue=""):
            _print(console, _line(line, widths, are_figures))


def _records(
    columns: Sequence[str], are_figures: Sequence[bool], shown: Sequence[Sequence[str]], console: Console
) -> None:
    """One block per row: names on the left, values and units on the right, wrapped between words.

    A value that does not fit on the right is printed below its name. Empty fields are left out, and long
    lists are cut after their first items.
    """
    left = max(map(cell_len, columns))
    room = console.width - left - len(GAP)
    for number, row in enumerate(shown):
        if number:
            _print(console, "")
        for name, is_figure, text in zip(columns, are_figures, row, strict=True):
            if not text:
                continue
            value = _first_items(text)
            whole = [value] if is_figure else value.split(" ")
            is_below = room < NARROWEST or max(map(cell_len, whole), default=0) > room
            parts = _broken(value, console.width - len(GAP) if is_below else room) or [""]
            if is_below:
                _print(console, name, "bold")
            for place, part in enumerate(parts):
                label = "" if is_below else _padded(name if place == 0 else "", left)
                line = plain(label, "bold").append_text(Text(GAP + part))
                console.print(line, soft_wrap=True, highlight=False)


def _first_items(text: str) -> str:
    items = text.split("; ")
    if len(items) <= MOST_LISTED:
        return text
    more = len(items) - MOST_LISTED
    return f"{'; '.join(items[:MOST_LISTED])} and {more} more (all with --format csv)"


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
