"""The query book: a question is found by its number or by any of its words."""

import duckdb

from warehouse.book import Question, answer, matching, named, questions


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


def test_a_mineral_has_its_name_after_its_id() -> None:
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


def test_a_country_has_its_name_after_its_code() -> None:
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


def test_a_tariff_code_has_the_goods_of_its_longest_part_with_a_name() -> None:
    with duckdb.connect() as con:
        con.execute("create schema core")
        con.execute(
            "create table core.dim_product as select * from (values"
            " ('81129260', 'Germanium, unwrought'), ('811292', 'Unwrought basket'),"
            " ('811292', 'Unwrought/scrap/powders of Ga, Ge, In, Nb, V')) as t (hs_code, description)"
        )
        rows = [("8112926000",), ("811292",), ("999999",), (None,)]
        assert named(con, ["hs_code"], rows)[1] == [
            ("8112926000", "Germanium, unwrought"),
            ("811292", "Unwrought/scrap/powders of Ga, Ge, In, Nb, V"),
            ("999999", None),
            (None, None),
        ]


def test_unusual_flags_are_explained_in_words() -> None:
    with duckdb.connect() as con:
        con.execute("create schema meta")
        con.execute(
            "create table meta.flag_words as select 'coverage' as column_name,"
            " 'value_only' as word, 'A weight is missing' as meaning"
        )
        rows = [("complete",), ("value_only;too_few_rows",), (None,)]
        assert named(con, ["coverage"], rows) == (
            ["coverage", "coverage_in_words"],
            [
                ("complete", None),
                ("value_only;too_few_rows", "A weight is missing; too few rows"),
                (None, None),
            ],
        )


def test_sources_are_followed_by_their_publishers() -> None:
    with duckdb.connect() as con:
        con.execute("create schema meta")
        con.execute(
            "create table meta.archive as select * from (values"
            " ('usgs_mcs', 'U.S. Geological Survey, National Minerals Information Center', '2026'),"
            " ('partner_customs', 'HM Revenue and Customs', 'GBR'),"
            " ('partner_customs', 'Ministério do Desenvolvimento', 'BRA'))"
            " as t (source_id, publisher, partition)"
        )
        rows = [("usgs_mcs;partner_customs",), ("usgs_mcs; policy_events",), (None,)]
        assert [row[1] for row in named(con, ["source_ids"], rows)[1]] == [
            "U.S. Geological Survey; HM Revenue and Customs; Ministério do Desenvolvimento",
            "U.S. Geological Survey; this warehouse's own list of policy events",
            None,
        ]
        # a row on one of the two countries names the publisher of its figures alone
        of_one = [("GBR", "partner_customs"), ("BRA", "usgs_mcs;partner_customs"), ("CHL", "partner_customs")]
        assert [row[-1] for row in named(con, ["reporter", "source_ids"], of_one)[1]] == [
            "HM Revenue and Customs",
            "U.S. Geological Survey; Ministério do Desenvolvimento",
            "HM Revenue and Customs; Ministério do Desenvolvimento",
        ]
