"""Values that DuckDB returns, as JSON."""

from collections.abc import Mapping, Sequence
from datetime import time
from decimal import Decimal
from typing import Any

import orjson


def as_json(content: Any) -> bytes:
    """JSON in UTF-8.

    Decimals are numbers, dates and times ISO 8601, and bytes hexadecimal. Integers of more than
    64 bits are texts, since readers of JSON would round them. NaN and infinity, which JSON lacks, are null.
    """
    try:
        return _dumped(content)
    except orjson.JSONEncodeError:
        return _dumped(_written(content))


def _dumped(content: Any) -> bytes:
    return orjson.dumps(content, default=_plain, option=orjson.OPT_NON_STR_KEYS)


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def _written(value: Any) -> Any:
    """A value without the integers, keys and times with a zone that orjson refuses."""
    if isinstance(value, Mapping):
        return {str(key): _written(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_written(inner) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 63:
        return str(value)
    return value.isoformat() if isinstance(value, time) else value
