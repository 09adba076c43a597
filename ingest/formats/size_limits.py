"""Limits on the size of a file, checked before it is parsed.

A file of a few thousand bytes can exhaust memory: a decompression bomb, or a workbook whose only cell is in
the last row and column.
"""

import gzip
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ingest.contracts import ParseError
from ingest.formats.csv import GZIP
from ingest.formats.zips import BLOCK, DAMAGED, LARGEST_WHOLE, inflated

LARGEST_TEXT: Final = 1 << 30
LARGEST_SHEET: Final = 10_000_000
"""Maximum number of cells in a sheet, including empty ones; a Comtrade download has 5 million."""

MOST_INFLATED: Final = 200
"""Maximum ratio of inflated to packed size; US customs records, mostly zeros, reach about 20."""
SMALL: Final = 64 << 20
"""Inflated size in bytes up to which the ratio is not checked."""

PACKED_OTHERWISE: Final = (b"\x28\xb5\x2f\xfd", b"\x78\x01", b"\x78\x9c", b"\x78\xda", b"BZh", b"\xfd7zXZ")
_CELL: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})?(\d+)["']""")


def check_size(path: Path, name: str) -> None:
    """Check that parsing a file fits the memory limit.

    Raises:
        ParseError: It does not, or the file is compressed in a way that no source uses.
    """
    with path.open("rb") as stream:
        head = stream.read(6)
    if head.startswith(PACKED_OTHERWISE):
        raise ParseError(f"{name}: is compressed in a way that no source uses")
    if head.startswith(GZIP):
        _measure_gzip(path, name)
    elif head.startswith(b"PK"):
        _measure_zip(path, name)
    elif path.stat().st_size > LARGEST_TEXT:
        raise ParseError(f"{name}: has {path.stat().st_size:,} bytes, more than {LARGEST_TEXT:,}")


def _measure_gzip(path: Path, name: str) -> None:
    size = 0
    try:
        with gzip.open(path) as stream:
            while block := stream.read(BLOCK):
                size += len(block)
                if size > LARGEST_TEXT:
                    raise ParseError(f"{name}: inflates to more than {LARGEST_TEXT:,} bytes")
    except DAMAGED as error:
        raise ParseError(f"{name}: the gzip stream is damaged or cut off ({error})") from None


def _measure_zip(path: Path, name: str) -> None:
    """Check the declared sizes; `inflated` and Python's own reader do not read past them."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
        for member in members:
            if member.file_size > max(SMALL, MOST_INFLATED * member.compress_size):
                raise ParseError(f"{name}: {member.filename} inflates to {member.file_size:,} bytes, a bomb")
        if any(member.filename == "xl/workbook.xml" for member in members):
            _measure_workbook(path, members, name)
    except DAMAGED as error:
        raise ParseError(f"{name}: the archive is damaged ({error})") from None


def _measure_workbook(path: Path, members: list[zipfile.ZipInfo], name: str) -> None:
    """Check a whole workbook first, since neither its sizes nor its cell references can be trusted."""
    size = sum(member.file_size for member in members)
    if size > LARGEST_WHOLE:
        raise ParseError(f"{name}: the workbook inflates to {size:,} bytes")
    for member in members:
        rows = columns = 1
        tail = b""
        for block in inflated(path, member):
            if not member.filename.startswith("xl/worksheets/"):
                continue
            piece = tail + block
            for column, row in _references(piece):
                rows, columns = max(rows, row), max(columns, column)
            tail = piece[-64:]
        if rows * columns > LARGEST_SHEET:
            raise ParseError(f"{name}: {member.filename} spans {rows:,} rows and {columns:,} columns")


def _references(xml: bytes) -> Iterator[tuple[int, int]]:
    """Column and row numbers of the cells and rows that a piece of a sheet names (``B7`` is 2, 7)."""
    for letters, digits in _CELL.findall(xml):
        column = 0
        for letter in letters.upper():
            column = column * 26 + letter - ord("A") + 1
        yield column, int(digits[:10])
