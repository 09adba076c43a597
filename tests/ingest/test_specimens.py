"""Each drop-in source has complete files in its tests, which the reliability runs corrupt at random."""

import importlib
from pathlib import Path

import pytest

from ingest.parsed import parse_file
from orchestration.pipeline.sources import modules
from tests.ingest.publishers import BY_HAND


@pytest.mark.parametrize("source_id", sorted(BY_HAND))
def test_a_drop_in_source_has_a_complete_file(source_id: str, tmp_path: Path) -> None:
    own = importlib.import_module(f"tests.ingest.sources.test_{source_id}")
    assert own.SPECIMENS, "SPECIMENS maps the facts of a file to its bytes"
    for facts, content in own.SPECIMENS.items():
        path = tmp_path / facts.name
        path.write_bytes(content)
        tables = parse_file(modules()[source_id], path, facts)
        assert sum(accepted.rows.height for accepted in tables.values())
        assert all(accepted.refused.is_empty() for accepted in tables.values())


@pytest.mark.parametrize("source_id", sorted(BY_HAND))
def test_a_byte_order_mark_and_an_empty_last_line_change_no_row(source_id: str, tmp_path: Path) -> None:
    own = importlib.import_module(f"tests.ingest.sources.test_{source_id}")
    for facts, content in own.SPECIMENS.items():
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            continue  # a workbook or a compressed file
        plain, marked = tmp_path / "plain", tmp_path / "marked"
        plain.write_bytes(content)
        marked.write_bytes(f"{text}\r\n".encode("utf-8-sig"))
        expected = parse_file(modules()[source_id], plain, facts)
        for table, accepted in parse_file(modules()[source_id], marked, facts).items():
            assert accepted.refused.is_empty()
            assert accepted.rows.equals(expected[table].rows)
