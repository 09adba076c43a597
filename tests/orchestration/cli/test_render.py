"""Output at every width: no figure and no word is split."""

import io
import os
import re
from datetime import date
from typing import Any

import pytest
from rich.console import Console

from orchestration.cli.render import Terminal, cell, measured, print_table, without_codes, wrapped
from warehouse.units import without_unit

COLUMNS = ["area", "mineral_id", "year", "value_usd", "what it is"]
ROWS: list[tuple[Any, ...]] = [
    (
        "USA",
        "rare_earths_separated",
        2024,
        1234567890.5,
        "Imports for consumption of the area, customs value",
    ),
    ("USMCA", "gallium", 2024, None, "x [bold]not markup[/bold] \x1b[2J"),
]


def laid(width: int, *, terminal: bool) -> list[str]:
    page = io.StringIO()
    print_table(COLUMNS, ROWS, Console(file=page, width=width, force_terminal=terminal, color_system=None))
    return page.getvalue().splitlines()


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_nothing_is_split_at_any_width(width: int) -> None:
    lines = laid(width, terminal=True)
    assert all(len(line) <= width for line in lines)
    words = " ".join(lines).split()
    for whole in ("rare_earths_separated", "1,234,567,890", "consumption", "value_usd", "2024"):
        assert whole in words
    assert "\x1b[2J" not in "".join(lines)


def test_a_row_too_wide_becomes_a_block_and_a_narrow_one_a_line() -> None:
    assert len(laid(200, terminal=True)) == 1 + len(ROWS)
    narrow = laid(60, terminal=True)
    assert narrow[0].split() == ["area", "USA"]
    assert narrow.count("") == 1, "a blank line between two records"


@pytest.mark.parametrize("terminal", [True, False])
def test_a_figure_has_its_unit_behind_it(terminal: bool) -> None:
    columns = [
        *("mineral_id", "price_usd_per_kg", "imports_t", "value_share", "change_pct", "days_of_use"),
        *("nir_low_pct", "ratio_to_mean", "gap_pp", "as_printed_pct", "year"),
    ]
    row = ["cobalt", 3.9, 12345.0, 0.46, None, 12, 9, 1.5, -2, ">50", 2024]
    page = io.StringIO()
    width = 60 if terminal else 20
    print_table(columns, [row], Console(file=page, width=width, force_terminal=terminal, color_system=None))
    shown = " ".join(page.getvalue().split())
    for unit in ("3.9 USD/kg", "12,345 t", "46 %", "12 days", "9 %", "-2 pp"):
        assert unit in shown
    assert not re.search(r"(>50|1\.5|2,?024|cobalt) (%|t|days|of|pp)\b", shown)
    if terminal:
        assert "price_usd_per_kg 3.9 USD/kg" in shown, (
            "name on the left, value on the right, followed by the unit"
        )


def test_output_to_a_file_is_never_folded() -> None:
    assert len(laid(20, terminal=False)) == 1 + len(ROWS)


def test_text_is_broken_between_words_on_a_terminal_only() -> None:
    text = "The publisher says 1,234,567 t; see https://example.org/a/very-long/address"
    narrow = Console(file=io.StringIO(), width=40, force_terminal=True)
    assert wrapped(text, narrow, "  ").splitlines() == [
        "  The publisher says 1,234,567\N{NO-BREAK SPACE}t; see",
        "  https://example.org/a/very-long/address",
    ]
    assert wrapped(text, Console(file=io.StringIO(), width=40)) == text
    assert wrapped(str(date(2026, 2, 1)), narrow) == "2026-02-01"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.99, "99 %"), (1.0, "100 %"), (0.979141, "97.9 %"), (0, "0 %"), (-0.5, "-50 %")],
)
def test_a_share_of_one_is_shown_in_percent(value: float, shown: str) -> None:
    assert measured(value, "value_share") == shown
    assert measured(value, "china_share_by_customs") == shown
    assert measured(value, "share_of") != shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(9.4e-09, "<0.1 %"), (0.00041, "<0.1 %"), (-0.00041, ">-0.1 %"), (-0.0, "0 %"), (0.0041, "0.41 %")],
)
def test_a_small_figure_has_no_exponent_and_zero_has_no_sign(value: float, shown: str) -> None:
    assert measured(value, "value_share") == shown
    assert measured(-0.0, "change_pct") == "0 %"


@pytest.mark.parametrize("width", range(40, 60))
def test_no_line_ends_between_a_number_and_its_unit(width: int) -> None:
    text = "China 44 %, Canada 12 %, Mexico 9 %, Chile 8 %, Peru 7 %, Brazil 100 t, others 5 %"
    page = io.StringIO()
    console = Console(file=page, width=width, force_terminal=True, color_system=None)
    print_table(["area", "largest_first"], [("USA " * 20, f"{text}, {text}")], console)
    lines = [*page.getvalue().splitlines(), *wrapped(text, console).splitlines()]
    assert [line for line in lines if line.lstrip().startswith(("%", "t,"))] == []
    assert wrapped(text, Console(file=io.StringIO(), width=width)) == text


def test_a_block_has_no_empty_field_and_the_first_items_of_a_long_list() -> None:
    listed = ";".join(f"mineral_{number}" for number in range(40))
    columns, row = ["area", "nothing_t", "minerals_not_measured"], ("USA", None, listed)
    page = io.StringIO()
    print_table(columns, [row], Console(file=page, width=60, force_terminal=True, color_system=None))
    shown = " ".join(page.getvalue().split())
    assert "nothing_t" not in shown
    assert shown.endswith("mineral_11 and 28 more (all with --format csv)")
    piped = io.StringIO()
    print_table(columns, [row], Console(file=piped, width=60))
    assert "mineral_39" in piped.getvalue()


def test_a_key_and_its_text_are_separated() -> None:
    assert cell("stock shortfall:stock none;china:no") == "stock shortfall: stock none; china: no"
    assert cell("https://example.org") == "https://example.org"


def test_a_command_is_printed_as_it_is_typed() -> None:
    command = (
        "minerals query \"from core.dim_facility where facility_id = 'nrcan_projects:crawford:ontario'\""
    )
    assert measured(command, "command") == command


def test_a_stage_is_in_words_and_an_identifier_is_not() -> None:
    columns, rows = without_codes(["stage", "scenario_id"], [["refined_metal", "usa_embargo"]])
    assert (columns, rows) == (["stage", "scenario_id"], [["refined", "usa_embargo"]])


def test_a_flag_or_source_is_omitted_if_its_words_are_shown() -> None:
    columns = ["coverage", "coverage_in_words", "source_ids", "published_by"]
    rows = [["value_only", "A weight is missing", "usgs_mcs", "U.S. Geological Survey"]]
    assert without_codes(columns, rows) == (
        ["coverage_in_words", "published_by"],
        [["A weight is missing", "U.S. Geological Survey"]],
    )


@pytest.mark.parametrize(
    ("column", "name"),
    [("imports_usd_m", "imports"), ("world_share", "world_share"), ("nir_low_pct", "nir_low")],
)
def test_a_unit_is_printed_once(column: str, name: str) -> None:
    assert without_unit(column) == name


def test_the_code_is_omitted_if_the_name_is_shown() -> None:
    columns, rows = without_codes(
        ["mineral_id", "mineral", "origin_iso3", "origin", "area", "lost_supplier_iso3", "source_id"],
        [["cobalt", "Cobalt", "CHN", "China", "USA", "COD", "usgs_mcs"]],
    )
    assert columns == ["mineral", "origin", "area", "lost_supplier_iso3", "source_id"]
    assert rows == [["Cobalt", "China", "USA", "COD", "usgs_mcs"]]


def test_a_closed_pipe_does_not_end_a_refresh() -> None:
    theirs, ours = os.pipe()
    os.close(theirs)
    terminal = Terminal(file=os.fdopen(ours, "w"))
    terminal.print("sources: 24 files")
    terminal.print("Published.")
    terminal.file.close()
    assert terminal.quiet


def test_percentages_have_no_more_digits_than_their_bounds() -> None:
    assert measured(65.392362, "top_supplier_share_pct") == "65.4 %"
    assert measured(12.406452199637306, "effective_rate_pct") == "12.4 %"
    assert measured(100.0, "nir_high_pct") == "100 %"
    assert measured(0.016, "effective_rate_pct") == "<0.1 %"
    assert measured(26_935.914, "buy_t") == "26,935.9 t"
