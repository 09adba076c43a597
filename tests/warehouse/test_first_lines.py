"""The first line of each question's answer: its sentence, its columns, its sources and flags."""

import re
import shlex
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from orchestration.cli.first_rows import print_first
from warehouse import book
from warehouse.answers import Reply, reply
from warehouse.explain import explain
from warehouse.first_lines import FirstLine, designs, first_line


@pytest.fixture(scope="module")
def con(published_starter: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published_starter / "minerals.duckdb"), read_only=True) as reader:
        yield reader


def _first(con: duckdb.DuckDBPyConnection, words: str) -> FirstLine:
    found = reply(con, words)
    assert isinstance(found, Reply)
    assert found.first is not None
    return found.first


def test_every_question_has_columns_and_a_sentence(con: duckdb.DuckDBPyConnection) -> None:
    assert set(designs()) == {str(question.number) for question in book.questions()}
    for question in book.questions():
        columns, rows = book.answer(con, question)
        design = designs()[str(question.number)]
        assert [name for name in design["columns"].split() if name not in columns] == [], question.name
        found = first_line(con, question, columns, rows)
        assert (found is None) == (not rows)
        if found:
            assert found.sentence.endswith("."), question.name
            assert "{" not in found.sentence
            assert "[" not in found.sentence
            assert found.rows


def test_a_sentence_has_the_figures_of_the_first_row_with_their_units(con: duckdb.DuckDBPyConnection) -> None:
    [[supplier, low, high, year]] = con.execute(
        """
        select
            names.name,
            losses.supplier_unreplaced_share_low,
            losses.supplier_unreplaced_share_high,
            losses.year
        from marts.disruption_scenario as losses
        inner join core.dim_country as names on losses.lost_supplier_iso3 = names.iso3
        where losses.scenario_id = 'usa_embargo' and losses.is_in_supplier_total and losses.supplier_rank = 1
        order by losses.year desc
        limit 1
        """
    ).fetchall()
    found = _first(con, "24")
    assert found.sentence.startswith(f"{supplier}: its loss would leave")
    assert f"({year})" in found.sentence
    assert f"{100 * low:.1f} to {100 * high:.1f} %" in found.sentence
    assert "U.S. Geological Survey" in found.sources


def test_equal_bounds_are_one_figure_and_a_missing_part_is_left_out(con: duckdb.DuckDBPyConnection) -> None:
    assert "100 % of consumption" in _first(con, "1 arsenic").sentence
    of_antimony = _first(con, "4 antimony").sentence
    assert "stocks last" not in of_antimony
    assert "already cut by Chinese export controls" in of_antimony


def test_a_flag_is_shown_by_its_meaning(con: duckdb.DuckDBPyConnection) -> None:
    assert any("government stockpile" in flag for flag in _first(con, "15").flags)


def test_rows_without_a_figure_do_not_come_first(con: duckdb.DuckDBPyConnection) -> None:
    found = _first(con, "5")
    at = found.columns.index("landed_usd_per_kg")
    assert all(row[at] is not None for row in found.rows)


def test_an_empty_answer_names_the_sources_it_needs_and_what_to_ask_instead(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = reply(con, "41")
    assert isinstance(found, Reply)
    [why] = [note for note in found.notes if "Not held yet" in note]
    assert "fast41" in why
    assert "bgs_wms" not in why
    assert "`minerals ask 38`" in why


def test_publishers_of_all_rows_are_named_once(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "3")
    assert isinstance(found, Reply)
    assert found.first is not None
    [table] = found.tables
    at = table.columns.index("published_by")
    listed = found.first.sources.split("; ")
    assert set(listed) == {name for row in table.rows for name in row[at].split("; ")}
    assert len(listed) == len(set(listed)) > 1
    names = {one.replace(".", "") for one in _first(con, "14").sources.split("; ")}
    assert len(names) == len(_first(con, "14").sources.split("; "))
    assert "usgs_mcs" not in _first(con, "25").sources


def test_supplies_are_counted_once(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "3")
    assert isinstance(found, Reply)
    [table] = found.tables
    key = [table.columns.index(name) for name in ("area", "mineral_id", "stage")]
    supplies = {tuple(row[at] for at in key) for row in table.rows}
    assert len(supplies) == len(table.rows)
    assert _first(con, "3").sentence.startswith(f"{len(supplies)} supplies.")


def test_figures_compared_are_added_up(con: duckdb.DuckDBPyConnection) -> None:
    [counts] = con.execute(
        "select count(*), count(*) filter (passed and reason_code = 'agrees'), count(*) filter (not passed)"
        " from marts.reconciliation"
    ).fetchall()
    compared, agreed, disagreed = counts
    sentence = _first(con, "25").sentence
    assert sentence.startswith(f"All checks together: of {compared} figures, {agreed} agree")
    assert f"{disagreed} disagree." in sentence


def test_idle_plants_begin_with_the_largest_refinery(con: duckdb.DuckDBPyConnection) -> None:
    [[mineral, country]] = con.execute(
        """
        select minerals.name, figures.country_name
        from marts.capacity_outlook as figures
        inner join core.dim_mineral as minerals on figures.mineral_id = minerals.mineral_id
        where
            figures.country_iso3 not in ('WLD', 'ZZZ')
            and figures.unit = 't'
            and figures.stage != 'ore_concentrate'
        order by (figures.capacity - figures.production) / figures.world_capacity desc nulls last
        limit 1
        """
    ).fetchall()
    found = _first(con, "37")
    assert found.sentence.startswith(f"{mineral} (refined metal)")
    assert f"{country} left " in found.sentence
    row = dict(zip(found.columns, found.rows[0], strict=True))
    assert (row["mineral"], row["country_name"]) == (mineral, country)


@pytest.mark.parametrize(
    ("number", "needed"),
    [
        ("3", {"china_share", "period"}),
        ("13", {"calculated_duty_usd", "effective_rate_pct"}),
        ("15", {"days_of_consumption", "known_stock_t"}),
        ("22", {"old_value", "new_value", "revised_in"}),
        ("25", {"compared", "agreed", "disagreed"}),
        ("37", {"idle_capacity", "unit"}),
    ],
)
def test_what_a_question_asks_for_fits_a_usual_window(
    con: duckdb.DuckDBPyConnection, number: str, needed: set[str]
) -> None:
    found = _first(con, number)
    window = Console(width=100, file=StringIO())
    _, kept = print_first(found.columns, found.rows, window, 30)
    assert needed <= set(found.columns[:kept])


def test_a_duty_is_stated_with_and_without_a_claim(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "duty fluorspar from Mexico", date(2026, 1, 15))
    assert isinstance(found, Reply)
    assert found.first is not None
    assert "25 % without a USMCA claim, 0 % with one" in found.first.sentence
    [table] = found.tables
    for row in (dict(zip(table.columns, one, strict=True)) for one in table.rows):
        [[without, claimed]] = con.execute(
            "select total_ad_valorem_pct, preferential_total_ad_valorem_pct"
            " from marts.tariff_schedule where hts8 = $1 and origin_iso3 = 'MEX'"
            " and date '2026-01-15' between valid_from and valid_to",
            [row["hts8"]],
        ).fetchall()
        assert (row["duty_pct"], row["with_usmca_claim_pct"]) == (without, claimed)
    shares = [row[table.columns.index("usmca_claimed_pct")] for row in table.rows]
    assert all(share is None or 0 <= share <= 100 for share in shares)
    assert any("claimed USMCA in the newest twelve months held" in note for note in found.notes)
    assert "U.S. International Trade Commission" in found.first.sources


def test_a_duty_of_another_origin_has_no_claim(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "duty graphite from China", date(2026, 5, 1))
    assert isinstance(found, Reply)
    assert found.first is not None
    assert "USMCA" not in found.first.sentence
    assert "with_usmca_claim_pct" not in found.first.columns
    assert not any("USMCA" in note for note in found.notes)


@pytest.mark.parametrize(
    "words", ["duty fluorspar from Mexico", "duty graphite from China", "duty potash from Canada"]
)
def test_an_answer_of_duties_points_to_answers_that_have_rows(
    con: duckdb.DuckDBPyConnection, words: str
) -> None:
    found = reply(con, words)
    assert isinstance(found, Reply)
    pointed = [one for note in found.notes for one in re.findall(r"`minerals ask (.*?)`", note)]
    for command in pointed:
        other = reply(con, command)
        assert isinstance(other, Reply)
        assert other.tables[0].rows, command
    is_claimed = "China" not in words
    assert any(one.startswith("14 ") for one in pointed) == is_claimed


@pytest.mark.parametrize(
    "words",
    [
        *(
            "1",
            "2",
            "4",
            "5",
            "8",
            "10",
            "11",
            "12",
            "13 graphite",
            "14 fluorspar Mexico",
            "15 cobalt",
            "16",
            "17",
        ),
        *("17 fluorspar", "26", "27", "28", "29", "37", "38"),
    ],
)
def test_an_answer_ends_with_the_command_that_traces_its_first_row(
    con: duckdb.DuckDBPyConnection, words: str
) -> None:
    found = reply(con, words)
    assert isinstance(found, Reply)
    [command] = re.findall(r"`minerals explain (.*?)` traces", found.notes[-1])
    mart, *values = shlex.split(command)
    traced = explain(con, mart, values)
    assert traced.figures
    if traced.mart in ("marts.stockpile_cover", "marts.import_sources", "core.fct_area_import"):
        assert traced.files


def test_a_list_of_this_warehouse_is_named_as_such(con: duckdb.DuckDBPyConnection) -> None:
    """Question 29: the support price is entered by hand, and no publisher is called price floors."""
    sources = _first(con, "29").sources.split("; ")
    assert "this warehouse's own list of price floors" in sources
    assert "price floors" not in sources
