"""Every answer of the query book, as a reader without the dictionary gets it: the starter's real figures."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.cli.render import without_codes
from warehouse.book import Question, answer, questions
from warehouse.connect import connect
from warehouse.publications import FILE

MOST_COLUMNS = 14
"""Columns that a person compares at most."""
CODES = re.compile(r"[A-Z]{3}(?:[;, ]+[A-Z]{3})*")
"""Codes of countries and nothing else."""
NOT_OF_A_SOURCE = {21, 25, 35, 38}
"""Questions on the warehouse's own lists and rules, or on lists that the row names."""

Answer = tuple[list[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def con(published_starter: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(published_starter / FILE) as reader:
        yield reader


@pytest.fixture(scope="module")
def answers(con: duckdb.DuckDBPyConnection) -> dict[int, Answer]:
    return {question.number: answer(con, question) for question in questions()}


def rows_of(answers: dict[int, Answer], number: int) -> list[dict[str, Any]]:
    columns, rows = answers[number]
    return [dict(zip(columns, row, strict=True)) for row in rows]


EVERY = pytest.mark.parametrize("question", questions(), ids=lambda question: f"{question.number}")


@EVERY
def test_a_reader_needs_no_dictionary(answers: dict[int, Answer], question: Question) -> None:
    """No key, no code without its name, no date where a year or month is meant, no wall of columns."""
    columns, rows = answers[question.number]
    shown = without_codes(columns, [])[0]
    assert len(shown) <= MOST_COLUMNS, shown
    assert not [name for name in shown if name.endswith("_iso3") or name in ("mineral_id", "scenario_id")]
    assert len(set(columns)) == len(columns)
    for name in shown:
        values = [row[columns.index(name)] for row in rows]
        texts = [value for value in values if isinstance(value, str)]
        assert not [text for text in texts if "|" in text], name
        if "period" in name or "month" in name or "year" in name:
            assert not [value for value in values if isinstance(value, date)], name
            assert not [text for text in texts if re.search(r"\d{4}-\d\d-\d\d", text)], name
        if name not in ("area", "most_exposed", "currency", "exempt_bloc"):
            assert not [text for text in texts if CODES.fullmatch(text)], name


@EVERY
def test_an_answer_names_its_publishers(answers: dict[int, Answer], question: Question) -> None:
    columns, rows = answers[question.number]
    if question.number not in NOT_OF_A_SOURCE and rows:
        assert {row[columns.index("published_by")] for row in rows} != {None}


@EVERY
def test_a_tariff_code_has_its_goods(answers: dict[int, Answer], question: Question) -> None:
    columns, rows = answers[question.number]
    for code in {"hs_code", "hs6"} & set(columns):
        unnamed = [row for row in rows if row[columns.index(code)] and not row[columns.index("goods")]]
        assert not unnamed, code


def test_charges_below_a_floor_add_up(con: duckdb.DuckDBPyConnection, answers: dict[int, Answer]) -> None:
    """Question 5: a shipment stands once, whatever the scenarios, so that the column adds up to the total."""
    ((charged, judged, others),) = con.execute(
        """
        select
            sum(border_adjustment_usd) filter (below_floor),
            sum(value_usd) filter (quantity_method = 'reported'),
            (select count(*) from marts.price_floor where scenario_id like '%exempt' and below_floor)
        from marts.price_floor
        where
            scenario_id = 'usa_five_year_mean'
            and period > (select max(period) from marts.price_floor) - interval 24 month
        """
    ).fetchall()
    assert others, "no other scenario charges the same shipments"
    rows = rows_of(answers, 5)
    assert sum(row["border_adjustment_usd"] or 0 for row in rows) == charged > 0
    shipments = [(row["mineral_id"], row["hs_code"], row["origin_iso3"]) for row in rows if row["hs_code"]]
    assert len(set(shipments)) == len(shipments)
    findings = " ".join(row["finding"] for row in rows)
    assert f"total: USD {charged:,} " in findings
    assert f"could be judged: USD {judged:,} of " in findings
    assert "census_bulk brings" in findings


def test_no_floor_is_added_to_another(answers: dict[int, Answer]) -> None:
    """Question 29: exempt blocs change no cost of a magnet and are no rows of their own."""
    keys = [(row["scenario"], row["hs_code"], row["year"]) for row in rows_of(answers, 29)]
    assert len(set(keys)) == len(keys)
    assert not [scenario for scenario, *_ in keys if "exempt" in scenario]


def test_a_list_without_phases_counts_no_projects(answers: dict[int, Answer]) -> None:
    """Question 38: the lists of the USA and Mexico state no phase, so that none is planned is not known."""
    rows = rows_of(answers, 38)
    counted = ("mine_projects", "mines", "processing_projects", "plants")
    for row in rows:
        is_known = row["area"] == "CAN"
        assert all((row[name] is not None) == is_known for name in counted), row
    assert sum(row["sites_phase_not_stated"] for row in rows if row["area"] == "USA") > 1000
    dysprosium = next(row for row in rows if (row["mineral_id"], row["area"]) == ("dysprosium", "USA"))
    assert "Canada" in dysprosium["processing_of_the_three"]
    tantalum = next(row for row in rows if (row["mineral_id"], row["area"]) == ("tantalum", "CAN"))
    assert tantalum["processing_of_the_three"] == "none listed"
    assert tantalum["finding"].startswith("gap")


def test_a_loss_after_a_ban_says_that_imports_were_cut(answers: dict[int, Answer]) -> None:
    """Question 4: 2 % of antimony is lost in 2025, after the ban of December 2024; 44 % was in 2024."""
    found = {
        (row["mineral_id"], row["year"]): row["imports_already_cut"]
        for row in rows_of(answers, 4)
        if row["scenario"] == "China sells none to the USA"
    }
    assert "ban since 2024-12-03" in found["antimony", 2025]
    assert "before, 44 % in 2024" in found["antimony", 2025]
    assert found["antimony", 2024] is None
    assert found["germanium", 2025] is None, "no cut where the share did not fall"


def test_goods_passed_on_say_whose_exports_are_held(answers: dict[int, Answer]) -> None:
    """Questions 20 and 31: only the exports of Brazil and the United Kingdom are in the starter."""
    for number in (20, 31):
        assert {row["exporters_held"] for row in rows_of(answers, number)} == {"Brazil and United Kingdom"}
    first = rows_of(answers, 31)[0]
    assert (first["exporter"], first["importer"], first["mineral"]) == (
        "United Kingdom",
        "United States",
        "Platinum",
    )


def test_a_revision_is_said_in_words(answers: dict[int, Answer]) -> None:
    """Question 22: Georgia mined 5 000 t of zeolites in 2024 by the edition of 2025, 243 000 by the next."""
    first = rows_of(answers, 22)[0]
    said = ("mineral", "country", "measure", "period", "old_value", "new_value", "stated_in", "revised_in")
    assert tuple(first[name] for name in said) == (
        "Zeolites (natural)",
        "Georgia",
        "production, ore concentrate",
        2024,
        5000,
        243000,
        "2025",
        "2026",
    )
    assert first["remark"]
    of_reliance = [row for row in rows_of(answers, 22) if row["unit"] == "%"]
    assert of_reliance
    assert all(row["change_pct"] is None and row["change_pp"] for row in of_reliance)


def test_mexico_supplies_each_form_by_one_share(answers: dict[int, Answer]) -> None:
    """Question 17: a mean of four years is said as a span, and a form stands once."""
    rows = rows_of(answers, 17)
    forms = [(row["mineral_id"], row["stage"]) for row in rows]
    assert len(set(forms)) == len(forms)
    assert (rows[0]["mineral"], rows[0]["period"], rows[0]["quantity_share"]) == (
        "Thallium",
        "2021-2024",
        0.9,
    )


def test_who_restricts_a_mineral_has_its_agreement(answers: dict[int, Answer]) -> None:
    """Question 27: Indonesia bans exports of nickel ore and has an agreement; the last row is of all."""
    rows = rows_of(answers, 27)
    nickel = next(row for row in rows if row["mineral_id"] == "nickel")
    assert "Indonesia (agreement: reciprocal trade of 2025)" in nickel["restricting_countries"]
    antimony = next(row for row in rows if row["mineral_id"] == "antimony")
    assert "China (no agreement)" in antimony["restricting_countries"]
    last = rows[-1]
    assert last["mineral_id"] is None
    assert 0 < last["restricted_import_share"] < 0.1
    assert all(row["restricting_countries"] or row["restricted_import_share"] for row in rows)


def test_without_months_full_years_are_compared(answers: dict[int, Answer]) -> None:
    """Questions 10 and 11: offline no months by origin are held; US customs and BACI have the years."""
    thai = next(
        row for row in rows_of(answers, 10) if (row["hub"], row["stage"]) == ("Thailand", "refined_metal")
    )
    assert (thai["mineral"], thai["compared"]) == ("Antimony", "2023 with 2025")
    assert thai["value_after_usd"] > 6 * thai["value_before_usd"] > 0
    assert all("census_bulk" in row["remark"] for row in rows_of(answers, 10))
    assert not [row for row in rows_of(answers, 10) if row["hub_iso3"] == row["imposer_iso3"]]
    assert {row["hub"] for row in rows_of(answers, 11)} == {"Belgium", "Mexico", "Thailand", "Vietnam"}
    assert {row["period"] for row in rows_of(answers, 11)} >= {"2021", "2025"}


def test_what_cannot_be_measured_says_what_it_shares(answers: dict[int, Answer]) -> None:
    """Question 21: twelve of the sixty minerals of the list."""
    rows = rows_of(answers, 21)
    assert {(row["minerals_without_a_line"], row["minerals_on_the_list"]) for row in rows} == {(12, 60)}
    rubidium = next(row for row in rows if row["mineral_id"] == "rubidium")
    assert "Cesium" in rubidium["shares_them_with"]
