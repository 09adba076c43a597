"""JSON with and without a byte order mark."""

import orjson
import pytest

from ingest.formats.json_text import read_json


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_mark_is_no_part_of_the_document(encoding: str) -> None:
    assert read_json('{"name": "Côte"}'.encode(encoding)) == {"name": "Côte"}


def test_a_document_cut_short_is_an_error() -> None:
    with pytest.raises(orjson.JSONDecodeError):
        read_json(b'\xef\xbb\xbf{"name": ')
