"""UN Comtrade: downloads with displaced fields, workbooks, and responses of the API."""

import io
import json
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from xlsxwriter import Workbook

from ingest.contracts import FileFacts, ParseError, accept
from ingest.sources import comtrade
from ingest.sources.comtrade import LAYOUT, TRADE, may_be_cut_off, parse
from tests.ingest.live import NOW, refresh, rows
from tests.ingest.servers import ANY, Asked, Reply, serve

FACTS = FileFacts("download.csv", "A/2023", date(2026, 4, 22))

ROW = {
    "typeCode": "C",
    "freqCode": "A",
    "refPeriodId": "20230101",
    "refYear": "2023",
    "refMonth": "52",
    "period": "2023",
    "reporterCode": "842",
    "reporterISO": "USA",
    "reporterDesc": "USA",
    "flowCode": "M",
    "flowDesc": "Import",
    "partnerCode": "384",
    "partnerISO": "CIV",
    "partnerDesc": "Côte d'Ivoire",
    "partner2Code": "0",
    "partner2ISO": "W00",
    "partner2Desc": "World",
    "classificationCode": "H6",
    "classificationSearchCode": "HS",
    "isOriginalClassification": "true",
    "cmdCode": "260200",
    "cmdDesc": "Manganese ores",
    "aggrLevel": "6",
    "isLeaf": "true",
    "customsCode": "C00",
    "customsDesc": "TOTAL CPC",
    "mosCode": "0",
    "motCode": "0",
    "motDesc": "TOTAL MOT",
    "qtyUnitCode": "8",
    "qtyUnitAbbr": "kg",
    "qty": "1200.5",
    "isQtyEstimated": "false",
    "altQtyUnitCode": "8",
    "altQtyUnitAbbr": "kg",
    "altQty": "1200.5",
    "isAltQtyEstimated": "false",
    "netWgt": "1200.5",
    "isNetWgtEstimated": "true",
    "grossWgt": "0",
    "isGrossWgtEstimated": "false",
    "cifvalue": "990.25",
    "fobvalue": "900",
    "primaryValue": "990.25",
    "legacyEstimationFlag": "0",
    "isReported": "true",
    "isAggregate": "false",
}


def row(**changes: str) -> dict[str, str]:
    return ROW | changes


def download(
    rows: list[dict[str, str]], *, shift: int = 0, names: list[str] | None = None, end: str = "\r\n"
) -> bytes:
    """A CSV as the site writes it: 47 names, 48 fields, with the values moved by ``shift`` fields."""
    lines = [",".join(names or LAYOUT)]
    for values in rows:
        fields = [f'"{values[name]}"' if values[name] else "" for name in LAYOUT] + [""]
        lines.append(",".join(fields[-shift:] + [""] * -shift if shift < 0 else ["0"] * shift + fields))
    return (end.join(lines) + end).encode("latin-1")


def read(folder: Path, content: bytes) -> pl.DataFrame:
    path = folder / "file"
    path.write_bytes(content)
    parsed = parse(path, FACTS)
    assert list(parsed) == [TRADE.name]
    return parsed[TRADE.name]


def accepted(frame: pl.DataFrame) -> pl.DataFrame:
    verdict = accept(TRADE, frame)
    assert verdict.refused.is_empty()
    return verdict.rows


def test_a_download_is_read_to_the_field(tmp_path: Path) -> None:
    (trade,) = accepted(read(tmp_path, download([row()]))).rows(named=True)
    assert trade == {
        "type_code": "C",
        "freq": "A",
        "period": date(2023, 1, 1),
        "reporter_code": 842,
        "partner_code": 384,
        "flow": "M",
        "hs_code": "260200",
        "hs_level": 6,
        "classification": "H6",
        "quantity": 1200.5,
        "quantity_unit": "kg",
        "is_quantity_estimated": False,
        "net_weight_kg": 1200.5,
        "is_net_weight_estimated": True,
        "cif_value_usd": 990.25,
        "fob_value_usd": 900.0,
        "value_usd": 990.25,
        "is_reported": True,
        "is_aggregate": False,
    }


def test_a_month_begins_on_its_first_day(tmp_path: Path) -> None:
    assert read(tmp_path, download([row(freqCode="M", period="202311")]))["period"].to_list() == [
        date(2023, 11, 1)
    ]


@pytest.mark.parametrize("shift", [-1, 0, 1])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_values_are_found_wherever_they_stand(tmp_path: Path, shift: int, end: str) -> None:
    rows = [row(), row(period="2022", refYear="2022", flowCode="X", cmdCode="2602", netWgt="")]
    assert_frame_equal(
        read(tmp_path, download(rows, shift=shift, end=end)),
        read(tmp_path, download(rows)),
        check_row_order=True,
    )


def test_renamed_columns_and_one_more_at_the_end_do_no_harm(tmp_path: Path) -> None:
    names = [{"reporterCode": "CountryCode", "reporterISO": "Country"}.get(name, name) for name in LAYOUT] + [
        "Mineral"
    ]
    header, line = download([row()], shift=-1, names=names).decode("latin-1").splitlines()
    moved = f"{header}\r\n{line.removesuffix(',')},Manganese\r\n".encode("latin-1")
    assert_frame_equal(read(tmp_path, moved), read(tmp_path, download([row()])))


def test_columns_in_another_order_are_placed_by_name(tmp_path: Path) -> None:
    names = list(reversed(LAYOUT))
    content = ",".join(names) + "\n" + ",".join(ROW[name] for name in names) + "\n"
    assert_frame_equal(read(tmp_path, content.encode("latin-1")), read(tmp_path, download([row()])))


@given(
    values=st.lists(
        st.tuples(
            st.sampled_from(["M", "X"]),
            st.integers(1, 999),
            st.floats(0, 1e12, allow_nan=False).map(lambda value: f"{value:.3f}"),
            st.sampled_from(["", "0", "17.25"]),
        ),
        min_size=1,
        max_size=20,
        unique_by=lambda value: value[:2],
    ),
    shift=st.sampled_from([-1, 0, 1]),
)
def test_a_shift_never_changes_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, values: list[tuple[str, int, str, str]], shift: int
) -> None:
    rows = [
        row(flowCode=flow, partnerCode=str(partner), primaryValue=value, netWgt=weight)
        for flow, partner, value, weight in values
    ]
    frame = accepted(read(tmp_path_factory.mktemp("shifted"), download(rows, shift=shift)))
    assert sorted(frame["value_usd"]) == sorted(float(value) for _, _, value, _ in values)
    assert set(frame.select("flow", "partner_code").iter_rows()) == {
        (flow, partner) for flow, partner, *_ in values
    }


@pytest.mark.parametrize(
    ("weight", "value", "read_as"), [("0", "5", None), ("0", "0", 0.0), ("", "5", None), ("3", "5", 3.0)]
)
def test_a_weight_of_zero_beside_a_value_is_missing(
    tmp_path: Path, weight: str, value: str, read_as: float | None
) -> None:
    frame = accepted(read(tmp_path, download([row(netWgt=weight, qty=weight, primaryValue=value)])))
    assert frame.select("net_weight_kg", "quantity").row(0) == (read_as, read_as)


def test_a_unit_of_none_is_none(tmp_path: Path) -> None:
    frame = read(tmp_path, download([row(qtyUnitAbbr="N/A", qtyUnitCode="-1", qty="")]))
    assert frame.select("quantity", "quantity_unit").row(0) == (None, None)


def test_breakdowns_repeat_their_totals_and_copies_are_one_row(tmp_path: Path) -> None:
    by_sea = row(motCode="2100", primaryValue="700")
    assert read(tmp_path, download([row(), by_sea, row(mosCode="0 ")])).height == 1


def test_empty_lines_of_a_download_are_skipped(tmp_path: Path) -> None:
    plain = download([row(), row(flowCode="X")])
    spaced = plain.replace(b"\r\n", b"\r\n\r\n")
    assert_frame_equal(read(tmp_path, spaced), read(tmp_path, plain))


def test_two_figures_for_one_flow_are_both_quarantined(tmp_path: Path) -> None:
    frame = read(tmp_path, download([row(), row(primaryValue="1"), row(flowCode="X")]))
    verdict = accept(TRADE, frame)
    assert (verdict.rows.height, verdict.refused.height) == (1, 2)


def test_one_broken_row_is_quarantined_with_its_reason(tmp_path: Path) -> None:
    rows = [row(partnerCode=str(partner)) for partner in range(1, 21)]
    verdict = accept(TRADE, read(tmp_path, download([*rows, row(partnerCode="0", primaryValue="n/a")])))
    assert verdict.rows.height == 20
    assert verdict.refused["_reason"].to_list() == ["value_usd|nullability"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "header and rows"),
        (b"a,b\n1,2\n", "are missing"),
        (download([row()])[:-40], "cut off"),
        (download([row(), row(flowCode="X")])[:-60], "line 3 has .* cut off"),
        (download([row(primaryValue="kg", cmdCode="true", flowCode="8")]), "do not fit"),
        (download([row(motCode="2100")]), "breakdownMode=classic"),
        (b"PK\x03\x04 no workbook", "not a readable xlsx"),
        (b"<html>Request URL Too Long</html>", "header and rows"),
    ],
)
def test_a_file_that_is_not_a_download_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    with pytest.raises(ParseError, match=sentence) as error:
        read(tmp_path, content)
    assert str(error.value).startswith("download.csv: ")


def test_a_workbook_reads_like_its_csv(tmp_path: Path) -> None:
    content = io.BytesIO()
    with Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, LAYOUT)
        sheet.write_row(1, 0, [ROW[name] for name in LAYOUT])
        book.add_worksheet()
    assert_frame_equal(read(tmp_path, content.getvalue()), read(tmp_path, download([row()])))


def answer(**changes: object) -> bytes:
    """Rows of the public preview: codes without descriptions."""
    blank = {name: None for name in LAYOUT if name.endswith(("Desc", "ISO", "Abbr", "aggrLevel", "isLeaf"))}
    numbers = {"reporterCode": 842, "partnerCode": 384, "partner2Code": 0, "motCode": 0, "qtyUnitCode": 8}
    figures = {"qty": 1200.5, "netWgt": 1200.5, "cifvalue": 990.25, "fobvalue": 900, "primaryValue": 990.25}
    flags = {name: value == "true" for name, value in ROW.items() if value in {"true", "false"}}
    data = [ROW | flags | numbers | figures | blank]
    return json.dumps({"elapsedTime": "0.1 secs", "count": 1, "data": data, "error": ""} | changes).encode()


def test_the_api_and_the_download_give_the_same_rows(tmp_path: Path) -> None:
    assert_frame_equal(read(tmp_path, answer()), read(tmp_path, download([row()])))


@pytest.mark.parametrize("name", ["partner2Code", "mosCode", "motCode"])
def test_a_row_without_a_code_of_a_breakdown_is_a_total(tmp_path: Path, name: str) -> None:
    (plain,) = json.loads(answer())["data"]
    rows = [plain | {name: None}, plain | {"partnerCode": 124}]
    found = accepted(read(tmp_path, answer(count=2, data=rows)))
    assert sorted(found["partner_code"]) == [124, 384]


@pytest.mark.parametrize(("partition", "due"), [("mexico/202608", "202608"), ("own/2022/842", "2022")])
def test_an_answer_of_another_period_is_refused(tmp_path: Path, partition: str, due: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(answer())
    with pytest.raises(ParseError, match=rf"states 2023, but {due} was requested"):
        parse(path, FileFacts(path.name, partition, date(2026, 11, 23)))
    assert parse(path, FileFacts(path.name, "own/2023/842", date(2026, 11, 23)))[TRADE.name].height == 1


def test_an_empty_answer_is_no_rows(tmp_path: Path) -> None:
    assert accepted(read(tmp_path, answer(count=0, data=[]))).is_empty()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (answer(error="Invalid period"), "an error: Invalid period"),
        (answer(count=2), "announces 2 rows and holds 1"),
        (answer(data=None), "announces 1 rows and holds no"),
        (answer()[:-30], "cut off"),
        (answer(data=[{"a": 1}]), "not a Comtrade answer"),
        (answer(data=[5]), "not a Comtrade answer"),
        (answer(data=[ROW | {"period": ["2023"]}]), "not a Comtrade answer .*period"),
        (b'{"data": ' + b"[" * 100_000, "not readable as JSON|not a Comtrade answer"),
        (answer().replace(b'"2023"', b'"20\xff3"'), "not readable as JSON"),
    ],
)
def test_a_file_that_is_not_an_answer_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    with pytest.raises(ParseError, match=sentence):
        read(tmp_path, content)


@given(st.floats(0, 1e15) | st.integers(0, 10**15))
def test_a_number_of_the_api_is_the_number_read(value: float) -> None:
    with TemporaryDirectory() as folder:
        found = read(Path(folder), answer(data=[json.loads(answer())["data"][0] | {"primaryValue": value}]))
    assert found["value_usd"].to_list() == [float(value)]


def test_an_answer_at_a_cap_may_be_cut_off() -> None:
    assert may_be_cut_off(500)
    assert may_be_cut_off(100_000)
    assert not may_be_cut_off(499)


@pytest.mark.parametrize("rows", [100_000, 200_000, 250_000])
def test_any_answer_at_or_above_the_requested_size_may_be_cut_off(rows: int) -> None:
    assert may_be_cut_off(rows, asked=100_000)
    assert not may_be_cut_off(99_999, asked=100_000)
    assert not may_be_cut_off(500, asked=100_000)


@pytest.mark.parametrize("edition", ["H7", "HS28"])
def test_trade_in_an_edition_to_come_is_read_and_named(tmp_path: Path, edition: str) -> None:
    year = {"period": "2028", "refYear": "2028", "classificationCode": edition}
    assert accepted(read(tmp_path, download([row(**year)])))["classification"].to_list() == [edition]
    of_api = json.loads(answer())["data"][0] | year
    frame = accepted(read(tmp_path, answer(data=[of_api])))
    assert frame.select("period", "classification").rows() == [(date(2028, 1, 1), edition)]


@settings(max_examples=8)
@given(
    count=st.integers(1, 5000),
    changes=st.fixed_dictionaries(
        {
            "classificationCode": st.sampled_from(["H4", "H6", "H7", "HS28"]),
            "partnerCode": st.sampled_from([0, 490, 842, 999]),
            "period": st.sampled_from(["2027", "202712"]),
        }
    ),
)
def test_every_row_of_an_answer_is_read(
    tmp_path_factory: pytest.TempPathFactory, count: int, changes: dict[str, object]
) -> None:
    base = json.loads(answer())["data"][0] | changes
    data = [base | {"cmdCode": f"{number:06d}", "primaryValue": number} for number in range(count)]
    frame = accepted(read(tmp_path_factory.mktemp("comtrade"), answer(count=count, data=data)))
    assert frame.height == count
    assert frame["value_usd"].sum() == count * (count - 1) / 2
    assert set(frame["classification"]) == {changes["classificationCode"]}


def only_months(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comtrade.fetching, "WORLD_SINCE", 2100)
    monkeypatch.setattr(comtrade.fetching, "YEARS", 0)


def whole(asked: Asked, rows_a_code: int) -> list[dict[str, object]]:
    base = json.loads(answer())["data"][0] | {"freqCode": "M"}
    return [
        base | {"cmdCode": code, "flowCode": flow, "partnerCode": partner, "period": asked.params["period"]}
        for code in asked.params["cmdCode"].split(",")
        for flow in asked.params["flowCode"].split(",")
        for partner in range(1, rows_a_code + 1)
    ]


@pytest.mark.parametrize("service_cap", [300, 450])
def test_with_a_key_an_answer_of_the_requested_size_is_split_whatever_the_cap(
    tmp_path: Path, service_cap: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service may respect ``maxRecords`` (300 here), or return more than that before it stops."""
    monkeypatch.setattr(comtrade.fetching, "KEYED_ROWS", 300)
    only_months(monkeypatch)

    def service(asked: Asked) -> Reply:
        assert asked.params["maxRecords"] == "300"
        data = whole(asked, 8)[:service_cap]
        return Reply(json.dumps({"count": len(data), "data": data, "error": ""}).encode(), validators=False)

    with serve({ANY: service}) as server:
        outcome = refresh(comtrade, tmp_path, server, key="secret", periods=(date(2026, 8, 1),))
    month = rows(outcome, TRADE.name).filter(freq="M")
    assert month.height == len(comtrade.asked_codes()) * 4 * 8


def test_an_unfinished_call_is_halved_and_its_answers_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_months(monkeypatch)
    slow = comtrade.asked_codes()[5]
    calls: list[list[str]] = []

    def service(asked: Asked) -> Reply:
        asked_for = asked.params["cmdCode"].split(",")
        calls.append(asked_for)
        if slow in asked_for:
            return Reply(b"", 504, "text/plain", validators=False)
        data = whole(asked, 1)
        return Reply(json.dumps({"count": len(data), "data": data, "error": ""}).encode(), validators=False)

    august = (date(2026, 8, 1),)
    with serve({ANY: service}) as server:
        first = refresh(comtrade, tmp_path, server, key="secret", periods=august)
        assert ["are left for the next run" in problem for problem in first.problems] == [True]
        slow = ""
        calls.clear()
        second = refresh(comtrade, tmp_path, server, NOW + timedelta(days=1), key="secret", periods=august)
    assert second.problems == ()
    assert sum(map(len, calls)) < len(comtrade.asked_codes())
    assert rows(second, TRADE.name).filter(freq="M")["hs_code"].n_unique() == len(comtrade.asked_codes())


@pytest.mark.parametrize(("key", "calls"), [("secret", 1), (None, 1)])
def test_a_month_that_is_not_out_is_asked_for_every_night_with_one_call(
    tmp_path: Path, key: str | None, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A response without rows is not a vintage; the next night's response has them."""
    only_months(monkeypatch)
    newest = comtrade.fetching._months(NOW.date())[0]
    out = {f"{month:%Y%m}" for month in comtrade.fetching._months(NOW.date())} - {f"{newest:%Y%m}"}
    asked_for: list[str] = []

    def service(asked: Asked) -> Reply:
        period = asked.params["period"]
        asked_for.append(period)
        data = whole(asked, 1) if period in out else []
        return Reply(json.dumps({"count": len(data), "data": data, "error": ""}).encode(), validators=False)

    with serve({ANY: service}) as server:
        first = refresh(comtrade, tmp_path, server, key=key)
        assert first.problems == ()
        assert f"not published: comtrade_mexico_{newest:%Y%m}.json" in first.note
        assert f"mexico/{newest:%Y%m}" not in {record.partition for record in first.records}
        asked_for.clear()
        second = refresh(comtrade, tmp_path, server, NOW + timedelta(days=1), key=key)
        assert asked_for == [f"{newest:%Y%m}"] * calls
        assert (second.mode, second.changed) == ("live", False)
        out.add(f"{newest:%Y%m}")
        third = refresh(comtrade, tmp_path, server, NOW + timedelta(days=2), key=key)
    assert third.newest_period == newest


@pytest.mark.parametrize(("key", "months"), [("secret", 36), (None, 18)])
def test_a_deep_refresh_widens_the_window_of_mexicos_months(
    tmp_path: Path, key: str | None, months: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reroute is judged by the twelve months around a control, which six months never hold."""
    only_months(monkeypatch)
    monkeypatch.setattr(comtrade.fetching, "asked_codes", lambda: ("250410", "811292"))

    def service(asked: Asked) -> Reply:
        data = whole(asked, 1)
        return Reply(json.dumps({"count": len(data), "data": data, "error": ""}).encode(), validators=False)

    with serve({ANY: service}) as server:
        first = refresh(comtrade, tmp_path, server, key=key)
        deep = refresh(comtrade, tmp_path, server, NOW + timedelta(days=1), key=key, wide_window=True)
    held = [rows(outcome, TRADE.name).filter(freq="M")["period"].unique().sort() for outcome in (first, deep)]
    assert [len(periods) for periods in held] == [6, months]
    assert held[0].to_list() == held[1].to_list()[-6:]


def real(shared_data: Path, name: str) -> pl.DataFrame:
    path = shared_data / "un_comtrade" / name
    return accepted(parse(path, FileFacts(path.name, "x", date(2026, 4, 22)))[TRADE.name])


def figures(frame: pl.DataFrame, **where: object) -> tuple[float, float]:
    found = frame.filter(*[pl.col(name) == value for name, value in where.items()])
    return found.select("value_usd", "net_weight_kg").row(0) if found.height == 1 else pytest.fail(str(found))


def test_the_shifted_download_of_2023(shared_data: Path) -> None:
    """Figures of PROVENANCE.md: 7,019 distinct rows; cobalt of the USA agrees with another download."""
    shifted = real(shared_data, "trade_data_2023_42codes_world.csv")
    straight = real(shared_data, "world_hs_annual/cobalt_nickel_2014_2025.csv")
    assert shifted.height == 7019
    assert set(shifted["type_code"]) == {"C"}
    usa = {"reporter_code": 842, "flow": "M", "hs_code": "810520", "period": date(2023, 1, 1)}
    assert figures(shifted, **usa) == figures(straight, **usa) == (311_093_765.0, 7_975_203.0)
    key = ["reporter_code", "flow", "hs_code"]
    both = shifted.join(straight.filter(pl.col("period") == date(2023, 1, 1)), on=key)
    assert both.height > 100
    assert (both["value_usd"] == both["value_usd_right"]).mean() > 0.8


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [("cobalt_nickel_ores_2002_2013.csv", 2014, 2025), ("cobalt_nickel_ores_2014_2025.csv", 2002, 2013)],
)
def test_swapped_file_names_mean_nothing(shared_data: Path, name: str, first: int, last: int) -> None:
    years = real(shared_data, f"world_hs_annual/{name}")["period"].dt.year()
    assert (years.min(), years.max()) == (first, last)


def test_missing_weights_and_estimates_of_the_real_downloads(shared_data: Path) -> None:
    ores = real(shared_data, "world_hs_annual/cobalt_nickel_ores_2002_2013.csv")
    assert ores.filter(pl.col("net_weight_kg") == 0, pl.col("value_usd") > 0).is_empty()
    assert ores["net_weight_kg"].null_count() > 100
    assert ores["is_net_weight_estimated"].sum() == 1692


def test_the_months_of_lithium_carbonate(shared_data: Path) -> None:
    """PROVENANCE.md: US imports of 2024 sum to 202.3 M USD and 15,465 t, like the annual figure."""
    months = real(shared_data, "lithium_carbonate_monthly/TradeData_4_22_2026_12_19_27.csv")
    usa = months.filter(pl.col("reporter_code") == 842, pl.col("flow") == "M")
    world, origins = usa.filter(pl.col("partner_code") == 0), usa.filter(pl.col("partner_code") != 0)
    assert set(world["period"].dt.month()) == set(range(1, 13))
    assert (
        world["value_usd"].sum()
        == pytest.approx(origins["value_usd"].sum())
        == pytest.approx(202.3e6, rel=1e-3)
    )
    assert world["net_weight_kg"].sum() == pytest.approx(15_465e3, rel=1e-3)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("api_json/HS-60a6ad.json", 4),
        ("api_json/raw-comtrade-lithium_c-2025.json", 6),
        ("api_json/raw-comtrade-lithium_h-2025.json", 6),
        ("p3 minerals quad world.xlsx", 72),
        ("p3 minerals quad china.xlsx", 72),
    ],
)
def test_every_other_real_format(shared_data: Path, name: str, rows: int) -> None:
    frame = real(shared_data, name)
    assert frame.height == rows
    assert frame["value_usd"].min() >= 0


def test_the_source_states_what_it_needs() -> None:
    assert comtrade.SOURCE.heavy
    assert comtrade.SOURCE.key_env == "COMTRADE_API_KEY"
    assert all(fact["description"] for fact in TRADE.column_facts())
