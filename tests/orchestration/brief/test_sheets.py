"""Fact sheets: words in three languages, charts that are safe to copy, pages that describe themselves."""

import csv
import json
import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from orchestration.brief import sheets
from orchestration.brief.page import environment
from orchestration.brief.sheets.charts import Bar, Chart
from orchestration.brief.sheets.pages import LANGUAGES, file_name, labels
from tests.conftest import REPOSITORY
from warehouse import sheet
from warehouse.connect import connect
from warehouse.publications import FILE
from warehouse.publish import Build, publish

LIMITATIONS = REPOSITORY / "docs" / "limitations.md"


def test_every_word_is_there_in_three_languages() -> None:
    for key, words in labels().items():
        assert set(words) == set(LANGUAGES), key
        assert all(word and word.strip() == word for word in words.values()), key


def test_every_subject_of_a_sheet_has_a_title() -> None:
    subjects = {file.stem.split("_", 1)[1] for file in sheet.FOLDER.glob("*.sql")}
    assert subjects <= labels().keys()


def test_a_chart_keeps_its_colours_outside_of_the_page_and_is_no_markup() -> None:
    chart = Chart("x", "a < b", [Bar("<b>", 40.4, "s"), Bar("CHN", 120, "s"), Bar("USA", -20, "s")])
    assert "<b>" not in chart.svg
    assert "&lt;b&gt;" in chart.svg
    assert set(re.findall(r"var\(--\w+(.)", chart.svg)) == {","}, "a variable without a fallback"
    assert 'width="0.0"' in chart.svg
    assert chart.csv.splitlines() == ["label,percent", "<b>,40.4", "CHN,120", "USA,-20"]


def test_addresses_are_stable() -> None:
    assert [file_name("cobalt", language) for language in LANGUAGES] == [
        "cobalt.html",
        "cobalt.es.html",
        "cobalt.fr.html",
    ]


def test_flags_link_limitations_that_are_there() -> None:
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
