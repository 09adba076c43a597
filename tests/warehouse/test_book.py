"""The query book: a question is found by its number or by any of its words."""

import duckdb
import pytest

from warehouse.book import Question, answer, matching, named, nearest, questions


def test_questions_have_numbers_of_their_own() -> None:
    numbers = [question.number for question in questions()]
    assert numbers == sorted(set(numbers))
    assert all(question.text.endswith("?") for question in questions())


def test_a_question_is_found_by_number_or_words() -> None:
    assert [question.name for question in matching("4")] == ["if_china_stops"]
    assert [question.number for question in matching("days of consumption")] == [15]
    assert [question.number for question in matching("CHINA stops")] == [4]
    assert matching("unheard of") == []
    assert matching("") == []


# ten drawn from the book by random.Random(21), each worded as a reporter would who has not read it
AS_A_REPORTER_ASKS = {
    11: "antimony from China rerouted through other countries",
    27: "share of what America buys abroad from nations with export bans",
    37: "unused smelters and mines, spare capacity",
    19: "tariff headings that lump metals together",
    31: "country resells what others produced",
    14: "what if the North American trade deal is not renewed",
    34: "which governments use export quotas and licences",
    26: "is Canada or Mexico more reliant on Chinese supply",
    17: "what does Mexico sell us most",
    6: "price floor if allies do not pay",
}


@pytest.mark.parametrize(("number", "words"), AS_A_REPORTER_ASKS.items())
def test_a_question_is_found_in_other_words(number: int, words: str) -> None:
    assert not matching(words), "the words are not those of the book"
    assert number in [question.number for question in nearest(words)[:3]]


def test_words_that_no_question_has_find_none() -> None:
    assert nearest("unheard of") == []
    assert nearest("") == []
    assert nearest("who is it") == []


def test_the_likeliest_question_comes_first_and_there_are_few() -> None:
    assert [question.number for question in nearest("antimony thailand")] == [11]
    assert len(nearest("which minerals does north america import from china and mexico")) <= 5


def test_a_mineral_has_its_name_behind_its_id() -> None:
    with duckdb.connect() as con:
        con.execute("create schema core")
        con.execute(
            "create table core.dim_mineral as select 'graphite_natural' as mineral_id, 'Graphite' as name"
        )
        rows = [("graphite_natural", 2024), ("unknown", 2025)]
        assert named(con, ["mineral_id", "year"], rows) == (
            ["mineral_id", "mineral", "year"],
            [("graphite_natural", "Graphite", 2024), ("unknown", None, 2025)],
        )
        as_they_are = ["mineral_id", "mineral_name"]
        assert named(con, as_they_are, [("graphite_natural", "Graphite")])[0] == as_they_are


def test_a_country_has_its_name_behind_its_code() -> None:
    asked = Question(
        1, "x", "Who?", "select 'DEU' as supplier_iso3, 3 as value, 'ZZZ' as origin_iso3, 'a' as origin"
    )
    with duckdb.connect() as con:
        con.execute("create schema core")
        con.execute("create table core.dim_country as select 'DEU' as iso3, 'Germany' as name")
        assert answer(con, asked) == (
            ["supplier_iso3", "supplier", "value", "origin_iso3", "origin"],
            [("DEU", "Germany", 3, "ZZZ", "a")],
        )
