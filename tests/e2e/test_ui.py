"""Dagster's UI in a browser: the graph opens, a source is materialized, its check is green."""

import os
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import REPOSITORY
from tests.programs import DONE_WITHIN_S, MINERALS, answers, ask, free_port, running, until

SHOTS = REPOSITORY / ".ci" / "out"
CHROMIUM = shutil.which("chromium")
SUBJECTS = sorted(
    path.name for path in (REPOSITORY / "dbt_project" / "models" / "core").iterdir() if path.is_dir()
)
GROUPS = ["source", "raw", "seeds", "staging", *SUBJECTS, "meta", "published", "brief"]
LINEAGE = (
    '{ assetOrError(assetKey: {path: ["marts", "import_dependency"]}) { ... on Asset {'
    " assetMaterializations(limit: 1) { metadataEntries {"
    " ... on TableColumnLineageMetadataEntry { lineage { columnName columnDeps { columnName } } } } } } } }"
)
RUNS = "{ runsOrError { ... on Runs { results { status } } } }"

pytestmark = [
    pytest.mark.long,
    pytest.mark.browser,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (apt-get install chromium)"),
    pytest.mark.skipif(not MINERALS.exists(), reason="the project is not installed next to this checkout"),
]


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a UI with its own home, without network."""
    port, home = free_port(), tmp_path_factory.mktemp("home")
    environment = {**os.environ, "MINERALS_HOME": str(home), "MINERALS_OFFLINE": "true"}
    environment.pop("DAGSTER_HOME", None)
    with running([MINERALS, "ui", "--port", str(port)], environment, home / "ui.log"):
        until(lambda: answers(port), "the UI did not come up")
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def page(ui: str) -> Iterator[Any]:
    """A browser's page on the UI."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only where there is a browser)

    SHOTS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1400, "height": 900}, base_url=ui)
        opened.set_default_timeout(DONE_WITHIN_S * 1000)
        yield opened
        browser.close()


def outcomes(ui: str) -> list[str]:
    """Outcomes of the runs, newest first, once no run is active."""

    def found() -> list[str]:
        return [str(run["status"]) for run in ask(ui, RUNS)["runsOrError"]["results"]]

    until(lambda: found() and set(found()) <= {"SUCCESS", "FAILURE", "CANCELED"}, "the runs did not end")
    return found()


def test_schedules_are_on(ui: str) -> None:
    query = (
        '{ schedulesOrError(repositorySelector: {repositoryLocationName: "orchestration",'
        ' repositoryName: "__repository__"})'
        " { ... on Schedules { results { name scheduleState { status } } } } }"
    )
    found = ask(ui, query)["schedulesOrError"]["results"]
    status = {schedule["name"]: schedule["scheduleState"]["status"] for schedule in found}
    assert status["nightly"] == "RUNNING"


def test_the_graph_shows_every_group(page: Any) -> None:
    page.goto("/asset-groups")
    for group in GROUPS:
        page.get_by_text(group, exact=True).first.wait_for()
    page.wait_for_timeout(3000)
    page.screenshot(path=SHOTS / "asset_graph.png")


def test_a_source_is_materialized_and_its_check_is_green(ui: str, page: Any) -> None:
    page.goto("/assets/source/worldbank_prices")
    page.get_by_role("button", name="Materialize").first.click()
    page.get_by_text("Launched run").wait_for()
    assert outcomes(ui) == ["SUCCESS"]
    page.goto("/assets/source/worldbank_prices?view=checks&checkDetail=reached")
    page.get_by_text("Passed").first.wait_for()
    page.screenshot(path=SHOTS / "check.png")


def test_lineage_leads_to_the_raw_table(page: Any) -> None:
    page.goto("/assets/source/worldbank_prices?view=lineage&lineageScope=downstream&lineageDepth=1")
    # The UI shortens long names in the middle.
    page.get_by_text(re.compile("worldban.*__monthly")).first.wait_for()
    page.screenshot(path=SHOTS / "lineage.png")


def test_everything_is_materialized_from_the_graph(ui: str, page: Any) -> None:
    before = len(outcomes(ui))
    page.goto("/asset-groups")
    page.get_by_role("button", name="Materialize all").first.click()
    page.get_by_role("button", name="Latest", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Launch").last.click()
    until(lambda: len(ask(ui, RUNS)["runsOrError"]["results"]) > before, "no run was launched")
    assert set(outcomes(ui)) == {"SUCCESS"}
    asked = ask(ui, LINEAGE)["assetOrError"]["assetMaterializations"][0]["metadataEntries"]
    (lineage,) = (entry["lineage"] for entry in asked if "lineage" in entry)
    assert {column["columnName"] for column in lineage if column["columnDeps"]} >= {"area", "year"}
    page.goto("/assets/marts/import_dependency?view=overview")
    page.get_by_text("Calendar year").first.wait_for()
    page.screenshot(path=SHOTS / "mart.png")
