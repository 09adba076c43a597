"""Sites of the Global Mining Dataset: kinds, ranks, typographic minus signs, other workbooks."""

import io
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from ingest.contracts import FileFacts, Frames, ParseError, accept
from ingest.sources.icmm_sites import COMMODITY, SITE, parse, stated_vintage

HEADER = (
    *("ICMMID", "Confidence Factor", "Mine Name ", "Group Names", "Latitude", "Longitude", "Asset Type"),
    *("Country", "Primary Commodity", "Secondary Commodity", "Other Commodities"),
)
Line = tuple[str | float | None, ...]


def site(number: int, *, kind: str = "Mine", latitude: str | float = 18.85, other: str | None = None) -> Line:
    return (
        f"ICMM{number:05d}",
        *("Moderate", f"Site {number}", None),
        *(latitude, -99.98, kind, "Mexico", "gold", "silver", other),
    )


def workbook(lines: Sequence[Line], header: Line = HEADER, sheet: str = "External") -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        about, sites = book.add_worksheet("About"), book.add_worksheet(sheet)
        about.write(0, 0, "Global Mining Dataset - September 2025")
        for row, line in enumerate([header, *lines]):
            for column, cell in enumerate(line):
                sites.write(row, column, cell)
    return content.getvalue()


FILLING = [site(number) for number in range(100, 130)]
SPECIMENS = {FileFacts("global-mining-dataset.xlsx", "sites", date(2025, 9, 1)): workbook(FILLING)}


def read(folder: Path, content: bytes) -> Frames:
    path = folder / "sites.xlsx"
    path.write_bytes(content)
    return parse(path, FileFacts(path.name, "sites", date(2025, 9, 1)))


def test_a_site_names_its_kinds_and_each_commodity_once_with_its_rank(tmp_path: Path) -> None:
    lines = [
        site(1, kind="Mine; Smelter", latitude="\N{MINUS SIGN}23.8901", other="Zinc; gold;"),
        *FILLING,
    ]
    found = read(tmp_path, workbook(lines))
    assert accept(SITE, found[SITE.name]).refused.is_empty()
    first = pl.col("site_id") == "ICMM00001"
    assert found[SITE.name].filter(first).select("asset_type", "latitude", "commodities").rows() == [
        ("Mine;Smelter", -23.8901, "gold;silver;Zinc; gold;")
    ]
    assert found[COMMODITY.name].filter(first).select("phrase", "rank").rows() == [
        ("gold", "primary"),
        ("silver", "secondary"),
        ("zinc", "other"),
    ]


def test_an_invalid_place_or_kind_refuses_only_its_row(tmp_path: Path) -> None:
    lines = [site(1, latitude="north"), site(2, kind="Quarry"), *FILLING]
    assert accept(SITE, read(tmp_path, workbook(lines))[SITE.name]).refused["site_id"].to_list() == [
        "ICMM00001",
        "ICMM00002",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (workbook(FILLING[:5]), "cut short, only 5 sites"),
        (workbook(FILLING, sheet="Sheet1"), "no sheet 'External' among"),
        (workbook(FILLING, header=("ID", *HEADER[1:])), "no column 'ICMMID'"),
        (workbook(FILLING)[:-200], "not a readable workbook"),
        (b"\n" * 24_008, "not a readable workbook"),
    ],
)
def test_another_file_is_refused_in_one_sentence(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=re.escape(message)):
        read(tmp_path, content)


def test_the_release_of_september_2025(shared_data: Path) -> None:
    """8,508 sites, 1,627 of the United States and 136 of Mexico."""
    path = shared_data / "icmm" / "global-mining-dataset.xlsx"
    if not path.is_file():
        pytest.skip("the workbook is not among the real files next to this checkout")
    found = parse(path, FileFacts(path.name, "sites", date(2025, 9, 1)))
    assert accept(SITE, found[SITE.name]).refused.is_empty()
    assert found[SITE.name].height == 8_508
    counts = dict(found[SITE.name].group_by("country").len().iter_rows())
    assert (counts["United States"], counts["Mexico"], counts["Canada"]) == (1_627, 136, 197)
    assert stated_vintage(path) == date(2025, 9, 1)
