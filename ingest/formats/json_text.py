"""JSON with or without a byte order mark, which some editors put before it."""

from typing import Any, Final

import orjson

BOM: Final = b"\xef\xbb\xbf"


def read_json(content: bytes) -> Any:
    """The value of a JSON document; raises `orjson.JSONDecodeError`."""
    return orjson.loads(content.removeprefix(BOM))
