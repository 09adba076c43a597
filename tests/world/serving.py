"""All publishers of a planted world on loopback, each under its own host name, as of a given time.

Bulk archives are made at the first request and kept on disk. `Publishers.become` moves the world to another
time: addresses stay, responses change. Three faults are always present: a chapter of the Census API that is
never served whole, one 500 of the Bank of Canada, one truncated page of the BGS.
"""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.ingest.publishers import (
    fast41,
    nrcan_projects,
    ontario_cmif,
    osti_rd,
)
from tests.ingest.servers import ANY, NOT_HERE, Asked, Reply, Routes, Server, at_first, json_reply, serve
from tests.world.publishers import (
    census_api,
    census_bulk,
    cepii_baci,
    comtrade,
    others,
    statcan_cimt,
    usgs_mcs,
    usitc_hts,
    world_bank,
)
from tests.world.truth import World, month_before

WHOLE_MONTHS = 4
"""Newest months whose archives have the real number of records; older ones have a tenth, to save time."""
FIRST_STATED_DAYS, REVISED_DAYS = 20, 1
"""Age of the archives' last change: at first, and after a revision."""
RELEASES = (
    ("2026HTSRev16", date(2026, 8, 10)),
    ("2026HTSRev17", date(2026, 9, 28)),
    ("2027HTSBasic", date(2027, 1, 1)),
    ("2027HTSRev1", date(2027, 2, 1)),
    ("2027HTSRev3", date(2027, 7, 1)),
    ("2028HTSBasic", date(2028, 1, 1)),
    ("2028HTSRev1", date(2028, 2, 15)),
)
OLDEST_TO_COME = date(2027, 1, 1)
VERSIONS = (
    ("202601", date(2026, 1, 22)),
    ("202701", date(2027, 1, 26)),
    ("202701b", date(2027, 6, 20)),
    ("202801", date(2028, 1, 25)),
)


def stated(world: World) -> str:
    """The time of the archives' last change, as in the HTTP header."""
    days = REVISED_DAYS if world.revised else FIRST_STATED_DAYS
    return f"{world.now - timedelta(days=days):%a, %d %b %Y} 12:00:00 GMT"


def release(world: World) -> str:
    """The current release of the tariff schedule."""
    return [name for name, day in RELEASES if day <= world.now.date()][-1]


def version(world: World) -> str:
    """BACI's newest version."""
    return [name for name, day in VERSIONS if day <= world.now.date()][-1]


@dataclass
class Archives:
    """The bulk files of a world; each is made once."""

    world: World
    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._turn = threading.Lock()

    def reply(self, name: str, make: Callable[[], Path | None]) -> Reply:
        """The file of this name; generated if missing."""
        with self._turn:
            path = self.folder / name
            if not path.is_file() and make() is None:
                return NOT_HERE
        return Reply(path.read_bytes(), content_type="application/zip", last_modified=stated(self.world))

    def census_bulk(self) -> Routes:
        """Both flows of every published month."""

        def answer(asked: Asked) -> Reply:
            found = re.fullmatch(r"/\d{4}/Merch/(im_m/IM|ex_m/EX)DB(\d\d)(\d\d)\.ZIP", asked.path)
            if not found:
                return NOT_HERE
            month = date(2000 + int(found[2]), int(found[3]), 1)
            if month > self.world.last_month or month.year < 2021:
                return NOT_HERE
            is_new = month > month_before(self.world.last_month, WHOLE_MONTHS)
            count = census_bulk.RECORDS if is_new else census_bulk.RECORDS_OF_OLDER_MONTHS
            write = census_bulk.imports if found[1].startswith("im") else census_bulk.exports
            name = asked.path.rsplit("/", 1)[-1]
            return self.reply(name, lambda: write(self.world, month, self.folder, count))

        return {ANY: answer}

    def statcan_cimt(self) -> Routes:
        """The three archives of each year."""

        def answer(asked: Asked) -> Reply:
            found = re.fullmatch(r"/CIMT-CICM_(Imp|Dom_Exp|Tot_Exp)_(\d{4})\.zip", asked.path)
            if not found or int(found[2]) < 2021:
                return NOT_HERE
            year = int(found[2])
            return self.reply(
                asked.path[1:], lambda: statcan_cimt.archive(self.world, found[1], year, self.folder)
            )

        return {ANY: answer}

    def cepii_baci(self) -> Routes:
        """Every published version of three editions, and the page that links to the newest."""
        out = [name for name, day in VERSIONS if day <= self.world.now.date()]

        def answer(asked: Asked) -> Reply:
            found = re.fullmatch(r"/(?:.*/)?BACI_(HS\d\d)_V(\w+)\.zip", asked.path)
            if found and found[1] in cepii_baci.SINCE and found[2] in out:
                name = asked.path.rsplit("/", 1)[-1]
                return self.reply(
                    name, lambda: cepii_baci.archive(self.world, found[1], found[2], self.folder)
                )
            if asked.path.endswith(".zip"):
                return NOT_HERE
            links = [
                f'<a href="http://{asked.headers["Host"]}/BACI_{edition}_V{out[-1]}.zip">{edition}</a>'
                for edition in cepii_baci.SINCE
            ]
            body = f"<!DOCTYPE html><html><body>BACI {out[-1]} {' '.join(links)}</body></html>"
            return Reply(body.encode(), content_type="text/html", validators=False)

        return {ANY: answer}


def releases_since(world: World) -> int:
    """Number of releases after that of the real file."""
    return sum(OLDEST_TO_COME <= day <= world.now.date() for _, day in RELEASES)


def _hts(world: World) -> Routes:
    newer = releases_since(world)
    current = {"name": release(world), "title": release(world), "description": "Current"}
    listed = [
        {
            "name": name,
            "title": name,
            "status": "current" if name == release(world) else "",
            "releaseStartDate": f"{day:%m/%d/%Y}",
        }
        for name, day in reversed(RELEASES)
        if day <= world.now.date()
    ]
    return {
        "/currentRelease": json_reply(current, validators=False),
        "/releaseList": json_reply(listed),
        "/exportList": lambda _: Reply(usitc_hts.release(newer), validators=False),
    }


def routes(world: World, folder: Path) -> dict[str, Routes]:
    """The responses of every publisher at the world's time."""
    archives = Archives(world, folder)
    bank, survey = others.boc_fx(world), others.bgs_wms(world)
    rates, items = "/observations/FXUSDCAD/json", "/collections/world-mineral-statistics/items"
    oops = Reply(b"oops", 500, "text/plain", {"Retry-After": "0"}, validators=False)
    bank[rates] = at_first(lambda _: oops, bank[rates])
    survey[items] = at_first(
        lambda good: replace(good, body=good.body[: len(good.body) // 2], validators=False), survey[items]
    )
    return {
        "bgs_wms": survey,
        "boc_fx": bank,
        "census_api": census_api.routes(world),
        "census_bulk": archives.census_bulk(),
        "cepii_baci": archives.cepii_baci(),
        "comtrade": comtrade.routes(world),
        "fast41": fast41.routes(world.now),
        "federal_register": others.federal_register(world),
        "nrcan_projects": nrcan_projects.routes(world.now),
        "ontario_cmif": ontario_cmif.routes(world.now),
        "osti_rd": osti_rd.routes(world.now),
        "statcan_cimt": archives.statcan_cimt(),
        "usgs_mcs": usgs_mcs.routes(world),
        "usgs_outlook": others.usgs_outlook(world),
        "usitc_hts": _hts(world),
        "wits_trains": others.wits_trains(world),
        "worldbank_prices": world_bank.prices(world),
        "worldbank_wgi": world_bank.wgi(world),
    }


@dataclass
class Publishers:
    """The running servers, by source."""

    servers: dict[str, Server]
    folder: Path
    moments: int = 0

    def become(self, world: World) -> None:
        """Respond as of another time, at the same addresses."""
        self.moments += 1
        for name, answers in routes(world, self.folder / f"{self.moments}").items():
            self.servers[name].routes = answers

    @property
    def urls(self) -> dict[str, str]:
        """The environment that points every source to these servers."""
        return {f"MINERALS_{name.upper()}_URL": server.url for name, server in self.servers.items()}


@contextmanager
def publishers(world: World, folder: Path) -> Iterator[Publishers]:
    """Serve a world for the duration of a ``with`` block."""
    with ExitStack() as running:
        names = routes(world, folder / "names")
        served = Publishers({name: running.enter_context(serve({})) for name in names}, folder)
        served.become(world)
        yield served


def utc(year: int, month: int, day: int) -> datetime:
    """The time of a night."""
    return datetime(year, month, day, 11, 30, tzinfo=UTC)
