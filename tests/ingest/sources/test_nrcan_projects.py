"""Projects of Canada: four layers, words in brackets, errors with status 200."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from ingest.contracts import FileFacts, Frames, ParseError, accept
from ingest.sources import nrcan_projects
from ingest.sources.nrcan_projects import COMMODITY, FACILITY, LAYERS, parse, partition_in, phrases
from tests.ingest import publishers
from tests.ingest.live import NOW, refresh, rows
from tests.ingest.publishers.nrcan_projects import nrcan_answer, nrcan_feature
from tests.ingest.servers import Reply, serve

MINES = "Mines and other primary producing sites"


def read(folder: Path, content: bytes) -> Frames:
    path = folder / "mine.json"
    path.write_bytes(content)
    return parse(path, FileFacts(path.name, "mine", date(2026, 6, 24)))


def test_a_record_is_a_facility_with_a_row_a_commodity(tmp_path: Path) -> None:
    feature = nrcan_feature("Lac Tio", MINES, "Titanium, iron and scandium (ilmenite)", "On hold / suspended")
    found = read(tmp_path, nrcan_answer([feature]))
    assert accept(FACILITY, found[FACILITY.name]).refused.is_empty()
    assert found[FACILITY.name].select("layer", "name", "latitude", "activity_status").rows() == [
        ("mine", "Lac Tio", 54.8557, "On hold / suspended")
    ]
    assert found[COMMODITY.name]["phrase"].to_list() == ["titanium", "iron", "scandium (ilmenite)"]


@pytest.mark.parametrize(
    ("commodities", "expected"),
    [
        (
            "Uranium (hexafluoride, dioxide, metals, alloys)",
            ["uranium (hexafluoride, dioxide, metals, alloys)"],
        ),
        ("Silica, and mixed hydroxide  precipitate", ["silica", "mixed hydroxide precipitate"]),
        ("Gold, gold", ["gold"]),
    ],
)
def test_commodities_are_split_outside_of_brackets(commodities: str, expected: list[str]) -> None:
    assert phrases(commodities) == expected


def test_a_place_outside_of_canada_refuses_only_its_row(tmp_path: Path) -> None:
    abroad: dict[str, Any] = nrcan_feature("Null Island", MINES, "Gold")
    abroad["geometry"]["coordinates"] = [0, 0]
    found = read(tmp_path, nrcan_answer([abroad, nrcan_feature("A", MINES, "Gold")]))
    assert accept(FACILITY, found[FACILITY.name]).rows["name"].to_list() == ["A"]


ERROR = orjson.dumps({"error": {"code": 400, "message": "Failed to execute query.", "details": []}})
PART = orjson.dumps(
    {**orjson.loads(nrcan_answer([nrcan_feature("A", MINES, "Gold")])), "exceededTransferLimit": True}
)
NO_PLACE = nrcan_answer([nrcan_feature("A", MINES, "Gold") | {"geometry": None}])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (ERROR, "the service responded with an error: Failed to execute query"),
        (PART, "only part of the layer"),
        (NO_PLACE, "lacks a name, a province, a place or its commodities"),
        (nrcan_answer([]), "holds no facility"),
        (nrcan_answer([nrcan_feature("A", "Quarry", "Gold")]), "'Quarry' is not one of the four kinds"),
        (b"[1]", "lacks a name"),
        (b"{}", "not GeoJSON with features"),
        (b"\n" * 24_008, "not JSON"),
        (nrcan_answer([nrcan_feature("A", MINES, "Gold")])[:-5], "not JSON"),
    ],
)
def test_another_answer_is_refused_in_one_sentence(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=re.escape(message)):
        read(tmp_path, content)


def test_an_error_with_status_200_leaves_the_layer_in_force(tmp_path: Path) -> None:
    with serve(publishers.nrcan_projects.routes(NOW)) as server:
        before = refresh(nrcan_projects, tmp_path, server)
        server.routes = {**server.routes, "/2/query": Reply(ERROR, validators=False)}
        after = refresh(nrcan_projects, tmp_path, server, NOW.replace(month=12, day=20))
    assert (before.mode, before.problems) == ("live", ())
    assert any("Failed to execute query" in problem for problem in (*after.problems, after.note))
    assert rows(after, FACILITY.name).group_by("layer").len()["len"].to_list() == [12] * 4


def test_a_file_says_which_layer_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(nrcan_answer([nrcan_feature("A", MINES, "Gold")]))
    assert partition_in(path) == "mine"
    path.write_bytes(nrcan_answer([nrcan_feature(group, group, "Gold") for group in LAYERS]))
    assert partition_in(path) == "all"


def test_the_list_of_june_2026(shared_data: Path) -> None:
    """291 = 160 advanced + 32 processing + 69 mines + 30 plants, 33 of them on hold."""
    path = shared_data / "nrcan_projects" / "nrcan_sync_2026-06-24.json"
    if not path.is_file():
        pytest.skip("the list is not among the real files next to this checkout")
    found = parse(path, FileFacts(path.name, "all", date(2026, 6, 24)))
    facilities = found[FACILITY.name]
    assert accept(FACILITY, facilities).refused.is_empty()
    assert dict(facilities.group_by("layer").len().iter_rows()) == {
        "advanced_project": 160,
        "processing_project": 32,
        "mine": 69,
        "plant": 30,
    }
    assert facilities.filter(activity_status="On hold / suspended").height == 33
    wire = shared_data / "nrcan_projects" / "critical-minerals-nl.geojson"
    assert parse(wire, FileFacts(wire.name, "all", date(2026, 6, 24)))[FACILITY.name].height == 13
