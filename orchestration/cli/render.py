"""Answers on the terminal: as a table that fits the window, as one block a record, as CSV or as JSON.

A figure or word is never split, and output that goes to a file is never wrapped. A publisher's words can
neither style the terminal nor send it commands.
"""

import csv
import json
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
"""Columns of the terminal that a text keeps when it is broken between words."""
MOST_LINES = 4
"""Lines of one row of a table; a longer one is shown as a block."""
MOST_LISTED = 12
"""Items of a list that a block shows."""
LEAST_PERCENT = 0.1
"""A share below it is shown as less than it."""

_SHA256 = re.compile(r"\b[0-9a-f]{64}\b")
_LISTED = re.compile(r";(?=\S)")
_KEYED = re.compile(r"(?<=[a-z]):(?=[a-z])")
"""A name and what it is of, as in ``stock shortfall:stock``."""
_UNIT = re.compile(r"(?<=\d) (?=(?:%|pp|kg|t|USD)(?!\w))")
_TOGETHER = "\N{NO-BREAK SPACE}"

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


def without_codes(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[list[str], list[list[Any]]]:
    """An answer for a person: a code or flag is left out where its name or meaning is there."""
    kept = [at for at, column in enumerate(columns) if not _names_of(column) & set(columns)]
    return [columns[at] for at in kept], [[row[at] for at in kept] for row in rows]


def _names_of(code: str) -> set[str]:
    """Columns that would have the name of what a column has the code of."""
    if code == "mineral_id":
        return {"mineral", "mineral_name", "name"}
    if code == "area":
        return {"area_name"}
    if code in ("source_ids", "source_id"):
        return {"published_by"}
    name = code.removesuffix("_iso3")
    return {name, f"{name}_name"} if name != code else {f"{code}_in_words"}


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
    """Print at most as many rows as a person reads, figures to the right and with their units."""
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
    """A value on one line: of a sha256 the beginning, which names it; JSON and CSV have all of it."""
    if value is None:
        return ""
    if isinstance(value, float):
        # a zero has no sign
        return f"{value + 0.0:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    text = " ".join(plain(str(value)).plain.split())
    return _KEYED.sub(": ", _LISTED.sub("; ", _SHA256.sub(lambda found: found[0][:16], text)))


def measured(value: Any, column: str) -> str:
    """A figure with its unit behind it, by the name of its column; anything else as it is.

    A share of 1 is shown in percent, with one digit after the point, or two digits that count below one; a
    share of less than a tenth of a percent as less than that.
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
    """Text in which no line ends between a number and its unit."""
    return _UNIT.sub(_TOGETHER, text)


def wrapped(text: str, console: Console, indent: str = "", hanging: str = "") -> str:
    """Text broken between words for a terminal, on one line for anything else.

    Every line begins with ``indent``, all but the first with ``hanging`` after it.
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
    """Widths that fit the window, the longest texts broken between words; none where rows would grow tall."""
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
    """A block for each row: names to the left, values and units to the right, broken between words.

    A figure or a text with a word that has no room to the right stands below its name. A field without a
    value is left out, and of a long list all but its first items.
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
