"""Answers to questions in words: the one that clearly fits, never a wrong one, and else the nearest."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.readers import ASKED, TODAY, answered
from warehouse import asking
from warehouse.answers import NoReply, reply
from warehouse.asking import Years
from warehouse.book import questions


@pytest.fixture(scope="module")
def con(published_starter: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published_starter / "minerals.duckdb"), read_only=True) as reader:
        yield reader


def test_words_that_are_not_known_get_one_sentence_on_what_can_be_asked(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = reply(con, "how do I knit woollen jumpers for penguins", TODAY)
    assert isinstance(found, NoReply)
    assert found.why.startswith("This cannot be answered here: the warehouse has figures on the supply of")
    assert "." not in found.why[:-1]
    assert not found.nearest


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("copper price forecast 2030", "Not held: forecasts of prices and demand."),
        ("cobalt demand in 2040", "Not held: figures for 2040."),
        ("stock of Unobtainia", "Nothing named Unobtainia is held."),
        ("stock of Glencore", "Glencore is named in the list of facilities"),
        ("wages of miners in Chile", "Not held: jobs, wages and accidents."),
    ],
)
def test_questions_on_data_not_held_are_not_answered(
    con: duckdb.DuckDBPyConnection, words: str, why: str
) -> None:
    found = reply(con, words, TODAY)
    assert isinstance(found, NoReply)
    assert why in found.why


def test_without_a_clear_answer_the_nearest_show_their_first_row(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = reply(con, "what is going on with shipments", TODAY)
    assert isinstance(found, NoReply)
    assert found.nearest
    for one in found.nearest:
        assert len(one.row) == len(one.columns) > 0


def test_a_misspelt_word_is_read_as_the_known_one(con: duckdb.DuckDBPyConnection) -> None:
    assert answered(con, "stockpyle days of cover, shortest frist").name == "15"


def test_words_that_are_not_understood_are_named_with_the_answer(con: duckdb.DuckDBPyConnection) -> None:
    assert "Not understood: zirpy." in answered(con, "idle smelters zirpy").notes


@pytest.mark.parametrize(
    "row", [row for row in ASKED if row["mineral"] or row["place"]], ids=lambda row: row["words"]
)
def test_a_mineral_and_a_place_are_recognized(con: duckdb.DuckDBPyConnection, row: dict[str, str]) -> None:
    asked = asking.read(asking.names(con), row["words"])
    assert asked.mineral_id == (row["mineral"] or None)
    if row["place"]:
        assert row["place"] in [place.code for place in asked.places]


def test_imports_are_compared_with_a_floor_that_is_named(con: duckdb.DuckDBPyConnection) -> None:
    floor = 60
    found = answered(con, f"price floor of {floor} USD/kg on lithium")
    assert found.name == "floor"
    [table] = found.tables
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    judged = [row for row in rows if row["landed_usd_per_kg"] is not None]
    assert judged
    for row in judged:
        if row["below_floor_share"] == 1:
            missing = floor * row["quantity_kg"] - row["value_usd"]
            assert row["border_adjustment_usd"] == pytest.approx(missing, rel=0.001, abs=5)
    assert all(row["coverage"] for row in rows if row["landed_usd_per_kg"] is None)
    assert answered(con, "a floor of $600 on gallium").name == "floor"


def test_a_seller_is_not_mistaken_for_a_buyer(con: duckdb.DuckDBPyConnection) -> None:
    found = answered(con, "graphite from Canada")
    assert found.name == "suppliers"
    assert len({row[0] for row in found.tables[0].rows}) > 1
    assert any(note.startswith("Newest imports from Canada that are held") for note in found.notes)


def test_a_question_of_china_is_not_given_for_another_country(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "what if Indonesia stops exporting nickel", TODAY)
    assert isinstance(found, NoReply) or found.name == "without"


def test_an_empty_answer_names_the_sources_that_are_missing(con: duckdb.DuckDBPyConnection) -> None:
    permits = answered(con, "41")
    assert not permits.tables[0].rows
    assert any("fast41" in note for note in permits.notes)


def test_the_age_of_a_table_is_that_of_the_sources_behind_it(con: duckdb.DuckDBPyConnection) -> None:
    found = answered(con, "how old are the figures of price_floor")
    assert "the sources behind marts.price_floor" in found.narrowed
    sources = {row[0] for row in found.tables[0].rows}
    assert "worldbank_wgi" not in sources
    assert 0 < len(sources) < len(answered(con, "how old are these figures").tables[0].rows)


def test_where_nothing_fits_three_are_named(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "unobtainium price", TODAY)
    assert isinstance(found, NoReply)
    assert len(found.nearest) == 3
    nothing = reply(con, "unheard of", TODAY)
    assert isinstance(nothing, NoReply)
    assert not nothing.nearest
    for number in ("99", "-1", "1 2"):
        assert reply(con, number, TODAY) == NoReply(f"There is no question {number}.")
    for number in ("35", "#35", "question 35", "35."):
        assert answered(con, number).name == "35"


def test_every_number_gives_its_question(con: duckdb.DuckDBPyConnection) -> None:
    for question in questions():
        assert answered(con, str(question.number)).text == question.text


def test_every_question_is_found_by_its_own_text(con: duckdb.DuckDBPyConnection) -> None:
    known = asking.names(con)
    ranked = {one.number: asking.rank(asking.read(known, one.text), known) for one in questions()}
    assert [
        number for number, found in ranked.items() if str(number) not in [one.answer for one in found[:3]]
    ] == []


def test_a_pronoun_and_a_conjunction_are_not_names(con: duckdb.DuckDBPyConnection) -> None:
    asked = asking.read(asking.names(con), "what does Mexico sell us, tin or lead in bulk")
    assert [place.code for place in asked.places] == ["MEX"]
    assert asking.read(asking.names(con), "one or the other").mineral_id is None
    assert asking.read(asking.names(con), "In which year").mineral_id is None


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        ("without gallium", "`without` needs the supplier"),
        ("measures China", "`measures` needs a mineral"),
        ("suppliers Mexico", "`suppliers` needs a mineral"),
    ],
)
def test_an_answer_by_its_name_states_what_it_needs(
    con: duckdb.DuckDBPyConnection, words: str, needed: str
) -> None:
    found = reply(con, words, TODAY)
    assert isinstance(found, NoReply)
    assert needed in found.why


@pytest.mark.parametrize(
    ("words", "years"),
    [
        ("2019 to 2025", Years(2019, 2025)),
        ("2019-2025", Years(2019, 2025)),
        ("between 2019 and 2025", Years(2019, 2025)),
        ("de 2019 \u00e0 2025", Years(2019, 2025)),
        ("entre 2019 y 2025", Years(2019, 2025)),
        ("since 2020", Years(2020, None)),
        ("desde 2020", Years(2020, None)),
        ("depuis 2020", Years(2020, None)),
        ("after 2020", Years(2021, None)),
        ("before 2020", Years(None, 2019)),
        ("avant 2020", Years(None, 2019)),
        ("hasta 2020", Years(None, 2020)),
        ("over the years", Years(None, None)),
    ],
)
def test_several_years_are_recognized(con: duckdb.DuckDBPyConnection, words: str, years: Years) -> None:
    asked = asking.read(asking.names(con), f"cobalt suppliers {words}")
    assert (asked.years, asked.year) == (years, None)


def test_a_share_that_no_answer_covers_is_not_ignored(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "single supplier with 100 percent", TODAY)
    assert isinstance(found, NoReply)
    assert "No answer is about 100 percent." in found.why


@pytest.mark.parametrize(
    "words",
    [
        "Which minerals on Washington's official list can't be tracked in customs data?",
        "\u00bfQu\u00e9 minerales de la lista oficial no tienen c\u00f3digo arancelario propio?",
        "Desde que China empez\u00f3 a restringir, \u00bfqu\u00e9 otros venden lo que apenas producen?",
    ],
)
def test_function_words_are_not_goods_and_need_no_meaning(con: duckdb.DuckDBPyConnection, words: str) -> None:
    found = reply(con, words, TODAY)
    near = [one.command for one in found.nearest] if isinstance(found, NoReply) else []
    assert not [command for command in near if " duty " in command]
    text = found.why if isinstance(found, NoReply) else " ".join(found.notes)
    heard = text.partition("Not understood: ")[2].partition(".")[0].split(", ")
    assert not {"t", "no", "desde", "otros", "que", "apenas"} & set(heard)


def test_a_question_without_the_place_that_is_named_is_not_given(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "is China a danger for Mexico", TODAY)
    assert isinstance(found, NoReply)
    assert "minerals ask 26" in [one.candidate.command for one in found.nearest]


def test_words_after_and_are_not_ignored(con: duckdb.DuckDBPyConnection) -> None:
    found = answered(
        con, "How much lithium does the US get from Argentina and Chile, and at what price per kilo?"
    )
    assert found.name == "suppliers"
    assert any("`minerals ask prices lithium" in note for note in found.notes)
    assert not any("minerals ask prices" in note for note in answered(con, "who supplies lithium").notes)


def test_the_world_is_not_a_seller(con: duckdb.DuckDBPyConnection) -> None:
    assert not any("World" in note for note in answered(con, "Who mines most of the world's cobalt?").notes)


def test_one_known_word_is_not_enough(con: duckdb.DuckDBPyConnection) -> None:
    assert isinstance(reply(con, "which metals should worry us", TODAY), NoReply)


def test_a_name_is_not_read_as_another_word(con: duckdb.DuckDBPyConnection) -> None:
    assert asking.read(asking.names(con), "stock of Glencore").left == ["stock", "glencore"]


def test_the_printed_share_is_given_where_customs_cannot_show_it(con: duckdb.DuckDBPyConnection) -> None:
    found = answered(con, "What share of gallium does the US import from China")
    assert found.name == "china"
    assert any(
        re.search(r"USGS prints China's share .* \d+ % \(\d{4} to \d{4}\)", one) for one in found.notes
    )


@pytest.mark.parametrize(
    "words", ["who refines cobalt", "qui\u00e9n refina cobalto", "qui raffine le cobalt"]
)
def test_mines_given_instead_of_refineries_have_a_note(con: duckdb.DuckDBPyConnection, words: str) -> None:
    found = answered(con, words)
    assert found.name == "producers"
    assert "Refinery output of cobalt is not held; these are mines." in found.notes
    assert not any("is not held" in note for note in answered(con, "who mines cobalt").notes)


@pytest.mark.parametrize("words", ["39 Canada", "question 40 gallium", "#99 lithium from Chile"])
def test_a_number_that_no_question_has_is_refused_with_further_words(
    con: duckdb.DuckDBPyConnection, words: str
) -> None:
    found = reply(con, words, TODAY)
    assert isinstance(found, NoReply)
    assert re.fullmatch(r"There is no question (39|40|99)\.", found.why)


def test_a_future_year_is_answered_where_the_answer_reaches_it(con: duckdb.DuckDBPyConnection) -> None:
    found = answered(con, "underused plants and capacity growth to 2029")
    assert found.name == "37"
    assert found.notes[0].startswith("Not held: figures for 2029.")
    assert isinstance(reply(con, "cobalt supply in 2040", TODAY), NoReply)


def test_a_question_on_china_is_not_given_where_china_is_not_named(con: duckdb.DuckDBPyConnection) -> None:
    spanish = "\u00bfCu\u00e1nto durar\u00edan las reservas de metales si se corta el suministro?"
    found = reply(con, spanish, TODAY)
    assert isinstance(found, NoReply) or found.name != "4"
    assert answered(con, "what happens if Beijing halts shipments").name == "4"
