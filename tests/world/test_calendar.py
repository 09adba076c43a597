"""Future nights: the clock at dates of the next years, with the editions, versions and codes of those dates.

One warehouse goes through all of them without manual work: new files are used on the night they appear, rules
for the previous ones are carried over, and warnings name unclassified values.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.ingest.publishers import KEYED
from tests.programs import MINERALS
from tests.world import expected
from tests.world.expected import Comparison
from tests.world.nights import FAKETIME, Night, ask, refresh
from tests.world.publishers import statcan_cimt, usgs_mcs, usitc_hts, world_bank
from tests.world.results import write
from tests.world.serving import publishers, release, releases_since, utc, version
from tests.world.test_nights import held
from tests.world.truth import NEW_CODE_ON, SUCCESSOR, World

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(2400),
    pytest.mark.skipif(not MINERALS.exists(), reason="the project is not installed next to this checkout"),
    pytest.mark.skipif(FAKETIME is None, reason="libfaketime is not installed (apt-get install libfaketime)"),
]

NEW_CODE = "5831"
DATES = {
    "2027-02-15": World(utc(2027, 2, 15)),
    "2027-07-15": World(utc(2027, 7, 15), new_country=NEW_CODE),
    "2028-01-10": World(utc(2028, 1, 10), new_country=NEW_CODE),
    # the first months under the Harmonized System of 2028 are published two months later
    "2028-03-20": World(utc(2028, 3, 20), new_country=NEW_CODE),
}


@dataclass
class Seen:
    """The state after a night: the newest file in use of each publisher, and the warnings."""

    night: Night
    compared: list[Comparison]
    used: dict[str, str]
    warnings: dict[str, int]


USED = {
    "USGS edition": "select max(edition) from marts.import_dependency where area = 'USA'",
    "USGS edition of production": "select max(edition) from marts.world_production",
    "BACI version": (
        "select max(regexp_extract(partition, 'V(\\w+)', 1)) from meta.archive where source_id = 'cepii_baci'"
    ),
    "HTS release": (
        "select max_by(hts_release || ' ' || mfn_ad_valorem_pct, valid_from) from marts.tariff_schedule"
        f" where hts8 = '{usitc_hts.MARKED}' and valid_from <= date '{{today}}'"
    ),
    "WGI year": (
        "select max(newest_period)::varchar from meta.source_status where source_id = 'worldbank_wgi'"
    ),
    "US months to": (
        "select max(period)::varchar from core.fct_trade where source_id = 'census_bulk' and flow = 'import'"
    ),
    "Canadian months to": (
        "select max(period)::varchar from core.fct_trade where source_id = 'statcan_cimt' and flow = 'import'"
    ),
    "Comtrade year": (
        "select max(year(period))::varchar from core.fct_trade where source_id = 'comtrade'"
        " and period_type = 'year'"
    ),
}


def due(world: World) -> dict[str, str]:
    """What should be in use at a given time."""
    return {
        "USGS edition": f"{usgs_mcs.editions(world)[0]}",
        "USGS edition of production": f"{usgs_mcs.editions(world)[0]}",
        "BACI version": version(world),
        "HTS release": f"{_named(release(world))} {usitc_hts.rate(releases_since(world)):.1f}",
        "WGI year": f"{world_bank.last_wgi_year(world)}-01-01",
        "US months to": f"{world.last_month}",
        "Canadian months to": f"{statcan_cimt.last_month(world)}",
        "Comtrade year": f"{world.now.year - 1}",
    }


def _named(name: str) -> str:
    """The project's own name for a release of the tariff schedule."""
    year, _, rest = name.partition("HTS")
    return f"{year}_{'basic' if rest == 'Basic' else rest.replace('Rev', 'rev_')}"


def _warnings(home: Path) -> dict[str, int]:
    """Failed checks and the number of rows behind each."""
    failing = ask(home, "select check_id, coalesce(rows_failing, 1) from meta.data_quality where not passed")
    return dict(failing.iter_rows())


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> dict[str, Seen]:
    """The nights in sequence on one home."""
    folder = tmp_path_factory.mktemp("calendar")
    home, found = folder / "home", {}
    months: set[date] = set()
    years: set[int] = set()
    with publishers(next(iter(DATES.values())), folder / "served") as served:
        for name, world in DATES.items():
            served.become(world)
            night = refresh(name, home, served.urls, "--all", keys=KEYED, now=world.now)
            found[name] = one = Seen(night, [], {}, {})
            if night.returncode:
                continue
            # once a month the history is requested without a command, and earlier data are kept
            now_held = held(home, world, deep=bool(months))
            months, years = months | {*now_held.us_months}, years | {*now_held.cimt_years}
            state = replace(now_held, us_months=tuple(sorted(months)), cimt_years=tuple(sorted(years)))
            one.compared = [expectation(state) for expectation in expected.EXPECTATIONS]
            one.used = {
                what: str(ask(home, sql.format(today=world.now.date())).item()) for what, sql in USED.items()
            }
            one.warnings = _warnings(home)
    extra = [f"| {name} | {_cells(one.used)} | {_cells(one.warnings)} |" for name, one in found.items()]
    head = ["## In use, and warnings given", "", "| night | in use | warnings |", "| --- | --- | --- |"]
    write("calendar", [(one.night, one.compared) for one in found.values()], request.config, [*head, *extra])
    return found


def _cells(values: dict[str, str] | dict[str, int]) -> str:
    return "; ".join(f"{name} {value}" for name, value in values.items())


@pytest.mark.parametrize("name", DATES)
def test_each_night_ends_well(seen: dict[str, Seen], name: str) -> None:
    night = seen[name].night
    assert night.returncode == 0, night.output[-4000:]


@pytest.mark.parametrize("name", DATES)
def test_what_is_new_is_used(seen: dict[str, Seen], name: str) -> None:
    """Editions, versions, releases and months are those published by the date."""
    assert seen[name].used == due(DATES[name])


@pytest.mark.parametrize("name", DATES)
def test_each_mart_says_what_was_planted(seen: dict[str, Seen], name: str) -> None:
    compared = seen[name].compared
    assert compared, "the night was not published"
    unnamed = [one.as_text() for one in compared if not one.is_same and one.key not in expected.NAMED]
    assert not unnamed, "\n".join(unnamed)


def test_a_new_country_code_is_named_and_its_trade_is_kept(seen: dict[str, Seen]) -> None:
    """The goods have an unknown country code: they have no country, and a warning counts the code."""
    assert "trade_partner_codes_are_known" not in seen["2027-02-15"].warnings
    assert seen["2027-07-15"].warnings["trade_partner_codes_are_known"] >= 1
    world, line = DATES["2027-07-15"], NEW_CODE_ON[0]
    rows = world.us_imports(world.last_month).filter(pl.col("hts10") == line, pl.col("cty_code") == NEW_CODE)
    assert rows["con_val"].sum() > 0


def test_a_line_of_the_next_harmonized_system_is_reported(seen: dict[str, Seen]) -> None:
    """The trade of a mineral continues under a tariff number that the bridge lacks: a warning counts it."""
    assert "trade_new_codes_are_known" not in seen["2028-01-10"].warnings
    assert seen["2028-03-20"].warnings["trade_new_codes_are_known"] == 1
    world = DATES["2028-03-20"]
    assert SUCCESSOR[1] in world.us_imports(world.last_month)["hts10"].to_list()


def test_the_clock_was_set(seen: dict[str, Seen]) -> None:
    """The nights ran at their dates: the newest month is not published today."""
    assert seen["2028-01-10"].used["US months to"] > f"{datetime.now():%Y-%m-%d}"
