import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ingest.contracts import FileFacts, ParseError, accept
from ingest.sources import usitc_hts
from ingest.sources.usitc_hts import LINE, PRODUCT, RELEASE, lines_of, parse, partition_of, release_id

RELEASES = [
    "2025_basic", "2025_rev_4", "2025_rev_10", "2025_rev_17", "2025_rev_32",
    "2026_basic", "2026_rev_4", "2026_rev_5",
]  # fmt: skip


def facts(name: str, partition: str = "2026_rev_5") -> FileFacts:
    return FileFacts(name, partition, date(2026, 4, 6))


def row(
    htsno: str, indent: int, general: str = "", special: str = "", other: str = "", **more: Any
) -> dict[str, Any]:
    return {
        "htsno": htsno, "indent": str(indent), "description": "", "superior": None, "units": ["kg"],
        "general": general, "special": special, "other": other, "footnotes": [],
        "quotaQuantity": None, "additionalDuties": None, "addiitionalDuties": None, **more,
    }  # fmt: skip


TREE = [
    row("2846", 0),
    row("2846.90", 1),
    row("", 2),
    row("2846.90.20", 3, "Free", "", "25%", footnotes=[{"columns": ["other"], "value": "See 9903.90.08.  "}]),
    row("2846.90.20.05", 5),
    row("2846.90.20.15", 5),
    row("2846.90.40.00", 3, "1.2¢/kg + 3%", "Free (A,S,S+)", "30%", addiitionalDuties="See note 1"),
    row("2847.00.00.00", 0, "Free", "", ""),
    row("2848", 0),
]


def lines(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    frame = lines_of(rows, "2026_rev_5", "tree.json", min_rows=len(rows))
    assert accept(LINE, frame).refused.is_empty()
    return {line["hts_code"]: line for line in frame.to_dicts()}


def test_rates_go_down_the_indent_even_where_it_jumps() -> None:
    found = lines(TREE)
    assert "" not in found
    statistical = found["2846902015"]
    assert statistical["general_text"] == "Free"
    assert statistical["other_text"] == "25%"
    assert statistical["rates_from"] == "28469020"
    assert statistical["chapter99_codes"] == "99039008"
    assert statistical["other_ad_valorem_pct"] == 25


def test_rates_do_not_leak_to_a_sibling_or_the_next_heading() -> None:
    found = lines(TREE)
    assert found["2846904000"]["chapter99_codes"] is None
    assert found["2847000000"]["other_parse_status"] == "blank"
    assert found["2847000000"]["special_programs"] is None
    assert found["2848"]["general_text"] is found["2848"]["rates_from"] is None
    assert found["284690"]["general_parse_status"] == "blank"


def test_compound_rate_programmes_and_the_misspelt_field() -> None:
    line = lines(TREE)["2846904000"]
    assert line["general_parse_status"] == "compound"
    assert (line["general_ad_valorem_pct"], line["general_specific_usd_per_kg"]) == (3, 0.012)
    assert line["special_programs"] == "A;S;S+"
    assert line["additional_duties_text"] == "See note 1"
    assert lines([row("0101", 0, "Free", additionalDuties="10%")])["0101"]["additional_duties_text"] == "10%"


def test_a_line_that_prints_only_column_2_keeps_the_general_rate_above_it() -> None:
    found = lines([row("9006.59.15", 6, "Free", "", "20%"), row("9006.59.15.20", 9, other="25%")])[
        "9006591520"
    ]
    assert (found["general_text"], found["other_text"], found["rates_from"]) == ("Free", "25%", "90065915")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html><body>Access denied</body></html>", "HTML page"),
        (b"htsno,indent", "not JSON"),
        (b'{"message": "gone"}', "not a list of records"),
        (gzip.compress(json.dumps(TREE).encode())[:-40], "damaged or cut off"),
        (json.dumps(TREE).encode()[:-40], "not JSON"),
        (json.dumps([row(f"{n:04}", 0) for n in range(12)]).encode(), "12 rows"),
    ],
)
def test_an_incomplete_schedule_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "hts.json.gz"
    path.write_bytes(content)
    with pytest.raises(ParseError, match=message) as refused:
        parse(path, facts("hts_2026_rev_5.json.gz"))
    assert str(refused.value).startswith("hts_2026_rev_5.json.gz: ")


def test_a_shuffled_schedule_is_refused() -> None:
    with pytest.raises(ParseError, match="2846902005 follows 2846902015"):
        lines([*TREE[:4], TREE[5], TREE[4], *TREE[6:]])


@pytest.mark.parametrize(
    "broken",
    [
        {"htsno": "0101", "indent": "0"},
        row("0101", 0) | {"indent": "deep"},
        row("0101", 0) | {"indent": None},
    ],
)
def test_rows_of_another_shape_are_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ParseError):
        lines([broken])


def test_release_names() -> None:
    assert release_id("2026HTSRev17") == "2026_rev_17"
    assert release_id("2026HTSBasic") == "2026_basic"
    with pytest.raises(ParseError):
        release_id("currentRelease")


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("2027HTSRev1", "2027_rev_1"),
        ("2027HTSARev2", "2027_rev_2"),
        ("2027_rev_1", "2027_rev_1"),
        ("2027 HTS Revision 104", "2027_rev_104"),
        ("Revision 3 (2027)", "2027_rev_3"),
        ("2027 Basic", "2027_basic"),
        ("2028HTSBasicB", "2028_basic"),
        ("2027HTSRev3A", "2027_rev_3a"),
        ("2027 Supplement 1", "2027_supplement_1"),
    ],
)
def test_a_release_of_another_spelling_is_the_same_release(name: str, release: str) -> None:
    assert release_id(name) == release
    assert partition_of(f"hts_{release}.json") == release
    assert partition_of(f"hts_{release}_json.json.gz") == release


def test_a_release_named_by_its_title_alone_and_an_undated_one_leave_the_others(tmp_path: Path) -> None:
    path = tmp_path / "releaseList.json"
    path.write_text(
        json.dumps(
            [
                {"name": "current", "title": "Revision 1 (2027)", "releaseStartDate": "01/27/2027"},
                {"name": "2027HTSBasic", "title": "Basic Edition (2027)", "releaseStartDate": "2027-01-01"},
                {"name": "2027HTSRev2", "title": "Revision 2 (2027)", "releaseStartDate": None},
            ]
        )
    )
    frame = parse(path, FileFacts(path.name, "releaseList", date(2027, 2, 1)))[RELEASE.name]
    assert frame.rows() == [("2027_rev_1", date(2027, 1, 27)), ("2027_basic", date(2027, 1, 1))]
    assert accept(RELEASE, frame).refused.is_empty()


def test_an_odd_entry_of_the_release_list_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "releaseList.json"
    entries = [
        {"name": "2027HTSBasic", "title": "Basic Edition (2027)", "releaseStartDate": "2027-01-01"},
        {"name": "HTSRev3", "title": "Revision 3", "releaseStartDate": "03/01/2027"},
        {"name": "2027HTSRev4", "title": "Revision 4 (2027)", "releaseStartDate": "to be announced"},
        {"name": "next", "title": "Next", "releaseStartDate": "soon"},
    ]
    path.write_text(json.dumps(entries))
    verdict = accept(
        RELEASE, parse(path, FileFacts(path.name, "releaseList", date(2027, 4, 1)))[RELEASE.name]
    )
    assert verdict.rows.rows() == [("2027_basic", date(2027, 1, 1)), ("2027_rev_3", date(2027, 3, 1))]
    assert verdict.refused["_reason"].str.contains(r"valid_from\|nullability").to_list() == [True, True]


def test_the_publishers_release_list(tmp_path: Path) -> None:
    path = tmp_path / "releaseList.json"
    path.write_text(
        json.dumps(
            [
                {
                    "name": "2026HTSRev17",
                    "status": "current",
                    "releaseStartDate": "09/28/2026",
                    "releaseEndDate": None,
                },
                {"name": "2026HTSRev18", "status": "draft", "releaseStartDate": None},
            ]
        )
    )
    frame = parse(path, facts("releaseList.json"))[RELEASE.name]
    assert frame.rows() == [("2026_rev_17", date(2026, 9, 28))]


def test_lists_of_products_are_known_by_their_columns(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("hts8,list,ch99_code\n25041010,biden_jan26,9903.91.06\n")
    assert parse(path, facts("list.csv"))[PRODUCT.name].row(0) == (
        "301", "biden_jan26", "25041010", "99039106", None, None,
    )  # fmt: skip
    path.write_text("hts10,effective_date_start,effective_date_end\n850511007000,2025-09-08,NA\n")
    refused = accept(PRODUCT, parse(path, facts("list.csv"))[PRODUCT.name]).refused
    assert refused["hts_prefix"].to_list() == ["850511007000"]
    path.write_text(
        "# Country-specific exempt products\n#\n"
        "ch99_code,hts10,effective_date_start,effective_date_end,source,note\n"
        "9903.01.77,2818.20.00,2025-08-06,,EO 14323 Annex I,HTS8 subheading\n"
    )
    assert parse(path, facts("list.csv"))[PRODUCT.name].row(0) == (
        "99030177_exempt", "country_exempt", "28182000", "99030177", date(2025, 8, 6), None,
    )  # fmt: skip
    path.write_text("hts8,ch99_code,category\n28441020,9903.01.13,energy_ca\n")
    assert parse(path, facts("list.csv"))[PRODUCT.name].row(0) == (
        "ieepa", "energy_ca", "28441020", "99030113", None, None,
    )  # fmt: skip
    path.write_text("hts8,rate\n25041010,25\n")
    with pytest.raises(ParseError, match="no known list"):
        parse(path, facts("list.csv"))


@pytest.mark.long
@pytest.mark.parametrize("release", RELEASES)
def test_real_releases(shared_data: Path, release: str) -> None:
    path = shared_data / "usitc_hts" / f"hts_{release}.json.gz"
    accepted = accept(LINE, parse(path, facts(path.name, release))[LINE.name])
    assert accepted.refused.is_empty()
    found = accepted.rows.filter(pl.col("release") == release)
    assert found.height > 29_000
    rates = {line["hts_code"]: line for line in found.to_dicts()}
    assert rates["2504101000"]["other_specific_usd_per_kg"] == 0.036
    assert rates["2504101000"]["general_parse_status"] == "free"
    assert rates["2836910050"]["general_ad_valorem_pct"] == 3.7
    assert rates["2805300005"]["general_ad_valorem_pct"] == 5
    assert rates["8505110070"]["general_ad_valorem_pct"] == 2.1
    assert rates["8505110070"]["rates_from"] == "85051100"
    assert "S" in rates["8112921000"]["special_programs"].split(";")
    assert rates["2607000040"]["description"] == "Lead ores and concentrates > Silver content"
    statistical = found.filter((pl.col("hts_code").str.len_chars() == 10) & (pl.col("hts_code") < "98"))
    blank = (statistical["general_parse_status"] == "blank").sum()
    assert blank == 0
    assert statistical.filter(pl.col("general_parse_status") == "text").height < 0.05 * statistical.height


def test_real_dates_and_lists(shared_data: Path) -> None:
    folder = shared_data / "usitc_hts"
    dates = parse(folder / "revision_dates.csv", facts("revision_dates.csv"))[RELEASE.name]
    assert accept(RELEASE, dates).refused.is_empty()
    known = dict(dates.iter_rows())
    assert set(RELEASES) <= set(known)
    assert known["2025_rev_4"] == date(2025, 3, 4)
    assert known["2026_rev_5"] == date(2026, 4, 6)
    lists = [
        accept(PRODUCT, parse(path, facts(path.name))[PRODUCT.name])
        for path in sorted((folder / "policy_lists_derived").glob("*.csv"))
    ]
    products = pl.concat(accepted.rows for accepted in lists)
    assert set(products["programme"]) == {"301", "232", "122_exempt", "ieepa_exempt"}
    assert sum(accepted.refused.height for accepted in lists) == 1, "one number of twelve digits"
    assert (
        products.filter(pl.col("hts_prefix") == "25041010")["chapter99_code"].to_list().count("99039106") == 1
    )


def test_the_source_describes_its_columns() -> None:
    for table in usitc_hts.SOURCE.tables:
        assert all(column["description"] for column in table.column_facts())
