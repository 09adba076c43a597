"""CSV files read strictly: a file that is cut short or ragged is refused rather than padded."""

import csv
import gzip
import io
import os
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Final, cast

import polars as pl

from ingest.contracts import ParseError

GZIP: Final = b"\x1f\x8b"
LONGEST_HEADER: Final = 1 << 16
"""Maximum bytes of the first line; each name in it becomes a column, which costs thousands of bytes."""


def clean_text(text: str) -> str:
    """Text with non-breaking and repeated spaces reduced to single ones and the ends stripped."""
    return " ".join(text.split())


def read_csv_text(name: str, content: bytes) -> tuple[list[str], list[list[str]]]:
    """Header and lines of a CSV in UTF-8 or, failing that, Windows-1252, without empty lines.

    Args:
        name: what to call the file in an error.
        content: its bytes.

    Raises:
        ParseError: the file is empty, is no CSV, does not end with a line end, or has a line with more or
            fewer fields than its header.
    """
    _check_whole(name, content[:4], content[-1:])
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
        if line and len(line) != len(header):
            raise ParseError(f"{name}: line {number} has {len(line)} fields, the header {len(header)}")
    return header, [line for line in lines[1:] if any(map(str.strip, line))]


def read_csv_table(
    content: Path | bytes, name: str, null_values: list[str] | None = None, comment_prefix: str | None = None
) -> pl.DataFrame:
    """A CSV, possibly gzipped, as columns of text, without empty lines.

    Args:
        content: a file, or its bytes.
        name: what to call it in an error.
        null_values: cells to read as null.
        comment_prefix: lines that begin with it are skipped.

    Raises:
        ParseError: it is not a CSV, its first line is longer than any header, or a line has more or fewer
            fields than it.
    """
    try:
        with _opened(content) as stream:
            if len(stream.readline(LONGEST_HEADER)) == LONGEST_HEADER:
                raise ParseError(f"{name}: the first line has more than {LONGEST_HEADER:,} bytes")
        table = pl.read_csv(
            content, infer_schema=False, null_values=null_values, comment_prefix=comment_prefix
        )
        if table.to_series(-1).has_nulls():  # as after a short line, which polars fills up
            _ensure_no_line_is_short(content, name, table.width, comment_prefix)
            table = table.filter(pl.any_horizontal(pl.all().is_not_null()))
        return table
    except (pl.exceptions.PolarsError, UnicodeDecodeError, EOFError, OSError, zlib.error, csv.Error) as error:
        if "utf-8" in str(error):
            raise ParseError(f"{name}: the text is not UTF-8") from error
        raise ParseError(f"{name}: not readable as CSV, cut off? ({str(error).splitlines()[0]})") from error


def _ensure_no_line_is_short(
    content: Path | bytes, name: str, width: int, comment_prefix: str | None
) -> None:
    with _opened(content) as stream:
        lines = csv.reader(io.TextIOWrapper(stream, "utf-8-sig", newline=""))
        for line in lines:
            is_comment = comment_prefix is not None and line[:1] and line[0].startswith(comment_prefix)
            if line and len(line) < width and not is_comment:
                raise ParseError(
                    f"{name}: line {lines.line_num} has {len(line)} fields, the header {width}: cut off?"
                )


def _opened(content: Path | bytes) -> IO[bytes]:
    if isinstance(content, bytes):
        return io.BytesIO(content)
    with content.open("rb") as file:
        is_packed = file.read(2) == GZIP
    return cast("IO[bytes]", gzip.open(content)) if is_packed else content.open("rb")


def ensure_last_line_ends(path: Path, name: str) -> None:
    """Refuse a file that ends in the middle of a line, where a truncated number still reads as one.

    A compressed file passes, since its format shows whether it is complete.
    """
    if path.suffix == ".gz":
        return
    with path.open("rb") as file:
        beginning = file.read(4)
        file.seek(-min(file.seek(0, os.SEEK_END), 1), os.SEEK_END)
        _check_whole(name, beginning, file.read())


def _check_whole(name: str, beginning: bytes, end: bytes) -> None:
    if not end:
        raise ParseError(f"{name}: the file is empty")
    if beginning.startswith(b"PK\x03\x04"):
        raise ParseError(f"{name}: a workbook or ZIP archive with the name of a CSV")
    if beginning.startswith(b"\x1f\x8b"):
        raise ParseError(f"{name}: compressed with gzip, but this source expects uncompressed files")
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ParseError(f"{name}: text in UTF-16, expected UTF-8")
    if end not in (b"\n", b"\r"):
        raise ParseError(f"{name}: the last line is incomplete: the file is cut short")


def records(header: Iterable[str], lines: Iterable[Iterable[str]]) -> list[dict[str, str]]:
    """Lines as records by column name, their text cleaned."""
    names = list(header)
    return [dict(zip(names, map(clean_text, line), strict=True)) for line in lines]
