from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from ingest.contracts import FileFacts, ParseError, accept
from ingest.sources.worldbank_prices import MONTHLY, parse

FACTS = FileFacts("pinksheet.xlsx", "2026-03-03", date(2026, 3, 3))

Cells = list[list[str | float | None]]

TITLES: Cells = [["World Bank Commodity Price Data"], ["monthly prices"], ["Updated on March 03, 2026"]]
HEAD: Cells = [[None, "Coal, South African **", " Nickel"], [None, "($/mt)", "($/mt)"]]
MONTHS: Cells = [["1960M01", "…", 1631.5], ["1960M02", "..", 1632], ["1960M03", 40.25, None]]


def workbook(path: Path, cells: Cells, sheet: str = "Monthly Prices") -> Path:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        for at, row in enumerate(cells):
            page.write_row(at, 0, row)
    return path


@pytest.mark.parametrize(
    "cells",
    [
        [*TITLES, *HEAD, *MONTHS],
        [*TITLES, [], [None], *HEAD, [None, "COAL_SAFRICA", "NICKEL"], *MONTHS],
    ],
    ids=["plain", "moved, with codes"],
)
def test_the_header_is_found_by_content(tmp_path: Path, cells: Cells) -> None:
    frame = parse(workbook(tmp_path / "p.xlsx", cells), FACTS)[MONTHLY.name]
    assert accept(MONTHLY, frame).refused.is_empty()
    assert sorted(frame.rows()) == [
        (date(2026, 3, 3), "Coal, South African", "$/mt", date(1960, 3, 1), 40.25),
        (date(2026, 3, 3), "Nickel", "$/mt", date(1960, 1, 1), 1631.5),
        (date(2026, 3, 3), "Nickel", "$/mt", date(1960, 2, 1), 1632),
    ]


@pytest.mark.parametrize("stated", ["Sep. 2, 2026", "Sept. 02, 2026", "September 2, 2026"])
def test_the_month_of_the_update_may_be_abbreviated(tmp_path: Path, stated: str) -> None:
    titles: Cells = [*TITLES[:2], [f"Updated on {stated}"]]
    frame = parse(workbook(tmp_path / "p.xlsx", [*titles, *HEAD, *MONTHS]), FACTS)[MONTHLY.name]
    assert frame["updated"].unique().to_list() == [date(2026, 9, 2)]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([*TITLES[:2], *HEAD, *MONTHS], "does not state its update date"),
        ([*TITLES, HEAD[0], *MONTHS], "row of units"),
        ([*TITLES, *HEAD], "starts with a month"),
        ([*TITLES, *HEAD, MONTHS[1], MONTHS[0], MONTHS[2]], "unbroken sequence"),
        ([*TITLES, *HEAD, MONTHS[0], MONTHS[2]], "unbroken sequence"),
        ([*TITLES, *HEAD, MONTHS[0], ["note", 1, 2], MONTHS[1]], "unbroken sequence"),
        ([*TITLES, *HEAD, ["1960M01", "n.a.", 2]], "'n.a.' is not a price"),
        ([*TITLES, [None, "Tin", "Tin*"], HEAD[1], *MONTHS], "same name"),
        ([["Updated on March 03, 2026"]], "no columns"),
    ],
)
def test_a_workbook_without_a_price_table_is_refused(tmp_path: Path, cells: Cells, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse(workbook(tmp_path / "p.xlsx", cells), FACTS)


def test_files_that_are_no_such_workbook(tmp_path: Path) -> None:
    with pytest.raises(ParseError, match="no sheet 'Monthly Prices'"):
        parse(workbook(tmp_path / "p.xlsx", TITLES, "Annual"), FACTS)
    whole = workbook(tmp_path / "whole.xlsx", [*TITLES, *HEAD, *MONTHS]).read_bytes()
    for content in (whole[: len(whole) // 2], b"<html></html>", b""):
        (tmp_path / "broken.xlsx").write_bytes(content)
        with pytest.raises(ParseError, match="not a readable workbook"):
            parse(tmp_path / "broken.xlsx", FACTS)


@pytest.mark.parametrize(
    ("day", "newest"), [("2025-12-02", date(2025, 11, 1)), ("2026-03-03", date(2026, 2, 1))]
)
def test_real_workbooks(shared_data: Path, day: str, newest: date) -> None:
    path = shared_data / "world_bank_pinksheet" / f"CMO-Historical-Data-Monthly_{day}.xlsx"
    accepted = accept(MONTHLY, parse(path, FACTS)[MONTHLY.name])
    assert accepted.refused.is_empty()
    frame = accepted.rows
    assert frame["updated"].unique().to_list() == [date.fromisoformat(day)]
    assert frame["period"].max() == newest
    assert frame["series"].n_unique() == 71
    prices = dict(frame.filter(pl.col("period") == date(2024, 6, 1)).select("series", "price").iter_rows())
    assert (prices["Copper"], prices["Nickel"], prices["Tin"]) == (9648.17, 17498.01, 32032.7)
