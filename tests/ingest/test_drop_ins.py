"""Which of the dropped-in files are read."""

from pathlib import Path

import pytest

from ingest.drop_ins import partition_of, strays
from orchestration.pipeline.sources import modules


def test_files_of_no_source_are_named(tmp_path: Path) -> None:
    assert strays(tmp_path / "not_there", ["usgs_mcs"]) == []
    for name in ("usgs_mcs", "usgs", ".cache"):
        (tmp_path / name).mkdir()
    (tmp_path / "loose.csv").touch()
    assert strays(tmp_path, ["usgs_mcs"]) == ["loose.csv", "usgs"]


@pytest.mark.parametrize(
    ("source_id", "name", "partition"),
    [
        ("census_bulk", "IMDB2609 (1).ZIP", "imports-2026-09"),
        ("census_api", "2025_81(2).json", "2025/81"),
        ("cepii_baci", "BACI_HS17_V202601 (1).zip", "HS17/V202601"),
        ("comtrade", "comtrade_mexico_202608 (1).json", "mexico/202608"),
        ("federal_register", "documents-2026-Q4 (1).json", "2026-Q4"),
        ("statcan_cimt", "CIMT-CICM_Imp_2026 - Copy.zip", "import-2026"),
        ("usitc_hts", "hts_2026_rev_5 (1).json", "2026_rev_5"),
        ("usitc_hts", "Revision 3 (2027).json", "Revision 3 (2027)"),
        ("wits_trains", "trains-USA-2024 (12).json", "USA-2024"),
    ],
)
def test_a_second_copy_has_the_partition_of_the_first(
    tmp_path: Path, source_id: str, name: str, partition: str
) -> None:
    path = tmp_path / name
    path.touch()
    assert partition_of(modules()[source_id], path, tmp_path) == partition
