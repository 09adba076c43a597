"""The probe of each publisher, with recorded responses and with unexpected ones."""

import importlib
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.archive import Archive, State
from ingest.fetch import FetchContext, FetchOptions
from ingest.http import Http
from ingest.probe import Finding, ask, interactive_policy
from tests.ingest import recorded
from tests.ingest.live import NOW
from tests.ingest.publishers import PUBLISHERS
from tests.ingest.recorded import RECORDED
from tests.ingest.servers import ANY, HTML, Reply, Route, Server, json_reply, serve

KEY = "k" * 40


def probed(source_id: str, routes: dict[str, Route], key: str | None = None) -> tuple[Finding, Server]:
    with serve(routes) as server:
        return found_at(source_id, server.url, key), server


def found_at(source_id: str, url: str, key: str | None = None) -> Finding:
    module: Any = importlib.import_module(f"ingest.sources.{source_id}")
    policy = interactive_policy(getattr(module, "KEYED_POLICY", module.POLICY) if key else module.POLICY)
    nowhere = Archive(Path("/nonexistent"))
    with Http(pace=0, patience=0.5, secrets=[key] if key else []) as http:
        return ask(
            module, FetchContext(source_id, url, policy, nowhere, State(), NOW, FetchOptions(http, url, key))
        )


def key_of(source_id: str) -> str | None:
    return KEY if source_id == "census_api" else None


NEWEST = {
    "bgs_wms": date(2023, 1, 1),
    "boc_fx": date(2026, 10, 1),
    "census_api": date(2025, 1, 1),
    "census_bulk": date(2026, 9, 1),
    "cepii_baci": date(2024, 1, 1),
    "comtrade": date(2026, 7, 1),
    "fast41": None,
    "federal_register": date(2026, 11, 20),
    "nrcan_projects": None,
    "ontario_cmif": None,
    "osti_rd": None,
    "statcan_cimt": date(2026, 9, 1),
    "usgs_mcs": None,
    "usgs_outlook": None,
    "usitc_hts": None,
    "wits_trains": date(2024, 1, 1),
    "worldbank_prices": date(2026, 10, 1),
    "worldbank_wgi": date(2024, 1, 1),
}
RELEASES = {
    "usgs_mcs": "2026",
    "usgs_outlook": "2029",
    "usitc_hts": "2026_rev_17",
    "cepii_baci": "HS92/V202601",
}


def test_every_source_that_is_fetched_has_a_recorded_answer() -> None:
    assert RECORDED.keys() == NEWEST.keys() == PUBLISHERS.keys()


@pytest.mark.parametrize("source_id", sorted(RECORDED))
def test_a_recorded_answer_is_known(source_id: str) -> None:
    finding, server = probed(source_id, RECORDED[source_id](), key_of(source_id))
    assert (finding.state, finding.shape, finding.message) == ("well", "known", "")
    assert finding.probe.newest == NEWEST[source_id]
    assert finding.probe.release == RELEASES.get(source_id, "")
    assert server.body_bytes < 100_000
    assert len(server.asked) <= 10


@pytest.mark.parametrize("source_id", sorted(RECORDED))
@pytest.mark.parametrize("answer", [HTML, Reply(b"\n" * 24_008), Reply(b"{}"), Reply(b"[]"), Reply(b"")])
def test_a_strange_answer_with_status_200_has_an_unknown_shape(source_id: str, answer: Reply) -> None:
    finding, _ = probed(source_id, {ANY: answer}, key_of(source_id))
    assert finding.state == "attention"
    assert finding.shape in {"unknown", "not seen"}
    assert finding.reached
    assert re.fullmatch(r"[^\n]+\.", finding.message)
    assert finding.advice


@pytest.mark.parametrize("source_id", ["boc_fx", "worldbank_wgi", "bgs_wms", "comtrade", "usitc_hts"])
def test_a_web_page_is_called_one(source_id: str) -> None:
    finding, _ = probed(source_id, {ANY: HTML})
    assert "web page" in finding.message or "text/html" in finding.message


@pytest.mark.parametrize("source_id", sorted(RECORDED))
def test_a_truncated_answer_has_an_unknown_shape(source_id: str) -> None:
    """Every response is cut in half, including links and lists."""

    def halved(route: Route) -> Route:
        def half(reply: Reply) -> Reply:
            return Reply(reply.body[: len(reply.body) // 2], reply.status, reply.content_type, reply.headers)

        return half(route) if isinstance(route, Reply) else lambda asked: half(route(asked))

    routes = {path: halved(route) for path, route in RECORDED[source_id]().items()}
    finding, _ = probed(source_id, routes, key_of(source_id))
    assert finding.state == "attention"


def test_a_missing_key_is_named_and_needs_no_attention() -> None:
    finding, server = probed("census_api", recorded.census_api())
    assert (finding.state, finding.key) == ("no key", "missing")
    assert "CENSUS_API_KEY" in finding.advice
    assert [asked.path for asked in server.asked] == ["/imports/hs"]  # the page on keys is not followed


def test_a_refused_key_needs_attention_and_stays_secret() -> None:
    secret = "not/the+right key"  # noqa: S105
    finding, _ = probed("census_api", recorded.census_api(), secret)
    assert (finding.state, finding.key) == ("attention", "refused")
    assert "activated" in finding.advice
    assert secret not in repr(finding)


def test_a_renamed_indicator_says_what_the_publisher_said() -> None:
    finding, _ = probed("worldbank_wgi", {ANY: json_reply(recorded.WGI_GONE)})
    assert (finding.state, finding.shape) == ("attention", "unknown")
    assert "The indicator was not found" in finding.message


def test_a_link_to_a_frozen_workbook_is_detected() -> None:
    finding, _ = probed("worldbank_prices", recorded.worldbank_prices(last=(2025, 12), edition=2025))
    assert finding.state == "attention"
    assert "ends in 2025-12" in finding.message
    assert finding.probe.newest == date(2025, 12, 1)


def test_a_page_without_the_link_needs_attention() -> None:
    page = Reply(b"<html><body>Moved.</body></html>", content_type="text/html", validators=False)
    finding, _ = probed("worldbank_prices", {ANY: page})
    assert finding.state == "attention"
    assert "has no link to CMO-Historical-Data-Monthly.xlsx" in finding.message


def test_missing_rows_need_attention() -> None:
    finding, server = probed("census_api", {"/imports/hs": Reply(status=204, validators=False)}, KEY)
    assert finding.state == "attention"
    assert "has no rows" in finding.message
    assert [asked.params["YEAR"] for asked in server.asked] == ["2025", "2024"]


def without(content: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in names}


def renamed(content: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    return {new if name == old else name: value for name, value in content.items()}


def feature(properties: dict[str, Any]) -> Reply:
    return json_reply({"features": [{"properties": properties}]})


CHANGED: list[tuple[str, Callable[[], dict[str, Route]], str]] = [
    (
        "bgs_wms",
        lambda: {ANY: feature(renamed(recorded.BGS_FEATURE["properties"], "units", "unit"))},
        "units",
    ),
    ("boc_fx", lambda: {ANY: Reply(b'{"observations":[{"date":"2026-10-01"}]}')}, "FXUSDCAD"),
    (
        "census_api",
        lambda: recorded.census_api(
            [[name.replace("CAL_DUT", "DUTY") for name in row] for row in recorded.CENSUS_ROWS]
        ),
        "calculated_duty_usd",
    ),
    ("census_bulk", lambda: recorded.census_bulk(width_off=1), "689"),
    ("cepii_baci", lambda: recorded.cepii_baci("year,i,j,k,v,q"), "columns"),
    ("comtrade", lambda: recorded.comtrade(without(recorded.COMTRADE_ROW, "primaryValue")), "primaryValue"),
    ("federal_register", lambda: recorded.federal_register({"number": "2026-1"}), "contract"),
    ("statcan_cimt", lambda: recorded.statcan_cimt(recorded.CIMT_HEADER.replace("Value", "Amount")), "value"),
    ("usgs_mcs", lambda: recorded.usgs_mcs(recorded.MCS_HEADER.replace("Value", "Amount")), "no row"),
    ("usitc_hts", lambda: recorded.usitc_hts(without(recorded.HTS_LINE, "general")), "general"),
    ("worldbank_prices", lambda: recorded.worldbank_prices(sheets=("Prices",)), "Monthly Prices"),
]


@pytest.mark.parametrize(("source_id", "routes", "named"), CHANGED, ids=[case[0] for case in CHANGED])
def test_a_field_that_is_gone_is_named(
    source_id: str, routes: Callable[[], dict[str, Route]], named: str
) -> None:
    finding, _ = probed(source_id, routes(), key_of(source_id))
    assert (finding.state, finding.shape) == ("attention", "unknown")
    assert named in finding.message
    assert f"ingest/sources/{source_id}.py" in finding.advice


def wider(rows: list[list[str]]) -> list[list[str]]:
    return [[*row, "1" if at else "STATE"] for at, row in enumerate(rows)]


NEW: list[tuple[str, Callable[[], dict[str, Route]], str]] = [
    ("census_api", lambda: recorded.census_api(wider(recorded.CENSUS_ROWS)), "STATE"),
    ("comtrade", lambda: recorded.comtrade({**recorded.COMTRADE_ROW, "isRevised": True}), "isRevised"),
    ("usitc_hts", lambda: recorded.usitc_hts({**recorded.HTS_LINE, "rateOfDuty": "Free"}), "rateOfDuty"),
    ("statcan_cimt", lambda: recorded.statcan_cimt(recorded.CIMT_HEADER.replace("Province", "Port")), "port"),
]


@pytest.mark.parametrize(("source_id", "routes", "named"), NEW, ids=[case[0] for case in NEW])
def test_a_new_field_is_named_and_needs_no_attention(
    source_id: str, routes: Callable[[], dict[str, Route]], named: str
) -> None:
    finding, _ = probed(source_id, routes(), key_of(source_id))
    assert (finding.state, finding.shape) == ("well", "changed")
    assert named in finding.message


@pytest.mark.parametrize(
    ("status", "state", "shape"),
    [(403, "attention", "not seen"), (404, "attention", "not seen"), (503, "not reached", "not seen")],
)
def test_an_error_says_its_status(status: int, state: str, shape: str) -> None:
    finding, _ = probed("boc_fx", {ANY: Reply(b"Sorry", status, "text/plain", validators=False)})
    assert (finding.state, finding.shape) == (state, shape)
    assert f"answered {status}" in finding.message


def test_an_unreachable_host_is_described_as_such() -> None:
    with serve({}) as server:
        gone = server.url
    finding = found_at("boc_fx", gone)
    assert (finding.state, finding.reached) == ("not reached", False)
    assert "the connection was refused" in finding.message
    unknown = found_at("boc_fx", "http://no-such-host.invalid")
    assert (unknown.state, unknown.reached) == ("not reached", False)
    assert "DNS" in unknown.message


def test_a_silent_host_is_abandoned_soon() -> None:
    module: Any = importlib.import_module("ingest.sources.boc_fx")
    policy, nowhere = interactive_policy(module.POLICY), Archive(Path("/nonexistent"))
    with serve({ANY: Reply(b"{}", stall_s=3)}) as server, Http(pace=0, patience=0.02) as http:
        context = FetchContext(
            "boc_fx", server.url, policy, nowhere, State(), NOW, FetchOptions(http, server.url)
        )
        finding = ask(module, context)
    assert finding.state == "not reached"
    assert "no data in time" in finding.message


def test_a_server_without_ranges_is_described_as_such() -> None:
    routes = recorded.cepii_baci()
    whole = {path: Reply(route.body, validators=False) for path, route in routes.items()}  # type: ignore[union-attr]
    finding, server = probed("cepii_baci", whole)
    assert (finding.state, finding.shape) == ("well", "not seen")
    assert "only as a whole" in finding.message
    assert server.asked


def test_drop_in_sources_are_not_probed() -> None:
    finding = ask(importlib.import_module("ingest.sources.imf_pcps"), _context_of_nothing())
    assert (finding.state, finding.reached) == ("by hand", False)


def _context_of_nothing() -> FetchContext:
    module: Any = importlib.import_module("ingest.sources.boc_fx")
    with Http() as http:
        return FetchContext(
            "imf_pcps", "", module.POLICY, Archive(Path("/nonexistent")), State(), NOW, FetchOptions(http)
        )


def test_the_real_files_are_known(shared_data: Path) -> None:
    """The checks of the probes, on complete files of the publishers."""
    from ingest.fetch import RemoteFile  # noqa: PLC0415
    from ingest.sources.usgs_mcs.facts import PROBED_BYTES  # noqa: PLC0415
    from ingest.sources.usgs_mcs.fetching import check_shape  # noqa: PLC0415

    head = (shared_data / "usgs_mcs" / "mcs2026_whole" / "MCS2026_Commodities_Data.csv").read_bytes()
    part = RemoteFile("2026", "MCS2026_Commodities_Data.csv", "")
    assert check_shape(head[:PROBED_BYTES], part).release == "2026"
    sheet = shared_data / "world_bank_pinksheet" / "CMO-Historical-Data-Monthly_2026-03-03.xlsx"
    path = "/CMO-Historical-Data-Monthly.xlsx"

    def page(asked: Any) -> Reply:
        link = f'<html><a href="http://{asked.headers["Host"]}{path}">x</a></html>'
        return Reply(link.encode(), content_type="text/html", validators=False)

    finding, server = probed("worldbank_prices", {"": page, "/": page, path: Reply(sheet.read_bytes())})
    assert finding.probe.newest == date(2026, 2, 1)
    assert "ends in 2026-02" in finding.message  # in November, that is out of date
    assert server.body_bytes < 80_000
