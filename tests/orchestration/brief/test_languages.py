"""The brief in Spanish and French: all its own texts are translated; figures, codes, quotations are not."""

import csv
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.brief import build, charts
from orchestration.brief.languages import LANGUAGES, Language, catalogue, headings, names
from orchestration.brief.page import MESSAGES, TEMPLATES
from orchestration.brief.questions import SECTIONS
from orchestration.brief.sections import Design, query_text, read_section
from tests.orchestration.small_publication import TODAY, small_publication

OTHERS = ("es", "fr")
EVENTS = Path(__file__).parents[3] / "dbt_project" / "seeds" / "policy_events.csv"
SLOT = re.compile(r"\{\d")
ENTRIES = {row["en"] for row in catalogue()}


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = small_publication(tmp_path_factory.mktemp("languages") / "minerals.duckdb")
    with duckdb.connect(str(path), read_only=True) as reader:
        reader.execute("set variable today = ?", [date.fromisoformat(TODAY)])
        yield reader


@pytest.fixture
def spanish(con: duckdb.DuckDBPyConnection) -> Language:
    return Language("es", names(con))


def test_an_entry_is_in_all_languages_with_the_same_slots() -> None:
    seen = [row["en"] for row in catalogue()]
    assert len(seen) == len(set(seen))
    for row in catalogue():
        assert all(row[code] and row[code].strip() == row[code] for code in OTHERS), row
        slots = set(SLOT.findall(row["en"]))
        assert all(set(SLOT.findall(row[code])) == slots for code in OTHERS), row


@pytest.mark.parametrize("code", OTHERS)
def test_no_text_of_the_brief_is_left_in_english(con: duckdb.DuckDBPyConnection, code: str) -> None:
    say = Language(code, names(con))
    for design in SECTIONS:
        for dataset in say.section(read_section(con, design)).datasets:
            for row in dataset.rows:
                for column, value in row.items():
                    say.shown(dataset.cell(value, column), column)
    for text in MESSAGES:
        say(text)
    hostile = {text for text in say.missed if "script" in text}
    assert say.missed - hostile == set()


def test_every_column_has_a_heading_for_a_reader_in_each_language(con: duckdb.DuckDBPyConnection) -> None:
    """A unit follows a comma; a heading that no query uses any more must be removed."""
    asked = {
        column[0]
        for design in SECTIONS
        for query in design.queries
        for column in con.execute(query_text(query.name)).description or []
    }
    in_tooltips = {
        field
        for design in SECTIONS
        for chart in design.charts
        for field, title in _tooltips(chart.draw().to_dict())
        if title is None
    }
    assert asked | in_tooltips == set(headings())
    for column, heading in headings().items():
        assert all(heading[code] and heading[code] == heading[code].strip() for code in LANGUAGES), column
        assert not any("_" in heading[code] or heading[code][0].islower() for code in LANGUAGES), column
        for end, unit in {"_pct": "%", "_usd": "USD", "_usd_per_kg": "USD/kg"}.items():
            assert not column.endswith(end) or all(heading[code].endswith(f", {unit}") for code in LANGUAGES)


def test_the_table_is_shorter_than_the_download(con: duckdb.DuckDBPyConnection) -> None:
    left_out = {
        query.name: query.left_out for design in SECTIONS for query in design.queries if query.left_out
    }
    assert "five_to_begin_with" in left_out
    for name, columns in left_out.items():
        assert set(columns) < {column[0] for column in con.execute(query_text(name)).description or []}


def test_each_policy_event_has_its_title_and_note_in_both_languages() -> None:
    """The calendar shows the titles exactly as in the seed."""
    with EVENTS.open(encoding="utf-8", newline="") as file:
        texts = {text for row in csv.DictReader(file) for text in (row["title"], row["note"]) if text}
    assert len(texts) > 100
    assert texts - ENTRIES == set()


@pytest.mark.parametrize("design", SECTIONS, ids=lambda design: design.id)
def test_each_text_of_a_section_without_figures_is_one_entry(design: Design) -> None:
    """A translation must match the full text: an entry for an old wording or for a part is not enough."""
    texts = {design.title, design.caveat, *(query.title for query in design.queries)}
    for chart in design.charts:
        texts |= {chart.caption, chart.alt_text, *_titles(chart.draw().to_dict())}
    assert texts - ENTRIES == set()


@pytest.mark.parametrize("design", SECTIONS, ids=lambda design: design.id)
def test_names_in_a_legend_are_translated(design: Design) -> None:
    named = {name for chart in design.charts for name in _domains(chart.draw().to_dict())}
    assert named - ENTRIES - {"Canada", "Mexico", "IEEPA"} == set()


def test_texts_of_the_template_are_one_entry_each() -> None:
    template = (TEMPLATES / "index.html.j2").read_text(encoding="utf-8")
    texts = set(re.findall(r'say\("([^"]+)"\)', template))
    assert len(texts) > 20
    assert (texts | set(MESSAGES)) - ENTRIES == set()


def _tooltips(node: Any, key: str = "") -> set[tuple[str, str | None]]:
    """Columns in the tooltips of a chart, each with its title."""
    if isinstance(node, list):
        return {one for inner in node for one in _tooltips(inner, key)}
    if not isinstance(node, dict):
        return set()
    own = {(node["field"], node.get("title"))} if key == "tooltip" and "field" in node else set()
    return own | {one for name, inner in node.items() for one in _tooltips(inner, name)}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_tooltip_has_headings_and_no_names_of_columns(con: duckdb.DuckDBPyConnection, code: str) -> None:
    say = Language(code, names(con))
    shown = {
        one
        for design in SECTIONS
        for chart in say.section(read_section(con, design)).charts
        for one in _tooltips(chart.spec)
    }
    assert len(shown) > 40
    assert {one for one in shown if not one[1] or "_" in one[1]} == set()


def _titles(node: Any) -> set[str]:
    """All titles in a chart's specification."""
    if isinstance(node, list):
        return {title for inner in node for title in _titles(inner)}
    if not isinstance(node, dict):
        return set()
    own = {node["title"]} if isinstance(node.get("title"), str) else set()
    return own | {title for inner in node.values() for title in _titles(inner)}


def _domains(node: Any) -> set[str]:
    """Category names in the legend or on the axis of a chart."""
    if isinstance(node, list):
        return {name for inner in node for name in _domains(inner)}
    if not isinstance(node, dict):
        return set()
    domain = node.get("domain")
    own = {name for name in domain if isinstance(name, str)} if isinstance(domain, list) else set()
    return own | {name for inner in node.values() for name in _domains(inner)}


ROUND = {
    "projects": [
        {"kind": kind, "area": area, "on_hold": on_hold}
        for kind in charts.FACILITIES
        for area, on_hold in (("CAN", True), ("USA", False))
    ],
    "project_gaps": [{"mineral": "Gallium", "gap_without_project": True}],
}


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("without", [None, charts.UNSTATED])
@pytest.mark.parametrize("code", OTHERS)
def test_a_finding_on_projects_is_translated_for_every_number(
    con: duckdb.DuckDBPyConnection, code: str, without: str | None, times: int
) -> None:
    found = {**ROUND, "projects": [row for row in ROUND["projects"] if row["kind"] != without] * times}
    [design] = [design for design in SECTIONS if design.id == "projects"]
    say = Language(code, names(con))
    finding = say(design.finding(found))
    assert say.missed == set()
    assert not re.search(r"mine project|processing|plants", finding)


@pytest.mark.parametrize("design", SECTIONS, ids=lambda design: design.id)
def test_an_empty_finding_is_translated(con: duckdb.DuckDBPyConnection, design: Design) -> None:
    say = Language("fr", names(con))
    text = design.finding({query.name: [] for query in design.queries})
    assert say(text) != text
    assert say.missed == set()


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (
            "No refinery table is held here for cobalt, gallium and 3 more.",
            "No se dispone aquí de una tabla de refinerías para cobalto, galio y 3 más.",
        ),
        ("32 of 40", "32 de 40"),
        (
            "Data to: Canadian trade 2024 and tariffs 2025",
            "Datos hasta: comercio de Canadá 2024 y aranceles 2025",
        ),
        (
            "Next, in 1 day: \u201cCanada and Mexico in force from 8 June 2026, or later.\u201d ends.",
            "Lo próximo, en 1 día: «Canada and Mexico in force from 8 June 2026, or later.» termina.",
        ),
        (
            "Source: United Nations, Trade and Mexico (vintage of 1 March 2026). Own calculations.",
            "Fuente: United Nations, Trade and Mexico (edición del 1 de marzo de 2026). Cálculos propios.",
        ),
    ],
)
def test_names_and_dates_are_translated_and_quotations_are_not(
    spanish: Language, text: str, own: str
) -> None:
    assert spanish(text) == own
    assert spanish.missed == set()


def test_text_without_a_translation_is_kept_and_listed(spanish: Language) -> None:
    assert spanish("An unheard-of sentence.") == "An unheard-of sentence."
    assert spanish.missed == {"An unheard-of sentence."}


def test_a_chart_keeps_the_columns_that_it_reads(spanish: Language) -> None:
    for draw in (charts.processing, charts.price_against_floor, charts.dependency, charts.concentration):
        before = draw().to_dict()
        after = json.dumps(spanish.spec(before), ensure_ascii=False)
        fields = set(re.findall(r'"field": "(\w+)"', json.dumps(before)))
        assert fields <= set(re.findall(r'"field": "(\w+)"', after))
    processing = json.dumps(spanish.spec(charts.processing().to_dict()), ensure_ascii=False)
    assert "'mine_share_pct'" in processing
    assert "Refinerías" in processing
    assert "'month'" in json.dumps(spanish.spec(charts.price_against_floor().to_dict()))


def test_each_language_has_a_page_that_links_the_others(tmp_path: Path) -> None:
    published = small_publication(tmp_path / "minerals.duckdb")
    build(published, tmp_path / "brief", today=date.fromisoformat(TODAY))
    pages = {code: f"index{'' if code == 'en' else '.' + code}.html" for code in ("en", *OTHERS)}
    for code, name in pages.items():
        text = (tmp_path / "brief" / name).read_text(encoding="utf-8")
        assert f'<html lang="{code}">' in text
        assert all(f'href="{other}"' in text for other in pages.values())
        messages = json.loads(re.search(r'id="messages">(.+?)</script>', text)[1])  # type: ignore[index]
        assert ["Gallium", "galio", "gallium"] in messages["names"]
        assert messages["language"] == code
    assert "Galio" in (tmp_path / "brief" / "index.es.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "column", "own"),
    [
        ("no_mine_table;members_not_listed", "coverage", "sin tabla de producción minera; "),
        ("ore_concentrate", "stage", "mineral o concentrado"),
        ("usgs_mcs", "refinery_source", "usgs_mcs"),
        ("2024-01", "data_to", "2024-01"),
    ],
)
def test_codes_are_in_words_except_in_lookup_columns(
    spanish: Language, text: str, column: str, own: str
) -> None:
    assert spanish.shown(text, column).startswith(own)
