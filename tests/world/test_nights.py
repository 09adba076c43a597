"""Five nights of a planted world, as the schedule runs them, with every mart compared to the planted figures.

The first night; the next, with nothing new; the night on which a month is published and earlier months are
revised; the deep refresh of the month; and a first night without any key. The cost of each night, and planted
against published figures, are written to a page.
"""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.ingest.publishers import KEYED
from tests.programs import MINERALS
from tests.world import expected
from tests.world.expected import Comparison, Held
from tests.world.nights import Night, ask, refresh
from tests.world.results import write
from tests.world.serving import Publishers, publishers
from tests.world.truth import World, month_before
from tests.world.whole_years import answers_of_a_month

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(2400),
    pytest.mark.skipif(not MINERALS.exists(), reason="the project is not installed next to this checkout"),
]

NIGHTLY_MONTHS, DEEP_MONTHS = 4, 36
NIGHTLY_YEARS, DEEP_YEARS = 2, 6
WATCHED = ("first night", "nothing new", "new month", "deep refresh", "keyless")


@dataclass
class Run:
    """A night and its marts."""

    night: Night
    compared: list[Comparison] = field(default_factory=list)
    published_ns: int = 0
    body_bytes: int = 0
    modes: dict[str, str] = field(default_factory=dict)
    of_a_month: list[str] = field(default_factory=list)
    suppliers: str = ""


def held(home: Path, world: World, *, deep: bool = False, keyed: bool = True) -> Held:
    """Contents of a home: the months of US trade and the years of Canada's that are planned."""
    asked = [month_before(_due(world), back) for back in range(DEEP_MONTHS if deep else NIGHTLY_MONTHS)]
    out = tuple(month for month in asked if month <= world.last_month)
    years = DEEP_YEARS if deep else NIGHTLY_YEARS
    return Held(
        home,
        world,
        out,
        tuple(range(world.now.year - years + 1, world.now.year + 1)),
        keyed,
        DEEP_MONTHS if deep else 6,
    )


def suppliers_of_nickel(home: Path) -> str:
    """The answer on Canada's suppliers, whose customs state months and years."""
    asked = [str(MINERALS), "ask", "suppliers", "nickel", "Canada"]
    ended = subprocess.run(
        asked, env=os.environ | {"MINERALS_HOME": str(home)}, capture_output=True, text=True, check=True
    )
    return ended.stdout


def _due(world: World) -> date:
    """The newest month that is planned, published or not."""
    return month_before(world.last_month, -world.held_back)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> dict[str, Run]:
    """All nights, one after the other."""
    folder = tmp_path_factory.mktemp("world")
    now = datetime.now(UTC)
    first, later = World(now, held_back=1), World(now, revised=True)
    found: dict[str, Run] = {}
    home = folder / "home"

    def run(
        name: str, state: Held, served: Publishers, *arguments: str, keys: dict[str, str] = KEYED
    ) -> None:
        before = sum(server.body_bytes for server in served.servers.values())
        night = refresh(name, state.home, served.urls, "--all", *arguments, keys=keys)
        found[name] = ended = Run(night)
        ended.body_bytes = sum(server.body_bytes for server in served.servers.values()) - before
        published = state.home / "minerals.duckdb"
        if published.exists():
            ended.published_ns = published.stat().st_mtime_ns
            ended.modes = dict(ask(state.home, "select source_id, mode from meta.source_status").iter_rows())
            ended.of_a_month = answers_of_a_month(state.home)
            ended.suppliers = suppliers_of_nickel(state.home)
        if night.returncode == 0:
            expectations = list(expected.EXPECTATIONS)
            if state.world.revised and state.keyed:
                expectations.append(expected.revisions)
            ended.compared = [expectation(state) for expectation in expectations]

    with publishers(first, folder / "served") as served:
        run("first night", held(home, first), served)
        run("nothing new", held(home, first), served)
        served.become(later)
        run("new month", held(home, later), served)
        run("deep refresh", held(home, later, deep=True), served, "--deep")
        run("keyless", held(folder / "keyless", later, keyed=False), served, keys={})
    write("nights", [(run.night, run.compared) for run in found.values()], request.config)
    return found


@pytest.mark.parametrize("name", WATCHED)
def test_each_night_ends_well(runs: dict[str, Run], name: str) -> None:
    night = runs[name].night
    assert night.returncode == 0, night.output[-4000:]


@pytest.mark.parametrize("name", WATCHED)
def test_each_mart_says_what_was_planted(runs: dict[str, Run], name: str) -> None:
    """All rows are equal, except those listed with a reason, which must differ."""
    compared = runs[name].compared
    assert compared, "the night was not published"
    differing = {one.key: one for one in compared if not one.is_same}
    unnamed = [one.as_text() for key, one in differing.items() if key not in expected.NAMED]
    assert not unnamed, "\n".join(unnamed)


def test_what_is_named_as_different_is(runs: dict[str, Run]) -> None:
    """A difference that was fixed must not stay in the list."""
    seen = {one.key for run in runs.values() for one in run.compared if not one.is_same}
    assert set(expected.NAMED) <= seen


def test_every_source_was_reached(runs: dict[str, Run]) -> None:
    modes = runs["first night"].modes
    fetched = {name: mode for name, mode in modes.items() if mode != "starter"}
    assert set(fetched.values()) == {"live"}, modes
    assert len(fetched) == 18


@pytest.mark.parametrize("name", WATCHED)
def test_the_newest_year_is_a_whole_one(runs: dict[str, Run], name: str) -> None:
    """Months are held beside years as soon as customs are fetched; no share of a single month is quoted."""
    assert not runs[name].of_a_month, runs[name].of_a_month


def test_a_share_is_traced_to_its_year(runs: dict[str, Run]) -> None:
    """January's shares can equal the year's, and have the same first day."""
    assert "period_type=year" in runs["deep refresh"].suppliers, runs["deep refresh"].suppliers


def test_without_news_nothing_is_done(runs: dict[str, Run]) -> None:
    """The publication is unchanged, and only probes are read."""
    first, second = runs["first night"], runs["nothing new"]
    assert second.published_ns == first.published_ns
    assert second.body_bytes < 2_000_000


def test_without_a_key_the_others_are_live(runs: dict[str, Run]) -> None:
    modes: Sequence[tuple[str, str]] = sorted(runs["keyless"].modes.items())
    without = {name for name, mode in modes if mode not in ("live", "starter")}
    assert not without
    assert dict(modes)["census_api"] == "starter"
    assert dict(modes)["comtrade"] == "live"
