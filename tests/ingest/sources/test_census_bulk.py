"""US monthly archives: fixed-width lines read as a stream, selected, reconciled and fetched."""

import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.contracts import FileFacts, Frames, ParseError, accept
from ingest.fetch import FetchOptions
from ingest.formats import zips
from ingest.http import Http
from ingest.refresh import Folders, refresh_source
from ingest.scope import headings
from ingest.sources import census_bulk
from tests.ingest.census_files import Export, Import, archive, concord_line, lines, members_of
from tests.ingest.servers import Reply, Route, serve

NOW = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
IMPORTS = FileFacts("IMDB2609.ZIP", "imports-2026-09", date(2026, 11, 5))
EXPORTS = FileFacts("EXDB2609.ZIP", "exports-2026-09", date(2026, 11, 5))
WHOLE = {name: number for number, name in enumerate(["cards", "con_qy1", "con_val", "gen_val", "cnt_cha"], 1)}


def parsed(tmp_path: Path, content: bytes, facts: FileFacts = IMPORTS) -> Frames:
    path = tmp_path / facts.name
    path.write_bytes(content)
    return census_bulk.parse(path, facts)


def test_an_import_record_is_read_at_the_layouts_positions(tmp_path: Path) -> None:
    record = Import("2825201000", "3370", "S ", "19", "27", "18", measures=WHOLE)
    row = parsed(tmp_path, archive(members_of([record])))["census_bulk__imports"].row(0, named=True)
    keys = {"period": date(2026, 9, 1), "hts10": "2825201000", "cty_code": "3370", "cty_subco": "S"}
    places = {"dist_entry": "19", "dist_unlad": "27", "rate_prov": "18"}
    values = {"cards": 1, "consumption_quantity1": 2, "consumption_value_usd": 3, "general_value_usd": 4}
    assert row.items() >= (keys | places | values | {"container_charges_usd": 5}).items()
    assert sum(value for value in row.values() if isinstance(value, int)) == 15


def test_an_export_record_is_read_at_the_layouts_positions(tmp_path: Path) -> None:
    numbers = {"cards": 1, "qty_1": 2, "qty_2": 3, "all_val": 4, "cnt_wgt": 5}
    members = {"exp_detl.txt": lines([Export("2504105000", "2", "2010", "23", measures=numbers).line()])}
    frames = parsed(tmp_path, archive(members), EXPORTS)
    row = frames["census_bulk__exports"].row(0, named=True)
    keys = {"period": date(2026, 9, 1), "df": "2", "schedule_b": "2504105000", "cty_code": "2010"}
    values = {"district": "23", "cards": 1, "quantity1": 2, "quantity2": 3, "value_usd": 4}
    assert row.items() >= (keys | values | {"container_weight_kg": 5}).items()


def test_frames_keep_their_contract(tmp_path: Path) -> None:
    frames = parsed(tmp_path, archive(members_of([Import(), Import(country="1220")])))
    tables = {table.name: table for table in census_bulk.SOURCE.tables}
    assert all(accept(tables[name], frame).refused.is_empty() for name, frame in frames.items())
    assert all(frame.height for frame in frames.values())


def test_other_goods_and_rows_of_earlier_months_stay_out(tmp_path: Path) -> None:
    records = [Import(), Import("8703230190"), Import(country="1220", measures={}), Import("2504X01000")]
    frame = parsed(tmp_path, archive(members_of(records)))["census_bulk__imports"]
    assert frame.select("hts10", "cty_code").rows() == [("2504101000", "5700"), ("2504X01000", "5700")]
    assert accept(census_bulk.IMPORTS, frame).refused["_reason"].to_list() == ["hts10|regex"]


def test_totals_reconcile_over_all_goods_by_country_and_kept_goods_by_code(tmp_path: Path) -> None:
    records = [
        Import(measures={"con_val": 10, "gen_val": 11}),
        Import("8703230190", measures={"con_val": 10**12, "gen_val": 5}),
    ]
    control = parsed(tmp_path, archive(members_of(records)))["census_bulk__control"]
    assert control.filter(pl.col("published") != pl.col("summed")).is_empty()
    china = control.filter(control="cty_code", code="5700", measure="consumption_value_usd")
    assert china["summed"].to_list() == [10**12 + 10]
    assert set(control.filter(control="hts10")["code"]) == {"2504101000"}


@pytest.mark.parametrize("member", ["IMP_CTY.TXT", "IMP_COMM.TXT"])
def test_a_total_off_by_a_dollar_is_quarantined(tmp_path: Path, member: str) -> None:
    members = members_of([Import(measures={"con_val": 123_456, "gen_val": 7})])
    members[member] = members[member].replace(f"{123_456:015d}", f"{123_457:015d}")
    control = parsed(tmp_path, archive(members))["census_bulk__control"]
    refused = accept(census_bulk.CONTROL, control).refused
    assert refused.select("published", "summed", "_reason").rows() == [(123_457, 123_456, "reconciled")]


def test_the_concordance_gives_units(tmp_path: Path) -> None:
    members = members_of([Import()]) | {
        "CONCORD.TXT": lines([concord_line("2844301000", "CKG", "KG"), concord_line("8703230190", "NO")])
    }
    concord = parsed(tmp_path, archive(members))["census_bulk__concord"]
    assert concord.select("flow", "code", "unit_qy1", "unit_qy2").rows() == [
        ("imports", "2844301000", "CKG", "KG")
    ]


@pytest.mark.parametrize("end", ["\r\n", "\n", ""])
@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
@pytest.mark.parametrize("trail", ["", "\x1a"])
def test_line_ends_and_compression_do_not_matter(
    tmp_path: Path, end: str, compression: int, trail: str
) -> None:
    raw = "".join(record.line() + end for record in (Import(), Import(country="1220")))
    frames = parsed(tmp_path, archive({"docs/Imp_Detl.txt": raw + trail}, compression))
    assert frames["census_bulk__imports"]["cty_code"].to_list() == ["1220", "5700"]


def test_records_over_many_blocks_are_all_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "BLOCK", 1000)
    records = [
        Import(f"2504{serial:06d}", measures={"con_val": serial, "gen_val": 1}) for serial in range(500)
    ]
    frame = parsed(tmp_path, archive(members_of(records)))["census_bulk__imports"]
    assert frame["consumption_value_usd"].to_list() == list(range(500))


def cut_record() -> bytes:
    return archive({"IMP_DETL.TXT": Import().line() + "\r\n" + Import().line()[:300]})


def long_record() -> bytes:
    return archive({"IMP_DETL.TXT": lines([Import().line(), Import().line() + "0", Import().line()])})


def longer_records(more: str) -> bytes:
    """A layout with additional fields: every record is read, and its control totals agree."""
    records = [Import(country=f"{code}") for code in range(1000, 1030)]
    details = lines(record.line() + more for record in records)
    return archive(members_of(records) | {"IMP_DETL.TXT": details})


def flipped_byte() -> bytes:
    content = bytearray(archive({"IMP_DETL.TXT": lines([Import().line()])}, zipfile.ZIP_STORED))
    content[400] ^= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (cut_record(), "the last record has 300 bytes, not 688"),
        (long_record(), "a record does not have 688 bytes"),
        (longer_records("0"), "its records are 689 bytes long, not 688"),
        (longer_records("00000000"), "its records are 696 bytes long, not 688"),
        (flipped_byte(), "does not match its checksum"),
        (archive(members_of([Import()]))[:-400], "the archive is damaged"),
        (archive({"IMP_DETL.TXT": ""}), "holds no records"),
        (
            archive({"a/IMP_DETL.TXT": Import().line(), "b/Imp_Detl.txt": Import(country="1220").line()}),
            "contains IMP_DETL.TXT more than once",
        ),
        (archive({"README.TXT": "nothing"}), "contains neither IMP_DETL.TXT nor EXP_DETL.TXT"),
        (archive({"IMP_DETL.TXT": lines([Import(month="202608").line()])}), "states imports of 2026-08"),
        (archive({"IMP_DETL.TXT": lines([Import(month="2026XX").line()])}), "instead of year and month"),
        (
            archive({"IMP_DETL.TXT": lines([Import().line(), Import(month="202608").line()])}),
            "records of more than one month",
        ),
        (b"<html>", "the archive is damaged"),
    ],
)
def test_a_broken_archive_fails_with_one_clear_sentence(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason) as caught:
        parsed(tmp_path, content)
    assert str(caught.value).startswith("IMDB2609.ZIP: ")
    assert "\n" not in str(caught.value)


def test_an_unreadable_number_refuses_its_row_only(tmp_path: Path) -> None:
    good, bad = Import().line(), Import(country="1220").line()
    bad = bad[:73] + "00000000001 000" + bad[88:]
    frame = parsed(tmp_path, archive({"IMP_DETL.TXT": lines([good, bad])}))["census_bulk__imports"]
    accepted = accept(census_bulk.IMPORTS, frame)
    assert (accepted.rows.height, accepted.refused["cty_code"].to_list()) == (1, ["1220"])


def test_totals_are_held_against_the_rows_that_are_kept(tmp_path: Path) -> None:
    twice = [Import(measures={"con_val": 70, "gen_val": 70}), Import(measures={"con_val": 30, "gen_val": 30})]
    once = Import(entry="19", measures={"con_val": 5, "gen_val": 5})
    frames = parsed(tmp_path, archive(members_of([*twice, once, Import(country="1220")])))
    imports = accept(census_bulk.IMPORTS, frames["census_bulk__imports"])
    assert imports.refused["consumption_value_usd"].sort().to_list() == [30, 70]
    control = accept(census_bulk.CONTROL, frames["census_bulk__control"])
    apart = control.refused.filter(measure="consumption_value_usd").sort("control")
    assert apart.select("control", "code", "published", "summed").rows() == [
        ("cty_code", "5700", 105, 5),
        ("hts10", "2504101000", 1105, 1005),
    ]
    assert control.rows.filter(control="cty_code", code="1220").height == 2


def real_size(month: str, records: int = 24_000) -> dict[str, Route]:
    """A month structured like a real one: 240 countries, the whole concordance, districts, programmes."""
    kept = sorted(headings())
    codes = [
        f"{heading}{line:02d}{stat:04d}"
        for heading in kept
        for line in range(10, 40, 10)
        for stat in (0, 5000)
    ]
    countries = [f"{code}" for code in range(1000, 8000, 29)][:240]
    details = [
        Import(
            codes[serial % len(codes)] if serial % 3 else f"87{serial % 90_000_000:08d}",
            countries[serial // 7 % len(countries)],
            "S " if serial % 11 == 0 else "  ",
            f"{serial // 100 % 50:02d}",
            f"{serial % 100:02d}",
            month=f"20{month}",
            measures={
                "con_val": 1000 + serial,
                "gen_val": 1000 + serial,
                "con_qy1": serial,
                "ves_wgt": serial,
            },
        )
        for serial in range(records)
    ]
    concordance = {f"{number:010d}" for number in range(101_210_000, 101_210_000 + 19_700 - len(codes))}
    members = {name: text.replace("202609", f"20{month}") for name, text in members_of(details).items()}
    members["CONCORD.TXT"] = lines(concord_line(code) for code in sorted(concordance | set(codes)))
    sent = [
        Export(
            codes[serial % len(codes)],
            "12"[serial % 2],
            countries[serial // 7 % len(countries)],
            f"{serial % 100:02d}",
            month=f"20{month}",
        )
        for serial in range(records // 2)
    ]
    exports = {
        "EXP_DETL.TXT": lines(dict.fromkeys(record.line() for record in sent)),
        "CONCORD.TXT": members["CONCORD.TXT"],
    }
    return {
        f"/20{month[:2]}/Merch/im_m/IMDB{month}.ZIP": Reply(
            archive(members, zipfile.ZIP_STORED), content_type="application/zip"
        ),
        f"/20{month[:2]}/Merch/ex_m/EXDB{month}.ZIP": Reply(
            archive(exports, zipfile.ZIP_STORED), content_type="application/zip"
        ),
    }


@pytest.mark.long
def test_months_of_real_size_and_shape_land(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "archive", tmp_path / "parsed", tmp_path)
    with serve(real_size("2608") | real_size("2607", 3_000)) as server, Http(pace=0) as http:
        outcome = refresh_source(census_bulk, folders, NOW, FetchOptions(http, server.url))
    assert outcome.problems == ()
    assert outcome.quarantined == ()
    rows = {(file.table, file.partition[-2:]): file for file in outcome.tables}
    assert rows["census_bulk__imports", "08"].rows == 16_000
    assert rows["census_bulk__imports", "07"].rows == 2_000
    assert all(file.refused_rows == 0 for file in outcome.tables)
    assert rows["census_bulk__concord", "08"].rows > 300
    assert outcome.newest_period == date(2026, 8, 1)


def test_a_month_of_which_only_exports_are_out_is_not_the_newest(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "archive", tmp_path / "parsed", tmp_path)
    routes = published(["2608", "2607"])
    del routes["/2026/Merch/im_m/IMDB2608.ZIP"]
    with serve(routes) as server, Http(pace=0) as http:
        outcome = refresh_source(census_bulk, folders, NOW, FetchOptions(http, server.url))
    assert "exports-2026-08" in {record.partition for record in outcome.records}
    assert outcome.newest_period == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("name", "message"),
    [("bulk_record_689_all.zip", "its records are 689 bytes long, not 688"), ("bulk_good.zip", "")],
)
def test_archives_from_the_field(shared_data: Path, name: str, message: str) -> None:
    path = shared_data.parent / "field" / "us" / name
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    facts = FileFacts("IMDB2609.ZIP", "imports-2026-09", date(2026, 11, 5))
    if message:
        with pytest.raises(ParseError, match=message):
            census_bulk.parse(path, facts)
    else:
        assert census_bulk.parse(path, facts)["census_bulk__imports"].height


def cells(texts: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.frombuffer("".join(texts).encode("latin-1"), dtype=np.uint8).reshape(len(texts), -1)


@given(st.lists(st.integers(-(10**14) + 1, 10**15 - 1), min_size=1), st.sampled_from(["0", " "]))
def test_every_whole_number_is_read_back(numbers: list[int], fill: str) -> None:
    texts = [f"{number:015d}" if fill == "0" else f"{number:15d}" for number in numbers]
    values, readable = census_bulk.fixed_ints(cells(texts))
    assert values.tolist() == numbers
    assert readable.all()


@given(st.lists(st.text(st.sampled_from("0123456789 -.,eE+x\x00é"), min_size=15, max_size=15), min_size=1))
def test_text_that_is_not_a_whole_number_is_never_read_as_one(texts: list[str]) -> None:
    values, readable = census_bulk.fixed_ints(cells(texts))
    for text, value, accepted in zip(texts, values.tolist(), readable.tolist(), strict=True):
        plain = text.lstrip(" ")
        expected = plain == "" or plain.removeprefix("-").isdecimal()
        assert accepted == expected
        if accepted:
            assert value == int(plain or "0")


record = st.builds(
    Import,
    hts10=st.sampled_from(["2504101000", "2825201000", "8703230190", "0101210000"]),
    country=st.sampled_from(["1220", "2010", "5700"]),
    entry=st.integers(0, 99).map("{:02d}".format),
    unlading=st.integers(0, 99).map("{:02d}".format),
    measures=st.dictionaries(st.sampled_from(["con_val", "gen_val", "cal_dut"]), st.integers(0, 10**12)),
)


@settings(max_examples=40)
@given(
    st.lists(record, min_size=1, max_size=30, unique_by=lambda entry: entry.line()[:22]),
    st.integers(700, 5000),
)
def test_any_archive_reconciles_and_keeps_what_it_should(
    tmp_path_factory: pytest.TempPathFactory, records: list[Import], block: int
) -> None:
    folder = tmp_path_factory.mktemp("census")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zips, "BLOCK", block)
        frames = parsed(folder, archive(members_of(records)))
    kept = [
        entry for entry in records if entry.hts10[:4] in {"2504", "2825"} and any(entry.measures.values())
    ]
    imports, control = frames["census_bulk__imports"], frames["census_bulk__control"]
    assert imports.height == len(kept)
    for ours, theirs in (("consumption_value_usd", "con_val"), ("calculated_duty_usd", "cal_dut")):
        assert imports[ours].sum() == sum(entry.measures.get(theirs, 0) for entry in kept)
    assert control.filter(pl.col("published").eq_missing(pl.col("summed")).not_()).is_empty()


def published(months: Sequence[str]) -> dict[str, Route]:
    """The publisher's two files of a month such as 2609."""
    routes: dict[str, Route] = {}
    for month in months:
        stamp, year = f"20{month}", f"20{month[:2]}"
        imports = archive(members_of([Import(month=stamp)]) | right_month(stamp))
        exports = archive({"EXP_DETL.TXT": lines([Export(month=stamp).line()])})
        routes[f"/{year}/Merch/im_m/IMDB{month}.ZIP"] = Reply(imports, content_type="application/zip")
        routes[f"/{year}/Merch/ex_m/EXDB{month}.ZIP"] = Reply(exports, content_type="application/zip")
    return routes


def right_month(stamp: str) -> dict[str, str]:
    members = members_of([Import()])
    return {name: members[name].replace("202609", stamp) for name in ("IMP_CTY.TXT", "IMP_COMM.TXT")}


def test_trailing_months_are_downloaded_once_and_then_only_confirmed(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "archive", tmp_path / "parsed", tmp_path)
    with serve(published(["2608", "2607", "2606"])) as server, Http(pace=0) as http:
        first = refresh_source(census_bulk, folders, NOW, FetchOptions(http, server.url))
        bodies = server.body_bytes
        second = refresh_source(census_bulk, folders, NOW, FetchOptions(http, server.url))
        # Only the responses for September, which is not published, have bodies.
        assert server.body_bytes - bodies == 2 * len(b"not here")
    flows = {f"{flow}-2026-{month}" for month in ("06", "07", "08") for flow in ("exports", "imports")}
    assert {record.partition for record in first.records} == flows
    assert (first.mode, first.newest_period) == ("live", date(2026, 8, 1))
    assert second.note == "6 unchanged; not published: IMDB2609.ZIP, EXDB2609.ZIP"
    assert not second.changed


def test_a_backfill_requests_its_months(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "archive", tmp_path / "parsed", tmp_path)
    with serve(published(["2501"])) as server, Http(pace=0) as http:
        outcome = refresh_source(
            census_bulk, folders, NOW, FetchOptions(http, server.url, periods=(date(2025, 1, 1),))
        )
        assert [asked.path for asked in server.asked] == list(published(["2501"]))
    assert {file.partition for file in outcome.tables} == {"imports-2025-01", "exports-2025-01"}


@pytest.mark.parametrize(
    ("name", "partition"),
    [("IMDB2501.ZIP", "imports-2025-01"), ("exdb2412.zip", "exports-2024-12"), ("other.zip", None)],
)
def test_a_name_states_the_partition(name: str, partition: str | None) -> None:
    assert census_bulk.partition_of(name) == partition
