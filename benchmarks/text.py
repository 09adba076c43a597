"""Write numbers as characters, many at a time: helpers of the generators of text formats."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bytes2D = npt.NDArray[np.uint8]

_FIVE = np.array([list(f"{number:05d}".encode()) for number in range(100_000)], dtype=np.uint8)


def digits(values: Ints, width: int) -> Bytes2D:
    """Whole numbers as zero-padded characters, one per row; width up to 15."""
    chunks = [_FIVE[values // 100_000**place % 100_000] for place in range((width + 4) // 5 - 1, -1, -1)]
    return np.concatenate(chunks, axis=-1)[..., -width:]


def zipf_shares(count: int, exponent: float = 1.0) -> npt.NDArray[np.float64]:
    """Shares that fall with rank, as those of countries and commodities do in trade."""
    weights = 1 / np.arange(1, count + 1) ** exponent
    return weights / weights.sum()
