"""US general imports by month: the World and China, unknown cells, and quantities unfit for prices."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ingest.contracts import FileFacts, ParseError, accept
from ingest.sources.census_months import CHINA, HEADER, IMPORTS, WORLD, parse

LINES = ["8110100000", "8112921000", "8112926000", "2504101000", "8101940000"]
FACTS = FileFacts("months.csv", "monthly", date(2026, 9, 5))


def line(month: str, hts10: str, value: int, quantity: int, china: str = ",,no") -> str:
    return f"{month},{hts10},A LINE,{value},{quantity},KG,1.0,{china}"


def whole(*lines: str) -> bytes:
    """A complete file: one month of five lines, then the given lines."""
    filling = [line("2025-01", hts10, 10, 10) for hts10 in LINES]
    return "\n".join([",".join(HEADER), *filling, *lines, ""]).encode()


SPECIMENS = {FACTS: whole(line("2025-02", LINES[0], 100, 10, "40,4,yes"))}


def read(folder: Path, *lines: str) -> pl.DataFrame:
    path = folder / FACTS.name
    path.write_bytes(whole(*lines))
    return parse(path, FACTS)[IMPORTS.name]


def test_an_empty_cell_of_china_is_zero_where_china_was_requested(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        line("2025-02", LINES[0], 100, 10, "40,4,yes"),
        line("2025-03", LINES[0], 100, 10, ",,yes"),
        line("2025-04", LINES[0], 100, 10, ",,no"),
    )
    assert accept(IMPORTS, rows).refused.is_empty()
    china = rows.filter(cty_code=CHINA).sort("period").select("period", "general_value_usd", "quantity")
    assert china.rows() == [(date(2025, 2, 1), 40, 4.0), (date(2025, 3, 1), 0, 0.0)]
    assert rows.filter(cty_code=WORLD).height == len(LINES) + 3


def test_quantities_that_give_no_unit_value_are_marked(tmp_path: Path) -> None:
    usual = [line(f"2025-{month:02d}", LINES[1], 100, 10) for month in range(2, 13)]
    usual[5] = line("2025-07", LINES[1], 310, 10)
    usual[7] = line("2025-09", LINES[1], 290, 10)
    usual[9] = line("2025-11", LINES[1], 100, 0)
    rows = read(tmp_path, *usual, line("2025-02", "8104110000", 100, 10))
    world = rows.filter(cty_code=WORLD)
    status = dict(world.filter(hts10=LINES[1]).select("period", "quantity_status").iter_rows())
    assert status[date(2025, 6, 1)] == "stated"
    assert status[date(2025, 7, 1)] == "outlier", "31 is more than three times 10"
    assert status[date(2025, 9, 1)] == "stated", "29 is not more than three times 10"
    assert status[date(2025, 11, 1)] == "not_stated"
    assert set(world.filter(hts10="8104110000")["quantity_status"]) == {"suppressed"}


def test_china_is_a_part_of_the_world(tmp_path: Path) -> None:
    refused = accept(IMPORTS, read(tmp_path, line("2025-02", LINES[0], 100, 10, "101,4,yes"))).refused
    assert refused["_reason"].to_list() == ["more_from_china_than_from_all"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text.replace("china_pulled", "pulled"), "columns are"),
        (lambda text: text.replace("2025-01", "January"), "'January' is not a month"),
        (lambda text: text[:-1], "cut short"),
        (lambda text: "\n".join(text.split("\n")[:3]) + "\n", "only 2 tariff lines"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, change: object, sentence: str) -> None:
    read(tmp_path)
    path = tmp_path / "months.csv"
    path.write_text(change(path.read_text()))  # type: ignore[operator]
    with pytest.raises(ParseError, match=sentence):
        parse(path, FACTS)


def test_the_real_file(shared_data: Path) -> None:
    folder = shared_data / "us_census_trade/imports_hts10_monthly_world_china"
    (path,) = folder.glob("*.csv")
    accepted = accept(IMPORTS, parse(path, FACTS)[IMPORTS.name])
    assert accepted.refused.is_empty()
    world = accepted.rows.filter(cty_code=WORLD)
    assert (world.height, world["hts10"].n_unique()) == (1332, 31)
    assert accepted.rows.filter(cty_code=CHINA)["hts10"].n_unique() == 9
