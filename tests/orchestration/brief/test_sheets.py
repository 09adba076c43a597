"""Fact sheets: labels in three languages, charts that can be copied, and pages with metadata."""

import csv
import json
import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from orchestration.brief import sheets
from orchestration.brief.charts import suppliers
from orchestration.brief.languages import Language, catalogue
from orchestration.brief.page import environment
from orchestration.brief.sheets.charts import WIDTH, Bar, Chart, Identity
from orchestration.brief.sheets.pages import LANGUAGES, _cell, file_name, labels
from tests.conftest import REPOSITORY
from warehouse import sheet, units
from warehouse.connect import connect
from warehouse.publications import FILE
from warehouse.publish import Build, publish

LIMITATIONS = REPOSITORY / "docs" / "limitations.md"


def test_every_word_exists_in_three_languages() -> None:
    for key, words in labels().items():
        assert set(words) == set(LANGUAGES), key
        assert all(word and word.strip() == word for word in words.values()), key


def test_every_subject_of_a_sheet_has_a_title() -> None:
    subjects = {file.stem.split("_", 1)[1] for file in sheet.FOLDER.glob("*.sql")}
    assert subjects <= labels().keys()


HELIUM = Identity(
    "Helium",
    "Net import reliance, % of <use>",
    "United States",
    "refined",
    ["USGS 2026", "Publication 9"],
    "9",
)


def test_a_chart_keeps_its_colours_outside_of_the_page_and_is_no_markup() -> None:
    chart = Chart("x", HELIUM, [Bar("<b>", 40.4, "s"), Bar("CHN", 120, "s")])
    assert "<b>" not in chart.svg
    assert "&lt;b&gt;" in chart.svg
    assert set(re.findall(r"var\(--\w+(.)", chart.svg)) == {","}, "a variable without a fallback"


def drawn(svg: str) -> list[tuple[float, float]]:
    """Beginning and length of the bars."""
    found = re.findall(r'<rect x="([\d.]+)" y="\d+" width="([\d.]+)"', svg)
    return [(float(begin), float(length)) for begin, length in found]


@pytest.mark.parametrize("shares", [[-52, -59], [-30, 20], [-150, -0.1], [-12, 40, 160], [0, 30], [100, 40]])
def test_a_bar_below_zero_lies_to_the_left_of_the_others(shares: list[float]) -> None:
    """All have one scale and one zero, and no bar or figure lies on the names or outside of the chart."""
    svg = Chart("reliance", HELIUM, [Bar(str(2020 + at), share, "s") for at, share in enumerate(shares)]).svg
    bars = drawn(svg)
    scales = [length / abs(share) for (_, length), share in zip(bars, shares, strict=True) if abs(share) > 1]
    assert max(scales) - min(scales) < 0.1 * max(scales)
    assert min(scales) > 0.5
    zeros = [
        begin if share >= 0 else begin + length for (begin, length), share in zip(bars, shares, strict=True)
    ]
    assert max(zeros) - min(zeros) < 0.2
    assert min(begin for begin, _ in bars) >= 64
    assert max(begin + length for begin, length in bars) < WIDTH
    assert ("<line" in svg) == (min(shares) < 0)


def test_an_export_surplus_is_written_with_a_minus_and_never_as_zero() -> None:
    svg = Chart("reliance", HELIUM, [Bar("2024", -58.8, "s"), Bar("2025", -0.1, "s")]).svg
    assert re.findall(r">([^<>]*\d %)<", svg) == ["\u221259 %", "&gt;\u22121 %"]


def test_a_copy_of_a_chart_says_what_it_shows_and_who_published_it() -> None:
    long = Identity("Helio", "Dependencia neta, % del consumo " * 3, "x", "", ["USGS " * 40], "9")
    for identity in (HELIUM, long):
        chart = Chart("reliance", identity, [Bar("2025", -58.8, "usgs_mcs", "refined", "2025")])
        words = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", chart.copy))
        for part in (
            identity.mineral,
            identity.measure,
            identity.detail,
            *identity.credits,
        ):
            assert " ".join(part.split()).replace("<", "&lt;").replace(">", "&gt;") in words
        assert "var(" not in chart.copy, "a copy cannot know the colours of the page"
        lowest = max(float(at) for at in re.findall(r'<text x="8" y="([\d.]+)"', chart.copy))
        height = re.search(r'viewBox="0 0 480 (\d+)"', chart.copy)
        assert height
        assert lowest < float(height[1])


def test_each_row_of_a_copied_table_says_what_it_is() -> None:
    chart = Chart("reliance", HELIUM, [Bar("2025", -58.8, "usgs_mcs", "refined", "2025")])
    assert list(csv.DictReader(chart.csv.splitlines())) == [
        {
            "mineral": "Helium",
            "measure": "Net import reliance, % of <use>",
            "area": "United States",
            "stage": "refined",
            "period": "2025",
            "label": "2025",
            "percent": "-58.8",
            "source_ids": "usgs_mcs",
            "publication": "9",
        }
    ]


def test_a_bar_shows_the_name_of_its_country_and_keeps_the_colour_of_its_code() -> None:
    long = "Bonaire, Sint Eustatius and Saba in the Caribbean"
    chart = Chart("x", HELIUM, [Bar("CHN", 60, "s", name="Chine"), Bar("BES", 40, "s", name=long)])
    assert ">Chine<" in chart.svg
    assert ">CHN<" not in chart.svg
    assert "--china" in chart.svg
    assert long not in chart.svg
    assert [row["label"] for row in csv.DictReader(chart.csv.splitlines())] == ["Chine", long]


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_no_refined_non_metal_is_called_a_metal(language: str) -> None:
    """Phosphate, helium and sulfur have the stage too."""
    named = {row["en"]: row for row in catalogue()}
    steps = [named.get(step, {"en": step, language: step}) for step in suppliers.STAGES]
    for label in (labels()["refined_metal"], {**named["refined_metal"], "en": "refined"}, *steps):
        assert "metal" not in label[language].lower().replace("é", "e")
    assert "metal" not in units.in_words("refined_metal")


def test_china_is_a_country_in_a_cell_and_a_share_above_a_column() -> None:
    words = labels()
    assert "China" not in words
    assert words["column_China"]["en"] == "China's share"


@pytest.mark.parametrize(
    ("value", "column", "shown"),
    [
        ("China", "by_country", "Chine"),
        ("Germany", "origin", "Allemagne"),
        (
            "Canada 28 %, Germany 16 %, others 16 %",
            "largest_first",
            "Canada 28 %, Allemagne 16 %, autres 16 %",
        ),
        ("CHN 70 %", "largest_supplier", "Chine 70 %"),
        ("China >99 %, Germany <1 %", "share_of_world_output", "Chine >99 %, Allemagne <1 %"),
        ("50 to 100 %", "net_import_reliance", "50 à 100 %"),
        ("at most 48 %", "net_import_reliance", "au plus 48 %"),
        ("0.0 to 12.5 %", "ad_valorem", "0,0 à 12,5 %"),
        (12345, "lines", "12\N{NO-BREAK SPACE}345"),
        (2024, "year", "2024"),
        ("China, Germany", "no_output_listed_of", "Chine, Allemagne"),
        ("China, Germany", "estimated_through", "Chine, Allemagne"),
        ("Horne; Sudbury; and 3 more", "facility_names", "Horne; Sudbury; et 3 de plus"),
        ("not known", "net_import_reliance", "inconnu"),
        ("CAN", "area", "Canada"),
        (None, "largest_first", ""),
        (None, "title", ""),
    ],
)
def test_countries_in_a_cell_are_translated(value: object, column: str, shown: str) -> None:
    countries = {"china": "Chine", "germany": "Allemagne", "canada": "Canada"}
    say = Language("fr", {name: {"fr": own} for name, own in countries.items()})
    cell = _cell(labels(), say, {}, lambda name: say.value({"CHN": "China"}.get(name, name)))
    assert cell(value, column) == shown


@pytest.mark.parametrize(
    ("value", "column", "shown"),
    [
        (
            "quote: the newest year of US customs; USGS prints no such share",
            "which_to_quote",
            "citar: el año más reciente de la aduana de Estados Unidos; el USGS no publica esa participación",
        ),
        (
            "another stage or form; value of one year, by US customs; an earlier period",
            "which_to_quote",
            "otra etapa o forma; valor de un año, según la aduana de Estados Unidos; un período anterior",
        ),
        (
            "an earlier period; disputed, US customs: 39 % of the value of US imports is from China",
            "which_to_quote",
            (
                "un período anterior; en disputa, aduana de EE.\N{NO-BREAK SPACE}UU.: 39 % del valor de las"
                " importaciones de EE.\N{NO-BREAK SPACE}UU. procede de China"
            ),
        ),
        (
            "china exposure:no shares; import reliance:middle of bounds",
            "not_scored",
            "exposición a China: sin participaciones; dependencia de importaciones: punto medio de las cotas",
        ),
        (
            "not held: comtrade brings it (`minerals refresh --all`, faster with COMTRADE_API_KEY)",
            "reason",
            "no disponible: lo trae comtrade (`minerals refresh --all`, más rápido con COMTRADE_API_KEY)",
        ),
        ("British Columbia; Yukon", "provinces_or_states", "Columbia Británica; Yukón"),
        (
            "as USGS prints it; its printed rows alone give 89.7 %, because they are rounded or estimated",
            "coverage",
            (
                "según lo publica el USGS; sus filas publicadas dan por sí solas 89.7 %, "
                "pues están redondeadas o estimadas"
            ),
        ),
        (
            "bounded by output; China: 55 % of the weight in 2021-2024, 2 % of the value in 2025",
            "coverage",
            "acotado por la producción; China: 55 % del peso en 2021-2024, 2 % del valor en 2025",
        ),
    ],
)
def test_phrases_of_ours_are_translated_one_by_one(value: str, column: str, shown: str) -> None:
    assert _cell(labels(), Language("es", {}), {}, str)(value, column) == shown


def test_every_reason_to_quote_a_figure_is_in_three_languages() -> None:
    with (REPOSITORY / "dbt_project" / "seeds" / "figures_to_quote.csv").open(newline="") as lines:
        phrases = {row[name] for row in csv.DictReader(lines) for name in ("reason", "difference")} - {""}
    quoted = (REPOSITORY / "dbt_project" / "models" / "core" / "trade" / "fct_quoted_table.sql").read_text()
    phrases |= set(re.findall(r"then '([^']{12,})'", quoted))
    assert len(phrases) > 30
    assert phrases - labels().keys() == set()


def test_titles_of_measures_and_deadlines_are_in_three_languages() -> None:
    with (REPOSITORY / "dbt_project" / "seeds" / "policy_events.csv").open(
        newline="", encoding="utf-8"
    ) as lines:
        titles = {row["title"] for row in csv.DictReader(lines)}
    assert len(titles) > 50
    assert titles - {row["en"] for row in catalogue()} == set()


def test_a_part_is_not_rounded_to_100_percent() -> None:
    bars = [Bar("CHN", 100, "s"), Bar("RUS", 0.6, "s"), Bar("JPN", 0.1, "s")]
    assert re.findall(r">([<>&\w;]*\d+ %)<", Chart("producers", HELIUM, bars).svg) == [
        "&gt;99 %",
        "1 %",
        "&lt;1 %",
    ]
    assert ">100 %<" in Chart("producers", HELIUM, bars[:1]).svg
    assert Chart("reliance", HELIUM, [Bar("2024", 100, "s"), Bar("2025", 100, "s")]).svg.count(">100 %<") == 2


def test_notes_of_minerals_are_in_three_languages() -> None:
    with (REPOSITORY / "dbt_project" / "seeds" / "minerals.csv").open(newline="", encoding="utf-8") as lines:
        notes = {row["note"] for row in csv.DictReader(lines)} - {""}
    assert notes - labels().keys() == set()


def test_addresses_are_stable() -> None:
    assert [file_name("cobalt", language) for language in LANGUAGES] == [
        "cobalt.html",
        "cobalt.es.html",
        "cobalt.fr.html",
    ]


def test_flags_link_existing_limitations() -> None:
    anchors = set(re.findall(r'<a id="([a-z-]+)">', LIMITATIONS.read_text()))
    with (REPOSITORY / "dbt_project" / "seeds" / "flag_words.csv").open(newline="") as lines:
        named = {row["limitation"] for row in csv.DictReader(lines)} - {""}
    assert len(anchors) > 10
    assert named <= anchors


@pytest.mark.long
def test_sheets_of_the_starter(built: Path, tmp_path: Path) -> None:
    home = shutil.copytree(built, tmp_path / "home")
    manifest, results = (
        json.loads((home / "target" / f"{name}.json").read_bytes()) for name in ("manifest", "run_results")
    )
    publish(home, Build("20260205T031502Z", datetime(2026, 2, 5, 3, 15), "0.1.0", manifest, [results]))
    with connect(home / FILE) as con:
        links = sheets.write(con, tmp_path / "brief", environment())
        coverage = con.execute(
            "select distinct unnest(string_split(coverage, ';'))"
            " from (select coverage from marts.stockpile_cover"
            " union all select coverage from marts.import_dependency where is_headline)"
        ).fetchall()
    assert {word.replace("_", " ") for (word,) in coverage} - {"complete"} <= labels().keys()
    assert len(links) > 50
    assert {"minerals/cobalt.html", "areas/USMCA.html"} <= {link.address for link in links}
    for link in links:
        for language in LANGUAGES:
            name = link.address.removesuffix(".html").rpartition("/")[2]
            page = tmp_path / "brief" / Path(link.address).parent / file_name(name, language)
            text = page.read_text(encoding="utf-8")
            found = re.search(r'<script type="application/ld\+json">(.+?)</script>', text)
            assert found, page
            assert json.loads(found[1])["@type"] == "Dataset"
            for address in re.findall(r'href="([^"#:]+\.html)"', text):
                if "index.html" not in address and "limitations.html" not in address:
                    assert (page.parent / address).is_file(), (page.name, address)
    spanish = (tmp_path / "brief" / "minerals" / "tungsten.es.html").read_text()
    assert "<h1>Tungsteno</h1>" in spanish
    assert "dependencia neta" in spanish
    assert "Datos hasta: " in spanish
    with connect(home / FILE) as con:
        columns = {
            column for subject in sheet.read_sheet(con, "tungsten").subjects for column in subject.columns
        }
    assert {
        column for column in columns if column not in labels() and f"column_{column}" not in labels()
    } == set()
