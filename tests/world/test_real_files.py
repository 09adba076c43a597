"""A refresh in which only three publishers respond, with their real files.

USGS serves its whole release of 2026, the World Bank the Pink Sheet, the USITC the tariff schedule. Every
other host refuses. The clock is set to a day on which these files were the newest. The starter supplies the
rest, so no mart is empty except those named below.
"""

import gzip
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest

from tests.ingest.publishers import PUBLISHERS
from tests.ingest.servers import Asked, Reply, Routes, json_reply, serve
from tests.programs import MINERALS, free_port
from tests.world.nights import FAKETIME, ask, refresh
from tests.world.publishers import usgs_mcs
from tests.world.serving import utc
from tests.world.truth import World

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not MINERALS.exists(), reason="the project is not installed next to this checkout"),
    pytest.mark.skipif(FAKETIME is None, reason="libfaketime is not installed (apt-get install libfaketime)"),
]
NOW = utc(2026, 5, 20)
WORKBOOK = "world_bank_pinksheet/CMO-Historical-Data-Monthly_2026-03-03.xlsx"
SCHEDULE = "usitc_hts/hts_2026_rev_5.json.gz"
REACHED = ("usgs_mcs", "usitc_hts", "worldbank_prices")


def hts(content: bytes) -> Routes:
    """The service with this schedule as its current release."""
    current = {"name": "2026HTSRev5", "title": "Revision 5 (2026)", "description": "Current"}
    listed = [{"name": "2026HTSRev5", "status": "current", "releaseStartDate": "04/06/2026"}]
    return {
        "/currentRelease": json_reply(current, validators=False),
        "/releaseList": json_reply(listed),
        "/exportList": Reply(content, validators=False),
    }


def pink_sheet(content: bytes) -> Routes:
    """The page and the workbook that it links to."""
    path = "/en/doc/CMO-Historical-Data-Monthly.xlsx"

    def page(asked: Asked) -> Reply:
        body = f'<!DOCTYPE html><html><a href="http://{asked.headers["Host"]}{path}">Monthly</a></html>'
        return Reply(body.encode(), content_type="text/html", validators=False)

    return {"": page, "/": page, path: Reply(content, last_modified="Tue, 03 Mar 2026 12:00:00 GMT")}


def test_three_real_publishers_and_no_other_fill_the_warehouse(tmp_path: Path, shared_data: Path) -> None:
    if not usgs_mcs.SHARED.is_dir():
        pytest.skip("the whole release of USGS is not next to this checkout")
    routes = {
        "usgs_mcs": usgs_mcs.routes(World(NOW)),
        "usitc_hts": hts(gzip.decompress((shared_data / SCHEDULE).read_bytes())),
        "worldbank_prices": pink_sheet((shared_data / WORKBOOK).read_bytes()),
    }
    nobody = f"http://127.0.0.1:{free_port()}"
    urls = {f"MINERALS_{name.upper()}_URL": nobody for name in PUBLISHERS}
    home = tmp_path / "home"
    with ExitStack() as running:
        for name in REACHED:
            urls[f"MINERALS_{name.upper()}_URL"] = running.enter_context(serve(routes[name])).url
        night = refresh("three publishers", home, urls, keys={}, now=NOW)
    assert night.returncode == 0, night.output[-4000:]
    modes = dict(ask(home, "select source_id, mode from meta.source_status").iter_rows())
    assert {name for name, mode in modes.items() if mode == "live"} == set(REACHED)
    empty = ask(
        home,
        "select table_name from duckdb_tables() where schema_name = 'marts' and estimated_size = 0",
    )["table_name"].to_list()
    # The first needs months of US trade with weights, the second two vintages of one file, the third OSTI.
    assert set(empty) <= {"transshipment_watch", "revisions", "rd_activity"}
    newest = ask(home, "select max(edition) from marts.import_dependency where area = 'USA'").item()
    assert newest == "2026"
    assert (home / "brief" / "index.html").is_file()
    stated = datetime.fromisoformat(
        ask(home, "select max(fetched_at)::varchar from meta.archive").item()[:19]
    )
    assert stated.date() == NOW.date()
