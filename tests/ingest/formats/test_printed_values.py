"""Printed values: figures, bounds, ranges and letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.printed_values import QUALIFIERS, PublishedValue, read_value


@pytest.mark.parametrize(
    ("cell", "qualifier", "value", "low", "high"),
    [
        ("10,000", "=", 10_000, 10_000, 10_000),
        ("4.58", "=", 4.58, 4.58, 4.58),
        ("68\xa0", "=", 68, 68, 68),
        ("\u2212 88".replace(" ", ""), "=", -88, -88, -88),
        ("?10", "=", -10, -10, -10),
        ("-7", "=", -7, -7, -7),
        ("\u2014", "=", 0, 0, 0),
        ("--", "=", 0, 0, 0),
        (">50", ">", None, 50, None),
        ("<100,000", "<", None, 0, 100_000),
        (">50%", ">", None, 50, None),
        ("e>50", ">", None, 50, None),
        ("76 %", "=", 76, 76, 76),
        ("e150", "=", 150, 150, 150),
        ("Less than 25", "<", None, 0, 25),
        ("500\u201317,000", "range", None, 500, 17_000),
        ("330 - 390", "range", None, 330, 390),
        ("Less than \xbd unit.", "s", None, 0, 0.5),
        ("Less than 1/2 unit", "s", None, 0, 0.5),
        ("Less than 50,000\xa0tons", "s", None, 0, None),
        ("Less than one-half unit", "s", None, 0, 0.5),
        ("less than one half of a unit", "s", None, 0, 0.5),
        ("s", "s", None, 0, None),
        ("E", "E", None, None, 0),
        ("W", "W", None, None, None),
        ("    NA", "NA", None, None, None),
        ("XX", "XX", None, None, None),
        ("Moderate to large", "text", None, None, None),
        ("Variable, depending on type of product", "text", None, None, None),
    ],
)
def test_the_value_of_a_cell(
    cell: str, qualifier: str, value: float | None, low: float | None, high: float | None
) -> None:
    found = read_value(cell)
    assert found is not None
    assert (found.qualifier, found.value, found.low, found.high) == (qualifier, value, low, high)


def test_a_trailing_e_marks_an_estimate() -> None:
    assert read_value("1,200e") == PublishedValue("1,200e", "=", 1200, 1200, 1200, is_estimated=True)
    assert not read_value("1,200").is_estimated  # type: ignore[union-attr]


@pytest.mark.parametrize("cell", ["1,90", "12.3.4", "1 2", ">W", "W5", "\u2014 5 tons", "="])
def test_an_unknown_token_has_no_qualifier(cell: str) -> None:
    found = read_value(cell)
    assert found is not None
    assert found.qualifier is None
    assert found.value is None


@pytest.mark.parametrize("part", ["a", "1", "1,", "1 ", "less than 1", "\u2014", "W"])
def test_a_cell_as_long_as_a_file_is_read_in_one_pass(part: str) -> None:
    found = read_value(part * 50_000 + "1x")
    assert found is not None
    assert found.value is None


@pytest.mark.parametrize("cell", ["", "   ", "\xa0"])
def test_a_blank_cell_has_no_value(cell: str) -> None:
    assert read_value(cell) is None


@given(st.integers(-(10**12), 10**12))
def test_a_figure_survives_the_thousands_separators(number: int) -> None:
    assert read_value(f"{number:,}").value == number  # type: ignore[union-attr]


@given(st.text(max_size=30))
def test_any_text_is_read_without_an_error_and_bounds_never_cross(cell: str) -> None:
    found = read_value(cell)
    if found is None:
        assert not cell.strip()
        return
    assert found.qualifier is None or found.qualifier in QUALIFIERS
    assert (found.value is not None) == (found.qualifier == "=")
    if found.low is not None and found.high is not None and found.qualifier != "range":
        assert found.low <= found.high
