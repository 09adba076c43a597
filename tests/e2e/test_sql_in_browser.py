"""SQL in the browser: DuckDB in the page answers like the command line, from two kinds of server."""

import csv
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from orchestration.brief import browser_sql, build
from orchestration.brief.browser_sql.engine import EngineError
from tests.conftest import REPOSITORY
from tests.e2e.conftest import CHROMIUM, Watched
from tests.programs import MINERALS, free_port, running
from warehouse import book

SCREENSHOTS = REPOSITORY / ".ci" / "out" / "brief"
QUESTIONS = (3, 5, 17)
MACRO = "from nir('USMCA', 'cobalt', 2024)"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def home(published_starter: Path) -> Path:
    """The starter's home with a brief that includes the page's engine."""
    brief = published_starter / "brief"
    try:
        browser_sql.install(brief)
    except EngineError as error:
        pytest.skip(str(error))
    build(published_starter / "minerals.duckdb", brief)
    return published_starter


@pytest.fixture(scope="module", params=["minerals serve", "http.server"])
def site(
    request: pytest.FixtureRequest, home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Servers of the page: our own, and one that does not support ranges."""
    port, log = free_port(), tmp_path_factory.mktemp("site") / "log"
    if request.param == "http.server":
        folder = str(home / "brief")
        command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "-d", folder]
        address = f"http://127.0.0.1:{port}/sql.html"
    else:
        command = [str(MINERALS), "serve", "--port", str(port)]
        address = f"http://127.0.0.1:{port}/brief/sql.html"
    with running(command, dict(os.environ) | {"MINERALS_HOME": str(home)}, log):
        for _ in range(300):
            try:
                requests.head(address, timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield address


def rows_of(page: Page) -> list[list[str]]:
    """The answer that the page offers for download."""
    with page.expect_download() as started:
        page.click("#download")
    return list(csv.reader(io.StringIO(Path(started.value.path()).read_text(encoding="utf-8"))))


def of_the_command(home: Path, sql: str) -> list[list[str]]:
    """The output of `minerals query`."""
    done = subprocess.run(
        [MINERALS, "query", "--format", "csv", "--", sql],
        env=dict(os.environ) | {"MINERALS_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return list(csv.reader(io.StringIO(done.stdout)))


def same(cell: str, other: str) -> bool:
    """Whether two cells are equal, apart from the number of digits of a float."""
    if cell == other:
        return True
    try:
        return float(cell) == pytest.approx(float(other), rel=1e-12)
    except ValueError:
        return cell.lower() == other.lower() and cell.lower() in ("true", "false")


def ask(page: Page, turn: int) -> None:
    page.click("#run")
    page.wait_for_selector(f"html[data-turns='{turn}']")


def test_answers_as_the_command_line_does(watched: Watched, site: str, home: Path) -> None:
    page = watched.open(f"{site}#{QUESTIONS[0]}")
    sql = {one.number: one.sql for one in book.questions()}
    for turn, asked in enumerate((*QUESTIONS, MACRO), start=1):
        if isinstance(asked, int):
            page.select_option("#preset", str(asked))
            expect(page.locator("#statement")).to_have_value(sql[asked])
        else:
            page.fill("#statement", asked)
        ask(page, turn)
        expect(page.locator("#failure")).to_have_text("")
        here, there = rows_of(page), of_the_command(home, sql.get(asked, str(asked)))
        assert len(here) == len(there) > 1, asked
        for mine, theirs in zip(here, there, strict=True):
            assert len(mine) == len(theirs)
            assert all(map(same, mine, theirs)), (asked, mine, theirs)


def test_every_question_is_answered(watched: Watched, site: str) -> None:
    if "/brief/" not in site:
        pytest.skip("once is enough")
    page = watched.open(site)
    for turn, one in enumerate(book.questions(), start=1):
        page.select_option("#preset", str(one.number))
        ask(page, turn)
        assert page.inner_text("#failure") == "", one.name


def test_a_mistake_gets_a_sentence_and_stop_ends_a_statement(watched: Watched, site: str) -> None:
    page = watched.open(site)
    page.fill("#statement", "select nothing from marts.import_dependency")
    ask(page, 1)
    expect(page.locator("#failure")).to_contain_text('"nothing" not found')
    page.fill(
        "#statement",
        "select count(*) from range(100000) a, range(100000) b where a.range % 7 = b.range % 11",
    )
    page.click("#run")
    page.click("#stop")
    expect(page.locator("#status")).to_have_text("Stopped")
    page.fill("#statement", "select 1 as one")
    page.click("#run")
    expect(page.locator("#status")).to_contain_text("1 row in", timeout=120_000)


def test_no_other_host_is_contacted(watched: Watched, site: str, home: Path, tmp_path: Path) -> None:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "http.server",
        str(port),
        "--bind",
        "127.0.0.1",
        "-d",
        str(home / "brief"),
    ]
    log = tmp_path / "other"
    page = watched.open(site)
    with running(command, dict(os.environ), log):
        time.sleep(1)
        page.fill("#statement", f"from read_csv('http://127.0.0.1:{port}/feed.json')")
        ask(page, 1)
    expect(page.locator("#failure")).not_to_have_text("")
    assert "GET" not in log.read_text()
    watched.asked.discard(f"127.0.0.1:{port}")  # the page's policy blocked the request, so the log is empty
    watched.errors.clear()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1280])
def test_looks(watched: Watched, site: str, width: int, theme: str) -> None:
    if "/brief/" not in site:
        pytest.skip("once is enough")
    page = watched.open(f"{site}#3", width=width, color_scheme=theme)
    ask(page, 1)
    assert page.evaluate("() => document.documentElement.scrollWidth") == width
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"sql_{width}_{theme}.png", full_page=True)
    found = Axe().run(page).response["violations"]
    assert [
        (one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")
    ] == []
