"""The first line of each question's answer: its sentence, its columns, its sources and flags."""

import re
import shlex
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console

from orchestration.cli.first_rows import print_first
from orchestration.cli.render import without_codes
from warehouse import book
from warehouse.answers import Reply, reply
from warehouse.explain import explain
from warehouse.first_lines import FEW, FirstLine, begun, designs, first_line
from warehouse.units import headings, in_sentence, lowered, measured, rounded_in, symbol_of

PERIOD = re.compile(r"\b(?:19|20)\d\d(?:-\d\d){0,2}\b")
"""A year, a month or a day."""
CODE = re.compile(r"\bcode \d+")
NONE = re.compile(r"\bnot (?:held|known|determined)\b|\bnone\b|\bno (?:floor|stated amount)\b", re.IGNORECASE)
MOST_WORDS = 54
"""Maximum number of words of a sentence to quote."""
JARGON = re.compile(r"\bnett(?:ed|ing)\b|\bbloc\b|\bunit values?\b|\bpp\b", re.IGNORECASE)
"""Terms that a reader outside the field does not know."""
NARROWED = ["", "graphite", "Mexico"]


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
    assert found.sentence.startswith(
        f"By the upper bound, the worst single loss is that of {supplier}: it would leave"
    )
    assert f"({year};" in found.sentence
    assert f"{100 * low:.1f} to {100 * high:.1f} %" in found.sentence
    assert "bounds and assumptions allow it any rank from 1 to" in found.sentence
    assert "U.S. Geological Survey" in found.sources


def test_equal_bounds_are_one_figure_and_a_missing_part_is_left_out(con: duckdb.DuckDBPyConnection) -> None:
    assert "their exports deducted, 100 % of the arsenic" in _first(con, "1 arsenic").sentence
    of_antimony = _first(con, "4 antimony")
    assert "US imports of antimony (metal and oxide together, 2024) is lost" in of_antimony.sentence
    assert "US stocks are not published" in of_antimony.remarks
    assert "They would cover" not in " ".join(of_antimony.remarks)


def test_a_flag_states_no_more_than_is_known(con: duckdb.DuckDBPyConnection) -> None:
    """No table has the output of arsenic, so every answer calls it an inference that all is imported."""
    first = _first(con, "1 arsenic")
    assert "estimate: no output is stated" in first.sentence
    [flag] = [one for one in first.remarks if one.startswith("No table states output")]
    assert "inferred that all is imported" in flag
    assert "was, by inference, 100 %" in _first(con, "dependency of North America on arsenic").sentence
    assert "(inferred, as no output is stated)" in _first(con, "38 arsenic").sentence
    meanings = con.execute("select meaning from meta.flag_words").fetchall()
    assert not [one for (one,) in meanings if "is imported" in one and "inferred" not in one]


def test_a_flag_is_shown_by_its_meaning(con: duckdb.DuckDBPyConnection) -> None:
    assert any("government stockpile" in remark for remark in _first(con, "15").remarks)


def test_rows_without_a_figure_do_not_come_first(con: duckdb.DuckDBPyConnection) -> None:
    found = _first(con, "5")
    at = found.columns.index("landed_usd_per_kg")
    landed = [row[at] for row in found.rows]
    assert landed[0] is None, "the total"
    assert all(value is not None for value in landed[2:])


def test_an_empty_answer_names_the_sources_it_needs_and_what_to_ask_instead(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = reply(con, "41")
    assert isinstance(found, Reply)
    [why] = [note for note in found.notes if note.startswith("Not in this warehouse yet: ")]
    assert why in found.not_shown
    assert "Federal Permitting Dashboard, full data set (source `fast41`). An online" in why
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
    [of_cases] = _first(con, "3").remarks
    assert f"the first of {len(supplies)} cases of more than half" in of_cases


def test_the_largest_imports_come_first_and_finished_goods_after_them(con: duckdb.DuckDBPyConnection) -> None:
    """Question 3: supplies of which a newer table states half or less come last."""
    rows = _rows(con, "3")
    order = [(row["stage"] == "end_form", -(row["value_usd"] or 0)) for row in rows]
    first_out_of_order = next((at for at in range(1, len(order)) if order[at] < order[at - 1]), len(order))
    assert first_out_of_order > len(rows) / 2
    assert all(row["also_stated_as"] for row in rows[first_out_of_order:])


def test_figures_compared_are_added_up(con: duckdb.DuckDBPyConnection) -> None:
    [counts] = con.execute(
        "select count(*), min(year), max(year), count(*) filter (passed and reason_code = 'agrees'),"
        " count(*) filter (not passed) from marts.reconciliation"
    ).fetchall()
    compared, first, last, agreed, disagreed = counts
    sentence = _first(con, "25").sentence
    assert f"of {compared:,} figures on {first} to {last}, {agreed:,} agree" in sentence
    assert f"{disagreed} disagree, the most in " in sentence
    assert "compounds (12 of 20, 60 %; reconciled by BACI)" in sentence
    row = dict(zip(_first(con, "25").columns, _first(con, "25").rows[0], strict=True))
    assert row["agreed_pct"] == rounded_in(100 * agreed / compared, "agreed_pct")
    assert row["within_bounds_pct"] == rounded_in(
        100 * (compared - agreed - disagreed) / compared, "within_bounds_pct"
    )


def test_what_the_neighbors_close_is_counted_over_minerals_and_names_who_does(
    con: duckdb.DuckDBPyConnection,
) -> None:
    columns, rows = book.answer(con, book.questions()[1])
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    halves = sum(2 * row["closed_low_pp"] > row["usa_alone_pct"] for row in found)
    first = _first(con, "2")
    assert f"Of {len(found)} minerals" in first.sentence
    assert f"for at least {halves}; they close the most for potash" in first.sentence
    assert first.remarks[0] == "Shares of US imports of potash: Canada 79 % (2021-2024)"


def test_the_neighbors_strengths_begin_with_the_whole_and_name_both(con: duckdb.DuckDBPyConnection) -> None:
    question = next(one for one in book.questions() if one.number == 17)
    columns, rows = book.answer(con, question)
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    cases = {(row["mineral_id"], row["stage"]) for row in found}
    firsts = {(row["mineral_id"], row["stage"]) for row in found if row["rank"] == 1}
    sentence = _first(con, "17").sentence
    assert f"in {len(firsts)} of " in sentence
    assert f"among the first three in {len(cases)}" in sentence
    assert re.search(r"Canada leads with \w+ \(\d+ % .* and Mexico with \w+ \(\d+ %", sentence)
    assert _first(con, "17 Mexico").sentence.startswith("Mexico was supplier number 1 of ")


def test_a_short_list_is_named_in_full(con: duckdb.DuckDBPyConnection) -> None:
    sentence = _first(con, "21").sentence
    assert sentence.count(", ") >= 10
    assert "rubidium" in sentence
    assert "scandium" in sentence


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
    assert found.sentence.startswith(f"{country} left ")
    assert f"capacity for {lowered(mineral)} (refined) idle" in found.sentence
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


@pytest.mark.long
@pytest.mark.parametrize("named", ["", "graphite"])
@pytest.mark.parametrize("number", [str(question.number) for question in book.questions()])
def test_an_answer_ends_with_the_command_that_traces_its_first_row(
    con: duckdb.DuckDBPyConnection, number: str, named: str
) -> None:
    found = reply(con, f"{number} {named}".strip())
    assert isinstance(found, Reply)
    if not found.tables[0].rows:
        assert not any("minerals explain" in note for note in found.notes)
        return
    assert found.first is not None
    if "not held" in found.first.led:
        return
    [command] = re.findall(r"`minerals explain (.*?)` traces", found.notes[-1])
    mart, *values = shlex.split(command)
    traced = explain(con, mart, values)
    assert traced.figures
    assert bool(traced.files) == ("entered by hand" not in found.notes[-1])
    if "the largest part of" in found.notes[-1]:
        assert len(traced.figures) == 1


@pytest.mark.parametrize("words", ["42", "42 cobalt", "42 lithium", "42 nickel"])
def test_a_letter_of_interest_is_no_commitment(con: duckdb.DuckDBPyConnection, words: str) -> None:
    sentence, row = _first(con, words).sentence, _rows(con, words)[0]
    assert ("letters of interest, which commit nothing" in sentence) == bool(row["in_letters_of_interest"])
    assert sentence.count("etters of interest") <= 1
    assert " as letter" not in sentence


def test_a_sum_is_traced_to_its_largest_part(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "13")
    assert isinstance(found, Reply)
    assert found.first is not None
    row = dict(zip(found.tables[0].columns, found.first.led, strict=True))
    [[most]] = con.execute(
        "select max(calculated_duty_usd) from marts.duty_paid"
        " where year(period) = $1 and period_type = 'year' and form = 'mineral'",
        [row["year"]],
    ).fetchall()
    [command] = re.findall(r"`minerals explain (.*?)` traces the largest part", found.notes[-1])
    mart, *values = shlex.split(command)
    [largest] = explain(con, mart, values).figures
    assert largest["calculated_duty_usd"] == most < row["calculated_duty_usd"]


@pytest.mark.parametrize("words", ["30", "30 tungsten", "30 gallium"])
def test_a_mean_is_traced_to_a_month_that_counts_in_it(con: duckdb.DuckDBPyConnection, words: str) -> None:
    found = reply(con, words)
    assert isinstance(found, Reply)
    [command] = re.findall(r"`minerals explain (.*?)` traces the largest part", found.notes[-1])
    mart, *values = shlex.split(command)
    [largest] = explain(con, mart, values).figures
    assert largest["is_compared"]
    assert largest["china_kg"] is not None


def test_cases_without_a_weight_are_not_counted_with_the_others(con: duckdb.DuckDBPyConnection) -> None:
    known = [row for row in _rows(con, "18") if row["ore_exports_t"] is not None]
    assert f"the first of {len(known)} such cases with a known weight" in _first(con, "18").sentence
    assert {"ore_basis", "refined_basis"} < set(_first(con, "18").columns)
    assert "such cases" not in _first(con, "18 Canada").sentence


def test_a_list_of_this_warehouse_is_named_as_such(con: duckdb.DuckDBPyConnection) -> None:
    """Question 29: the support price is entered by hand, and no publisher is called price floors."""
    sources = _first(con, "29").sources.split("; ")
    assert "this warehouse's own list of price floors" in sources
    assert "price floors" not in sources


@pytest.mark.parametrize("named", NARROWED)
@pytest.mark.parametrize("number", [str(question.number) for question in book.questions()])
def test_a_newspaper_can_quote_the_first_sentence(
    con: duckdb.DuckDBPyConnection, number: str, named: str
) -> None:
    """It has a figure or says that none is held, a period, and the source in the line below it."""
    found = reply(con, f"{number} {named}".strip())
    assert isinstance(found, Reply)
    if found.first is None:
        said = " ".join(found.not_shown)
        assert "Not in this warehouse yet: " in said or ("has no row for" in said and "Sources: " in said)
        return
    sentence = found.first.sentence
    assert found.first.sources
    assert re.fullmatch(r"[A-Z0-9].*[^.]\.", sentence)
    assert not re.search(r"[^.].\. [A-Z]", sentence), "more than one sentence"
    assert PERIOD.search(sentence)
    assert re.search(r"\d", CODE.sub("", PERIOD.sub("", sentence))) or NONE.search(sentence)
    assert not JARGON.search(sentence)
    assert len(sentence.split()) <= MOST_WORDS


@pytest.mark.parametrize("question", book.questions(), ids=lambda question: question.name)
def test_headings_are_plain_and_differ(con: duckdb.DuckDBPyConnection, question: book.Question) -> None:
    columns, _ = book.answer(con, question)
    heads = headings(without_codes(columns, [])[0])
    assert len(set(heads)) == len(heads), heads
    assert [head for head in heads if JARGON.search(head)] == []


def test_a_member_counts_with_its_group_and_a_working_site_has_a_remark(
    con: duckdb.DuckDBPyConnection,
) -> None:
    columns, rows = book.answer(con, book.questions()[0])
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    named = {row["mineral_id"] for row in found}
    members = {
        mineral
        for mineral, group in con.execute("select mineral_id, group_id from core.dim_mineral").fetchall()
        if mineral != group and group in named
    }
    assert members & named
    assert f"at least {len(named - members)} of " in _first(con, "1").sentence
    assert "more it cannot be determined" in _first(con, "1").sentence
    sites = {
        one
        for (one,) in con.execute(
            "select mineral_id from core.fct_operating_site where country_iso3 in ('USA', 'CAN', 'MEX')"
        ).fetchall()
    }
    whole = [row for row in found if row["bloc_net_dependency_low_pct"] == 100 and row["mineral_id"] in sites]
    assert whole
    assert all(re.search(r"public lists name .* as operating", row["remark"]) for row in whole)
    assert "remark" in _first(con, "1").columns


def test_two_shares_that_differ_by_their_basis_have_a_remark(con: duckdb.DuckDBPyConnection) -> None:
    """Question 2: imports of fluorspar come from outside, but the three together export about as much."""
    columns, rows = book.answer(con, book.questions()[1])
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    lower = [
        row
        for row in found
        if row["three_netted_high_pct"] is not None
        and row["three_netted_high_pct"] < row["on_the_rest_of_the_world_low_pct"]
    ]
    assert "fluorspar" in {row["mineral_id"] for row in lower}
    basis = "another basis: exports of the three to others are deducted"
    assert {row["remark"].partition("; form: ")[0] for row in lower} == {basis}


def test_the_part_that_could_be_judged_is_in_the_headline(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "5")
    assert isinstance(found, Reply)
    assert found.first is not None
    [table] = found.tables
    said = [row[table.columns.index("finding")] for row in table.rows]
    [judged] = [one for one in said if one.startswith("could be judged")]
    period = table.rows[0][table.columns.index("period")]
    assert f"US imports of {period} below a floor" in found.first.sentence
    [share] = re.findall(r"which is ([\d.]+) %", judged)
    assert f"only {share} % of the value could be judged" in found.first.sentence
    charged = [row[table.columns.index("by_other_floors")] for row in table.rows]
    assert all(part.startswith("USD ") for one in charged if one for part in one.split("; "))


def test_all_minerals_of_a_count_are_named(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "7")
    assert isinstance(found, Reply)
    [table] = found.tables
    for row in (dict(zip(table.columns, one, strict=True)) for one in table.rows):
        lists = {
            "minerals_below_50": ("brought_below", "at_or_near_it_alone"),
            "minerals_above_50": ("staying_above",),
        }
        for count, names in lists.items():
            assert row[count] == sum(len(row[name].split(", ")) for name in names if row[name])


def test_prices_of_chinese_goods_are_summed_up_before_a_case(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "12")
    assert isinstance(found, Reply)
    assert found.first is not None
    [table] = found.tables
    gaps = [gap for row in table.rows if (gap := row[table.columns.index("gap_pct")]) is not None]
    below = sum(gap < 0 for gap in gaps)
    assert f"cost less per kilogram than those of the rest of the world in {below} of {len(gaps)} cases" in (
        found.first.sentence
    )
    assert ("too few for a general statement" in found.first.sentence) == (len(gaps) < FEW)


@pytest.mark.parametrize("cases", [3, 9, 10, 40])
def test_few_cases_are_no_basis_for_a_general_statement(con: duckdb.DuckDBPyConnection, cases: int) -> None:
    columns = ["goods", "hs_code", "area", "area_name", "import_year", "gap_pct", "quality_flag"]
    columns += ["china_unit_value_usd_per_kg", "rest_unit_value_usd_per_kg"]
    columns += ["china_records", "rest_records"]
    row = ("Oxide", "281700", "USA", "United States", 2024, -20.0, "ok", 4.0, 5.0, 8, 30)
    unpriced = (*row[:5], None, *row[6:])
    found = begun(con, designs()["12"], columns, [row] * cases + [unpriced] * 40, "US customs")
    assert found
    assert f"in {cases} of {cases} cases with enough trade to compare" in found.sentence
    assert ("too few for a general statement" in found.sentence) == (cases < FEW)


def test_the_most_exposed_of_the_three_is_tallied(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "26")
    assert isinstance(found, Reply)
    assert found.first is not None
    [table] = found.tables
    exposed = [row[table.columns.index("most_exposed_name")] for row in table.rows]
    for name in ("Canada", "Mexico"):
        assert f"{name} ({exposed.count(name)})" in found.first.sentence


def test_a_share_that_customs_dispute_is_not_called_none(con: duckdb.DuckDBPyConnection) -> None:
    """Question 26: for lithium compounds no country is named, though Canada has much from China."""
    row, sentence = _rows(con, "26 lithium")[0], _first(con, "26 lithium").sentence
    assert row["remark"]
    assert row["most_exposed_china_share"] > 0.01
    assert "is not known, as US customs differ" in sentence
    assert "none of the three" not in sentence


def test_a_share_of_a_code_with_other_goods_is_called_so(con: duckdb.DuckDBPyConnection) -> None:
    """Question 33: Mexico buys Colombian coal under a code in which coking coal is only one of the goods."""
    rows = _rows(con, "33")
    coal = next(row for row in rows if row["mineral_id"] == "metallurgical_coal")
    assert "of a code with other goods too)" in coal["bought_by"]
    assert "other goods" not in rows[0]["bought_by"]


def test_a_figure_of_a_group_is_not_said_of_its_member(con: duckdb.DuckDBPyConnection) -> None:
    assert (
        "of the rare earths that the United States uses, among them dysprosium" in _first(con, "32").sentence
    )


def test_the_duty_at_stake_is_of_the_rates_last_known(con: duckdb.DuckDBPyConnection) -> None:
    found = _first(con, "14")
    assert "rates as last known on 2026-06-08" in found.sentence
    assert "today" not in found.sentence
    assert "At the rates of those months it would have been USD 3.65 billion" in " ".join(found.remarks)


def test_the_total_of_restricted_imports_comes_first(con: duckdb.DuckDBPyConnection) -> None:
    [(share,)] = con.execute(
        """
        select sum(value_usd) filter (restricts_exports) / sum(value_usd)
        from marts.import_sources
        inner join core.dim_mineral using (mineral_id)
        where
            area = 'USA' and basis = 'customs_value' and stage not in ('end_form', 'scrap')
            and group_id = mineral_id
            and period = (
                select max(period) from marts.import_sources where area = 'USA' and basis = 'customs_value'
            )
        """
    ).fetchall()
    sentence = _first(con, "27").sentence
    assert f", at least {100 * share:.1f} % of the value of US imports of critical minerals was" in sentence
    assert "% of it uranium from Russia" in sentence
    assert _first(con, "27 rare earths").sentence.startswith("In 2021-2024, 71 to 90 % of US imports of rare")
    assert "US imports of uranium (refined)" in _first(con, "27 uranium").sentence
    total = _first(con, "27").rows[0]
    assert total[0] == "All minerals together"


def test_large_amounts_are_rounded_and_names_are_as_within_a_sentence(con: duckdb.DuckDBPyConnection) -> None:
    sentence = _first(con, "13 graphite China").sentence
    assert re.match(
        r"In \d{4}, importers paid USD \d+\.\d+ million of US duty on natural graphite from China", sentence
    )
    assert "from the United Kingdom to the United States" in _first(con, "20").sentence


def _rows(con: duckdb.DuckDBPyConnection, words: str) -> list[dict[str, Any]]:
    found = reply(con, words)
    assert isinstance(found, Reply)
    [table] = found.tables
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


@pytest.mark.parametrize("words", ["3", "26", "china graphite", "graphite from China to Mexico"])
def test_goods_of_china_through_partners_are_an_estimate_and_partners_are_named(
    con: duckdb.DuckDBPyConnection, words: str
) -> None:
    first = _first(con, words)
    said = " ".join([first.sentence, *first.remarks])
    if words == "3":
        named = [row for row in _rows(con, words) if row["china_high_share"] is not None]
        through = next(row for row in named if row["estimated_through"])
        said = _first(con, f"3 {through['mineral']} {through['area_name']}").sentence
    assert re.search(r"an estimated|By estimate", said)
    assert re.search(r"through other countries, mostly [A-Z t]|largest partner: [A-Z]", said)
    [[partner]] = con.execute(
        """
        select countries.name
        from marts.import_sources
        inner join core.dim_country as countries on supplier_iso3 = iso3
        where area = 'MEX' and mineral_id = 'graphite_natural' and basis = 'baci' and indirect_high > 0
        order by period desc, indirect_high desc
        limit 1
        """
    ).fetchall()
    if "Mexico" in words:
        assert f"through other countries, mostly the {partner}, it is an estimated" in said


def _columns(con: duckdb.DuckDBPyConnection, number: str) -> list[str]:
    found = reply(con, number)
    assert isinstance(found, Reply)
    return [*found.tables[0].columns]


def test_the_duty_on_all_minerals_together_comes_first(con: duckdb.DuckDBPyConnection) -> None:
    """Question 14: each line counts once, finished goods do not, and the two origins add up to the total."""
    [[due]] = con.execute(
        """
        select
            round(sum(usmca_value_usd * (coalesce(mfn_on_day_pct, 0) + coalesce(waived_on_day_pct, 0)) / 100))
        from (from marts.usmca_claim where is_recorded and form = 'mineral')
        where period > (select max(period) - interval 12 month from marts.usmca_claim)
        """
    ).fetchall()
    total, *further = _rows(con, "14")
    assert total["duty_at_risk_usd"] == pytest.approx(due, abs=2)
    assert (total["mineral"], total["origin"]) == ("All minerals together", "Canada and Mexico")
    of_origins = [row for row in further if row["mineral_id"] is None]
    assert {row["origin"] for row in of_origins} == {"Canada", "Mexico"}
    assert sum(row["duty_at_risk_usd"] for row in of_origins) == pytest.approx(due, abs=2)
    assert f"USD {due / 1e6:.0f} million of duty would be due on all minerals" in _first(con, "14").sentence


def test_what_an_exemption_costs_is_in_the_first_sentence_for_all_minerals(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """Question 6: the first row adds up the minerals, each in its newest year."""
    total, *further = _rows(con, "6")
    parts = [
        row
        for row in further
        if row["mineral_id"]
        and row["year_is"] != "another year"
        and (row["exempt_bloc"], row["area"]) == (total["exempt_bloc"], total["area"])
    ]
    assert len({row["mineral_id"] for row in parts}) == len(parts)
    assert total["exempted_usd"] == sum(row["exempted_usd"] for row in parts)
    first = _first(con, "6")
    assert f"by USD {total['exempted_usd'] / 1e6:.0f} million" in first.sentence
    assert f"{100 * total['judged_share']:.1f} % of the value could be judged" in first.sentence
    assert "Counted is each mineral in its newest year with at least half" in first.remarks[0]


def test_the_year_that_counts_is_the_newest_of_which_half_could_be_judged(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """Question 6: a newer year of which hardly anything could be judged does not count."""
    by_case: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in _rows(con, "6"):
        if row["mineral_id"]:
            by_case.setdefault((row["exempt_bloc"], row["area"], row["mineral_id"]), []).append(row)
    passed_over = 0
    for years in by_case.values():
        [chosen] = [row for row in years if row["year_is"] != "another year"]
        well = [row for row in years if row["judged_share"] >= 0.5]
        best = max(row["judged_share"] for row in years)
        newest = max((row["import_year"] for row in well), default=None)
        assert chosen["import_year"] == newest if well else chosen["judged_share"] == best
        assert ("at least half" in chosen["year_is"]) == bool(well)
        passed_over += chosen["import_year"] != max(row["import_year"] for row in years)
    assert passed_over
    of_graphite = _first(con, "6 natural graphite")
    assert of_graphite.led[_columns(con, "6").index("judged_share")] >= 0.5
    assert re.search(r"^\d{4} is the newest year with at least half", of_graphite.remarks[0])


def test_the_case_of_the_headline_is_recent_and_of_the_majority(con: duckdb.DuckDBPyConnection) -> None:
    """Question 12: a year long ago counts, but does not come first, and the years are named."""
    held = [row for row in _rows(con, "12") if row["gap_pct"] is not None]
    first, years = held[0], sorted(row["import_year"] for row in held)
    assert first["import_year"] > years[-1] - 3
    of_most = sum(row["gap_pct"] < 0 for row in held) > len(held) / 2
    assert (first["gap_pct"] < 0) == of_most
    assert f"({years[0]} to {years[-1]})" in _first(con, "12").sentence
    assert _first(con, "12").remarks[0].startswith(f"In {first['import_year']}, ")


def test_the_largest_buyer_comes_first_and_all_are_named(con: duckdb.DuckDBPyConnection) -> None:
    """Question 33: shares of the three, not only those of the United States."""
    shares = ("usa_import_share", "can_import_share", "mex_import_share")
    rows = _rows(con, "33")
    largest = [
        max((row[name] for name in shares if row[name]), default=0)
        for row in rows
        if "other goods" not in (row["bought_by"] or "")
    ]
    assert largest[0] == max(largest)
    for row in rows:
        named = [name for name in shares if (row[name] or 0) >= 0.001]
        assert len((row["bought_by"] or "").split(", ")) == max(len(named), 1), row
        assert bool(row["bought_by"]) == bool(named)
    for words in ("33", "33 silicon"):
        first = _first(con, words)
        buyers = _rows(con, words)[0]["bought_by"]
        assert f"it has {buyers}." in first.sentence


def test_an_amount_is_known_only_if_all_stocks_are(con: duckdb.DuckDBPyConnection) -> None:
    """Question 16: without the stocks of the government, what has to be bought is an upper bound."""
    for row in _rows(con, "16"):
        if "not_printed" in row["coverage"] or "withheld" in row["coverage"]:
            assert (row["buy_t"], row["buy_cost_newest_usd"]) == (None, None)
    first = _first(con, "16")
    assert re.search(r"at most [\d,]+ t of \w+ would have to be bought, worth USD", first.sentence)
    assert "such as those of the government" in first.remarks[0]
    assert "at most" not in _first(con, "16 silver").sentence
    priced = [row for row in _rows(con, "16") if row["buy_cost_newest_high_usd"] is not None]
    dates = sorted(row["newest_price_of"] for row in priced)
    assert f"for the {len(priced)} minerals with a price, it is at most USD" in first.sentence
    assert first.remarks[1] == "A purchase of this size would raise the price"
    assert first.remarks[2] == f"All prices are of {dates[0]} to {dates[-1]}"
    assert any(row["newest_price_usd_per_kg"] for row in _rows(con, "16") if row not in priced)


def test_the_shortest_cover_is_one_of_all_that_are_known(con: duckdb.DuckDBPyConnection) -> None:
    """Question 15: whose stocks count, and how many minerals are below 90 days."""
    known = [row for row in _rows(con, "15") if row["days_of_consumption"] is not None]
    below = sum(row["days_of_consumption"] < 90 for row in known)
    first = _first(con, "15")
    assert f"the shortest of the {len(known)} minerals with known stocks" in first.sentence
    assert f"Of these, below 90 days ({below})" in first.remarks[0]
    assert "(counted: consumers)" in first.sentence
    assert all(row["stocks_of"] for row in known)
    assert "stocks_of" in _first(con, "15").columns


def test_a_percentage_is_rounded_once(con: duckdb.DuckDBPyConnection) -> None:
    """Question 10: 6.546 % is 6.5 %, not 6.55 and then 6.6 %; a table and its full form agree."""
    assert in_sentence(rounded_in(0.06546, "import_share_after"), "import_share_after") == "6.5 %"
    for words in ("3", "10", "13", "26"):
        first, rows = _first(con, words), _rows(con, words)
        for name in (one for one in first.columns if symbol_of(one) == "%"):
            at = first.columns.index(name)
            exact = {measured(row[name], name) for row in rows if row[name] is not None}
            shown = {measured(row[at], name) for row in first.rows if row[at] is not None}
            assert shown <= exact, (words, name, shown - exact)


def test_a_control_is_named_with_its_country_and_date(con: duckdb.DuckDBPyConnection) -> None:
    first, row = _first(con, "10"), _rows(con, "10")[0]
    sentence = first.sentence
    assert sentence.startswith("US imports of ")
    assert f" from {row['hub']} went from USD " in sentence
    assert (
        f"after {row['imposer']}'s export control of {row['controlled_from']}; this is a reason to look"
        in (sentence)
    )
    assert f"the first of {len(_rows(con, '10'))} cases to look into" in first.remarks[0]
    assert "suspect" not in sentence
    assert {"compared", "remark"} <= set(first.columns)


def test_the_duty_that_is_stated_is_explained(con: duckdb.DuckDBPyConnection) -> None:
    """Question 13: an upper bound is not stated as the rate, and finished goods are left out."""
    assert "from all origins (all but finished goods)" in _first(con, "13").sentence
    assert re.search(r"% is due; the stated rates are means of days", _first(con, "13").remarks[0])
    batteries = [row for row in _rows(con, "13") if row["statutory_low_pct"] is not None]
    assert batteries
    of_lithium = _first(con, "13 lithium from China").sentence
    assert re.search(r", against [\d.]+ to [\d.]+ % by the schedule", of_lithium)


def test_a_lack_of_months_is_said_first(con: duckdb.DuckDBPyConnection) -> None:
    sentence = _first(con, "11").sentence
    assert sentence.startswith("Only full years are held, no months")
    assert all(hub in sentence for hub in ("Belgium", "Mexico", "Thailand", "Vietnam"))
    assert "in 2025, after USD" in sentence


def test_a_crossing_names_the_supplier_and_its_shares_by_one_source(con: duckdb.DuckDBPyConnection) -> None:
    """Question 9: both values, and the shares, are of one table; what customs state is a remark."""
    for row in _rows(con, "9"):
        found = con.execute(
            """
            select year(period), source_id, 100 * sum(coalesce(quantity_share, value_share))
            from marts.import_sources
            inner join core.dim_country as countries on import_sources.policy_iso3 = countries.iso3
            where
                area = $1 and mineral_id = $2 and stage = $3 and period_type = 'year'
                and year(period) in ($4, $5) and countries.name = $6 and contains($7, source_id)
            group by period, basis, source_id, (quantity_share is null)
            """,
            [row[name] for name in ("area", "mineral_id", "stage", "first_year", "last_year")]
            + [row["largest_supplier"], row["source_ids"].split(";")[0]],
        ).fetchall()
        shares = {year: round(share) for year, _, share in found}
        first, last = shares.get(row["first_year"], 0), shares.get(row["last_year"], 0)
        went = (
            f"from {first} to {last} %, the largest in {row['last_year']}"
            if row["crossing"].startswith("rose")
            else f"from {first} %, the largest in {row['first_year']}, to {last} %"
        )
        assert row["its_share_went"] == went, row
        assert (row["last_hhi"] > 1800) == row["crossing"].startswith("rose")
    first, row = _first(con, "9"), _rows(con, "9")[0]
    assert f"the share of {row['largest_supplier']} went from" in first.sentence
    assert "crossings in all" not in first.sentence
    assert "national customs" not in first.sentence


def test_projects_begin_with_the_whole(con: duckdb.DuckDBPyConnection) -> None:
    first = _first(con, "38")
    assert first.sentence.startswith("The list of Canada of ")
    assert re.search(r"names planned mines or plants for \d+ of \d+ minerals", first.sentence)
    assert first.sentence.endswith("those of the United States and Mexico state no phases.")
    assert "the largest dependency with listed projects is that of" in first.remarks[0]
    assert "projects_named" in first.columns


def test_a_list_without_phases_is_not_said_to_have_no_project(con: duckdb.DuckDBPyConnection) -> None:
    """Question 38: of the sites in the United States and Mexico, it is not known which are planned."""
    for mineral in ("tungsten", "tin", "lithium"):
        for country in ("the United States", "Mexico"):
            sentence = _first(con, f"38 {mineral} {country}").sentence
            assert re.search(
                r"sites listed in .*: \d+, without phases, so what is planned is not known", sentence
            )
        assert re.search(r"mine projects listed in Canada: \d+", _first(con, f"38 {mineral} Canada").sentence)


def test_a_project_is_named_with_its_company(con: duckdb.DuckDBPyConnection) -> None:
    companies = dict(
        con.execute("select name, operator from core.dim_facility where operator is not null").fetchall()
    )
    row = next(row for row in _rows(con, "38") if row["area"] == "CAN" and row["projects_named"])
    name = row["projects_named"].partition(" (")[0]
    assert f"{name} ({companies[name]})" in row["projects_named"]
    assert re.search(r"such as .+ \(.+\), .+ \(.+\)", _first(con, "38").remarks[0])


@pytest.mark.parametrize("number", [str(question.number) for question in book.questions()])
def test_notes_have_no_codes_of_sources(con: duckdb.DuckDBPyConnection, number: str) -> None:
    found = reply(con, number)
    assert isinstance(found, Reply)
    if found.first is None:
        return
    sources = [one for (one,) in con.execute("select source_id from meta.source_status").fetchall()]
    codes = re.compile(rf"\b(?:{'|'.join(one.replace('_', '[ _]') for one in sources if '_' in one)})\b")
    for note in [found.first.sentence, *found.notes]:
        assert not codes.search(re.sub(r"`[^`]*`", "", note)), note


def test_a_disagreement_is_in_percent_and_small_ones_come_last(con: duckdb.DuckDBPyConnection) -> None:
    for number in ("20", "36"):
        rows = _rows(con, number)
        assert f"{abs(rows[0]['difference_pct'])} %" in _first(con, number).sentence.replace("-", "")
        small = [at for at, row in enumerate(rows) if abs(row["difference_usd"]) < 1e5]
        large = [
            at
            for at, row in enumerate(rows)
            if abs(row["difference_usd"]) >= 1e6 and abs(row["difference_pct"] or 0) >= 50
        ]
        assert max(large) < min(small)


@pytest.mark.parametrize("words", ["32", "32 antimony", "27", "27 antimony"])
def test_suspended_controls_are_said_to_be_left_out(con: duckdb.DuckDBPyConnection, words: str) -> None:
    sentence = _first(con, words).sentence
    assert "suspended controls are not counted" in sentence
    if "antimony" in words:
        assert "ban" in " ".join([sentence, *_first(con, words).remarks])
    if words == "32":
        rows = _rows(con, words)
        assert all(row["suspended_controls"] for row in rows)
        assert any("not counted" in row["suspended_controls"] for row in rows)


@pytest.mark.parametrize("number", [str(question.number) for question in book.questions()])
def test_names_of_minerals_and_goods_have_no_capital_within_a_sentence(
    con: duckdb.DuckDBPyConnection, number: str
) -> None:
    minerals = {name for (name,) in con.execute("select name from core.dim_mineral").fetchall()}
    for named in ("", "silicon", "lithium"):
        found = reply(con, f"{number} {named}".strip())
        assert isinstance(found, Reply)
        if found.first:
            within = re.findall(r"(?<=[a-z,;] )[A-Z][a-z]+", found.first.sentence)
            assert not [one for one in within if one in minerals | {"Polysilicon", "Coal", "Photovoltaic"}]


@pytest.mark.parametrize("question", book.questions(), ids=lambda question: question.name)
def test_a_question_and_its_notes_are_in_plain_words(
    con: duckdb.DuckDBPyConnection, question: book.Question
) -> None:
    assert not JARGON.search(question.text)
    found = reply(con, str(question.number))
    assert isinstance(found, Reply)
    for note in found.notes:
        text = re.sub(r"`[^`]*`", "", note)
        assert not re.search(r"\b(?:core|marts|meta)\.\w+|\bend_form\b|\bblocs?\b", text), note


def test_the_sources_are_first_those_of_the_first_row(con: duckdb.DuckDBPyConnection) -> None:
    """Question 20: a flow from the United Kingdom does not name the publisher of Brazil."""
    first = _first(con, "20")
    assert "HM Revenue and Customs" in first.of_first_row
    assert "Minist" not in first.of_first_row
    assert "Minist" in first.of_further_rows
    for row in _rows(con, "20"):
        if "partner_customs" in row["source_ids"]:
            is_of_brazil = row["exporter_iso3"] == "BRA"
            assert ("HM Revenue" in row["published_by"], "Minist" in row["published_by"]) == (
                not is_of_brazil,
                is_of_brazil,
            )


def test_a_sentence_says_among_whom_and_by_what_it_leads(con: duckdb.DuckDBPyConnection) -> None:
    assert "Of the flows whose exporter's own statistics are held" in _first(con, "20").sentence
    assert re.match(r"One of \d+ figures on all minerals revised by more than", _first(con, "22").sentence)
    assert any("first by importance: the US list" in remark for remark in _first(con, "22").remarks)
    # of one mineral, it is not the first of all
    assert re.match(r"One of \d+ figures on all minerals", _first(con, "22 cobalt").sentence)
    assert re.match(r"\d+ tariff codes of minerals were replaced", _first(con, "23").sentence)
    assert "US customs, all goods under 8103: USD " in _first(con, "23 tantalum").remarks[0]
    assert "customs of the United States state" in _first(con, "36").sentence
    assert re.search(r"BACI.*, \d+ times as much", _first(con, "36 copper").sentence)
    assert not _first(con, "36").remarks
    assert "suppliers_of_the_three" in _first(con, "1").columns


def _first_five(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names, rows = book.answer(con, next(one for one in book.questions() if one.number == 35))
    return [row for values in rows if (row := dict(zip(names, values, strict=True)))["place"] <= 5]


def test_the_first_five_are_by_the_need_of_the_three_and_by_printed_output(
    con: duckdb.DuckDBPyConnection,
) -> None:
    five = _first_five(con)
    assert [row["place"] for row in five] == [1, 2, 3, 4, 5]
    ranks = dict(
        con.execute(
            "select mineral_id, rank from marts.vulnerability_scorecard where area = 'USMCA' and year = ?",
            [five[0]["scorecard_year"]],
        ).fetchall()
    )
    for row in five:
        assert row["north_america_scorecard_rank"] == ranks[row["mineral_id"]]
        assert re.search(r"(?:Canada|Mexico) (?:at most )?[\d,]+ t", row["printed_output"])
    assert "gallium" not in {row["mineral_id"] for row in five}
    first = _first(con, "35")
    assert "North America's need (50 of 100 points" in first.sentence
    assert any("no table says how much" in remark and "gallium" in remark for remark in first.remarks)
    assert "Mexico 6,300 t" in str(_first(con, "35 silver").rows[0])


def test_the_readme_names_the_first_five(con: duckdb.DuckDBPyConnection) -> None:
    stated = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    stated = " ".join(stated.partition("**Which first?**")[2].partition("**Guarantees.**")[0].split())
    named = _first(con, "35").sentence.partition("Canada, ")[2].partition(" come first")[0]
    assert named in stated
    tied = re.search(r"less need: ([^;]+)", _first_five(con)[4]["remark"])
    assert tied
    assert f"{tied[1].replace(', ', ' and ')} level on points" in stated


def test_the_count_of_minerals_says_how_it_counts_and_leads_with_the_most_vulnerable(
    con: duckdb.DuckDBPyConnection,
) -> None:
    columns, rows = book.answer(con, book.questions()[0])
    found = {row[columns.index("mineral_id")] for row in rows}
    minerals = dict(
        con.execute("select mineral_id, (group_id, is_critical) from core.dim_mineral").fetchall()
    )
    as_one = {one for one in found if minerals[one][0] == one or minerals[one][0] not in found}
    one_by_one = {one for one in found if minerals[one][1]}
    first = _first(con, "1")
    assert f"at least {len(as_one)} of " in first.sentence
    assert f"{len(one_by_one)} if rare earths count one by one)" in first.sentence
    assert "led by natural graphite from China" in first.sentence
    assert f"of {len(one_by_one)} minerals" in _first(con, "38").sentence
    assert first.rows[0][0] == "Graphite (natural)"


def test_a_series_across_a_change_names_its_source_and_its_absence_is_said(
    con: duckdb.DuckDBPyConnection,
) -> None:
    question = next(one for one in book.questions() if one.number == 23)
    columns, rows = book.answer(con, question)
    for values in rows:
        row = dict(zip(columns, values, strict=True))
        across = row["across_the_change"] == "a year before the change and one after it are held"
        assert across or row["across_the_change"].startswith("no year ")
        sources = r"(?:US customs|CEPII BACI|UN Comtrade), (?:all goods under|old code) \d+: "
        series = re.split(r"; ", row["imports_by_year"] or "")
        assert all(re.match(sources, one) for one in series)
        spans = [{int(year) for year in re.findall(r" in (\d{4})", one)} for one in series]
        changed = row["old_until"].year
        assert across == any(min(years) <= changed < max(years) for years in spans), row
    first = _first(con, "23")
    assert "valid to 2021-12-31, was " in first.sentence
    assert re.search(r"with imports before and after the change held for \d+;", first.sentence)
    assert "No year before the change is held" in _first(con, "23 tantalum").remarks


def test_all_years_of_an_answer_that_is_not_by_year_are_what_it_has(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "23 all years")
    assert isinstance(found, Reply)
    assert not [note for note in found.notes if "not by year" in note]
