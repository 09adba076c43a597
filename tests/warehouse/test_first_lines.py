"""The first line of each question's answer: its sentence, its columns, its sources and flags."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from warehouse import book
from warehouse.answers import Reply, reply
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


def test_a_flag_is_said_in_its_meaning(con: duckdb.DuckDBPyConnection) -> None:
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
