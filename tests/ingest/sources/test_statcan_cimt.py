"""Canada's yearly archives: the right member, bilingual columns, lost zeros, suppressed values."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.contracts import FileFacts, ParseError, accept
from ingest.formats import zips
from ingest.scope import headings
from ingest.sources import statcan_cimt
from tests.ingest.census_files import archive
from tests.ingest.live import NOW, refresh, rows
from tests.ingest.servers import HTML, Reply, Route, serve

IMPORTS = FileFacts("CIMT-CICM_Imp_2026.zip", "import-2026", date(2026, 11, 5))
EXPORTS = FileFacts("CIMT-CICM_Tot_Exp_2026.zip", "total_export-2026", date(2026, 11, 5))
IMPORT_HEADER = (
    "YearMonth/AnnéeMois,HS10,Country/Pays,Province,State/État,Value/Valeur,Quantity/Quantité,"
    "Unit of Measure/Unité de Mesure"
)
EXPORT_HEADER = IMPORT_HEADER.replace("HS10", "HS8").replace("Province,", "")


def table(header: str, lines: Sequence[str], encoding: str = "latin-1") -> bytes:
    return "\r\n".join([header, *lines, ""]).encode(encoding)


def parsed(tmp_path: Path, content: bytes, facts: FileFacts = IMPORTS) -> pl.DataFrame:
    path = tmp_path / facts.name
    path.write_bytes(content)
    return statcan_cimt.parse(path, facts)["statcan_cimt__trade"]


def imports(*lines: str) -> bytes:
    return archive({"ODPFN014_202609N.csv": table(IMPORT_HEADER, lines)})


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8-sig", "utf-8"])
def test_an_import_row_is_read_whatever_the_encoding(tmp_path: Path, encoding: str) -> None:
    line = "202609,2504101000,CN,ON,,1234,5.5,TNE"
    frame = parsed(tmp_path, archive({"ODPFN014_202609N.csv": table(IMPORT_HEADER, [line], encoding)}))
    assert frame.row(0, named=True) == {
        "period": date(2026, 9, 1),
        "flow": "import",
        "hs_code": "2504101000",
        "country": "CN",
        "province": "ON",
        "state": "",
        "value_cad": 1234,
        "quantity": 5.5,
        "unit": "TNE",
        "qualifier": None,
    }
    assert accept(statcan_cimt.TRADE, frame).refused.is_empty()


def test_the_newest_member_at_the_finest_level_is_read(tmp_path: Path) -> None:
    members = {
        "ODPFN022_202609N.csv": table(IMPORT_HEADER, ["202609,2504101000,CN,,,1,,"]),
        "ODPFN014_202608N.csv": table(IMPORT_HEADER, ["202608,2504101000,CN,,,2,,"]),
        "ODPFN014_202609N.csv": table(IMPORT_HEADER, ["202609,2504101000,CN,,,3,,"]),
        "ODPF_6_CtyDesc.TXT": "CN",
    }
    assert parsed(tmp_path, archive(members))["value_cad"].to_list() == [3]


@pytest.mark.parametrize(
    "member",
    ["ODPFN014_202612C.csv", "ODPFN014_202612R.csv", "odpfn014_202612.csv", "Imp_2026/ODPFN014_202612N.csv"],
)
def test_a_member_may_end_in_any_letter_and_lie_in_a_folder(tmp_path: Path, member: str) -> None:
    content = table(IMPORT_HEADER, ["202612,2504101000,NA,ON,,1234,5,TNE"])
    older = table(IMPORT_HEADER, ["202611,2504101000,NA,ON,,1,5,TNE"])
    frame = parsed(tmp_path, archive({"other/ODPFN014_202611N.csv": older, member: content}))
    assert frame.select("country", "value_cad").rows() == [("NA", 1234)]


LINE = st.tuples(
    st.sampled_from(headings()),
    st.integers(0, 999_999),
    st.sampled_from(["CN", "NA", "ZX", "XQ"]),
    st.integers(0, 10**9),
    st.sampled_from([0, 0, 1, 250]),
    st.sampled_from(["KGM", "N/A", ""]),
)


@settings(max_examples=40)
@given(st.lists(LINE, min_size=1, max_size=3000))
def test_every_line_is_read_and_a_zero_beside_a_value_is_not_stated(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, int, str, int, int, str]]
) -> None:
    """About four lines in ten have quantity 0 with a value; a new country code is kept."""
    texts = [
        f"202609,{heading}{rest:06d},{country},ON,,{value},{quantity},{unit}"
        for heading, rest, country, value, quantity, unit in lines
    ]
    frame = parsed(tmp_path_factory.mktemp("cimt"), imports(*texts))
    assert frame.select("hs_code", "country", "value_cad", "quantity").rows() == [
        (f"{heading}{rest:06d}", country, value, None if value and not quantity else float(quantity))
        for heading, rest, country, value, quantity, _ in lines
    ]


def test_new_years_are_requested_by_the_clock(tmp_path: Path) -> None:
    for year in (2027, 2028):
        with serve(published(year)) as server:
            now = NOW.replace(year=year, month=11)
            outcome = refresh(statcan_cimt, tmp_path / f"{year}", server, now)
        assert {record.partition for record in outcome.records} == {
            f"{flow}-{year}" for flow in ("import", "domestic_export", "total_export")
        }
        assert outcome.newest_period == date(year, 9, 1)


def test_lost_leading_zeros_are_restored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statcan_cimt, "headings", lambda: ("0504",))
    frame = parsed(tmp_path, imports("202609,0504101000,CN,,,1,,", "202609,504101000,US,,,1,,"))
    assert frame["hs_code"].to_list() == ["0504101000", "0504101000"]


def test_other_goods_stay_out(tmp_path: Path) -> None:
    lines = ["202609,25041010,US,NY,1,,", "202609,01012100,US,NY,1,,", "202609,87032301,US,NY,1,,"]
    frame = parsed(tmp_path, archive({"ODPFN017_202609N.csv": table(EXPORT_HEADER, lines)}), EXPORTS)
    assert frame.select("flow", "hs_code", "province").rows() == [("total_export", "25041010", "")]


def test_suppressed_values_keep_their_sign_and_rubbish_is_refused(tmp_path: Path) -> None:
    lines = ["202609,2504101000,CN,,,x,,", "202609,2504101000,US,,,..,,", "202609,2504101000,MX,NF,,what,,"]
    frame = parsed(tmp_path, imports(*lines))
    assert frame["qualifier"].to_list() == ["x", "..", "what"]
    accepted = accept(statcan_cimt.TRADE, frame)
    assert (accepted.rows.height, accepted.refused["_reason"].to_list()) == (2, ["qualifier|regex"])
    assert accepted.refused["province"].to_list() == ["NL"]


def test_blocks_meet_at_line_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "BLOCK", 64)
    monkeypatch.setattr(statcan_cimt, "TAKEN_AT_ONCE", 100)
    frame = parsed(tmp_path, imports(*(f"202609,2504{n:06d},CN,ON,,{n},,KGM" for n in range(300))))
    assert frame["value_cad"].to_list() == list(range(300))


@pytest.mark.parametrize(
    ("member", "content", "reason"),
    [
        ("ODPFN022_202609N.csv", table(IMPORT_HEADER, []), "holds no ODPFN014 file"),
        ("ODPFN014_202609N.csv", table("a,b,c", ["1,2,3"]), "are missing from"),
        ("ODPFN014_202609N.csv", table(IMPORT_HEADER + ",Value/Valeur", ["1"]), "a column appears twice"),
        ("ODPFN014_202609N.csv", table(IMPORT_HEADER, []), "holds no rows"),
        (
            "ODPFN014_202609N.csv",
            table(IMPORT_HEADER, ["202609,0101210000,CN,ON,,1,2,TNE"]),
            "holds no rows for a code in scope",
        ),
        (
            "ODPFN014_202609N.csv",
            table(IMPORT_HEADER, ["202609,2504101000,CN,ON,,1,2,TNE,x,y"]),
            "is not a table: a line has more cells than the header",
        ),
        (
            "ODPFN014_202609N.csv",
            table(IMPORT_HEADER, ["202509,2504101000,CN,,,1,,"]),
            "have another year",
        ),
    ],
)
def test_another_file_is_refused_in_one_sentence(
    tmp_path: Path, member: str, content: bytes, reason: str
) -> None:
    with pytest.raises(ParseError, match=reason):
        parsed(tmp_path, archive({member: content}))


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    content = imports(*(["202609,2504101000,CN,,,1,,"] * 500))
    with pytest.raises(ParseError, match="is damaged"):
        parsed(tmp_path, content[:-100])


def published(year: int) -> dict[str, Route]:
    """The three archives of a year."""
    month = f"{year}09"
    files = {
        "Imp": ("014", table(IMPORT_HEADER, [f"{month},2504101000,CN,ON,,100,5,TNE"])),
        "Dom_Exp": (
            "016",
            table(IMPORT_HEADER.replace("HS10", "HS8"), [f"{month},25041010,US,ON,NY,70,3,TNE"]),
        ),
        "Tot_Exp": ("017", table(EXPORT_HEADER, [f"{month},25041010,US,NY,90,4,TNE"])),
    }
    return {
        f"/CIMT-CICM_{kind}_{year}.zip": Reply(archive({f"ODPFN{number}_{month}N.csv": content}))
        for kind, (number, content) in files.items()
    }


def test_this_year_and_last_year_are_downloaded_once_and_then_confirmed(tmp_path: Path) -> None:
    with serve(published(2025) | published(2026)) as server:
        first = refresh(statcan_cimt, tmp_path, server)
        bodies = server.body_bytes
        second = refresh(statcan_cimt, tmp_path, server)
        assert server.body_bytes == bodies
    assert (first.mode, first.newest_period, second.note) == ("live", date(2026, 9, 1), "6 unchanged")
    trade = rows(first, "statcan_cimt__trade").group_by("flow").agg(pl.col("value_cad").sum())
    assert dict(trade.rows()) == {"import": 200, "domestic_export": 140, "total_export": 180}


def test_a_page_in_place_of_an_archive_leaves_the_others(tmp_path: Path) -> None:
    routes = published(2025) | published(2026) | {"/CIMT-CICM_Imp_2026.zip": HTML}
    with serve(routes) as server:
        outcome = refresh(statcan_cimt, tmp_path, server)
    assert (outcome.mode, len(outcome.records), len(outcome.quarantined)) == ("live", 5, 1)
    assert "an HTML page was received" in outcome.note
