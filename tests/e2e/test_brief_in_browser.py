"""The brief in Chromium: at three widths, in light and dark mode, by keyboard, and in print."""

import csv
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from orchestration.brief import build
from tests.conftest import REPOSITORY
from tests.e2e.conftest import CHROMIUM
from tests.orchestration.small_publication import TODAY, small_publication
from tests.programs import MINERALS, patience_s

SCREENSHOTS = REPOSITORY / ".ci" / "out" / "brief"
WIDTHS = (390, 820, 1280)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

pytestmark = [
    pytest.mark.long,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]

Open = Callable[..., Page]


@pytest.fixture(scope="module", params=["small", "starter"])
def brief(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the small publication, or of a refresh without a network."""
    home = tmp_path_factory.mktemp("home")
    if request.param == "small":
        published = small_publication(home / "minerals.duckdb")
        return build(published, home / "brief", today=date.fromisoformat(TODAY))
    done = subprocess.run(
        [MINERALS, "refresh", "--offline"],
        env={"MINERALS_HOME": str(home), "HOME": str(home), "PATH": os.environ["PATH"]},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return home / "brief" / "index.html"


@pytest.fixture
def opened(browser: Browser, brief: Path) -> Iterator[Open]:
    """Open a page and wait for its charts; a request or a console error fails the test."""
    contexts: list[BrowserContext] = []
    asked: list[str] = []
    errors: list[str] = []

    def open_page(name: str = brief.name, width: int = 1280, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(120_000)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto((brief.parent / name).as_uri())
        if name == brief.name and options.get("java_script_enabled", True):
            page.wait_for_selector("html[data-ready=true]")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
    assert {url for url in asked if not url.startswith("blob:")} <= {
        child.as_uri() for child in brief.parent.iterdir()
    }


def answer(page: Page) -> str:
    return page.locator("#what-if-answer").inner_text()


def test_weight_and_time_to_charts(opened: Open, brief: Path) -> None:
    assert brief.stat().st_size < 6e6
    took = []
    for _ in range(3):
        began = time.monotonic()
        opened()
        took.append(time.monotonic() - began)
    assert min(took) < patience_s(3), took


def test_every_chart_is_drawn(opened: Open) -> None:
    page = opened()
    for chart in page.locator("[data-chart]").all():
        name = chart.get_attribute("data-chart")
        assert chart.locator("svg").get_attribute("aria-hidden") == "true"
        drawn = chart.locator("[class*='mark-'] path, [class*='mark-'] line").count()
        assert drawn > 5, name
        box = chart.bounding_box()
        assert box is not None
        assert box["height"] > 60, name


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_fits_its_width(opened: Open, brief: Path, width: int, theme: str) -> None:
    page = opened(width=width, color_scheme=theme)
    assert page.evaluate("() => document.documentElement.scrollWidth") == width
    for chart in page.locator("[data-chart]").all():
        assert chart.evaluate("(node) => node.scrollWidth <= node.clientWidth")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    origin = "starter" if (brief.parents[1] / "publications").exists() else "small"
    page.screenshot(path=SCREENSHOTS / f"{origin}_{width}_{theme}.png", full_page=True)


@pytest.mark.parametrize("name", ["three", "concentration"])
@pytest.mark.parametrize("language", ["", ".es", ".fr"])
def test_texts_of_a_heat_map_stay_apart_on_a_narrow_screen(opened: Open, language: str, name: str) -> None:
    page = opened(f"index{language}.html", width=390)
    page.wait_for_selector("html[data-ready=true]")
    chart = page.locator(f"#chart-{name}")
    for kind in (".role-axis-label", ".mark-text.role-mark"):
        texts = chart.locator(f"{kind} text")
        assert texts.count() > 1
        boxes = [box for text in texts.all() if (box := text.bounding_box())]
        for left, right in combinations(sorted(boxes, key=lambda box: box["x"]), 2):
            assert abs(left["y"] - right["y"]) > 3 or left["x"] + left["width"] <= right["x"] + 0.5
    frame, title = chart.bounding_box(), chart.locator(".role-legend-title text").first.bounding_box()
    assert frame is not None
    assert title is not None
    assert frame["y"] <= title["y"]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_table_moves_sideways_only_and_keeps_its_first_column(opened: Open, width: int) -> None:
    page = opened(width=width)
    page.evaluate("() => document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    wide = 0
    for table in page.locator(".scroll").all():
        height, inner = table.evaluate("(node) => [node.clientHeight, node.scrollHeight]")
        assert inner <= height + 1, "no table has its own vertical scroll bar"
        if table.locator("tbody tr").count() and table.evaluate("(n) => n.scrollWidth > n.clientWidth + 40"):
            wide += 1
            table.evaluate("(node) => { node.scrollLeft = 40; }")
            cell, frame = table.locator("tbody td").first.bounding_box(), table.bounding_box()
            assert cell is not None
            assert frame is not None
            assert cell["x"] == pytest.approx(frame["x"], abs=2)
    assert wide or width > 390


def test_a_word_is_found_and_the_search_can_be_cleared(opened: Open) -> None:
    page = opened(width=390)
    parts = page.locator("main > section:visible").count()
    assert not page.locator(".to-top").is_visible()
    page.fill("#search", "gállium")
    assert re.fullmatch(r"\d+ rows in \d+ parts of the page.*", page.locator("#found").inner_text())
    assert page.locator("main > section:visible").count() < parts
    for row in page.locator("tbody tr:visible").all():
        assert "gallium" in row.inner_text().lower()
    page.fill("#search", "unobtainium")
    assert page.locator("#found").inner_text() == "nothing on this page has it"
    page.fill("#search", "")
    assert page.locator("main > section:visible").count() == parts
    page.evaluate("() => window.scrollTo(0, 3000)")
    page.locator(".to-top").click()
    page.wait_for_function("() => scrollY === 0")


def test_charts_follow_the_theme(opened: Open) -> None:
    page = opened(color_scheme="light")
    line = page.locator("#chart-effective_rates .mark-rect path").first
    shades = set()
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        shades.add(line.evaluate("(node) => getComputedStyle(node).fill"))
    assert len(shades) == 2


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["index.html", "dictionary.html"])
def test_axe_finds_no_serious_fault(opened: Open, name: str, theme: str) -> None:
    page = opened(name, color_scheme=theme)
    page.evaluate("() => document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    found = Axe().run(page).response["violations"]
    assert [
        (rule["id"], rule["nodes"][0]["html"]) for rule in found if rule["impact"] in {"serious", "critical"}
    ] == []


def test_what_if_moves_the_number_and_the_bars(opened: Open) -> None:
    page = opened()
    bars = page.locator("#chart-what_if .mark-rect").first
    picked = page.get_by_role("checkbox", checked=True)
    while picked.count():
        picked.first.uncheck()
    expect(page.locator("#what-if-answer")).to_contain_text("With 0 partners")
    alone, full = answer(page), bars.evaluate("(node) => node.innerHTML")
    counted = re.search(r"With 0 partners, (\d+) of \d+ .* alone it is (\d+)\.", alone)
    assert counted
    assert counted[1] == counted[2]
    for box in page.get_by_role("checkbox").all():
        box.check()
    expect(page.locator("#what-if-answer")).not_to_have_text(alone)
    expect(bars).not_to_have_js_property("innerHTML", full)
    found = re.search(r"With \d+ partners, (\d+) of", answer(page))
    assert found
    assert int(found[1]) < int(counted[1])


def test_what_if_by_hand(opened: Open, brief: Path) -> None:
    if (brief.parents[1] / "publications").exists():
        pytest.skip("worked by hand for the small publication")
    page = opened()
    # Cobalt 80 % x 0.5 (Norway), gallium 100 % x 0.25 (China), the third 60 % x 1 (China).
    assert answer(page).startswith("With 1 partner, 1 of 3 minerals stay above 50 %")
    assert answer(page).endswith("with Canada and Mexico alone it is 3.")
    page.get_by_role("checkbox", name="Japan").uncheck()
    page.get_by_role("checkbox", name="Norway").check()
    # Cobalt 80 % x (Japan 0.2), gallium 100 %, the third 60 %.
    expect(page.locator("#what-if-answer")).to_contain_text("With 1 partner, 2 of 3 minerals")


def test_keyboard_alone_is_enough(opened: Open) -> None:
    page = opened()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the figures")).to_be_focused()
    expect(page.get_by_text("Skip to the figures")).to_be_in_viewport()
    before = answer(page)
    page.get_by_role("checkbox").first.focus()
    page.keyboard.press("Space")
    expect(page.locator("#what-if-answer")).not_to_have_text(before)
    page.locator("#dependency summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Net import reliance by mineral and area")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Download CSV: Net import reliance")).to_be_focused()


def test_downloads_open_as_csv(opened: Open, brief: Path, tmp_path: Path) -> None:
    page = opened()
    page.evaluate("() => document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    for name in ("dependency", "price_floor", "what_if_sources", "calendar"):
        with page.expect_download() as started:
            page.locator(f"[data-download={name}]").click()
        assert started.value.suggested_filename == f"{name}.csv"
        saved = tmp_path / f"{name}.csv"
        started.value.save_as(saved)
        with saved.open(encoding="utf-8", newline="") as text:
            rows = list(csv.reader(text))
        assert len(rows) - 1 == page.evaluate(
            "(id) => JSON.parse(document.getElementById(id).textContent).length", f"data-{name}"
        )
        assert len({len(row) for row in rows}) == 1
        assert not [cell for row in rows for cell in row if re.match(r"[=+@\t\r]|-(?![\d.])", cell)]
    if not (brief.parents[1] / "publications").exists():
        assert "'=HYPERLINK" in (tmp_path / "calendar.csv").read_text(encoding="utf-8")


def test_months_are_the_publishers_west_of_greenwich(opened: Open) -> None:
    page = opened(timezone_id="America/Los_Angeles")
    first = page.evaluate(
        "() => JSON.parse(document.getElementById('data-usmca_claims').textContent)[0].period"
    )
    labels = page.locator("#chart-usmca_claims .role-axis-label text").all_text_contents()
    assert f"{date.fromisoformat(first):%b %Y}" in labels


def test_prints_on_white_without_controls(opened: Open) -> None:
    page = opened(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.locator("#what-if-choices")).to_be_hidden()
    expect(page.locator("#chart-dependency svg")).to_be_visible()
    assert page.pdf(format="A4")[:5] == b"%PDF-"


def test_readable_without_scripts(opened: Open) -> None:
    page = opened(java_script_enabled=False)
    expect(page.locator(".card .figure").first).to_be_visible()
    page.locator("#dependency summary").click()
    expect(page.locator("#dependency td").first).to_be_visible()
