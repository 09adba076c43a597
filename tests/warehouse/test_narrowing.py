"""An answer is narrowed to the minerals, places and years that are named, or states what it leaves out."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.readers import TODAY, answered
from warehouse.answers import NoReply, reply
from warehouse.book import Question, questions
from warehouse.first_lines import NO_ROW, NOT_YET


@pytest.fixture(scope="module")
def con(published_starter: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published_starter / "minerals.duckdb"), read_only=True) as reader:
        yield reader


def test_an_answer_is_narrowed_to_what_is_named(con: duckdb.DuckDBPyConnection) -> None:
    of_antimony = answered(con, "who supplies Mexico's antimony")
    [table] = of_antimony.tables
    assert [row[table.columns.index("area")] for row in table.rows] == ["Mexico"]
    floors = answered(con, "where should a price floor for gallium lie").tables[0]
    assert {row[floors.columns.index("mineral_id")] for row in floors.rows} == {"gallium"}
    sold = answered(con, "duty actually paid against the schedule for graphite in 2024").tables[0]
    periods = {row[sold.columns.index("year")] for row in sold.rows}
    assert periods <= {2024}


@pytest.mark.parametrize(
    ("words", "name", "area"),
    [
        ("how much of Mexico's antimony comes from China", "china", "Mexico"),
        ("how dependent is Mexico on Chinese antimony", "china", "Mexico"),
        ("share of Canada's graphite that comes from China", "china", "Canada"),
        ("percentage of tungsten the US gets from China", "china", "United States"),
        ("¿cuánto del antimonio de México viene de China?", "china", "Mexico"),
        ("quelle part du graphite américain vient de Chine", "china", "United States"),
        ("where does Mexico get its antimony", "suppliers", "Mexico"),
        ("d'où vient le cobalt du Canada", "suppliers", "Canada"),
        ("what share of US titanium imports came from Russia in 2023", "suppliers", "United States"),
        ("how dependent is Canada on cobalt", "dependency", "Canada"),
    ],
)
def test_a_plain_question_on_imports_is_answered_by_the_sheet(
    con: duckdb.DuckDBPyConnection, words: str, name: str, area: str
) -> None:
    found = answered(con, words)
    assert found.name == name
    [table] = found.tables
    assert {row[table.columns.index("area")] for row in table.rows} <= {area}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("how much Chinese antimony comes through Mexico", "11"),
        ("how much antimony does Mexico sell to the US", "17"),
        ("where does our tungsten come from", "suppliers"),
        ("how much tungsten comes from China", "china"),
    ],
)
def test_a_question_on_the_way_or_the_seller_is_another(
    con: duckdb.DuckDBPyConnection, words: str, name: str
) -> None:
    assert answered(con, words).name == name


def test_two_countries_are_both_in_the_answer(con: duckdb.DuckDBPyConnection) -> None:
    [table] = answered(con, "who supplies the US and Canada with graphite").tables
    assert {row[table.columns.index("area")] for row in table.rows} == {"United States", "Canada"}


def test_each_mineral_that_is_named_has_a_table(con: duckdb.DuckDBPyConnection) -> None:
    found = answered(con, "magnets, gallium and graphite from China")
    assert found.name == "china"
    assert {one.name for one in found.tables} == {"rare_earths", "gallium", "graphite_natural"}


def test_no_figure_is_later_than_the_year_that_is_named(con: duckdb.DuckDBPyConnection) -> None:
    found = answered(con, "graphite from China in 2022")
    assert found.name == "china"
    assert not found.tables[0].rows
    assert found.first
    assert found.first.sentence.endswith("is not held for 2022; the newest is for 2024.")


def test_names_missing_from_an_answer_are_stated(con: duckdb.DuckDBPyConnection) -> None:
    assert "The answer has no row for 1950." in answered(con, "which figures were revised in 1950").notes
    empty = answered(con, "who supplies Mexico's tin")
    assert not empty.tables[0].rows
    assert empty.first
    assert "not held for Mexico: comtrade brings it" in empty.first.sentence


@pytest.mark.parametrize(
    ("words", "name", "narrowed"),
    [
        ("38 graphite", "38", "Graphite (natural)"),
        ("34 China", "34", "from China"),
        ("4 gallium", "4", "Gallium"),
        ("4 galio", "4", "Gallium"),
        ("suppliers cobalt 2022", "suppliers", "the newest figures up to 2022"),
        ("without gallium China 30 days", "without", "30 days"),
    ],
)
def test_a_number_or_name_with_words_is_that_answer_narrowed(
    con: duckdb.DuckDBPyConnection, words: str, name: str, narrowed: str
) -> None:
    found = answered(con, words)
    assert found.name == name
    assert narrowed in found.narrowed
    assert found.tables[0].rows


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("six months without Chinese gallium", 180),
        ("half a year without gallium from China", 180),
        ("gallium without China for 3 weeks", 21),
        ("gallium without China for 45 days", 45),
        ("sin galio de China seis meses", 180),
        ("sin galio de China dos semanas", 14),
        ("sans gallium de Chine pendant six mois", 180),
        ("sans gallium de Chine pendant un an", 365),
    ],
)
def test_weeks_months_and_years_are_days(con: duckdb.DuckDBPyConnection, words: str, days: int) -> None:
    found = answered(con, words)
    assert found.name == "without"
    assert f"{days} days" in found.narrowed


def test_an_answer_has_the_rows_of_the_years_that_are_named(con: duckdb.DuckDBPyConnection) -> None:
    [table] = answered(con, "cobalt producers 2023 to 2025").tables
    assert {row[table.columns.index("year")] for row in table.rows} == {2023, 2024, 2025}
    [prices] = answered(con, "price of cobalt 2019 to 2023").tables
    periods = {row[prices.columns.index("period")][:4] for row in prices.rows}
    assert periods == {"2019", "2020", "2021", "2022", "2023"}
    of_china = answered(con, "graphite from China 2019 to 2025")
    [series] = of_china.tables
    years = {row[series.columns.index("year")] for row in series.rows}
    assert {2019, 2020, 2021, 2022, 2023, 2024} <= years <= set(range(2019, 2026))
    floors = answered(con, "13 graphite since 2024").tables[0]
    assert min(row[floors.columns.index("year")] for row in floors.rows) >= 2024


@pytest.mark.parametrize(
    ("words", "name", "note"),
    [
        ("duty on graphite before 2020", "duty", "Not applied: up to 2019."),
        ("duty on graphite over time", "duty", "Not applied: all years."),
        ("gallium without China for 30 days in 2022", "without", "Not applied: 2022."),
        ("a floor of $600 on gallium from China", "floor", "Not applied: China."),
        ("34 China 2019 to 2025", "34", "The answer is not by year, so 2019 to 2025 is not applied."),
    ],
)
def test_what_an_answer_is_not_narrowed_to_is_stated(
    con: duckdb.DuckDBPyConnection, words: str, name: str, note: str
) -> None:
    found = answered(con, words)
    assert found.name == name
    assert any(note in one for one in found.notes), found.notes


@pytest.mark.parametrize(
    ("dimension", "named"),
    [
        ("in 2023", "2023"),
        ("since 2020", "since 2020"),
        ("last month", "last month"),
        ("from Brazil", "Brazil"),
        ("for Canada", "Canada"),
        ("cobalt and nickel", "Cobalt"),
        ("top 3", "the first 3 rows"),
    ],
)
@pytest.mark.parametrize("question", questions(), ids=lambda question: str(question.number))
def test_what_is_added_to_a_question_narrows_it_or_is_stated(
    con: duckdb.DuckDBPyConnection, question: Question, dimension: str, named: str
) -> None:
    found = answered(con, f"{question.number} {dimension}")
    assert found.name == str(question.number)
    stated = [
        *found.narrowed,
        *(note for note in found.notes if note != question.note and "explain" not in note),
    ]
    is_of_it = all(word in question.text for word in named.split())
    is_list_of_it = named in question.text or any(note.startswith((NO_ROW, NOT_YET)) for note in found.notes)
    assert any(named in one for one in stated) or is_of_it or is_list_of_it
    if dimension == "top 3":
        assert all(len(table.rows) <= 3 for table in found.tables)


def test_imports_from_a_seller_are_named_where_the_answer_has_no_sellers(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = answered(con, "who sells us magnets, Vietnam")
    assert found.name == "suppliers"
    held = con.execute(
        "select count(*) from marts.import_sources where mineral_id = 'rare_earths' and supplier_iso3 = 'VNM'"
    ).fetchone()
    begins = (
        "Newest imports from Vietnam"
        if held and held[0]
        else "No yearly value of imports of Rare earths from Vietnam"
    )
    assert any(note.startswith(begins) for note in found.notes)


def test_a_period_that_ends_today_is_not_a_number_of_days(con: duckdb.DuckDBPyConnection) -> None:
    found = answered(con, "imports that landed below a price floor in the last two years")
    assert found.name == "5"
    assert not any("730" in note for note in found.notes)


def test_suppliers_in_a_list_are_distinguished(con: duckdb.DuckDBPyConnection) -> None:
    found = answered(con, "How much lithium does the US get from Argentina and Chile")
    assert found.name == "suppliers"
    assert not any("separately" in note for note in found.notes)


@pytest.mark.parametrize(
    "words",
    [
        "Which of the listed minerals that Mexico sells have no tariff line?",
        "What would 180 days of stock from Mexico cost?",
    ],
)
def test_a_seller_that_the_answer_does_not_have_is_refused(
    con: duckdb.DuckDBPyConnection, words: str
) -> None:
    found = reply(con, words, TODAY)
    assert isinstance(found, NoReply)
    assert re.search(r"Question (16|21) does not show Mexico separately as a seller", found.why)


def test_a_place_that_the_answer_does_not_have_comes_before_it(con: duckdb.DuckDBPyConnection) -> None:
    assert answered(con, "2 Mexico").not_shown == ["The answer does not show Mexico separately."]


@pytest.mark.parametrize(
    ("words", "area"),
    [
        ("Which smelted metals does Canada buy back after exporting the ore?", "CAN"),
        ("18 Mexico", "MEX"),
    ],
)
def test_ores_that_leave_are_those_of_the_place_named(
    con: duckdb.DuckDBPyConnection, words: str, area: str
) -> None:
    found = answered(con, words)
    assert (found.name, found.not_shown) == ("18", [])
    [table] = found.tables
    assert {row[table.columns.index("area")] for row in table.rows} == {area}


@pytest.mark.parametrize(
    ("words", "name", "narrowed"),
    [
        # a question of several places is of them whether they buy or sell
        ("Mexico sells ore abroad and buys the refined product", "18", ["Mexico"]),
        ("42 Canada", "42", ["Canada"]),
        ("question 42 lithium", "42", ["Lithium"]),
        # partners stand in a list
        ("7 Australia", "7", ["Australia"]),
        (
            "would bringing Australia and Japan into the deal get US reliance under half",
            "7",
            ["Australia and Japan"],
        ),
        # a buyer is not one of the countries that it relies on
        ("who depends most on China, Canada or Mexico", "26", []),
        ("which North American country is most exposed to China", "26", ["North America"]),
        ("cu\u00e1nto encarecer\u00eda un piso de precios los imanes", "29", []),
        ("price after the ban", "30", []),
        ("how much would a floor catching 20% of Chinese volume be", "8", []),
    ],
)
def test_rows_match_the_named_places_and_minerals(
    con: duckdb.DuckDBPyConnection, words: str, name: str, narrowed: list[str]
) -> None:
    found = answered(con, words)
    assert (found.name, found.narrowed, found.not_shown) == (name, narrowed, [])
    assert found.tables[0].rows


@pytest.mark.parametrize(
    "words",
    [
        "what do we mainly get from Canada and Mexico",
        "what do Canada and Mexico mainly sell us",
        "What do we mostly buy from Canada and Mexico?",
    ],
)
def test_what_is_mainly_got_from_two_neighbors_is_found(con: duckdb.DuckDBPyConnection, words: str) -> None:
    found = answered(con, words)
    assert found.name == "17"
    [table] = found.tables
    assert {row[table.columns.index("supplier")] for row in table.rows} == {"Canada", "Mexico"}
    of_one = answered(con, "17 Canada").tables[0]
    assert {row[of_one.columns.index("supplier")] for row in of_one.rows} == {"Canada"}


def test_an_answer_on_several_places_is_narrowed_to_the_one_that_is_named(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = answered(con, "14 fluorspar Mexico")
    [table] = found.tables
    assert found.narrowed == ["Fluorspar", "Mexico"]
    assert {row[table.columns.index("origin")] for row in table.rows} == {"Mexico"}
    both = answered(con, "14 fluorspar Mexico Canada").tables[0]
    assert {row[both.columns.index("origin")] for row in both.rows} == {"Mexico", "Canada"}
    through = answered(con, "Chinese antimony through Thailand")
    assert through.narrowed == ["from Thailand"]
    assert answered(con, "11 China").tables[0].rows


def test_naming_the_usa_filters_nothing_in_answers_on_us_imports(con: duckdb.DuckDBPyConnection) -> None:
    found = answered(con, "duty that US importers actually paid on minerals from Canada and Mexico")
    [table] = found.tables
    assert found.name == "13"
    assert {row[table.columns.index("origin")] for row in table.rows} == {"Canada", "Mexico"}


def test_shares_are_traced_to_a_supplier_with_a_name(con: duckdb.DuckDBPyConnection) -> None:
    """The part of unnamed suppliers can be larger than that of the first one named."""
    found = answered(con, "who supplies the United States with tungsten")
    assert "supplier_iso3=CHN" in found.notes[-1]
