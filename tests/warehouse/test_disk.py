"""The disk that a home takes, by part."""

import os
from pathlib import Path

from warehouse.disk import ORDER, usage


def test_each_part_is_counted_and_hard_links_only_once(tmp_path: Path) -> None:
    now = tmp_path / "publications" / "20260202T031500Z"
    before = tmp_path / "publications" / "20260201T031500Z"
    for folder in (now / "parquet", before, tmp_path / "archive" / "usgs_mcs", tmp_path / "dagster"):
        folder.mkdir(parents=True)
    (now / "minerals.duckdb").write_bytes(b"x" * 40_000)
    (now / "parquet" / "t.parquet").write_bytes(b"x" * 8_000)
    (before / "minerals.duckdb").write_bytes(b"x" * 20_000)
    os.link(now / "minerals.duckdb", tmp_path / "minerals.duckdb")
    (tmp_path / "parquet").symlink_to(now / "parquet", target_is_directory=True)
    (tmp_path / "archive" / "usgs_mcs" / "a.csv").write_bytes(b"x" * 4_000)
    (tmp_path / "raw.duckdb").write_bytes(b"x" * 12_000)
    sizes = usage(tmp_path)
    assert tuple(sizes) == ORDER
    assert 48_000 <= sizes["published"] < 64_000
    assert 20_000 <= sizes["publications"] < 32_000
    assert sizes["raw"] >= 12_000
    assert sizes["archive"] >= 4_000
    assert sizes["parsed"] == 0
