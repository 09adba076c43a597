"""The sheet of a mineral: what is disputed says so, and an empty table says what that means."""

from pathlib import Path

import duckdb

from warehouse.sheet import Subject, read_sheet


def test_a_reconciled_share_that_customs_dispute_says_so_in_both_tables(published_starter: Path) -> None:
    """Tungsten metal of 2024: 95 % from China with Hong Kong in reconciled data, 39 % by US customs."""
    with duckdb.connect(str(published_starter / "minerals.duckdb"), read_only=True) as con:
        subjects = read_sheet(con, "tungsten").as_dict()
    stated = "disputed, US customs: 39 %"
    [below] = [row for row in subjects["china"] if row["area"] == "United States"]
    assert below["direct"] == f"95 %; {stated}"
    above = [
        row for row in subjects["suppliers"] if row["stage"] == "refined_metal" and row["years"] == "2024"
    ]
    noted = {row["area"]: stated in row["which_to_quote"] for row in above}
    assert noted == {"United States": True, "North America": True, "Canada": False, "Mexico": False}
    assert "with Hong Kong" in _title("04_china"), "why it is not the share of the table above"


def test_a_table_without_rows_says_what_that_means() -> None:
    assert Subject("prices", "Prices", [], []).without_rows == "nothing is held"
    assert Subject("not_known", "What is not known", [], []).without_rows == "no gap is recorded"


def test_stocks_are_those_of_the_area_in_the_title() -> None:
    assert _title("08_stocks").startswith("Stocks in the United States")


def _title(name: str) -> str:
    return (
        (Path(__file__).parents[2] / "warehouse" / "sheet" / f"{name}.sql").read_text().partition("\n")[0][3:]
    )
