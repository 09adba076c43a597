"""One pass over a month's detail records: the records in scope, and the values of all for control sums."""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from itertools import chain
from pathlib import Path

import numpy as np

from ingest.contracts import ParseError
from ingest.formats.zips import inflated, map_blocks
from ingest.scope import headings
from ingest.sources.census_bulk.facts import (
    FIRST_MEASURE,
    KEYS,
    MEASURES,
    MONTH_AT,
    SUMMED,
    WIDTHS,
    measure_span,
)
from ingest.sources.census_bulk.fixed_width import EIGHT_ZEROS, Bools, Bytes2D, Words, four_digits


@dataclass(frozen=True, slots=True)
class Details:
    """The result for one block: month, selected records, and country and values of all that have any.

    ``nonzero`` has one column per record with a value: its country and its `SUMMED` values, as bytes.
    """

    month: bytes
    kept: Bytes2D
    nonzero: Words


def read_details(path: Path, info: zipfile.ZipInfo, flow: str, name: str) -> Details:
    """Read all detail records once, inflating on one core and selecting on the other."""
    records = split_records(inflated(path, info), WIDTHS[flow], name)
    blocks = list(map_blocks(partial(select_records, flow, name), records))
    if not blocks:
        raise ParseError(f"{name}: holds no records")
    if len({block.month for block in blocks}) > 1:
        raise ParseError(f"{name}: holds records of more than one month")
    return Details(
        blocks[0].month,
        np.concatenate([block.kept for block in blocks]),
        np.concatenate([block.nonzero for block in blocks], axis=1),
    )


def split_records(blocks: Iterable[bytes], width: int, name: str) -> Iterator[Bytes2D]:
    """Split a stream into rows of bytes, each one record with its line end.

    The rows are views of the stream's blocks, since copying costs as much as inflating; the few records that
    cross a block boundary come last.

    Raises:
        ParseError: The records have another length, or the last one is cut off.
    """
    blocks, head = iter(blocks), b""
    while len(head) < 2 * width and (block := next(blocks, b"")):
        head += block
    first = head[: 2 * width].split(b"\n", 1)[0].rstrip(b"\r")
    if b"\n" in head[: 2 * width] and len(first) != width:
        raise ParseError(f"{name}: its records are {len(first)} bytes long, not {width}")
    stride = width + line_end(head[width : width + 2])
    across = bytearray()
    for block in chain([head], blocks):
        start = -len(across) % stride
        stop = start + max(0, len(block) - start) // stride * stride
        if stop > start:
            yield np.frombuffer(block, np.uint8, stop - start, start).reshape(-1, stride)
        across += block[:start] + block[stop:]
    whole = len(across) // stride * stride
    if whole:
        yield np.frombuffer(across[:whole], np.uint8).reshape(-1, stride)
    last = across[whole:].rstrip(b"\r\n\x1a")
    if last and len(last) != width:
        raise ParseError(f"{name}: the last record has {len(last)} bytes, not {width}")
    if last:
        yield np.frombuffer(last, np.uint8).reshape(1, width)


def line_end(two: bytes) -> int:
    """Length of the line end with which these two bytes begin: 0, 1 or 2."""
    return 2 if two == b"\r\n" else int(two[:1] == b"\n")


def select_records(flow: str, name: str, rows: Bytes2D) -> Details:
    """Select the records of a block; only a few bytes of the others are read.

    Raises:
        ParseError: A record's end or month is not where the layout says, or there are two months.
    """
    stride, width = rows.shape[1], WIDTHS[flow]
    if stride > width and (rows[:, -1] != ord("\n")).any():
        raise ParseError(f"{name}: a record does not have {width} bytes")
    first, last = MONTH_AT[flow]
    month = _as_words(rows, first - 2, "<u8") >> np.uint64(16)  # six bytes, after two of another field
    if (month != month[0]).any():
        raise ParseError(f"{name}: holds records of more than one month")
    code, _ = KEYS[flow]["hts10" if flow == "imports" else "schedule_b"]
    is_kept = _kept_headings()[four_digits(_as_words(rows, code, "<u2"), _as_words(rows, code + 2, "<u2"))]
    kept = rows[is_kept, : measure_span(flow, MEASURES[flow][-1])[1]]
    measures = kept[:, FIRST_MEASURE[flow] - 1 :]
    active = ((measures != ord("0")) & (measures != ord(" "))).any(axis=1)
    return Details(rows[0, first - 1 : last].tobytes(), kept[active], _nonzero_values(rows, flow))


def _nonzero_values(rows: Bytes2D, flow: str) -> Words:
    """Country and summed values of the records that have any; most are of earlier months and have none.

    Returns:
        One column per record: the country's four bytes, then two words with the sixteen bytes up to the end
        of each value.
    """
    if flow != "imports":
        return np.empty((0, 0), dtype=np.uint64)
    spans = [measure_span(flow, measure) for measure in SUMMED]
    has_value = np.zeros(rows.shape[0], dtype=np.bool_)
    for first, last in spans:
        has_value |= _as_words(rows, first, "<u8") != EIGHT_ZEROS
        has_value |= _as_words(rows, last - 7, "<u8") != EIGHT_ZEROS
    (at,) = has_value.nonzero()
    halves = [_as_words(rows, last - back, "<u8")[at] for _, last in spans for back in (15, 7)]
    return np.stack([_as_words(rows, KEYS[flow]["cty_code"][0], "<u4")[at], *halves])


def _as_words(rows: Bytes2D, position: int, kind: str) -> Words:
    """A view of a few bytes of every record as one machine word, which is cheap to compare."""
    return np.ndarray(rows.shape[:1], kind, rows, position - 1, rows.strides[:1])


@cache
def _kept_headings() -> Bools:
    """For each heading number, whether it is kept."""
    kept = np.zeros(10_000, dtype=np.bool_)
    kept[[int(heading) for heading in headings()]] = True
    return kept


def period_of(month: bytes, name: str) -> date:
    """First day of a month printed as YYYYMM; raises `ParseError`."""
    text = month.decode("latin-1")
    try:
        return date(int(text[:4]), int(text[4:]), 1)
    except ValueError:
        raise ParseError(f"{name}: {text!r} was found instead of year and month") from None
