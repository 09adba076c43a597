"""Numbers and text from fixed-width records that are held as arrays of bytes."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from ingest.sources.census_bulk.facts import Span

# Eight characters as one machine word. A byte is a digit if its upper half is 3, both unchanged and with six
# added, which carries any lower half above 9 into the upper half.
EIGHT_ZEROS: Final = np.uint64(0x3030303030303030)
HIGH_HALVES: Final = np.uint64(0xF0F0F0F0F0F0F0F0)
SIX_EACH: Final = np.uint64(0x0606060606060606)
DIGITS_BOTH: Final = np.uint64(0x3333333333333333)

Bytes2D = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.unsignedinteger[Any]]


def fixed_ints(cells: Bytes2D) -> tuple[Ints, Bools]:
    """Integers from columns of characters, right-aligned with zeros or spaces, maybe with a leading minus.

    Args:
        cells: One number per row, shape (n, width) with width up to 16.

    Returns:
        The numbers (0 for a blank cell), and which cells are valid.
    """
    words = _right_aligned(cells).view("<u8")
    high, low = words & HIGH_HALVES, (words + SIX_EACH) & HIGH_HALVES
    if (((low >> np.uint64(4)) | high) == DIGITS_BOTH).all():
        return _eight_at_a_time(words), np.ones(cells.shape[0], dtype=np.bool_)
    is_digit = (cells >= ord("0")) & (cells <= ord("9"))
    # After the first digit or minus only digits may follow, and a minus needs one.
    is_minus = cells == ord("-")
    begun = np.logical_or.accumulate(is_digit | is_minus, axis=1)
    follows = np.zeros_like(begun)
    follows[:, 1:] = begun[:, :-1]
    readable = np.where(follows, is_digit, is_digit | is_minus | (cells == ord(" "))).all(axis=1)
    readable &= ~is_minus.any(axis=1) | is_digit.any(axis=1)
    values = _eight_at_a_time(_right_aligned(np.where(is_digit, cells, np.uint8(ord("0")))).view("<u8"))
    return np.where(is_minus.any(axis=1), -values, values), readable


def _right_aligned(cells: Bytes2D) -> Bytes2D:
    """Sixteen characters per row, padded with leading zeros."""
    padded = np.full((cells.shape[0], 16), ord("0"), dtype=np.uint8)
    padded[:, 16 - cells.shape[1] :] = cells
    return padded


def _eight_at_a_time(words: Words) -> Ints:
    """Convert two words of digits per row to numbers, joining digits to pairs, fours, then eights."""
    words = words - EIGHT_ZEROS
    for base, bits, mask in (
        (10, 8, 0x00FF00FF00FF00FF),
        (100, 16, 0x0000FFFF0000FFFF),
        (10_000, 32, 0xFFFFFFFF),
    ):
        words = (words * np.uint64(base) + (words >> np.uint64(bits))) & np.uint64(mask)
    return (words[:, 0] * np.uint64(100_000_000) + words[:, 1]).astype(np.int64)


@cache
def _two_digit_table() -> Ints:
    """The number for each pair of characters, indexed by their two bytes; 0 if they are not digits."""
    numbers = np.zeros(1 << 16, dtype=np.int64)
    for number in range(100):
        numbers[int.from_bytes(f"{number:02d}".encode(), "little")] = number
    return numbers


def four_digits(front: Words, back: Words) -> Ints:
    """The number from two words of two digits each; any number below 10,000 if they are not digits."""
    return np.asarray(_two_digit_table()[front] * 100 + _two_digit_table()[back])


def cut(text: str, columns: Mapping[str, Span]) -> Iterator[pl.Expr]:
    """Cut fields from a column of text by position, and strip spaces."""
    for name, (start, end) in columns.items():
        yield pl.col(text).str.slice(start - 1, end - start + 1).str.strip_chars().alias(name)
