"""Any one publisher refuses, hangs or serves garbage: the night ends well and reports it."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest

from ingest.archive import Archive
from tests.ingest.publishers import PUBLISHERS
from tests.ingest.servers import ANY, Reply
from tests.reliability.report import CaseCount
from tests.reliability.small_warehouse import OLD, Warehouse, kept_after

pytestmark = pytest.mark.timeout(1200)

THREE = ("boc_fx", "census_api", "worldbank_prices")
ONCE = "cepii_baci"
"""Sources with a yearly version that is fetched only once: if it is held, there is nothing to lose."""

NOBODY = "http://127.0.0.1:9"
ANSWERS = {
    "hangs": Reply(b"{}", stall_s=3.0),
    "serves rubbish": Reply(b"\x00\x01rubbish\xff" * 99, content_type="application/zip", validators=False),
}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse with few tables after a live refresh of every source."""
    with kept_after(tmp_path_factory.mktemp("trouble"), OLD, options=["--all"], sources=PUBLISHERS) as small:
        yield small


def ask_again(warehouse: Warehouse, source_id: str) -> str:
    """Date the last request to this publisher a year back, so that a file is due; returns the outcome."""
    archive = Archive(warehouse.home / "archive")
    if source_id == ONCE:
        shutil.rmtree(archive.folder(source_id))
        return "failed"
    state = archive.state(source_id)
    for series, checked in state.series.items():
        state.series[series] = replace(checked, checked_at=checked.checked_at - timedelta(days=365))
    archive.save_state(source_id, state)
    return "archived"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Test all sources at full scale, and three of them in a sample."""
    chosen = PUBLISHERS if metafunc.config.getoption("reliability_scale") else THREE
    metafunc.parametrize("source_id", chosen)


@pytest.mark.parametrize("trouble", ["refuses", *ANSWERS])
def test_one_in_trouble(live: Warehouse, tally: CaseCount, source_id: str, trouble: str) -> None:
    """Any one publisher refuses, hangs or serves garbage: the night ends well and names the publisher."""
    with tally.case(f"{source_id} {trouble}"):
        night(live, source_id, trouble)


def night(live: Warehouse, source_id: str, trouble: str) -> None:
    live.restore()
    live.serve(OLD)
    served = ask_again(live, source_id)
    own = {}
    if trouble in ANSWERS:
        live.servers[source_id].routes = {ANY: ANSWERS[trouble]}
    else:
        own[f"MINERALS_{source_id.upper()}_URL"] = NOBODY
    if trouble == "hangs":
        own["MINERALS_PATIENCE"] = "0.01"
    before = live.tables()
    live.refresh("--all", **own)

    with duckdb.connect(str(live.home / "minerals.duckdb"), read_only=True) as con:
        modes = dict(con.execute("select source_id, mode from meta.source_status").fetchall())
        recorded = con.execute(
            "select severity, passed from meta.data_quality where check_id = $1",
            [f"source.{source_id}.reached"],
        ).fetchall()
    asked = {name: modes[name] for name in PUBLISHERS}
    assert asked == {name: served if name == source_id else "live" for name in PUBLISHERS}
    assert recorded == [("warn", False)]
    figures = {name: rows for name, rows in before.items() if not name.startswith("meta.")}
    assert figures.items() <= live.tables().items()

    process = live.start("status", "--format", "json")
    output, _ = process.communicate(timeout=900)
    assert process.returncode == 0, output
    rows = {row["source_id"]: row for row in json.loads(output)["source_rows"]}
    assert rows[source_id]["mode"] == served
    assert rows[source_id]["note"]
