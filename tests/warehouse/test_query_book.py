"""Every answer of the query book on the starter's real figures, for a reader without the dictionary."""

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
from warehouse.finding import found
from warehouse.publications import FILE
from warehouse.units import in_words

MOST_COLUMNS = 14
"""Maximum number of columns that a person can compare."""
CODES = re.compile(r"[A-Z]{3}(?:[;, ]+[A-Z]{3})*")
"""Codes of countries and nothing else."""
KEY = re.compile(r"[a-z]+(?:_[a-z0-9]+)+(?:;[a-z0-9_]+)*")
"""Keys of minerals, scenarios or flags and nothing else; a stage is printed without underscores."""
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
    """No key, no code without its name, no bare yes or no, no date for a month, no wall of columns."""
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
        assert not [value for value in values if isinstance(value, bool)], name
        if "stage" not in name:
            assert not [text for text in texts if KEY.fullmatch(text)], name
        if name not in ("most_exposed", "currency", "exempt_bloc"):
            assert not [text for text in texts if CODES.fullmatch(text)], name


@EVERY
def test_undetermined_figures_are_not_shown_as_a_range(
    answers: dict[int, Answer], question: Question
) -> None:
    """Bounds from 0 to 100 % say nothing: the answer leaves them out and says so in words."""
    columns, _ = answers[question.number]
    for low in (name for name in columns if name.endswith("_low_pct")):
        high = low.replace("_low_pct", "_high_pct")
        for row in rows_of(answers, question.number) if high in columns else []:
            assert row[low] is None or row[low] > 0 or row[high] < 100, row


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
    """Question 5: each shipment appears once, whatever the scenarios, so that the column adds up to the
    total.
    """
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
    total, *further = rows
    assert (total["mineral"], total["border_adjustment_usd"]) == ("All minerals together", charged)
    assert sum(row["border_adjustment_usd"] or 0 for row in further) == charged > 0
    shipments = [(row["mineral_id"], row["hs_code"], row["origin_iso3"]) for row in rows if row["hs_code"]]
    assert len(set(shipments)) == len(shipments)
    findings = " ".join(row["finding"] for row in rows)
    assert f"USD {charged / 1e6:.1f} million on a value of USD " in findings
    assert f"could be judged: USD {judged:,} of " in findings
    assert "monthly files of US customs" in findings


def test_no_floor_is_added_to_another(answers: dict[int, Answer]) -> None:
    """Question 29: exempt blocs do not change the cost of a magnet and have no rows of their own."""
    keys = [(row["scenario"], row["hs_code"], row["year"]) for row in rows_of(answers, 29)]
    assert len(set(keys)) == len(keys)
    assert not [scenario for scenario, *_ in keys if "exempt" in scenario]


def test_a_list_without_phases_counts_no_projects(answers: dict[int, Answer]) -> None:
    """Question 38: the lists of the USA and Mexico state no phase, so the number of planned projects is
    unknown.
    """
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
    assert tantalum["finding"] == "open: the dependency is not known", "no table has the output of Tanco"


def test_a_loss_after_a_ban_states_that_imports_were_cut(answers: dict[int, Answer]) -> None:
    """Question 4: 2 % of antimony is lost in 2025, after the ban of December 2024; 44 % was in 2024. The ban
    was suspended, as last known.
    """
    found = {
        (row["mineral_id"], row["year"]): row["imports_already_cut"]
        for row in rows_of(answers, 4)
        if row["scenario"] == "China sells none to the USA"
    }
    assert "ban since 2024-12-03" in found["antimony", 2025]
    assert "ban since 2024-12-03, suspended since 2025-11-09 until 2026-11-27" in found["antimony", 2025]
    assert "from 44 % in 2024" in found["antimony", 2025]
    assert found["antimony", 2024] is None
    assert found["germanium", 2025] is None, "no cut is stated if the share did not fall"


def test_goods_passed_on_name_the_exporters_held(answers: dict[int, Answer]) -> None:
    """Questions 20 and 31: only the exports of Brazil and the United Kingdom are in the starter."""
    for number in (20, 31):
        assert {row["exporters_held"] for row in rows_of(answers, number)} == {"Brazil and United Kingdom"}
    first = rows_of(answers, 31)[0]
    assert (first["exporter"], first["importer"], first["mineral"]) == (
        "United Kingdom",
        "United States",
        "Platinum",
    )


def test_the_largest_loss_comes_first_and_covers_what_it_says(answers: dict[int, Answer]) -> None:
    """Question 4: bounds of what is not replaced, largest first; antimony is metal and oxide together;
    stocks of 3.4 t of gallium last 65 days of the 19 t that the USA uses.
    """
    rows = rows_of(answers, 4)
    shares = [(row["unreplaced_share_low"], row["unreplaced_share_high"]) for row in rows]
    assert shares == sorted(shares, reverse=True)
    antimony = [row for row in rows if row["mineral_id"] == "antimony" and "to the USA" in row["scenario"]]
    assert antimony
    assert all("metal and oxide together" in row["share_of"] for row in antimony)
    gallium = next(row for row in rows if (row["mineral_id"], row["year"]) == ("gallium", 2025))
    assert "US stocks of 3.4 t outside the government last 65 days of the US use of 19 t" in gallium["stocks"]
    assert all(row["coverage"] != "stocks_not_published" for row in rows if row["mineral_id"] == "gallium")
    assert any(row["days_to_shortfall_low"] for row in rows)


def test_a_narrowed_code_is_not_replaced_and_scrap_does_not_follow_metal(answers: dict[int, Answer]) -> None:
    """Question 23: 811292 still has gallium; scrap and articles of zirconium come from other codes."""
    rows = {(row["old_code"], row["mineral_id"]): row for row in rows_of(answers, 23)}
    assert rows["811292", "hafnium"]["outcome"] == "narrowed"
    assert rows["811292", "hafnium"]["new_codes"] == "811231"
    assert rows["810920", "zirconium"]["new_codes"] == "810921, 810929"
    assert rows["810920", "zirconium"]["outcome"] == "replaced"
    for row in rows.values():
        assert (row["new_from"] <= row["old_until"]) == (" during " in row["outcome"]), row


def test_a_percentage_of_a_small_figure_is_a_multiple(answers: dict[int, Answer]) -> None:
    """Question 36: BACI has 930 times the platinum from the United Kingdom that US customs state."""
    rows = rows_of(answers, 36)
    assert all(abs(row["difference_pct"] or 0) < 1000 for row in rows)
    assert any((row["baci_times"] or 0) > 900 for row in rows)
    assert all(row["coverage"] != "exporter_not_held" for row in rows)


def test_a_difference_has_the_sign_of_its_percentage(answers: dict[int, Answer]) -> None:
    rows = rows_of(answers, 20)
    assert {row["difference_pct"] > 0 for row in rows if row["difference_pct"]} == {True, False}
    assert all(row["difference_usd"] * (row["difference_pct"] or 0) >= 0 for row in rows)


def test_an_estimate_comes_after_stated_figures_and_names_the_sites(answers: dict[int, Answer]) -> None:
    """Question 1: no table states output of titanium, but a Canadian plant is listed as operating."""
    rows = rows_of(answers, 1)
    estimates = ["estimate" in row["rests_on"] for row in rows]
    assert estimates == sorted(estimates)
    remarks = {row["mineral_id"]: row["remark"] for row in rows}
    assert "1 processing plant in Canada as operating" in remarks["titanium"]
    assert "36 mines" in remarks["arsenic"]
    assert all("an estimate" in row["remark"] for row in rows if "estimate" in row["rests_on"])


def test_a_revision_is_described_in_words(answers: dict[int, Answer]) -> None:
    """Question 22: minerals of the US list come first, of these figures for the USA or the world, by size."""
    rows = rows_of(answers, 22)
    first = rows[0]
    names = ("mineral", "country", "measure", "period", "old_value", "new_value", "stated_in", "revised_in")
    assert tuple(in_words(first[name]) for name in names) == (
        "Chromium",
        "United States",
        "reserves, ore or concentrate",
        2024,
        630000,
        8500000,
        "2025",
        "2026",
    )
    assert first["remark"]
    assert first["revisions"] > len(rows)
    of_list = [row["country_iso3"] in ("USA", "WLD") for row in rows]
    assert of_list[: sum(of_list)] == sorted(of_list[: sum(of_list)], reverse=True)
    of_reliance = [row for row in rows_of(answers, 22) if row["unit"] == "%"]
    assert of_reliance
    assert all(row["change_pct"] is None and row["change_pp"] for row in of_reliance)


def test_each_neighbor_supplies_each_form_by_one_share(answers: dict[int, Answer]) -> None:
    """Question 17: a mean of four years is shown as a span, and each form appears once for each country."""
    rows = rows_of(answers, 17)
    forms = [(row["mineral_id"], row["stage"], row["supplier_iso3"]) for row in rows]
    assert len(set(forms)) == len(forms)
    first = next(row for row in rows if row["supplier_iso3"] == "MEX")
    assert (first["mineral"], first["period"], first["quantity_share"]) == ("Silver", "2021-2024", 0.47)


def test_who_restricts_a_mineral_has_its_agreement(answers: dict[int, Answer]) -> None:
    """Question 27: Indonesia bans exports of nickel ore and has an agreement; the first row covers all
    minerals.
    """
    rows = rows_of(answers, 27)
    nickel = next(row for row in rows if row["mineral_id"] == "nickel")
    assert "Indonesia (agreement: reciprocal trade of 2025)" in nickel["restricting_countries"]
    antimony = next(row for row in rows if row["mineral_id"] == "antimony")
    assert "China (agreement: none listed here)" in antimony["restricting_countries"]
    cobalt = next(row for row in rows if row["mineral_id"] == "cobalt")
    assert "Congo (Kinshasa) (agreement: partnership of 2025)" in cobalt["restricting_countries"]
    first = rows[0]
    assert (first["mineral_id"], first["mineral"]) == (None, "All minerals together")
    assert 0 < first["restricted_import_share"] < 0.1
    assert all(row["mineral_id"] for row in rows[1:])
    assert all(
        row["restricting_countries"] or row["restricted_import_share"] or row["suspended"] for row in rows
    )
    assert antimony["suspended"] == "ban, in force or not: unknown since 2026-11-28"


def test_without_months_full_years_are_compared(answers: dict[int, Answer]) -> None:
    """Questions 10 and 11: no months by origin are held offline, but US customs and BACI have the years."""
    thai = next(
        row for row in rows_of(answers, 10) if (row["hub"], row["stage"]) == ("Thailand", "refined_metal")
    )
    assert (thai["mineral"], thai["compared"]) == ("Antimony", "2023 with 2025")
    assert thai["value_after_usd"] > 6 * thai["value_before_usd"] > 0
    assert thai["price_ratio"] > 3, "most of the rise is that of the price"
    assert "by value" in thai["remark"]
    assert thai["own_output"].startswith("output of this form is not published by country")
    assert all("no months are held" in row["remark"] for row in rows_of(answers, 10))
    assert not [row for row in rows_of(answers, 10) if row["hub_iso3"] == row["imposer_iso3"]]
    hubs = {"Belgium", "Mexico", "Thailand", "Vietnam"}
    assert {row["hub"] for row in rows_of(answers, 11)} == {*hubs, "the four together"}
    assert {row["period"] for row in rows_of(answers, 11)} >= {"2021", "2025"}
    oxide = [row for row in rows_of(answers, 11) if (row["hub"], row["stage"]) == ("Belgium", "compound")]
    assert oxide, "Belgium makes oxide"
    assert {(row["hub_output_t"], row["remark"]) for row in oxide} == {
        (None, "a full year; output of this form is not printed")
    }


def test_years_compared_straddle_the_control_or_say_that_they_do_not(answers: dict[int, Answer]) -> None:
    """Question 10: a rise that began under the control comes last, and says so in the years compared."""
    rows = rows_of(answers, 10)
    before = [int(re.findall(r"\d{4}", row["compared"])[0]) for row in rows]
    straddle = [year < row["controlled_from"].year for year, row in zip(before, rows, strict=True)]
    assert {True, False} == set(straddle)
    assert straddle == sorted(straddle, reverse=True)
    for is_before, row in zip(straddle, rows, strict=True):
        assert ("control" in row["compared"]) != is_before, row


def test_goods_that_no_control_covers_have_no_suspects(
    con: duckdb.DuckDBPyConnection, answers: dict[int, Answer]
) -> None:
    """Question 10: Indonesia bans nickel ore, and China licenses compounds of indium: nobody is suspected of
    passing on compounds of nickel or indium metal.
    """
    covered = con.execute(
        """
        select distinct control.mineral_id, control.imposer_iso3, covered.stage
        from core.bridge_export_control as control
        inner join core.bridge_control_stage as covered using (event_id, mineral_id)
        """
    ).fetchall()
    suspects = {(row["mineral_id"], row["imposer_iso3"], row["stage"]) for row in rows_of(answers, 10)}
    assert ("antimony", "CHN", "refined_metal") in suspects
    assert not [
        one for one in suspects if not {one, (*one[:2], "all_forms")} & set(covered) and one[2] is not None
    ]


def test_minerals_that_cannot_be_measured_name_the_minerals_of_their_code(answers: dict[int, Answer]) -> None:
    """Question 21: twelve of the sixty minerals on the list."""
    rows = rows_of(answers, 21)
    assert {(row["minerals_without_a_line"], row["minerals_on_the_list"]) for row in rows} == {(12, 60)}
    rubidium = next(row for row in rows if row["mineral_id"] == "rubidium")
    assert "Cesium" in rubidium["shares_them_with"]


def test_all_checks_are_added_up_first(answers: dict[int, Answer]) -> None:
    """Question 25: the first row is the sum of the others, and each figure is counted once."""
    first, *checks = rows_of(answers, 25)
    assert first["compared_figures"] == "All checks together"
    counts = ("compared", "agreed", "within_bounds", "disagreed")
    assert [first[name] for name in counts] == [sum(row[name] for row in checks) for name in counts]
    assert all(row["compared"] == sum(row[name] for name in counts[1:]) for row in (first, *checks))
    assert first["largest_difference"] is None, "tons and percent have no largest difference"


def test_output_above_capacity_leaves_no_idle_capacity(answers: dict[int, Answer]) -> None:
    """Question 37: Zimbabwe's mines made 22,000 t of lithium with a capacity of 12,500 t. Refineries come
    first, Chinese magnesium before all.
    """
    rows = rows_of(answers, 37)
    first = rows[0]
    assert (first["mineral"], first["country_name"], first["idle_capacity"]) == (
        "Magnesium",
        "China",
        850_000,
    )
    stages = [row["stage"] == "ore_concentrate" for row in rows]
    assert stages == sorted(stages)
    [lithium] = [row for row in rows if (row["mineral"], row["country_name"]) == ("Lithium", "Zimbabwe")]
    assert lithium["production"] > lithium["capacity"]
    assert lithium["idle_capacity"] is None
    assert lithium["idle_remark"] == "not known: output above capacity"
    for row in rows:
        assert (row["idle_capacity"] is None) == (row["idle_remark"] is not None), row
        assert row["idle_capacity"] != 0 or row["production"] == row["capacity"], row


def test_a_floor_is_compared_with_what_magnets_cost(answers: dict[int, Answer]) -> None:
    """Question 29: imported metal magnets had a unit value of 43.8 USD per kg in 2024; a floor of 110 USD per
    kg adds 12.9 USD to a kg.
    """
    first = rows_of(answers, 29)[0]
    assert (first["magnets_usd_per_t"], first["unit_value_of"]) == (43_848, "8505.11, 2024")
    assert first["added_of_unit_value_pct"] == pytest.approx(12_942.6 / 438.48, abs=0.05)
    assert "CEPII" in first["published_by"]


def test_fewer_than_twelve_months_are_not_a_year(
    con: duckdb.DuckDBPyConnection, answers: dict[int, Answer]
) -> None:
    """Question 14: a row states the months that it has, such as four months with Canadian antimony."""
    held = con.execute(
        """
        select mineral_id, stage, origin_iso3, count(distinct period)
        from marts.usmca_utilization
        where
            not recording_break
            and period > (select max(period) from marts.usmca_utilization) - interval 12 month
        group by all
        """
    ).fetchall()
    stated = {
        (row["mineral_id"], row["stage"], row["origin_iso3"]): int(row["months"].partition("(")[2].split()[0])
        for row in rows_of(answers, 14)
        if row["mineral_id"]
    }
    assert stated == {(mineral, stage, origin): months for mineral, stage, origin, months in held}
    assert min(stated.values()) < max(stated.values()) == 12


def test_the_total_of_an_origin_counts_each_code_once(
    con: duckdb.DuckDBPyConnection, answers: dict[int, Answer]
) -> None:
    """Question 13: sintered magnets are a code of rare earths and of neodymium, and count once."""
    [(value, duty)] = con.execute(
        """
        select sum(value_usd), sum(calculated_duty_usd)
        from marts.duty_paid
        where origin_iso3 = 'CHN' and period_type = 'year' and period = '2025-01-01' and form = 'mineral'
        """
    ).fetchall()
    rows = rows_of(answers, 13)
    totals = {row["origin_iso3"]: row for row in rows if row["mineral_id"] is None}
    assert {row["mineral"] for row in totals.values()} == {"All minerals together"}
    assert (totals["CHN"]["value_usd"], totals["CHN"]["calculated_duty_usd"]) == (value, duty)
    parts = [row for row in rows if row["mineral_id"]]
    assert {row["origin_iso3"] for row in parts if row["stage"] != "end_form"} | {None} == set(totals)
    assert {row["year"] for row in rows} == {2025}


def test_the_total_of_all_origins_comes_first_without_finished_goods(
    con: duckdb.DuckDBPyConnection, answers: dict[int, Answer]
) -> None:
    """Question 13: batteries are in no total and come last; a rate that differs is explained in the row."""
    [(value, duty)] = con.execute(
        "select sum(value_usd), sum(calculated_duty_usd) from marts.duty_paid"
        " where period_type = 'year' and period = '2025-01-01' and form = 'mineral'"
    ).fetchall()
    first, *further = rows_of(answers, 13)
    assert (first["origin"], first["value_usd"], first["calculated_duty_usd"]) == ("all origins", value, duty)
    finished = [row["stage"] == "end_form" for row in further]
    assert any(finished)
    assert finished == sorted(finished)
    [mexico] = [row for row in further if (row["mineral_id"], row["origin_iso3"]) == (None, "MEX")]
    assert (
        f"with every preference claimed, {mexico['preferential_rate_pct']:.1f} % is due" in mexico["remark"]
    )
    bounds = [row for row in further if row["statutory_low_pct"] is not None]
    assert {"statutory_is_upper_bound"} <= {row["quality_flag"] for row in bounds}
    above = [row for row in further if row["gap_pp"] is not None and row["gap_pp"] > 0.05]
    assert above
    assert all("more was paid than the schedule states" in row["remark"] for row in above)
    assert all("mean of days" in row["remark"] for row in further if row["origin_iso3"] not in ("CAN", "MEX"))


def test_no_mineral_has_two_rows_in_front_with_the_same_projects(answers: dict[int, Answer]) -> None:
    """Question 38: rare earths with the same figures have one row in front, which names the others."""
    first, *further = rows_of(answers, 38)
    assert first["mineral_id"] is None
    above = {row["mineral_id"] for row in further if (row["dependency_low_pct"] or 0) > 50}
    without = {
        row["mineral"].lower()
        for row in further
        if row["mineral_id"] in above
        and row["processing_of_the_three"] == "none listed"
        and "a plant is listed" not in row["finding"]
    }
    assert f"of {len(above)} minerals that North America gets" in first["finding"]
    _, _, without_plant = first["finding"].partition("no list names a plant for ")
    assert set(without_plant.partition(", and those of")[0].split(" or ")) == without
    assert "those of the United States and Mexico state no phases" in first["finding"]
    assert "such as " in first["projects_named"]
    shown = further[:20]
    assert len({(row["area"], row["projects_named"]) for row in shown if row["projects_named"]}) == len(
        [row for row in shown if row["projects_named"]]
    )
    assert shown[0]["projects_named"]
    assert "the same holds for erbium" in shown[0]["finding"]
    assert len({(row["mineral_id"], row["area"]) for row in further}) == len(further)
    mexican = next(row for row in further if (row["mineral_id"], row["area"]) == ("titanium", "MEX"))
    assert mexican["finding"].startswith("a plant is listed in Canada")


def test_a_crossing_names_what_customs_state_for_a_newer_year(
    con: duckdb.DuckDBPyConnection, answers: dict[int, Answer]
) -> None:
    """Question 9: antimony fell below the threshold in 2024, and is above it again in 2025 by customs."""
    [antimony] = [
        row for row in rows_of(answers, 9) if (row["area"], row["mineral_id"]) == ("USA", "antimony")
    ]
    [(hhi,)] = con.execute(
        "select hhi from marts.supplier_concentration where area = 'USA' and mineral_id = 'antimony'"
        " and stage = 'refined_metal' and basis = 'customs_value' and period = '2025-01-01'"
        " and period_type = 'year'"
    ).fetchall()
    assert antimony["remark"] == (
        f"national customs, which are another source, state {round(hhi):,} in 2025, above 1,800 again"
    )
    assert antimony["last_hhi"] <= 1800 < hhi
    assert "Census" in antimony["published_by"]


def test_a_summary_of_the_hubs_adds_up_their_forms(answers: dict[int, Answer]) -> None:
    """Question 11: both years, all four countries."""
    first, *further = rows_of(answers, 11)
    newest = [row for row in further if row["period"] == first["period"]]
    before = [row for row in further if int(row["period"]) == int(first["period"]) - 1]
    assert first["value_usd"] == sum(row["value_usd"] for row in newest)
    assert first["value_before_usd"] == sum(row["value_usd"] for row in before)
    assert all(hub in first["remark"] for hub in ("Belgium", "Mexico", "Thailand", "Vietnam"))


def test_what_is_not_exempted_comes_after_what_is(answers: dict[int, Answer]) -> None:
    """Question 6: first the year that counts of each mineral, then other years."""
    rows = [row for row in rows_of(answers, 6) if row["mineral_id"]]
    order = [(row["year_is"] == "another year", row["exempted_usd"] == 0) for row in rows]
    assert order == sorted(order)


def test_one_figure_for_two_holders_is_shown(answers: dict[int, Answer]) -> None:
    """Question 15: USGS prints 450,000 t of copper for industry and exchanges together."""
    rows = {row["mineral_id"]: row for row in rows_of(answers, 15)}
    assert (rows["copper"]["known_stock_t"], rows["copper"]["industry_stock_t"]) == (450_000, None)
    assert rows["silver"]["known_stock_t"] == 25 + 15_000
    assert all(row["known_stock_t"] for row in rows.values() if row["days_of_consumption"])


def test_a_rank_states_its_certainty(con: duckdb.DuckDBPyConnection, answers: dict[int, Answer]) -> None:
    """Question 24: Japan is among the first 16 in every case; a supplier that can have any rank has none.
    What is certain under the default assumptions alone is not certain.
    """
    least = dict(
        con.execute(
            """
            select lost_supplier_iso3, min(supplier_unreplaced_share_low) from core.fct_disruption
            where scenario_id = 'usa_embargo' and year = 2025
            group by lost_supplier_iso3
            """
        ).fetchall()
    )
    rows = rows_of(answers, 24)
    suppliers = {row["lost_supplier_iso3"]: row for row in rows}
    assert suppliers["JPN"]["how_certain"] == (
        f"a part is certain to be missing; the rank is never below 16 of {len(rows)}"
    )
    for row in rows:
        is_open = row["rank_from"] == 1 and row["rank_to"] == len(rows)
        assert ("the rank is not known" in row["how_certain"]) == is_open, row
        assert ("no loss is certain" in row["how_certain"]) == (least[row["lost_supplier_iso3"]] == 0), row


def test_ore_leaves_each_of_the_three(answers: dict[int, Answer]) -> None:
    """Question 18: in 2023, Mexico exported 2.7 million t of copper ore and imported refined copper; an
    estimated weight of Canadian ore is not shown.
    """
    rows = {(row["area"], row["mineral_id"]): row for row in rows_of(answers, 18)}
    assert {area for area, _ in rows} == {"USA", "CAN", "MEX"}
    mexican = rows["MEX", "copper"]
    assert (mexican["year"], round(mexican["ore_exports_t"])) == (2023, 2_729_482)
    assert mexican["ore_basis"] == "gross weight; USD 3,715.9 million"
    assert "United States" in mexican["suppliers"]
    canadian = rows["CAN", "copper"]
    assert (canadian["ore_exports_t"], canadian["ore_basis"][:16]) == (None, "weight estimated")
    assert rows["USA", "copper"]["published_by"] == "U.S. Geological Survey"
    assert rows["CAN", "nickel"]["year"] == 2025, "a heading is not added to its subheadings"
    assert min(row["year"] for row in rows.values()) >= 2023, "no pair of long ago"
    assert rows["USA", "copper"]["suppliers"].endswith("(2021-2024, by weight)")
    assert mexican["suppliers"].endswith("(2024, by value)")
    is_unknown = [row["ore_exports_t"] is None for row in rows.values()]
    assert is_unknown == sorted(is_unknown), "ore of unknown weight comes last"


def test_a_control_is_compared_with_a_year_without_control(
    con: duckdb.DuckDBPyConnection, answers: dict[int, Answer]
) -> None:
    """Question 30: what is no clean comparison says so and comes last, and unusable months count nowhere."""
    rows = rows_of(answers, 30)
    led = rows[0]
    assert led["means_of"] == "12 months before and 12 after"
    assert not re.search("clean|under China|not twelve|usable", led["comparison"] or "")
    is_unclean = ["no clean comparison" in (row["comparison"] or "") for row in rows]
    assert is_unclean == sorted(is_unclean)
    by_case = {(row["mineral_id"], f"{row['control_from']}"): row for row in rows}
    tungsten = by_case["tungsten", "2026-01-01"]
    assert "under China's control of 2025-02-04 already" in tungsten["comparison"]
    assert "usable weight have up to" in tungsten["comparison"]
    assert tungsten["means_of"] == "12 months before and 5 after"
    assert tungsten["china_kg_a_month_after"] is None
    assert by_case["gallium", "2023-08-01"]["means_of"].startswith("7 months before")
    assert "not twelve months on both sides" in by_case["gallium", "2023-08-01"]["comparison"]
    for row in rows:
        [[before, after, china_after]] = con.execute(
            """
            select
                count(*) filter (months_since_control < 0),
                count(*) filter (months_since_control > 0),
                avg(china_kg) filter (months_since_control > 0)
            from marts.control_response
            where
                hs_code = $1 and control_from = $2 and months_since_control between -12 and 12
                and months_since_control != 0 and china_kg is not null and rest_kg is not null
            """,
            [row["hs_code"], row["control_from"]],
        ).fetchall()
        assert row["means_of"].split()[0] == f"{before}"
        assert row["means_of"].split()[-2] == f"{after}"
        assert row["china_kg_a_month_after"] in (None, pytest.approx(china_after))
        if row["china_kg_a_month_after"] is None:
            assert "by value, China went from USD" in row["comparison"]


def test_a_price_names_its_series_and_its_conversion(answers: dict[int, Answer]) -> None:
    """Question 16: potash is priced per kg of product and consumed as K2O; copper has a newer price."""
    rows = {row["mineral_id"]: row for row in rows_of(answers, 16)}
    assert re.search(r"0\.372\d? USD/kg of product, here 0\.61\d* USD/kg of", rows["potash"]["price_is"])
    assert "a newer price, of 2026-03 (imf copper), is" in rows["copper"]["price_is"]
    assert "held: " in rows["lithium"]["price_is"]
    for row in rows.values():
        for name in ("target_t", "buy_high_t", "buy_cost_newest_high_usd"):
            assert row[name] is None or float(f"{row[name]:.3g}") == pytest.approx(row[name], rel=1e-9), row


def test_a_share_that_customs_dispute_says_so(answers: dict[int, Answer]) -> None:
    """Question 3: reconciled data have 95 % of the tungsten metal from China, US customs 39 %."""
    rows = {(row["area"], row["mineral_id"], row["stage"]): row for row in rows_of(answers, 3)}
    assert rows["USA", "tungsten", "refined_metal"]["share_of"] == "value (disputed: 39 % by US customs)"
    assert "of US imports by US customs" in rows["USMCA", "tungsten", "refined_metal"]["share_of"]
    assert rows["USA", "magnesium", "intermediate"]["share_of"] == "value", "customs dispute no own figure"


def test_public_money_has_the_decision_and_not_the_fact_sheet(
    con: duckdb.DuckDBPyConnection, answers: dict[int, Answer]
) -> None:
    """Question 42: the loan to Project Vault is approved, on the day of the policy event; the loans of the US
    Department of Energy are in a fact sheet of 2026, whatever the year of the decision.
    """
    rows = {(row["funder"], row["status"]): row for row in rows_of(answers, 42)}
    vault = rows["Export-Import Bank of the United States", "approved"]
    assert (vault["committed_usd"], vault["remark"], vault["decided_year"]) == (
        1e10,
        "up to this amount",
        2026,
    )
    [(announced,)] = con.execute(
        "select announced from core.fct_policy_event where event_id = 'usa_project_vault'"
    ).fetchall()
    assert con.execute(
        "select decided_on from marts.public_support where event_id is not null"
    ).fetchall() == [(announced,)]
    energy = rows["US Department of Energy", "status not stated"]
    assert (energy["decided_year"], energy["document_year"]) == (None, 2026)
    assert energy["published_by"] == "US Department of State"
    assert not [row for row in rows.values() if "curated" in (row["published_by"] or "")]
    not_held = {row["funder"]: row for row in rows_of(answers, 42)[-2:]}
    assert set(not_held) == {"Government of Canada", "US Department of Defense"}
    assert {row["status"] for row in not_held.values()} == {"not held"}
    assert {row["committed_usd"] for row in not_held.values()} == {None}


def test_a_measure_is_as_far_as_its_money(con: duckdb.DuckDBPyConnection) -> None:
    """The stockpile is not called announced where the list of public money has its loan as approved."""
    held = {one.kind: one.found_as for one in found(con, "Project Vault")}
    assert "last known: approved" in held["measure"]
    assert held["public money"].endswith("; approved")


def test_a_supply_has_one_row(answers: dict[int, Answer]) -> None:
    """Question 3: US zirconium metal is stated twice, at 90 % by value and at 55 % by weight over four years.
    Antimony compounds are at 66 % over four years, and at 2 % in 2025, after the ban.
    """
    rows = {(row["area"], row["mineral_id"], row["stage"]): row for row in rows_of(answers, 3)}
    assert len(rows) == len(rows_of(answers, 3))
    zirconium = rows["USA", "zirconium", "refined_metal"]
    assert zirconium["china_share"] == pytest.approx(0.9, abs=0.005)
    assert zirconium["also_stated_as"] == "55 % of the weight, 2021-2024 (U.S. Geological Survey)"
    antimony = rows["USA", "antimony", "compound"]
    assert antimony["also_stated_as"] == "2 % of the value, 2025 (U.S. Census Bureau)"
    assert all(row["china_share"] > 0.5 for row in rows.values())
