"""Faults of a publisher's response: in transfer, and in the figures of a file of the right format."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import openpyxl
import orjson

from tests.ingest.servers import HTML, Asked, Reply, Route

Fault = Callable[[Reply], Reply]
Rows = list[list[str]]

RETRY = {"Retry-After": "1"}
MILLION = 1_000_000


def with_fault(route: Route, fault: Fault) -> Route:
    """A route that applies a fault to successful responses."""

    def answer(asked: Asked) -> Reply:
        good = route if isinstance(route, Reply) else route(asked)
        return fault(good) if good.status == 200 and good.body else good

    return answer


# --- In transfer ---


def _truncated(reply: Reply) -> Reply:
    return replace(reply, body=reply.body[: len(reply.body) // 2], validators=False)


def _damaged(reply: Reply) -> Reply:
    """Compressed content with its middle removed; uncompressed content is declared as compressed."""
    middle = len(reply.body) // 2
    body = reply.body[:middle] + bytes(byte ^ 0x5A for byte in reply.body[middle : middle + 64])
    body += reply.body[middle + 64 :]
    zipped = reply.body[:2] in (b"PK", b"\x1f\x8b")
    headers = reply.headers if zipped else {**reply.headers, "Content-Encoding": "gzip"}
    return replace(reply, body=body, headers=headers, validators=False)


WIRE: dict[str, Fault] = {
    "hangs before the headers": lambda reply: replace(reply, stall_s=2.0),
    "hangs within the body": lambda reply: replace(reply, pause_s=2.0),
    "drips": lambda reply: replace(reply, body=reply.body + b" " * 200, drip_s=0.05, validators=False),
    "resets the connection": lambda reply: replace(reply, reset=True),
    "429 with Retry-After": lambda _: Reply(b"slow down", 429, "text/plain", RETRY, validators=False),
    "429 without Retry-After": lambda _: Reply(b"slow down", 429, "text/plain", validators=False),
    "500 again and again": lambda _: Reply(b"oops", 500, "text/plain", validators=False),
    "200 with an HTML page": lambda _: HTML,
    "truncated, its length true": _truncated,
    "wrong length": lambda reply: replace(reply, claims=len(reply.body) + 1000, validators=False),
    "damaged compression": _damaged,
}


# --- In the figures ---


def rewritten(change: Callable[[Rows], Rows], reply: Reply) -> Reply:
    """The response with every table in it changed, in any format; the first row of a table is its header."""
    return replace(reply, body=_rewrite(reply.body, change), validators=False)


def _rewrite(body: bytes, change: Callable[[Rows], Rows]) -> bytes:
    if body.startswith(b"PK"):
        return _workbook(body, change) if b"xl/worksheets" in body else _archive(body, change)
    try:
        return orjson.dumps(_json(orjson.loads(body), change))
    except orjson.JSONDecodeError:
        return _text(body, change)


def _archive(body: bytes, change: Callable[[Rows], Rows]) -> bytes:
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member.filename, _rewrite(old.read(member), change))
    return changed.getvalue()


def _workbook(body: bytes, change: Callable[[Rows], Rows]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(body))
    for sheet in book:
        cells = [
            ["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)
        ]
        head = next(at for at, row in enumerate(cells) if sum(map(bool, row)) > 2)
        table = cells[:head] + change(cells[head:])
        sheet.delete_rows(1, sheet.max_row)
        for row in table:
            sheet.append([_number(cell) for cell in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _number(cell: str) -> object:
    try:
        return float(cell)
    except ValueError:
        return cell or None


def _json(content: Any, change: Callable[[Rows], Rows]) -> Any:
    """Change tables (lists of records with the same keys, or of lists); recurse into everything else."""
    if isinstance(content, dict):
        return {name: _json(value, change) for name, value in content.items()}
    if not isinstance(content, list) or not content:
        return content
    if all(isinstance(row, list) for row in content) and not isinstance(content[0][0], dict):
        return change([["" if cell is None else str(cell) for cell in row] for row in content])
    if all(isinstance(row, dict) for row in content):
        names = [name for name, value in content[0].items() if not isinstance(value, dict | list)]
        nested = [{name: _json(row[name], change) for name in row if name not in names} for row in content]
        if len(names) < 2:
            return nested if not names else [_json_fields(row, change) for row in content]
        table = change([names, *([row.get(name) for name in names] for row in content)])
        head, rows = table[0], table[1:]
        return [
            {**dict(zip(head, row, strict=False)), **nested[at % len(nested)]} for at, row in enumerate(rows)
        ]
    return [_json(value, change) for value in content]


def _json_fields(row: dict[str, Any], change: Callable[[Rows], Rows]) -> dict[str, Any]:
    return {name: _json(value, change) for name, value in row.items()}


def _text(body: bytes, change: Callable[[Rows], Rows]) -> bytes:
    """Change comma-separated text; lines of fixed width are split into fields at spaces."""
    text = body.decode("latin-1")
    separator = "," if "," in text.split("\n", 1)[0] else None
    lines = [line for line in text.split("\n") if line.strip()]
    rows = [line.split(separator) if separator else re.split(r"(?<=\D)(?=\d)", line) for line in lines]
    return "\n".join([(separator or "").join(map(_cell, row)) for row in change(rows)] + [""]).encode(
        "latin-1"
    )


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _renamed(rows: Rows) -> Rows:
    return [[f"{name}_new" for name in rows[0]], *rows[1:]]


def _dropped(rows: Rows) -> Rows:
    return [row[:-1] for row in rows]


def _reordered(rows: Rows) -> Rows:
    return [row[::-1] for row in rows]


def _retyped(rows: Rows) -> Rows:
    return [rows[0], *(["n/a" if _is_number(cell) else cell for cell in row] for row in rows[1:])]


def _doubled(rows: Rows) -> Rows:
    return [rows[0], *(row for row in rows[1:] for _ in range(2))]


def _inflated(rows: Rows) -> Rows:
    return [rows[0], *([_times(cell) for cell in row] for row in rows[1:])]


def _is_number(cell: object) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", str(cell)))


def _times(cell: Any) -> Any:
    """Multiply a measure by a million; whole numbers under seven digits (codes, years) stay."""
    if not _is_number(cell) or (isinstance(cell, str) and "." not in cell):
        return cell
    return type(cell)(float(cell) * MILLION)


FIGURES: dict[str, Fault] = {
    name: partial(rewritten, change)
    for name, change in {
        "columns renamed": _renamed,
        "a column dropped": _dropped,
        "columns reordered": _reordered,
        "figures become words": _retyped,
        "rows twice": _doubled,
        "figures a million times too large": _inflated,
    }.items()
}
