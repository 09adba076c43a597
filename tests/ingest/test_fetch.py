"""How the fetch of each source handles quirks of its publisher. `test_live` covers the common faults."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest

from ingest.contracts import FileFacts, ParseError
from ingest.scope import hs6
from ingest.sources import (
    bgs_wms,
    census_api,
    cepii_baci,
    comtrade,
    usgs_mcs,
    usitc_hts,
    worldbank_prices,
    worldbank_wgi,
)
from tests.ingest import publishers
from tests.ingest.editions import moved_on
from tests.ingest.live import NOW, refresh, rows
from tests.ingest.servers import Asked, Reply, Routes, json_reply, serve

LATER = NOW + timedelta(days=40)
FEW_CODES = comtrade.asked_codes()[::8]
"""Enough codes for several calls of the preview."""


# --- UN Comtrade ---


@pytest.mark.parametrize("key", [None, publishers.comtrade.KEY])
def test_a_preview_cut_at_500_rows_is_split_until_it_is_whole(
    tmp_path: Path, key: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishers.comtrade, "PARTNERS", tuple(range(100)))
    monkeypatch.setattr(comtrade.fetching, "_months", lambda *_: [date(2026, 8, 1)])
    monkeypatch.setattr(comtrade.fetching, "WORLD_SINCE", 2100)
    monkeypatch.setattr(comtrade.fetching, "YEARS", 0)
    with serve(publishers.comtrade.routes(NOW)) as server:
        outcome = refresh(comtrade, tmp_path, server, key=key)
        calls = len(server.asked)
    trade = rows(outcome, "comtrade__trade")
    assert trade.height == len(comtrade.asked_codes()) * 100 * 2
    assert trade.select("partner_code", "flow", "hs_code").is_unique().all()
    assert (calls == 1) == (key is not None)


def test_headings_of_the_bridge_are_requested_along_with_six_digits() -> None:
    asked = set(comtrade.asked_codes())
    assert asked >= {*hs6(), "2846"}
    assert {len(code) for code in asked} == {4, 6}


def test_one_code_at_the_cap_is_reported_and_nothing_is_archived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishers.comtrade, "PARTNERS", tuple(range(700)))
    monkeypatch.setattr(comtrade.fetching, "asked_codes", lambda: FEW_CODES)
    with serve(publishers.comtrade.routes(NOW)) as server:
        outcome = refresh(comtrade, tmp_path, server, periods=(date(2026, 8, 1),))
    assert "mexico/202608" not in {record.partition for record in outcome.records}
    assert "alone has 500 rows, the cap" in outcome.problems[0]


def test_partitions_repeat_no_row_of_each_other_now_or_next_year(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comtrade.fetching, "asked_codes", lambda: FEW_CODES)
    key = publishers.comtrade.KEY
    with serve(publishers.comtrade.routes(NOW)) as server:
        refresh(comtrade, tmp_path, server, key=key)
        outcome = refresh(comtrade, tmp_path, server, NOW + timedelta(days=365), key=key)
    newest = {file.partition: file for file in outcome.tables}
    trade = pl.concat([pl.read_parquet(file.path) for file in newest.values()])
    keys = ["freq", "period", "reporter_code", "partner_code", "flow", "hs_code"]
    assert trade.select(keys).is_duplicated().sum() == 0
    assert {partition.split("/")[0] for partition in newest} == {"mexico", "own", "mirror", "world"}


def test_an_exhausted_quota_ends_the_fetch_at_once(tmp_path: Path) -> None:
    quota = Reply(
        b'{"statusCode":403,"message":"Out of call volume quota. Quota will be replenished in 03:14:17."}',
        403,
        headers={"Retry-After": "11657"},
    )
    with serve({"/public/v1/preview/C/M/HS": quota, "/public/v1/preview/C/A/HS": quota}) as server:
        outcome = refresh(comtrade, tmp_path, server)
        assert len(server.asked) == 1
    assert "Out of call volume quota" in outcome.note


def test_breakdowns_and_errors_with_status_200_are_refused(tmp_path: Path) -> None:
    error = Reply(b'{"elapsedTime": "0.1 secs", "count": 0, "data": [], "error": "Invalid period"}')
    with serve({"/public/v1/preview/C/M/HS": error}) as server:
        outcome = refresh(comtrade, tmp_path, server, periods=(date(2026, 8, 1),))
    assert "Comtrade answered with an error: Invalid period" in outcome.problems[0]


def test_the_archived_file_does_not_depend_on_the_order_of_the_answers(tmp_path: Path) -> None:
    kept = []
    with serve(publishers.comtrade.routes(NOW)) as server, pytest.MonkeyPatch.context() as patch:
        for place, codes in (("one", FEW_CODES), ("other", FEW_CODES[::-1])):
            patch.setattr(comtrade.fetching, "asked_codes", lambda codes=codes: codes)
            outcome = refresh(comtrade, tmp_path / place, server, periods=(date(2026, 8, 1),))
            kept.append({record.partition: record.archive_id for record in outcome.records})
    assert len({asked.params["cmdCode"] for asked in server.asked}) > 2, (
        "several responses form one partition"
    )
    assert kept[0]
    assert kept[0] == kept[1]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("[1]", "not a Comtrade answer"),
        ('[{"cmdCode": "260200"}]', "not a Comtrade answer"),
        ('"none"', "answered JSON of an unexpected shape"),
    ],
)
def test_an_answer_of_another_shape_is_one_sentence(tmp_path: Path, data: str, message: str) -> None:
    strange = Reply(f'{{"count": 1, "data": {data}, "error": ""}}'.encode())
    with serve({"/public/v1/preview/C/M/HS": strange}) as server:
        outcome = refresh(comtrade, tmp_path, server, periods=(date(2026, 8, 1),))
    assert message in outcome.problems[0]


def test_a_row_without_a_reporter_is_not_a_partners_statement(tmp_path: Path) -> None:
    strange = Reply(b'{"count": 1, "data": [{"cmdCode": "260200"}], "error": ""}')
    with serve({"/public/v1/preview/C/A/HS": strange}) as server:
        outcome = refresh(comtrade, tmp_path, server)
    assert any("mirror/2025: a row has no reporter" in problem for problem in outcome.problems)


# --- US Census Bureau, API ---


def test_without_a_key_nothing_is_requested_and_the_note_says_what_to_do(tmp_path: Path) -> None:
    with serve(publishers.census_api.routes(NOW)) as server:
        outcome = refresh(census_api, tmp_path, server)
        assert server.asked == []
    assert (outcome.mode, outcome.note) == ("skipped", "it needs a key in CENSUS_API_KEY")


def test_a_wrong_key_is_a_configuration_error_and_never_retried(tmp_path: Path) -> None:
    with serve(publishers.census_api.routes(NOW)) as server:
        outcome = refresh(census_api, tmp_path, server, key="wrong-k3y")
        parts = len(outcome.problems)
        assert len(server.asked) == parts
        assert all(asked.path == "/imports/hs" for asked in server.asked)
    assert "wants a valid key and redirects to its key page" in outcome.note
    assert "wrong-k3y" not in f"{outcome}"


def test_a_chapter_without_rows_is_not_published_and_whole_years_are_requested(tmp_path: Path) -> None:
    with serve(publishers.census_api.routes(NOW)) as server:
        outcome = refresh(census_api, tmp_path, server, key=publishers.census_api.KEY)
        assert {(asked.params["YEAR"], asked.params["MONTH"]) for asked in server.asked} == {
            ("2025", "12"),
            ("2024", "12"),
        }
    assert "not published: 2025_85.json" in outcome.note
    assert "2025/81" in {record.partition for record in outcome.records}


def test_in_january_december_is_not_out_yet(tmp_path: Path) -> None:
    with serve(publishers.census_api.routes(NOW)) as server:
        now = datetime(2027, 1, 20, tzinfo=UTC)
        refresh(census_api, tmp_path, server, now, key=publishers.census_api.KEY)
        assert {asked.params["YEAR"] for asked in server.asked} == {"2025", "2024"}


# --- USITC ---


def test_a_release_is_downloaded_once(tmp_path: Path) -> None:
    with serve(publishers.usitc_hts.routes(NOW)) as server:
        refresh(usitc_hts, tmp_path, server)
        refresh(usitc_hts, tmp_path, server, LATER)
        assert [asked.path for asked in server.asked].count("/exportList") == 1


def test_a_new_release_is_kept_along_with_the_old_one(tmp_path: Path) -> None:
    with serve(publishers.usitc_hts.routes(NOW)) as server:
        refresh(usitc_hts, tmp_path, server)
        server.routes["/currentRelease"] = Reply(b'{"name": "2026HTSRev18"}')
        server.routes["/exportList"] = Reply(publishers.usitc_hts.schedule().replace(b"5.5%", b"6.5%"))
        outcome = refresh(usitc_hts, tmp_path, server, LATER)
    assert outcome.problems == ()
    lines = rows(outcome, "usitc_hts__line")
    assert set(lines["release"]) == {"2026_rev_17", "2026_rev_18"}


def test_a_release_that_changes_during_the_download_is_refused(tmp_path: Path) -> None:
    names = iter(["2026HTSRev17", "2026HTSRev18"])
    current = {"/currentRelease": lambda _: json_reply({"name": next(names)}, validators=False)}
    with serve(publishers.usitc_hts.routes(NOW) | current) as server:
        outcome = refresh(usitc_hts, tmp_path, server)
    assert "was superseded during the download" in outcome.problems[0]
    assert {record.partition for record in outcome.records} == {"releaseList"}


def test_the_second_form_of_request_is_tried(tmp_path: Path) -> None:
    def particular(asked: Asked) -> Reply:
        is_second = asked.params["styles"] == "true" and asked.params["from"] == "0101.21.00"
        return (
            Reply(publishers.usitc_hts.schedule()) if is_second else Reply(b"Bad Request", 400, "text/plain")
        )

    with serve(publishers.usitc_hts.routes(NOW) | {"/exportList": particular}) as server:
        outcome = refresh(usitc_hts, tmp_path, server)
    assert (outcome.mode, outcome.problems) == ("live", ())


def test_a_schedule_of_twelve_rows_is_refused(tmp_path: Path) -> None:
    twelve = json_reply(orjson.loads(publishers.usitc_hts.schedule())[:12])
    with serve(publishers.usitc_hts.routes(NOW) | {"/exportList": twelve}) as server:
        outcome = refresh(usitc_hts, tmp_path, server)
    assert [refused.partition for refused in outcome.quarantined] == ["2026_rev_17"]


# --- World Bank ---


def test_a_workbook_frozen_in_the_past_is_refused(tmp_path: Path) -> None:
    with serve(publishers.worldbank_prices.routes(NOW)) as server:
        path = next(path for path in server.routes if path.endswith(".xlsx"))
        server.routes[path] = Reply(publishers.worldbank_prices.workbook(NOW, behind=11))
        outcome = refresh(worldbank_prices, tmp_path, server)
    assert outcome.mode == "failed"
    assert "an outdated file" in outcome.note


def test_a_new_edition_moves_to_a_new_link_and_is_a_new_vintage(tmp_path: Path) -> None:
    with serve(publishers.worldbank_prices.routes(NOW)) as server:
        refresh(worldbank_prices, tmp_path, server)
        server.routes = publishers.worldbank_prices.routes(datetime(2027, 1, 4, tzinfo=UTC))
        outcome = refresh(worldbank_prices, tmp_path, server, datetime(2027, 1, 4, tzinfo=UTC))
    assert outcome.newest_period == date(2026, 12, 1)
    assert len(outcome.records) == 2
    assert rows(outcome, "worldbank_prices__monthly")["updated"].n_unique() == 2


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (b"<html>nothing here</html>", "has no link to CMO-Historical-Data-Monthly.xlsx"),
        (
            b'<a href="https://elsewhere.invalid/CMO-Historical-Data-Monthly.xlsx">',
            "links to a workbook on elsewhere.invalid",
        ),
    ],
)
def test_a_page_without_the_expected_link_is_reported(tmp_path: Path, page: bytes, reason: str) -> None:
    with serve({"/": Reply(page, content_type="text/html")}) as server:
        assert reason in refresh(worldbank_prices, tmp_path, server).note


def test_an_error_of_the_indicators_with_status_200_is_refused(tmp_path: Path) -> None:
    message = [{"message": [{"id": "175", "key": "Invalid format", "value": "The indicator was not found."}]}]
    with serve({"*": json_reply(message)}) as server:
        outcome = refresh(worldbank_wgi, tmp_path, server)
    assert outcome.mode == "failed"
    assert "The indicator was not found" in outcome.note


# --- USGS ---


def test_only_wanted_files_of_known_editions_are_downloaded_with_their_upload_day(tmp_path: Path) -> None:
    with serve(publishers.usgs_mcs.routes(NOW)) as server:
        outcome = refresh(usgs_mcs, tmp_path, server)
    assert {(record.name, record.partition, record.vintage) for record in outcome.records} == {
        ("MCS2026_Commodities_Data.csv", "2026", date(2026, 2, 6)),
        ("MCS2026_Fig13_Scrap.csv", "2026", date(2026, 2, 6)),
        ("MCS2026_T4_Country_Export_Control.csv", "2026", date(2026, 2, 6)),
        ("MCS2026_T5_Trade_Agreements.csv", "2026", date(2026, 2, 6)),
        ("MCS2026_T6_Critical_Minerals_End_Use.csv", "2026", date(2026, 2, 6)),
        ("MCS2025_World_Data.csv", "2025", date(2025, 2, 12)),
    }


def test_the_edition_of_next_january_is_found_below_the_parent_and_downloaded(tmp_path: Path) -> None:
    def science_base(*editions: str) -> Routes:
        files = {
            (f"data{edition}", f"MCS{edition}_Commodities_Data.csv"): (
                moved_on(publishers.usgs_mcs.mcs_2026(), int(edition) - 2026),
                f"{edition}-02-05T15:00:00Z",
            )
            for edition in editions
        }
        below = {edition: [(f"data{edition}", "Commodities data")] for edition in editions}
        releases = [(edition, f"Mineral Commodity Summaries {edition} Data Release") for edition in editions]
        return publishers.usgs_mcs.science_base(files, {publishers.usgs_mcs.PARENT: releases, **below})

    with serve(science_base("2026")) as server:
        refresh(usgs_mcs, tmp_path, server)
    with serve(science_base("2027", "2026")) as server:
        outcome = refresh(usgs_mcs, tmp_path, server, datetime(2027, 2, 15, 4, tzinfo=UTC))
    assert (outcome.mode, outcome.problems) == ("live", ())
    assert {(record.name, record.partition, record.vintage.year) for record in outcome.records} == {
        ("MCS2026_Commodities_Data.csv", "2026", 2026),
        ("MCS2027_Commodities_Data.csv", "2027", 2027),
    }
    salient = rows(outcome, "usgs_mcs__salient")
    assert set(salient.select("edition", "year").rows()) == {("2026", 2025), ("2027", 2026)}


def test_a_dropped_in_release_works_while_the_host_refuses(tmp_path: Path) -> None:
    folder = tmp_path / "drop_in" / "usgs_mcs"
    folder.mkdir(parents=True)
    content = publishers.usgs_mcs.mcs_2026()
    (folder / "MCS2026_Commodities_Data.csv").write_bytes(content)
    checksum = f"{hashlib.sha256(content).hexdigest()}  MCS2026_Commodities_Data.csv\n"
    (folder / "MCS2026_Commodities_Data.csv.sha256").write_text(checksum)
    with serve({"*": Reply(b"denied", 403, "text/plain")}) as server:
        outcome = refresh(usgs_mcs, tmp_path, server)
    assert outcome.mode in ("archived", "live")
    assert [(record.partition, record.mode) for record in outcome.records] == [("2026", "drop_in")]
    assert "answered 403" in outcome.note


# --- BGS ---


def test_pages_are_gathered_and_must_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bgs_wms, "PAGE", 10)
    monkeypatch.setattr(bgs_wms, "COMMODITIES", ("cobalt, mine",))
    with serve(publishers.bgs_wms.routes(NOW)) as server:
        outcome = refresh(bgs_wms, tmp_path, server)
        assert len(server.asked) == 6
    assert rows(outcome, "bgs_wms__production").height == NOW.year - 1 - 1970


def test_pages_that_do_not_add_up_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bgs_wms, "COMMODITIES", ("cobalt, mine",))
    route = publishers.bgs_wms.routes(NOW)["/collections/world-mineral-statistics/items"]

    def short(asked: Asked) -> Reply:
        assert callable(route)
        whole: dict[str, Any] = orjson.loads(route(asked).body)
        return json_reply(whole | {"features": whole["features"][:-1]})

    with serve({"*": short}) as server:
        outcome = refresh(bgs_wms, tmp_path, server)
    assert "54 of 55 features received" in outcome.note


# --- CEPII ---


def test_of_a_version_only_the_bridges_codes_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "BACI_HS92_V202601.zip"
    path.write_bytes(publishers.cepii_baci.baci_archive())
    frame = cepii_baci.parse(path, FileFacts(path.name, "HS92/V202601", date(2026, 1, 22)))[
        "cepii_baci__trade"
    ]
    assert set(frame["hs6"]) == set(hs6())
    assert frame.filter(exporter_code="36").select("quantity_t", "year").rows() == [
        (None, 2023),
        (None, 2024),
    ]


def test_a_truncated_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "BACI_HS92_V202601.zip"
    content = bytearray(publishers.cepii_baci.baci_archive())
    content[200] ^= 255
    path.write_bytes(content)
    with pytest.raises(ParseError, match=r"^BACI_HS92_V202601\.zip: "):
        cepii_baci.parse(path, FileFacts(path.name, "HS92/V202601", date(2026, 1, 22)))


def test_in_january_the_last_version_serves_until_the_new_one_is_out(tmp_path: Path) -> None:
    january = datetime(2027, 1, 10, tzinfo=UTC)
    with serve(publishers.cepii_baci.routes(NOW)) as server:
        outcome = refresh(cepii_baci, tmp_path, server, january)
        tried = [asked.path for asked in server.asked]
        assert tried.index("/BACI_HS92_V202701.zip") < tried.index("/BACI_HS92_V202601.zip")
    assert (outcome.mode, outcome.records[0].partition) == ("live", "HS92/V202601")


@pytest.mark.parametrize(
    ("module", "name", "partition"),
    [
        (usgs_mcs, "MCS2026_Commodities_Data.csv", "2026"),
        (usgs_mcs, "mcs2024-fluor_salient.csv", "2024"),
        (usitc_hts, "hts_2026_rev_5.json.gz", "2026_rev_5"),
        (worldbank_prices, "CMO-Historical-Data-Monthly.xlsx", "monthly"),
        (worldbank_wgi, "GOV_WGI_GE.EST.json", "GE"),
        (bgs_wms, "cobalt_mine.json", "cobalt, mine"),
        (comtrade, "comtrade_own_2025_842.json", "own/2025/842"),
        (census_api, "2024_81.json", "2024/81"),
        (cepii_baci, "BACI_HS92_V202601.zip", "HS92/V202601"),
    ],
)
def test_a_name_states_the_partition(module: Any, name: str, partition: str) -> None:
    assert module.partition_of(name) == partition
