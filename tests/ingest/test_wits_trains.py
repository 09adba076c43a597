"""Applied duties from WITS: SDMX-JSON by position, small calls, the newest year there is."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from ingest.contracts import FileFacts, ParseError, accept
from ingest.scope import hs6
from ingest.sources import wits_trains
from tests.ingest.live import NOW, rows, visit
from tests.ingest.servers import ANY, Asked, Reply, Route, serve

FACTS = FileFacts("trains-USA-2024.json", "USA-2024", date(2026, 11, 23))
PREFIX = "/SDMX/V21/rest/data/DF_WITS_Tariff_TRAINS/"


def coded(dimensions: dict[str, list[str]]) -> list[dict[str, Any]]:
    return [
        {"id": name, "values": [{"id": code, "name": f"name of {code}"} for code in codes]}
        for name, codes in dimensions.items()
    ]


def answer(reporter: str, products: list[str], year: str) -> dict[str, Any]:
    """SDMX-JSON of an MFN rate for each product and a preference for the first."""
    series = {f"0:0:0:{at}:0": {"observations": {"0": [2.5, 0, 0, 0, 1, 0]}} for at in range(len(products))}
    series["0:0:1:0:0"] = {"observations": {"0": [0, 1, 0, None, 1, 0]}}
    keys = {"FREQ": ["A"], "REPORTER": [reporter], "PARTNER": ["000", "484"], "PRODUCTCODE": products}
    attributes = {"TARIFFTYPE": ["MFN", "PREF"], "NOMENCODE": ["H6"], "MIN_RATE": ["0"]}
    attributes |= {"MAX_RATE": ["2.5", "5"], "TOTALNOOFLINES": ["3"]}
    time = {"TIME_PERIOD": [year]}
    return {
        "header": {"id": "x", "prepared": "2026-11-23T00:00:00"},
        "structure": {
            "dimensions": {"series": coded(keys | {"DATATYPE": ["reported"]}), "observation": coded(time)},
            "attributes": {"observation": coded(attributes)},
        },
        "dataSets": [{"action": "Information", "series": series}],
    }


def service(newest: int = 2024) -> Route:
    """Rates of the newest year and before; of later ones the service's own word for none."""

    def reply(asked: Asked) -> Reply:
        year = asked.params["startperiod"]
        if int(year) > newest:
            return Reply(b"<Error>NoRecordsFound</Error>", 404, "text/xml", validators=False)
        _, reporter, _, products, _ = asked.path.removeprefix(PREFIX).split(".")
        return Reply(orjson.dumps(answer(reporter, products.split("+"), year)), validators=False)

    return reply


def test_positions_become_codes(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(orjson.dumps({"answers": [answer("840", ["250410", "282520"], "2024")]}))
    frame = wits_trains.parse(path, FACTS)["wits_trains__tariff"]
    columns = ["partner", "hs6", "tariff_type", "average_rate_pct", "max_rate_pct", "lines"]
    assert frame.select(columns).rows() == [
        ("000", "250410", "MFN", 2.5, 5.0, 3),
        ("000", "282520", "MFN", 2.5, 5.0, 3),
        ("484", "250410", "PREF", 0.0, 5.0, 3),
    ]
    assert frame["min_rate_pct"].to_list() == [0.0, 0.0, None]
    assert accept(wits_trains.TARIFF, frame).refused.is_empty()


def test_the_newest_year_is_found_with_small_calls(tmp_path: Path) -> None:
    with serve({ANY: service()}) as server:
        outcome = visit(wits_trains, tmp_path, server)
        calls = [asked for asked in server.asked if asked.params["startperiod"] == "2024"]
    assert {record.partition for record in outcome.records} == {"USA-2024", "CAN-2024", "MEX-2024"}
    assert "not published: trains-USA-2025.json" in outcome.note
    products = [asked.path.split(".")[3].split("+") for asked in calls]
    assert max(map(len, products)) <= 20
    assert {asked.headers["Accept"] for asked in calls} == {wits_trains.ACCEPT}
    rates = rows(outcome, "wits_trains__tariff").filter(tariff_type="MFN")
    assert rates.height == 3 * len(hs6())


def test_a_month_goes_by_before_rates_are_asked_again(tmp_path: Path) -> None:
    with serve({ANY: service()}) as server:
        visit(wits_trains, tmp_path, server)
        asked = len(server.asked)
        second = visit(wits_trains, tmp_path, server, NOW + timedelta(days=1))
        assert len(server.asked) - asked == 3
        third = visit(wits_trains, tmp_path, server, NOW + timedelta(days=31))
    assert not second.changed
    assert third.note.startswith("3 unchanged")


def test_a_truncated_answer_leaves_the_last_year_in_force(tmp_path: Path) -> None:
    with serve({ANY: service(2023)}) as server:
        first = visit(wits_trains, tmp_path, server)
        server.routes[ANY] = Reply(b'{"structure": {"dimen', validators=False)
        second = visit(wits_trains, tmp_path, server, NOW + timedelta(days=40))
    assert second.tables == first.tables
    assert second.mode == "archived"
    assert "without JSON" in second.note


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"answers": [{"structure": {}}]}', b"<xml/>"])
def test_another_file_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(ParseError, match="is not a set of SDMX-JSON answers"):
        wits_trains.parse(path, FACTS)
