"""Fact sheets in Chromium: three widths, two themes, three languages, and charts copied out of the page."""

import csv
import json
import os
import re
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from orchestration.brief import sheets
from orchestration.brief.page import environment
from tests.conftest import REPOSITORY
from tests.e2e.conftest import CHROMIUM, Watched
from tests.programs import free_port, running
from warehouse.connect import connect
from warehouse.publications import FILE

SCREENSHOTS = REPOSITORY / ".ci" / "out" / "brief"
SHEETS = ("minerals/cobalt", "areas/MEX")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def folder(published_starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sheets of the starter."""
    folder = tmp_path_factory.mktemp("sheets")
    with connect(published_starter / FILE) as con:
        sheets.write(con, folder, environment())
    return folder


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    """The sheets served as static files."""
    port, log = free_port(), folder / "log"
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "-d", str(folder)]
    with running(command, dict(os.environ), log):
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                requests.head(address, timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield address


@pytest.mark.parametrize(
    ("width", "theme"), [(width, theme) for width in (390, 820, 1280) for theme in ("light", "dark")]
)
@pytest.mark.parametrize(
    "path", [f"{sheet}{language}" for sheet in SHEETS for language in ("", ".es", ".fr")]
)
def test_reads_well(watched: Watched, site: str, path: str, width: int, theme: str) -> None:
    page = watched.open(f"{site}/{path}.html", width=width, color_scheme=theme)
    assert page.evaluate("() => document.documentElement.scrollWidth") == width
    cut = page.evaluate(
        "() => [...document.querySelectorAll('figure text')].filter((node) => node.getBBox().x < 0)"
        ".map((node) => node.textContent)"
    )
    assert cut == []
    assert page.locator("html").get_attribute("lang") == (path.partition(".")[2] or "en")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"sheet_{path.replace('/', '_')}_{width}_{theme}.png", full_page=True)
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], one["nodes"][0]["html"]) for one in serious] == []


def test_every_sheet_is_printed_on_two_pages(watched: Watched, site: str, folder: Path) -> None:
    files = [file for file in sorted(folder.glob("*/*.html")) if file.parent.name in ("minerals", "areas")]
    assert len(files) > 3 * 60, "in three languages"
    page = watched.open(f"{site}/{files[0].relative_to(folder)}")
    pages = {}
    for file in files:
        page.goto(f"{site}/{file.relative_to(folder)}")
        pages[file.stem] = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
    assert {sheet: count for sheet, count in pages.items() if not 1 <= count <= 2} == {}
    assert 2 in pages.values(), "the pages are counted"


@pytest.fixture
def page(watched: Watched, site: str) -> Page:
    opened = watched.open(f"{site}/minerals/cobalt.html", permissions=["clipboard-read", "clipboard-write"])
    assert opened.locator("figure").count() >= 2
    return opened


def copied(page: Page) -> str:
    return str(page.evaluate("() => navigator.clipboard.readText()"))


def test_a_chart_is_copied_as_svg_with_colours_of_its_own(page: Page) -> None:
    for figure in page.locator("figure").all():
        figure.locator("[data-act=svg]").click()
        expect(figure.locator("[data-act=svg]")).to_have_text("Copied")
        text = copied(page)
        root = ElementTree.fromstring(text)  # noqa: S314  (our own)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "var(" not in text, "a style of the page that a copied chart would lack"
        assert not re.search(r'fill="\s*"', text)


def test_a_chart_is_saved_as_png_and_csv(page: Page, tmp_path: Path) -> None:
    figure = page.locator("figure").first
    drawn = json.loads(figure.locator("script").text_content() or "{}")["svg"]
    box = [int(side) for side in re.findall(r'viewBox="0 0 (\d+) (\d+)"', drawn)[0]]
    for act, ending in (("png", "png"), ("csv", "csv")):
        with page.expect_download() as started:
            figure.locator(f"[data-act={act}]").click()
        assert re.fullmatch(rf"cobalt_\w+\.{ending}", started.value.suggested_filename)
        started.value.save_as(tmp_path / f"chart.{ending}")
    picture = (tmp_path / "chart.png").read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", picture[16:24]) == tuple(2 * side for side in box)
    assert len(picture) > 3000, "it is drawn"
    with (tmp_path / "chart.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.reader(lines))
    assert len(rows) > 2
    assert {len(row) for row in rows} == {len(rows[0])}


def test_a_chart_is_embedded_alone(page: Page, watched: Watched) -> None:
    figure = page.locator("figure").first
    figure.locator("[data-act=embed]").click()
    expect(figure.locator("[data-act=embed]")).to_have_text("Copied")
    frame = ElementTree.fromstring(copied(page).replace("&", "&amp;"))  # noqa: S314  (our own)
    assert frame.tag == "iframe"
    assert frame.get("title")
    alone = watched.open(frame.attrib["src"], width=int(frame.attrib["width"]))
    expect(alone.locator("figure.alone svg")).to_be_visible()
    expect(alone.locator("h1")).to_be_hidden()
    assert alone.locator("figure:visible").count() == 1
    height = alone.evaluate("() => document.documentElement.scrollHeight")
    assert height <= max(900, int(frame.attrib["height"])), "the frame needs no scroll bar"
