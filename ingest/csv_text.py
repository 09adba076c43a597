"""CSV files read strictly: a file that is cut short or ragged is refused rather than padded."""

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path

from ingest.contracts import ParseError


def clean_text(text: str) -> str:
    """Text with non-breaking and repeated spaces made single, and none at the ends."""
    return " ".join(text.split())


def read_csv_text(name: str, content: bytes) -> tuple[list[str], list[list[str]]]:
    """Header and lines of a CSV in UTF-8 or else Windows-1252, without lines that are empty throughout.

    Args:
        name: what to call the file in an error.
        content: its bytes.

    Raises:
        ParseError: the file is empty, is no CSV, does not end with a line end, or has a line with more or
            fewer fields than its header.
    """
    if not content.endswith((b"\n", b"\r")):
        raise ParseError(f"{name}: empty, or the last line has no end and is cut short")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise ParseError(f"{name}: not a CSV ({error})") from error
    header = [clean_text(field) for field in lines[0]]
    for number, line in enumerate(lines, start=1):
        if len(line) != len(header):
            raise ParseError(f"{name}: line {number} has {len(line)} fields, the header {len(header)}")
    return header, [line for line in lines[1:] if any(map(str.strip, line))]


def ensure_last_line_ends(path: Path, name: str) -> None:
    """Refuse a file that stops in the middle of a line, where a cut number would still read as a number.

    A compressed file proves its own end, and passes.
    """
    if path.suffix == ".gz":
        return
    with path.open("rb") as file:
        file.seek(-min(file.seek(0, os.SEEK_END), 1), os.SEEK_END)
        if file.read() not in (b"\n", b"\r"):
            raise ParseError(f"{name}: empty, or the last line has no end and is cut short")


def records(header: Iterable[str], lines: Iterable[Iterable[str]]) -> list[dict[str, str]]:
    """Lines as records by column name, their text cleaned."""
    names = list(header)
    return [dict(zip(names, map(clean_text, line), strict=True)) for line in lines]
