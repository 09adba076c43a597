"""Which of the dropped-in files are read."""

from pathlib import Path

from ingest.drop_ins import strays


def test_files_of_no_source_are_named(tmp_path: Path) -> None:
    assert strays(tmp_path / "not_there", ["usgs_mcs"]) == []
    for name in ("usgs_mcs", "usgs", ".cache"):
        (tmp_path / name).mkdir()
    (tmp_path / "loose.csv").touch()
    assert strays(tmp_path, ["usgs_mcs"]) == ["loose.csv", "usgs"]
