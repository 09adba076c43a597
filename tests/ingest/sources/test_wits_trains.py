"""Applied duties from WITS: SDMX-JSON by position, small requests, the newest available year."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.contracts import FileFacts, ParseError, accept
from ingest.scope import hs6
from ingest.sources import wits_trains
from tests.ingest.live import NOW, refresh, rows
from tests.ingest.servers import ANY, Asked, Reply, Route, json_reply, serve

FACTS = FileFacts("trains-USA-2024.json", "USA-2024", date(2026, 11, 23))
PREFIX = "/SDMX/V21/rest/data/DF_WITS_Tariff_TRAINS/"


def coded(dimensions: dict[str, list[str]]) -> list[dict[str, Any]]:
    return [
        {"id": name, "values": [{"id": code, "name": f"name of {code}"} for code in codes]}
        for name, codes in dimensions.items()
    ]


def answer(
    reporter: str, products: list[str], year: str, partners: list[str] | None = None
) -> dict[str, Any]:
    """SDMX-JSON as the service writes it: an MFN rate for each product and a preference for the first.

    PARTNER is declared before PRODUCTCODE, but follows it in the keys of the series.
    """
    series = {f"0:0:{at}:0:0": {"observations": {"0": [2.5, 0, 0, 0, 1, 0]}} for at in range(len(products))}
    series["0:0:0:1:0"] = {"observations": {"0": [0, 1, 0, None, 1, 0]}}
    keys = {"FREQ": ["A"], "REPORTER": [reporter], "PARTNER": partners or ["000", "484"]}
    keys |= {"PRODUCTCODE": products, "DATATYPE": ["reported"]}
    attributes = {"TARIFFTYPE": ["MFN", "PREF"], "NOMENCODE": ["H6"], "MIN_RATE": ["0"]}
    attributes |= {"MAX_RATE": ["2.5", "5"], "TOTALNOOFLINES": ["3"]}
    time = {"TIME_PERIOD": [year]}
    return {
        "header": {"id": "x", "prepared": "2026-11-23T00:00:00"},
        "structure": {
            "dimensions": {"series": coded(keys), "observation": coded(time)},
            "attributes": {"observation": coded(attributes)},
        },
        "dataSets": [{"action": "Information", "series": series}],
    }


def service(newest: int = 2024) -> Route:
    """Rates of the newest year and earlier; for later years the service's message that there are none."""

    def reply(asked: Asked) -> Reply:
        year = asked.params["startperiod"]
        if int(year) > newest:
            return Reply(b"<Error>NoRecordsFound</Error>", 404, "text/xml", validators=False)
        _, reporter, _, products, _ = asked.path.removeprefix(PREFIX).split(".")
        return json_reply(answer(reporter, products.split("+"), year), validators=False)

    return reply


def read(folder: Path, *answers: dict[str, Any]) -> pl.DataFrame:
    path = folder / "a.json"
    path.write_bytes(orjson.dumps({"answers": answers}))
    return wits_trains.parse(path, FACTS)["wits_trains__tariff"]


def test_positions_become_codes(tmp_path: Path) -> None:
    frame = read(tmp_path, answer("840", ["250410", "282520", "283691"], "2024"))
    columns = ["partner", "hs6", "tariff_type", "average_rate_pct", "max_rate_pct", "lines"]
    assert frame.select(columns).rows() == [
        ("000", "250410", "MFN", 2.5, 5.0, 3),
        ("000", "282520", "MFN", 2.5, 5.0, 3),
        ("000", "283691", "MFN", 2.5, 5.0, 3),
        ("484", "250410", "PREF", 0.0, 5.0, 3),
    ]
    assert frame["min_rate_pct"].to_list() == [0.0, 0.0, 0.0, None]
    assert accept(wits_trains.TARIFF, frame).refused.is_empty()


def declared_order(content: dict[str, Any]) -> dict[str, Any]:
    """The same response with its keys in the order in which the dimensions are declared."""
    (data_set,) = content["dataSets"]
    moved = {}
    for key, series in data_set["series"].items():
        freq, reporter, product, partner, kind = key.split(":")
        moved[":".join([freq, reporter, partner, product, kind])] = series
    return content | {"dataSets": [{"series": moved}]}


def test_an_answer_of_real_size_is_read_in_either_order(tmp_path: Path) -> None:
    products = [f"{number:06d}" for number in range(10121, 10121 + 5388)]
    content = answer("840", products, "2024")
    frame = read(tmp_path, content)
    assert frame.height == 5389
    assert frame.filter(partner="000")["hs6"].to_list() == products
    assert frame.filter(partner="484").select("hs6", "tariff_type").rows() == [(products[0], "PREF")]
    assert read(tmp_path, declared_order(content)).equals(frame)


def ambiguous(stated: set[tuple[int, int]], products: int, partners: int) -> bool:
    """Whether both orders are valid and read differently."""
    largest = max(at for at, _ in stated), max(at for _, at in stated)
    exchanged = largest[1] < products and largest[0] < partners
    return exchanged and (products, partners) != (1, 1) and largest != (0, 0)


@given(products=st.integers(1, 40), partners=st.integers(1, 40), data=st.data())
def test_a_written_answer_is_read_back_or_refused(
    tmp_path_factory: pytest.TempPathFactory, products: int, partners: int, data: st.DataObject
) -> None:
    """Rates by product and partner, some of them missing: no rate is ever read under swapped codes."""
    cells = st.tuples(st.integers(0, products - 1), st.integers(0, partners - 1))
    stated = data.draw(st.sets(cells, min_size=1, max_size=30))
    codes = [f"{810000 + at}" for at in range(products)]
    areas = ["000", *(f"{at:03d}" for at in range(1, partners))]
    content = answer("840", codes, "2024", areas)
    series = {
        f"0:0:{product}:{partner}:0": {"observations": {"0": [product * 100 + partner, 0, 0, 0, 1, 0]}}
        for product, partner in stated
    }
    content["dataSets"] = [{"series": series}]
    folder = tmp_path_factory.mktemp("wits")
    if ambiguous(stated, products, partners):
        with pytest.raises(ParseError, match="cannot be distinguished, the keys fit several orders"):
            read(folder, content)
        return
    frame = read(folder, content)
    found = frame.select("hs6", "partner", "average_rate_pct").rows()
    assert set(found) == {(codes[at], areas[of], float(at * 100 + of)) for at, of in stated}


def test_equal_sizes_are_refused_unless_another_answer_shows_the_order(tmp_path: Path) -> None:
    small = answer("840", ["250410", "282520"], "2024")
    with pytest.raises(ParseError, match="partner and product cannot be distinguished"):
        read(tmp_path, small)
    large = answer("840", ["283691", "284610", "284690"], "2024")
    found = read(tmp_path, small, large).filter(tariff_type="PREF").select("partner", "hs6").rows()
    assert found == [("484", "250410"), ("484", "283691")]


def test_keys_that_fit_no_order_are_refused(tmp_path: Path) -> None:
    content = answer("840", ["250410", "282520", "283691"], "2024")
    content["dataSets"][0]["series"]["0:0:7:0:0"] = {"observations": {"0": [1, 0, 0, 0, 1, 0]}}
    with pytest.raises(ParseError, match="fit no order"):
        read(tmp_path, content)


def test_an_unfinished_call_is_halved_and_its_answers_wait_for_the_rest(tmp_path: Path) -> None:
    slow = {hs6()[3], hs6()[30]}
    asked_for: list[list[str]] = []

    def reply(asked: Asked) -> Reply:
        products = asked.path.removeprefix(PREFIX).split(".")[3].split("+")
        asked_for.append(products)
        if slow & set(products) and asked.params["startperiod"] == "2025":
            return Reply(b"", 504, "text/plain", validators=False)
        return service(2025)(asked)  # type: ignore[operator, return-value]

    with serve({ANY: reply}) as server:
        first = refresh(wits_trains, tmp_path, server)
        assert "trains-USA-2025.json" in first.note
        assert "are left for the next run" in first.note
        slow.clear()
        asked_for.clear()
        second = refresh(wits_trains, tmp_path, server, NOW + timedelta(days=1))
    assert {record.partition for record in second.records} >= {"USA-2025", "CAN-2025", "MEX-2025"}
    assert sum(map(len, asked_for)) < len(hs6())
    rates = rows(second, "wits_trains__tariff").filter(reporter="840", year=2025, tariff_type="MFN")
    assert sorted(rates["hs6"]) == sorted(hs6())


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        (("484", "2024"), "states reporter 484 instead of 840"),
        (("840", "2023"), "states year 2023 instead of 2024"),
    ],
)
def test_answers_of_another_reporter_or_year_are_refused(
    tmp_path: Path, stated: tuple[str, str], sentence: str
) -> None:
    reporter, year = stated
    products = ["250410", "282520", "283691"]
    with pytest.raises(ParseError, match=sentence):
        read(tmp_path, answer("840", products, "2024"), answer(reporter, products, year))


def test_one_answer_as_the_service_sends_it_is_read(tmp_path: Path) -> None:
    content = answer("840", ["250410", "282520", "283691"], "2024")
    path = tmp_path / "b.json"
    path.write_bytes(orjson.dumps(content))
    found = wits_trains.parse(path, FACTS)["wits_trains__tariff"]
    assert found.equals(read(tmp_path, content))


def test_the_newest_year_is_found_with_small_calls(tmp_path: Path) -> None:
    with serve({ANY: service()}) as server:
        outcome = refresh(wits_trains, tmp_path, server)
        calls = [asked for asked in server.asked if asked.params["startperiod"] == "2024"]
    assert {record.partition for record in outcome.records} == {"USA-2024", "CAN-2024", "MEX-2024"}
    assert "not published: trains-USA-2025.json" in outcome.note
    products = [asked.path.split(".")[3].split("+") for asked in calls]
    assert max(map(len, products)) <= 20
    assert {asked.headers["Accept"] for asked in calls} == {wits_trains.ACCEPT}
    rates = rows(outcome, "wits_trains__tariff").filter(tariff_type="MFN")
    assert rates.height == 3 * len(hs6())


def test_rates_are_requested_again_after_a_month(tmp_path: Path) -> None:
    with serve({ANY: service()}) as server:
        refresh(wits_trains, tmp_path, server)
        asked = len(server.asked)
        second = refresh(wits_trains, tmp_path, server, NOW + timedelta(days=1))
        assert len(server.asked) - asked == 3
        third = refresh(wits_trains, tmp_path, server, NOW + timedelta(days=31))
    assert not second.changed
    assert third.note.startswith("3 unchanged")


def test_a_truncated_answer_leaves_the_last_year_in_force(tmp_path: Path) -> None:
    with serve({ANY: service(2023)}) as server:
        first = refresh(wits_trains, tmp_path, server)
        server.routes[ANY] = Reply(b'{"structure": {"dimen', validators=False)
        second = refresh(wits_trains, tmp_path, server, NOW + timedelta(days=40))
    assert second.tables == first.tables
    assert second.mode == "archived"
    assert "without JSON" in second.note


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"answers": [{"structure": {}}]}', b"<xml/>"])
def test_another_file_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(ParseError, match="is not a set of SDMX-JSON answers"):
        wits_trains.parse(path, FACTS)
