"""One publisher refuses, hangs or serves rubbish: the night ends well, and says so."""

import json
from collections.abc import Iterator

import duckdb
import pytest

from tests.hold.small import OLD, SOURCES, Warehouse, kept_after
from tests.ingest.servers import ANY, Reply

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]

NOBODY = "http://127.0.0.1:9"
ANSWERS = {
    "hangs": Reply(b"{}", stall_s=3.0),
    "serves rubbish": Reply(b"\x00\x01rubbish\xff" * 99, content_type="application/zip", validators=False),
}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A small warehouse after a live night."""
    with kept_after(tmp_path_factory.mktemp("trouble"), OLD) as warehouse:
        yield warehouse


@pytest.mark.parametrize("source_id", SOURCES)
@pytest.mark.parametrize("trouble", ["refuses", *ANSWERS])
def test_the_night_ends_well_and_says_who_failed(live: Warehouse, source_id: str, trouble: str) -> None:
    live.restore()
    live.serve(OLD)
    own = {}
    if trouble in ANSWERS:
        live.servers[source_id].routes = {ANY: ANSWERS[trouble]}
    else:
        own[f"MINERALS_{source_id.upper()}_URL"] = NOBODY
    if trouble == "hangs":
        own["MINERALS_PATIENCE"] = "0.01"
    before = live.tables()
    live.refresh(**own)

    with duckdb.connect(str(live.home / "minerals.duckdb"), read_only=True) as con:
        modes = dict(con.execute("select source_id, mode from meta.source_status").fetchall())
        told = con.execute(
            "select severity, passed from meta.data_quality where check_id = $1",
            [f"source.{source_id}.reached"],
        ).fetchall()
    asked = {name: modes[name] for name in SOURCES}
    assert asked == {name: "archived" if name == source_id else "live" for name in SOURCES}
    assert told == [("warn", False)]
    figures = {name: rows for name, rows in before.items() if not name.startswith("meta.")}
    assert figures.items() <= live.tables().items()

    process = live.start("status", "--format", "json")
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    rows = {row["source_id"]: row for row in json.loads(said)["source_rows"]}
    assert rows[source_id]["mode"] == "archived"
    assert rows[source_id]["note"]
