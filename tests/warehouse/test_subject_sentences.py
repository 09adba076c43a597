"""The first sentence of an answer from a mineral's sheet: the figures of its first row, in plain words."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.readers import answered
from warehouse.explain import explain
from warehouse.first_lines import FirstLine
from warehouse.replies import Reply

MINERALS = ["antimony", "gallium", "cobalt", "lithium", "natural graphite", "copper", "tungsten", "potash"]
SUBJECTS = [
    "china",
    "suppliers",
    "dependency",
    "producers",
    "prices",
    "measures",
    "stocks",
    "rank",
    "projects",
]
ASKED = [f"{subject} {mineral}" for subject in SUBJECTS for mineral in MINERALS]
MORE = [
    "antimony from China to Mexico",
    "china graphite since 2015",
    "graphite from China in 2022",
    "how dependent is Canada on cobalt",
    "how dependent is Mexico on copper",
    "dependency neodymium",
    "price of uranium",
    "price of rare earths",
    "who supplies Mexico's tin",
    "who refines copper",
    "suppliers copper Chile",
    "suppliers antimony Mexico from China",
    "china graphite and gallium",
    "potash without Canada for 90 days",
    "without gallium China",
    "gallium without South Africa",
    "a floor of 600 USD/kg on gallium",
    "a floor of 2000 USD/kg on germanium",
]
_NO_FIGURE = re.compile(r"\bnot (?:held|known|ranked)\b|\bnone\b|\bno (?:loss|mine|processing)\b")


@pytest.fixture(scope="module")
def con(published_starter: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published_starter / "minerals.duckdb"), read_only=True) as reader:
        yield reader


def _begun(con: duckdb.DuckDBPyConnection, words: str) -> tuple[Reply, FirstLine]:
    found = answered(con, words)
    assert found.first is not None, words
    return found, found.first


def _sentence(con: duckdb.DuckDBPyConnection, words: str) -> str:
    return _begun(con, words)[1].sentence


@pytest.mark.parametrize("words", [*ASKED, *MORE])
def test_an_answer_of_a_subject_begins_with_a_sentence(con: duckdb.DuckDBPyConnection, words: str) -> None:
    found, first = _begun(con, words)
    sentence = first.sentence
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    plain = re.sub(r"\(`[^)]*\)|`[^`]*`", "command", sentence).replace("COMTRADE_API_KEY", "")
    assert re.findall(r"\b[a-z][a-z0-9]*_\w+|[{}\[\]]|None|False|True|\bnan\b|  |\.\.|\(\)", plain) == []
    assert re.search(r"\d", sentence) or _NO_FIGURE.search(sentence)
    # sources are named whenever a figure of the rows is
    has_rows = any(table.rows for table in found.tables)
    assert bool(first.sources) or not has_rows or "not held" in sentence or "no loss" in sentence


@pytest.mark.parametrize("words", ASKED)
def test_its_figures_are_those_of_the_rows(con: duckdb.DuckDBPyConnection, words: str) -> None:
    found, first = _begun(con, words)
    [table] = found.tables
    if not table.rows:
        return
    text = " ".join(str(value).replace(",", "") for row in table.rows for value in row)
    held = set(re.findall(r"\d+(?:\.\d+)?", text))
    millions = {
        f"{value / 10**digits:.3g}"
        for row in table.rows
        for value in row
        if isinstance(value, int | float)
        for digits in (0, 6, 9)
    }
    counted = r"\b(?:90 days|of 100|1st|less than 1 %, if any)|of \d+ further .*"
    in_sentence = re.sub(counted, "", first.sentence)
    figures = re.findall(r"\d+(?:\.\d+)?", in_sentence.replace(",", ""))
    assert [one for one in figures if one not in held | {f"{float(x):g}" for x in held} | millions] == []


@pytest.mark.parametrize(
    "words", ["china cobalt", "suppliers antimony", "dependency cobalt", "prices cobalt"]
)
def test_its_trace_explains_the_first_row(con: duckdb.DuckDBPyConnection, words: str) -> None:
    [note] = [note for note in answered(con, words).notes if note.startswith("`minerals explain")]
    _, _, mart, *values = shlex.split(note.split("`")[1])
    assert explain(con, mart, values).figures


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    [(value,)] = con.execute(sql).fetchall()
    return value


def test_the_share_of_china_is_that_of_the_mart(con: duckdb.DuckDBPyConnection) -> None:
    share = _one(
        con,
        "select 100 * sum(value_share) from marts.import_sources where area = 'USA' and basis = 'baci'"
        " and mineral_id = 'graphite_natural' and policy_iso3 = 'CHN'"
        " group by period order by period desc limit 1",
    )
    sentence = _sentence(con, "graphite from China")
    assert f"China supplied {share:.0f} % of the USD " in sentence
    assert "natural graphite (ore or concentrate) that the United States imported" in sentence


def test_a_share_of_zero_is_none_recorded_and_a_small_one_is_not(con: duckdb.DuckDBPyConnection) -> None:
    sentence = _sentence(con, "how much of Mexico's antimony comes from China")
    assert "with none recorded from China" in sentence
    assert "less than 1 % of the USD" in _sentence(con, "china copper")
    small = _one(
        con,
        "select value_share from marts.import_sources where area = 'USA' and basis = 'baci'"
        " and mineral_id = 'copper' and supplier_iso3 = 'CHN' order by period desc limit 1",
    )
    assert 0 < small < 0.005


def test_the_suppliers_are_those_of_the_mart(con: duckdb.DuckDBPyConnection) -> None:
    named = con.execute(
        "select countries.name, 100 * quantity_share from marts.import_sources"
        " inner join core.dim_country as countries on supplier_iso3 = iso3"
        " where area = 'USA' and mineral_id = 'gallium' and is_recommended and supplier_iso3 != 'ZZZ'"
        " and stage = 'refined_metal' and period_type != 'month'"
        " order by period desc, rank limit 3"
    ).fetchall()
    sentence = _sentence(con, "who supplies gallium")
    for name, share in named:
        assert f"{name} ({share:.0f} %)" in sentence
    assert "by weight, as USGS prints it" in sentence


def test_the_reliance_is_that_of_the_mart(con: duckdb.DuckDBPyConnection) -> None:
    year, reliance = con.execute(
        "select year, net_import_reliance_pct from marts.import_dependency"
        " where area = 'USA' and mineral_id = 'cobalt' and is_headline"
        " and net_import_reliance_pct is not null"
        " order by year desc, edition desc limit 1"
    ).fetchall()[0]
    sentence = _sentence(con, "dependency cobalt")
    assert sentence.endswith(f"was {reliance:.0f} % in {year}, as USGS prints it.")
    assert "a net exporter" in _sentence(con, "how dependent is Canada on cobalt")


def test_the_producers_are_those_of_the_mart(con: duckdb.DuckDBPyConnection) -> None:
    share = _one(
        con,
        "select 100 * world_share from marts.world_production where mineral_id = 'lithium'"
        " and country_iso3 = 'AUS' and is_recommended order by year desc, edition desc limit 1",
    )
    assert f"Australia ({share:.0f} %)" in _sentence(con, "who mines lithium")
    assert "copper (refined)" in _sentence(con, "who refines copper")
    assert "copper (ore or concentrate)" in _sentence(con, "who mines copper")


def test_the_price_is_that_of_the_mart(con: duckdb.DuckDBPyConnection) -> None:
    price, period = con.execute(
        "select reference_price_usd_per_kg, period from marts.market_distortion where mineral_id = 'cobalt'"
        " and reference_price_usd_per_kg is not null order by period desc limit 1"
    ).fetchall()[0]
    assert f"was {round(price, 2):g} USD/kg in {period:%B %Y}" in _sentence(con, "price of cobalt")


def test_the_stocks_are_those_of_the_mart(con: duckdb.DuckDBPyConnection) -> None:
    days = _one(
        con,
        "select days_of_consumption from marts.stockpile_cover where mineral_id = 'cobalt'"
        " and target_days = 90 order by edition desc, year desc limit 1",
    )
    assert f"would last {days:.0f} days of US use" in _sentence(con, "stocks cobalt")


@pytest.mark.parametrize("mineral", ["cobalt", "gallium", "copper", "nickel", "tungsten"])
def test_a_measure_is_stated_as_far_as_it_is_known(con: duckdb.DuckDBPyConnection, mineral: str) -> None:
    found, first = _begun(con, f"measures {mineral}")
    [table] = found.tables
    led = dict(zip(table.columns, table.rows[0], strict=True))
    held = con.execute(
        "select status, last_known_status, known_through, next_date from marts.policy_calendar"
        " where title = $1",
        [led["title"]],
    ).fetchall()
    if held:
        [(status, last_known, through, due)] = held
        stated = f"scheduled for {due}" if status == "scheduled" else f"as last known on {through}"
        assert stated in first.sentence
        assert status == "scheduled" or last_known.replace("_", " ") in first.sentence
        assert ("what holds since is not known" in first.sentence) == ("lapsed" in status)
    assert first.sentence.partition(" (")[0].endswith(led["title"].partition(" (")[0])
    assert "this warehouse's own list of policy events" in first.sources


def test_what_is_not_held_is_stated_with_the_reason(con: duckdb.DuckDBPyConnection) -> None:
    assert "comtrade brings it" in _sentence(con, "who supplies Mexico's tin")
    assert "is not held" in _sentence(con, "dependency neodymium")
    assert "Consumption is withheld".lower() in _sentence(con, "stocks tungsten").lower()


def test_each_mineral_has_its_own_sentence(con: duckdb.DuckDBPyConnection) -> None:
    found, first = _begun(con, "china graphite and gallium")
    assert len(found.tables) == 2
    assert "natural graphite" in first.sentence
    assert "gallium (refined)" in first.sentence
