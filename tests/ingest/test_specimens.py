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
