"""Answers to questions in words: the one that clearly fits, narrowed to what is named, never a wrong one."""

import csv
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from warehouse import asking
from warehouse.answers import NoReply, Reply, reply
from warehouse.asking import Candidate, Years
from warehouse.book import Question, questions
from warehouse.nearest_answers import clear, nearest

TODAY = date(2026, 11, 28)
# questions of people in trade policy who have not read the book, in three languages, with the answers that
# fit; `none` if the warehouse has no answer
ASKED = list(csv.DictReader(Path(__file__).with_name("asked.csv").open(encoding="utf-8")))

# phrasings of each question by people of several trades and, since the fifth round, in three languages. Each
# round was measured before it became an example for others. First place, first three, and outright when first
# measured: 49 % and 66 %, 54 % and 90 %, 59 % and 85 %, 90 % and 98 % and 59 %, 69 % and 81 % and 10 %. Since
# the seventh, by the ranking before regression: 90 % and 96 % and 66 %, 83 % and 94 % and 63 % (two wrong),
# 89 % and 96 % and 74 % (two wrong); the eighth to tenth by regression: 91 % and 95 % and 67 % (none wrong),
# 95 % and 99 % and 87 % (none wrong), 98 % and 98 % and 88 % (one wrong of 41). Half of the eleventh, by
# people of five kinds, is in `unseen.csv`: 82 % outright (one wrong of 60) before the other half was added,
# and 85 % since (none wrong). Here each is measured as if it had never been seen, by the examples of others.
PHRASINGS = asking.phrasings()

# questions on other subjects, many with a mineral or a country
OF_SOMETHING_ELSE = [
    "how do I open a savings account",
    "best hotels in Mexico City",
    "who discovered gallium",
    "how is lithium extracted from brine",
    "melting point of tungsten",
    "is nickel toxic for children",
    "what time is it in Beijing",
    "which stocks should I buy this year",
    "can graphite be recycled at home",
    "which university is best for mining engineering",
    "is China bigger than the United States",
    "how do tariffs work in general",
    "quelle est la capitale du Canada",
    "who is the largest employer in Sudbury",
    "how deep is the deepest mine in the world",
]

# more of them, and questions near the subject whose figures are not held: forecasts, advice, other trade
OFF_SUBJECT = Path(__file__).with_name("off_subject.txt").read_text(encoding="utf-8").splitlines()
NEAR_THE_SUBJECT = {
    "what will lithium cost in 2030": "figures for 2030",
    "will copper prices go up": "forecasts of prices and demand",
    "\u00bfva a subir el precio del cobre?": "forecasts of prices and demand",
    "should I invest in lithium miners": "advice on what to buy or invest in",
    "how much cobalt does Germany import from Finland": "imports of Germany",
    "Japanese imports of rare earths from Australia": "imports of Japan",
    "trade between Brazil and Argentina in lithium": "imports of Argentina and Brazil",
    "Brazilian exports of niobium to Germany": "imports of Germany",
    "EU imports of magnesium from China": "trade of Europe and Asia as a whole",
}

# half of a round of phrasings, by five kinds of people; they are no examples, the other half are
UNSEEN = list(csv.DictReader(Path(__file__).with_name("unseen.csv").open(encoding="utf-8")))

# ten questions of the book, drawn by random.Random(21), each as asked by a reporter who has not read it; the
# words of the answers were chosen without these
AS_A_REPORTER_ASKS = {
    "11": "antimony from China rerouted through other countries",
    "27": "share of what America buys abroad from nations with export bans",
    "37": "unused smelters and mines, spare capacity",
    "19": "tariff headings that lump metals together",
    "31": "country resells what others produced",
    "14": "what if the North American trade deal is not renewed",
    "34": "which governments use export quotas and licences",
    "26": "is Canada or Mexico more reliant on Chinese supply",
    "17": "what does Mexico sell us most",
    "6": "price floor if allies do not pay",
}


@pytest.fixture(scope="module")
def con(published_starter: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published_starter / "minerals.duckdb"), read_only=True) as reader:
        yield reader


def _asked(con: duckdb.DuckDBPyConnection, words: str) -> Reply:
    found = reply(con, words, TODAY)
    assert isinstance(found, Reply), (words, found)
    return found


def test_most_phrasings_get_their_answer_and_none_a_wrong_one(con: duckdb.DuckDBPyConnection) -> None:
    given = {
        row["words"]: found.name if isinstance(found := reply(con, row["words"], TODAY), Reply) else "none"
        for row in ASKED
    }
    fits = {row["words"]: row["answer"].split("|") for row in ASKED}
    answerable = [words for words in fits if fits[words] != ["none"]]
    assert len(answerable) >= 60
    wrong = {words: name for words, name in given.items() if name != "none" and name not in fits[words]}
    assert wrong == {}
    right = [words for words in answerable if given[words] in fits[words]]
    assert len(right) >= 0.85 * len(answerable), set(answerable) - set(right)


@pytest.fixture(scope="module")
def unseen(con: duckdb.DuckDBPyConnection) -> list[tuple[dict[str, str], list[Candidate]]]:
    """Each phrasing with its nearest answers, measured without its own example."""
    known = asking.names(con)
    return [
        (row, nearest(con, known, asking.read(known, row["words"]), TODAY, is_unseen=True))
        for row in PHRASINGS
    ]


@pytest.mark.parametrize(
    ("rounds", "first", "in_three", "given"),
    [("1 2 3 4", 0.88, 0.95, 0.78), ("5 6", 0.85, 0.93, 0.6), ("7 8 9 10 11", 0.9, 0.95, 0.75)],
)
def test_everyday_words_find_their_question(
    unseen: list[tuple[dict[str, str], list[Candidate]]],
    rounds: str,
    first: float,
    in_three: float,
    given: float,
) -> None:
    found = [(row, possible) for row, possible in unseen if row["round"] in rounds.split()]
    ranked = [(row, [one.answer for one in possible]) for row, possible in found]
    answered = [(row, clear(possible)) for row, possible in found if clear(possible)]
    wrong = [(row["words"], answer) for row, answer in answered if answer != row["answer"]]
    assert len(wrong) <= 0.015 * len(found), wrong
    assert len(answered) - len(wrong) >= given * len(found)
    assert sum(row["answer"] in answers[:1] for row, answers in ranked) >= first * len(found)
    missed = [row for row, answers in ranked if row["answer"] not in answers]
    assert len(missed) <= (1 - in_three) * len(found), missed


def test_hardly_any_unseen_phrasing_gets_a_wrong_answer(
    unseen: list[tuple[dict[str, str], list[Candidate]]],
) -> None:
    of_the_book = [(row, possible) for row, possible in unseen if row["round"] != "own"]
    wrong = [row["words"] for row, possible in of_the_book if clear(possible) not in (None, row["answer"])]
    assert len(wrong) <= 0.01 * len(of_the_book), wrong


@pytest.mark.parametrize("words", OF_SOMETHING_ELSE)
def test_questions_outside_the_book_are_not_answered(con: duckdb.DuckDBPyConnection, words: str) -> None:
    assert isinstance(reply(con, words, TODAY), NoReply)


def test_hardly_any_question_on_another_subject_is_answered(con: duckdb.DuckDBPyConnection) -> None:
    answered = [words for words in OFF_SUBJECT if isinstance(reply(con, words, TODAY), Reply)]
    assert len(answered) <= 0.02 * len(OFF_SUBJECT), answered


@pytest.mark.parametrize(("words", "what"), NEAR_THE_SUBJECT.items())
def test_what_is_near_the_subject_and_not_held_is_named(
    con: duckdb.DuckDBPyConnection, words: str, what: str
) -> None:
    found = reply(con, words, TODAY)
    assert isinstance(found, NoReply)
    assert found.why.startswith(f"Not held: {what}.")


def test_words_that_are_not_known_get_one_sentence_on_what_can_be_asked(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = reply(con, "how do I knit woollen jumpers for penguins", TODAY)
    assert isinstance(found, NoReply)
    assert found.why.startswith("This cannot be answered here: the warehouse has figures on the supply of")
    assert "." not in found.why[:-1]
    assert not found.nearest


def test_phrasings_that_are_no_examples_get_their_answer(con: duckdb.DuckDBPyConnection) -> None:
    twins = ({"4", "without"}, {"china", "suppliers"}, {"15", "stocks"})
    given = {
        row["words"]: found.name
        for row in UNSEEN
        if isinstance(found := reply(con, row["words"], TODAY), Reply)
    }
    right = {
        row["words"]
        for row in UNSEEN
        if row["words"] in given
        and (given[row["words"]] == row["answer"] or {given[row["words"]], row["answer"]} in twins)
    }
    assert len(given) - len(right) <= 0.01 * len(UNSEEN), given.keys() - right
    assert len(right) >= 0.8 * len(UNSEEN)


def test_each_question_has_phrasings_of_its_own() -> None:
    counts = Counter(row["answer"] for row in PHRASINGS)
    assert all(counts[str(question.number)] >= 5 for question in questions())
    words = [row["words"] for row in PHRASINGS]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("copper price forecast 2030", "Not held: forecasts of prices and demand."),
        ("cobalt demand in 2040", "Not held: figures for 2040."),
        ("stock of Unobtainia", "Nothing named Unobtainia is held."),
        ("stock of Glencore", "Glencore is named in core.dim_facility"),
        ("wages of miners in Chile", "Not held: jobs, wages and accidents."),
    ],
)
def test_questions_on_data_not_held_are_not_answered(
    con: duckdb.DuckDBPyConnection, words: str, said: str
) -> None:
    found = reply(con, words, TODAY)
    assert isinstance(found, NoReply)
    assert said in found.why


def test_without_a_clear_answer_the_nearest_show_their_first_row(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = reply(con, "what is going on with shipments", TODAY)
    assert isinstance(found, NoReply)
    assert found.nearest
    for one in found.nearest:
        assert len(one.row) == len(one.columns) > 0


def test_a_misspelt_word_is_read_as_the_known_one(con: duckdb.DuckDBPyConnection) -> None:
    assert _asked(con, "stockpyle days of cover, shortest frist").name == "15"


def test_words_that_are_not_understood_are_named_with_the_answer(con: duckdb.DuckDBPyConnection) -> None:
    assert "Not understood: zirpy." in _asked(con, "idle smelters zirpy").notes


@pytest.mark.parametrize(("number", "words"), AS_A_REPORTER_ASKS.items())
def test_a_reporter_gets_the_question_or_has_it_among_the_nearest(
    con: duckdb.DuckDBPyConnection, number: str, words: str
) -> None:
    found = reply(con, words, TODAY)
    if isinstance(found, Reply):
        assert found.name == number
    else:
        assert number in [one.candidate.answer for one in found.nearest]


@pytest.mark.parametrize(
    "row", [row for row in ASKED if row["mineral"] or row["place"]], ids=lambda row: row["words"]
)
def test_a_mineral_and_a_place_are_recognized(con: duckdb.DuckDBPyConnection, row: dict[str, str]) -> None:
    asked = asking.read(asking.names(con), row["words"])
    assert asked.mineral_id == (row["mineral"] or None)
    if row["place"]:
        assert row["place"] in [place.code for place in asked.places]


def test_an_answer_is_narrowed_to_what_is_named(con: duckdb.DuckDBPyConnection) -> None:
    of_antimony = _asked(con, "who supplies Mexico's antimony")
    [table] = of_antimony.tables
    assert [row[table.columns.index("area")] for row in table.rows] == ["Mexico"]
    floors = _asked(con, "where should a price floor for gallium lie").tables[0]
    assert {row[floors.columns.index("mineral_id")] for row in floors.rows} == {"gallium"}
    sold = _asked(con, "duty actually paid against the schedule for graphite in 2024").tables[0]
    periods = {row[sold.columns.index("year")] for row in sold.rows}
    assert periods <= {2024}


def test_two_countries_are_both_in_the_answer(con: duckdb.DuckDBPyConnection) -> None:
    [table] = _asked(con, "who supplies the US and Canada with graphite").tables
    assert {row[table.columns.index("area")] for row in table.rows} == {"United States", "Canada"}


def test_each_mineral_that_is_named_has_a_table(con: duckdb.DuckDBPyConnection) -> None:
    found = _asked(con, "magnets, gallium and graphite from China")
    assert found.name == "china"
    assert {one.name for one in found.tables} == {"rare_earths", "gallium", "graphite_natural"}


def test_no_figure_is_later_than_the_year_that_is_named(con: duckdb.DuckDBPyConnection) -> None:
    found = _asked(con, "graphite from China in 2022")
    assert found.name == "china"
    assert not found.tables[0].rows
    assert "This is not held for 2022; the newest is for 2024." in found.notes


def test_imports_are_compared_with_a_floor_that_is_named(con: duckdb.DuckDBPyConnection) -> None:
    floor = 60
    found = _asked(con, f"price floor of {floor} USD/kg on lithium")
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
    assert _asked(con, "a floor of $600 on gallium").name == "floor"


def test_a_seller_is_not_mistaken_for_a_buyer(con: duckdb.DuckDBPyConnection) -> None:
    found = _asked(con, "graphite from Canada")
    assert found.name == "suppliers"
    assert len({row[0] for row in found.tables[0].rows}) > 1
    assert any(note.startswith("Newest imports from Canada that are held") for note in found.notes)


def test_a_question_of_china_is_not_given_for_another_country(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "what if Indonesia stops exporting nickel", TODAY)
    assert isinstance(found, NoReply) or found.name == "without"


def test_names_missing_from_an_answer_are_stated(con: duckdb.DuckDBPyConnection) -> None:
    assert "The answer has no row for 1950." in _asked(con, "which figures were revised in 1950").notes
    empty = _asked(con, "who supplies Mexico's tin")
    assert not empty.tables[0].rows
    assert any("comtrade brings it" in note for note in empty.notes)


@pytest.mark.parametrize(
    "words",
    [
        "what minerals does Mexico supply to America in large amounts",
        "what does Canada supply to the United States in bulk",
        "which supplies do we get from our neighbors Canada and Mexico",
        "what raw materials do we import in bulk from our neighbors Canada and Mexico",
        "which minerals come to America from our neighbors Canada and Mexico",
    ],
)
def test_what_the_neighbors_supply_is_found_although_the_buyer_is_named(
    con: duckdb.DuckDBPyConnection, words: str
) -> None:
    assert words not in {row["words"] for row in PHRASINGS}
    assert _asked(con, words).name == "17"


@pytest.mark.parametrize(
    "words",
    [
        "how does flotation separate ores",
        "how is copper ore smelted",
        "how do smelters refine zinc",
        "¿cómo se refina el cobre?",
        "comment extrait-on le lithium",
        "what is a refinery",
    ],
)
def test_how_a_thing_is_done_is_not_a_question_of_figures(con: duckdb.DuckDBPyConnection, words: str) -> None:
    found = reply(con, words, TODAY)
    assert isinstance(found, NoReply)
    assert found.why.startswith("Not held: how things work")


def test_every_word_of_a_question_on_what_stays_above_is_understood(con: duckdb.DuckDBPyConnection) -> None:
    found = _asked(con, "which minerals does adding partners bring below 50 percent, and which stay above?")
    assert found.name == "7"
    assert not any(note.startswith("Not understood") for note in found.notes)


def test_an_empty_answer_says_what_another_answer_has(con: duckdb.DuckDBPyConnection) -> None:
    [why] = _asked(con, "41").not_shown
    texts = {str(question.number): question.text for question in questions()}
    assert f"`minerals ask 38` ({texts['38'].rstrip('?')})" in why


def test_an_empty_answer_names_the_sources_that_are_missing(con: duckdb.DuckDBPyConnection) -> None:
    permits = _asked(con, "41")
    assert not permits.tables[0].rows
    assert any("fast41" in note for note in permits.notes)


def test_the_age_of_a_table_is_that_of_the_sources_behind_it(con: duckdb.DuckDBPyConnection) -> None:
    found = _asked(con, "how old are the figures of price_floor")
    assert "the sources behind marts.price_floor" in found.narrowed
    sources = {row[0] for row in found.tables[0].rows}
    assert "worldbank_wgi" not in sources
    assert 0 < len(sources) < len(_asked(con, "how old are these figures").tables[0].rows)


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
        assert _asked(con, number).name == "35"


def test_every_number_gives_its_question(con: duckdb.DuckDBPyConnection) -> None:
    for question in questions():
        assert _asked(con, str(question.number)).text == question.text


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


def test_every_suggested_command_gives_its_answer_when_typed(con: duckdb.DuckDBPyConnection) -> None:
    known = asking.names(con)
    rows = [*ASKED, *PHRASINGS]
    offered = {
        (one.answer, one.command)
        for row in rows
        for one in nearest(con, known, asking.read(known, row["words"]), TODAY)
    }
    assert len(offered) > len(questions())
    for answer, command in sorted(offered):
        _, verb, *typed = shlex.split(command)
        assert verb == "ask"
        found = reply(con, " ".join(typed), TODAY)
        if isinstance(found, Reply):
            assert found.name == answer, command
        else:
            assert found.why.startswith((f"`{answer}` needs", "Not held")), (command, found)


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
    found = _asked(con, words)
    assert found.name == name
    assert narrowed in found.narrowed
    assert found.tables[0].rows


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
    found = _asked(con, words)
    assert found.name == "without"
    assert f"{days} days" in found.narrowed


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


def test_an_answer_has_the_rows_of_the_years_that_are_named(con: duckdb.DuckDBPyConnection) -> None:
    [table] = _asked(con, "cobalt producers 2023 to 2025").tables
    assert {row[table.columns.index("year")] for row in table.rows} == {2023, 2024, 2025}
    [prices] = _asked(con, "price of cobalt 2019 to 2023").tables
    periods = {row[prices.columns.index("period")][:4] for row in prices.rows}
    assert periods == {"2019", "2020", "2021", "2022", "2023"}
    of_china = _asked(con, "graphite from China 2019 to 2025")
    [series] = of_china.tables
    years = {row[series.columns.index("year")] for row in series.rows}
    assert {2019, 2020, 2021, 2022, 2023, 2024} <= years <= set(range(2019, 2026))
    floors = _asked(con, "13 graphite since 2024").tables[0]
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
    found = _asked(con, words)
    assert found.name == name
    assert any(note in one for one in found.notes), found.notes


@pytest.mark.parametrize(
    ("dimension", "said"),
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
    con: duckdb.DuckDBPyConnection, question: Question, dimension: str, said: str
) -> None:
    found = _asked(con, f"{question.number} {dimension}")
    assert found.name == str(question.number)
    stated = [
        *found.narrowed,
        *(note for note in found.notes if note != question.note and "explain" not in note),
    ]
    is_of_it = all(word in question.text for word in said.split())
    is_list_of_it = said in question.text or any("No row" in note for note in found.notes)
    assert any(said in one for one in stated) or is_of_it or is_list_of_it
    if dimension == "top 3":
        assert all(len(table.rows) <= 3 for table in found.tables)


def test_a_share_that_no_answer_covers_is_not_ignored(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "single supplier with 100 percent", TODAY)
    assert isinstance(found, NoReply)
    assert "No answer is about 100 percent." in found.why


def test_imports_from_a_seller_are_named_where_the_answer_has_no_sellers(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = _asked(con, "who sells us magnets, Vietnam")
    assert found.name == "suppliers"
    held = con.execute(
        "select count(*) from marts.import_sources where mineral_id = 'rare_earths' and supplier_iso3 = 'VNM'"
    ).fetchone()
    said = "Newest imports from Vietnam" if held and held[0] else "No imports of Rare earths from Vietnam"
    assert any(note.startswith(said) for note in found.notes)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Which neighbour depends more on China, Mexico or Canada?", "26"),
        ("Which of America's neighbours is more dependent on China?", "26"),
        ("Which critical minerals have no customs code of their own?", "21"),
        ("\u00bfPara qu\u00e9 minerales es M\u00e9xico un proveedor principal de Estados Unidos?", "17"),
        ("Quels chiffres ont \u00e9t\u00e9 r\u00e9vis\u00e9s de plus de dix pour cent ?", "22"),
        ("Is the US dependent on Canada for potash", "suppliers"),
        ("who supplies Mexico's antimony", "suppliers"),
        ("How many weeks would America's stockpile last if China cut off antimony?", "stocks"),
    ],
)
def test_a_new_reader_gets_the_answer_or_sees_it_first(
    con: duckdb.DuckDBPyConnection, words: str, name: str
) -> None:
    found = reply(con, words, TODAY)
    if isinstance(found, Reply):
        assert found.name == name
    else:
        assert name in [one.candidate.answer for one in found.nearest]


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
    said = found.why if isinstance(found, NoReply) else " ".join(found.notes)
    heard = said.partition("Not understood: ")[2].partition(".")[0].split(", ")
    assert not {"t", "no", "desde", "otros", "que", "apenas"} & set(heard)


def test_a_question_without_the_place_that_is_named_is_not_given(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "is China a danger for Mexico", TODAY)
    assert isinstance(found, NoReply)
    assert "minerals ask 26" in [one.candidate.command for one in found.nearest]


def test_words_after_and_are_not_ignored(con: duckdb.DuckDBPyConnection) -> None:
    found = _asked(
        con, "How much lithium does the US get from Argentina and Chile, and at what price per kilo?"
    )
    assert found.name == "suppliers"
    assert any("`minerals ask prices lithium" in note for note in found.notes)
    assert not any("minerals ask prices" in note for note in _asked(con, "who supplies lithium").notes)


def test_the_world_is_not_a_seller(con: duckdb.DuckDBPyConnection) -> None:
    assert not any("World" in note for note in _asked(con, "Who mines most of the world's cobalt?").notes)


def test_one_known_word_is_not_enough(con: duckdb.DuckDBPyConnection) -> None:
    assert isinstance(reply(con, "which metals should worry us", TODAY), NoReply)


def test_a_name_is_not_read_as_another_word(con: duckdb.DuckDBPyConnection) -> None:
    assert asking.read(asking.names(con), "stock of Glencore").left == ["stock", "glencore"]


def test_a_period_that_ends_today_is_not_a_number_of_days(con: duckdb.DuckDBPyConnection) -> None:
    found = _asked(con, "imports that landed below a price floor in the last two years")
    assert found.name == "5"
    assert not any("730" in note for note in found.notes)


def test_the_printed_share_is_given_where_customs_cannot_show_it(con: duckdb.DuckDBPyConnection) -> None:
    found = _asked(con, "What share of gallium does the US import from China")
    assert found.name == "china"
    assert any(
        re.search(r"USGS prints China's share .* \d+ % \(\d{4} to \d{4}\)", one) for one in found.notes
    )


def test_suppliers_in_a_list_are_distinguished(con: duckdb.DuckDBPyConnection) -> None:
    found = _asked(con, "How much lithium does the US get from Argentina and Chile")
    assert found.name == "suppliers"
    assert not any("separately" in note for note in found.notes)


@pytest.mark.parametrize(
    "words", ["who refines cobalt", "qui\u00e9n refina cobalto", "qui raffine le cobalt"]
)
def test_mines_given_instead_of_refineries_have_a_note(con: duckdb.DuckDBPyConnection, words: str) -> None:
    found = _asked(con, words)
    assert found.name == "producers"
    assert "Refinery output of cobalt is not held; these are mines." in found.notes
    assert not any("is not held" in note for note in _asked(con, "who mines cobalt").notes)


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
    assert _asked(con, "2 Mexico").not_shown == ["The answer does not show Mexico separately."]


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
    found = _asked(con, words)
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
        ("who depends most on China, Canada or Mexico", "26", ["Canada and Mexico"]),
        ("which North American country is most exposed to China", "26", ["North America"]),
        ("cu\u00e1nto encarecer\u00eda un piso de precios los imanes", "29", []),
        ("price after the ban", "30", []),
        ("how much would a floor catching 20% of Chinese volume be", "8", []),
    ],
)
def test_rows_match_the_named_places_and_minerals(
    con: duckdb.DuckDBPyConnection, words: str, name: str, narrowed: list[str]
) -> None:
    found = _asked(con, words)
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
    found = _asked(con, words)
    assert found.name == "17"
    [table] = found.tables
    assert {row[table.columns.index("supplier")] for row in table.rows} == {"Canada", "Mexico"}
    of_one = _asked(con, "17 Canada").tables[0]
    assert {row[of_one.columns.index("supplier")] for row in of_one.rows} == {"Canada"}


@pytest.mark.parametrize("words", ["39 Canada", "question 40 gallium", "#99 lithium from Chile"])
def test_a_number_that_no_question_has_is_refused_with_further_words(
    con: duckdb.DuckDBPyConnection, words: str
) -> None:
    found = reply(con, words, TODAY)
    assert isinstance(found, NoReply)
    assert re.fullmatch(r"There is no question (39|40|99)\.", found.why)


def test_a_future_year_is_answered_where_the_answer_reaches_it(con: duckdb.DuckDBPyConnection) -> None:
    found = _asked(con, "underused plants and capacity growth to 2029")
    assert found.name == "37"
    assert found.notes[0].startswith("Not held: figures for 2029.")
    assert isinstance(reply(con, "cobalt supply in 2040", TODAY), NoReply)


def test_an_answer_on_several_places_is_narrowed_to_the_one_that_is_named(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = _asked(con, "14 fluorspar Mexico")
    [table] = found.tables
    assert found.narrowed == ["Fluorspar", "Mexico"]
    assert {row[table.columns.index("origin")] for row in table.rows} == {"Mexico"}
    both = _asked(con, "14 fluorspar Mexico Canada").tables[0]
    assert {row[both.columns.index("origin")] for row in both.rows} == {"Mexico", "Canada"}
    through = _asked(con, "Chinese antimony through Thailand")
    assert through.narrowed == ["from Thailand"]
    assert _asked(con, "11 China").tables[0].rows


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("Quel pays est le fournisseur dont les \u00c9tats-Unis d\u00e9pendent le plus ?", "24"),
        (
            "\u00bfCu\u00e1nto durar\u00edan las reservas de metales si se corta el suministro?",
            "15",
        ),
        (
            "Si las entregas se detuvieran ma\u00f1ana, \u00bfcu\u00e1nto durar\u00edan las existencias?",
            "15",
        ),
    ],
)
def test_few_words_of_another_language_are_not_answered_wrongly(
    con: duckdb.DuckDBPyConnection, words: str, right: str
) -> None:
    found = reply(con, words, TODAY)
    if isinstance(found, Reply):
        assert found.name == right
    else:
        assert right in [one.candidate.answer for one in found.nearest]
        assert "Not understood" not in found.why


def test_a_question_on_china_is_not_given_where_china_is_not_named(con: duckdb.DuckDBPyConnection) -> None:
    spanish = "\u00bfCu\u00e1nto durar\u00edan las reservas de metales si se corta el suministro?"
    found = reply(con, spanish, TODAY)
    assert isinstance(found, NoReply) or found.name != "4"
    assert _asked(con, "what happens if Beijing halts shipments").name == "4"


def test_naming_the_usa_filters_nothing_in_answers_on_us_imports(con: duckdb.DuckDBPyConnection) -> None:
    found = _asked(con, "duty that US importers actually paid on minerals from Canada and Mexico")
    [table] = found.tables
    assert found.name == "13"
    assert {row[table.columns.index("origin")] for row in table.rows} == {"Canada", "Mexico"}
