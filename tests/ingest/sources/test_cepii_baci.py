"""CEPII BACI: the publisher's CSV and extracts of it."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from ingest.contracts import FileFacts, ParseError, accept
from ingest.scope import hs6
from ingest.sources import cepii_baci
from ingest.sources.cepii_baci import SOURCE, TRADE, parse, partition_of
from ingest.starter.compile import HERE
from tests.ingest.live import refresh
from tests.ingest.servers import Reply, Route, serve

NATIVE = """t,i,j,k,v,q
2023,156,842,250410,109100.5,27125.059
2023,4,842,10121,     7.250,          NA
"""
EXTRACT = """year,exporter,importer,product,value_kusd,quantity_tonnes
2023,China,USA,250410,109100.5,27125.059
2023,004,USA,010121,7.25,0.0
"""


def read(folder: Path, text: str, partition: str = "HS22/2023") -> pl.DataFrame:
    path = folder / "baci.csv"
    path.write_text(text)
    return parse(path, FileFacts("baci.csv", partition, date(2026, 1, 22)))[TRADE.name]


def test_the_publishers_layout(tmp_path: Path) -> None:
    verdict = accept(TRADE, read(tmp_path, NATIVE))
    assert verdict.refused.is_empty()
    assert verdict.rows.rows() == [
        ("HS22", 2023, "156", "842", "250410", 109100.5, 27125.059),
        ("HS22", 2023, "4", "842", "010121", 7.25, None),
    ]


def test_an_extract_with_other_names_has_the_same_rows(tmp_path: Path) -> None:
    names = {"156": "China", "842": "USA"}
    native = read(tmp_path, NATIVE).with_columns(pl.col("exporter_code", "importer_code").replace(names))
    assert_frame_equal(read(tmp_path, EXTRACT), native)


def test_line_ends_do_not_matter(tmp_path: Path) -> None:
    assert_frame_equal(read(tmp_path, NATIVE.replace("\n", "\r\n")), read(tmp_path, NATIVE))


def test_bad_rows_go_to_quarantine_with_a_reason(tmp_path: Path) -> None:
    verdict = accept(
        TRADE, read(tmp_path, NATIVE + "2023,156,842,25041X,1.0,2.0\n2023,156,842,250490,-1.0,2.0\n")
    )
    assert verdict.rows.height == 2
    assert verdict.refused["_reason"].to_list() == ["hs6|regex", "value_kusd|min"]


@pytest.mark.parametrize(
    ("text", "partition", "sentence"),
    [
        (NATIVE, "2023", "HS edition"),
        (NATIVE.replace("t,i,j", "year,i,j"), "HS22/2023", "not a BACI file"),
        ("t,i,j,k,v,q\n", "HS22/2023", "no rows"),
        ("", "HS22/2023", "is empty"),
        (NATIVE[: NATIVE.index("10121") + 3], "HS22/2023", "cut short"),
    ],
)
def test_a_file_that_is_not_baci_is_refused_in_a_sentence(
    tmp_path: Path, text: str, partition: str, sentence: str
) -> None:
    with pytest.raises(ParseError, match=sentence) as error:
        read(tmp_path, text, partition)
    assert str(error.value).startswith("baci.csv: ")


def version(edition: str, name: str, years: Iterable[int], codes: Sequence[str]) -> bytes:
    """An archive as the publisher packs it: one file per year, codes without leading zeros."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for year in years:
            lines = [f"{year},{i},{j},{k.lstrip('0')},{1000.5},       NA" for i, j in PAIRS for k in codes]
            packed.writestr(f"BACI_{edition}_Y{year}_V{name}.csv", "\n".join(["t,i,j,k,v,q", *lines, ""]))
        countries = "country_code,country_name,country_iso2,country_iso3\n516,Namibia,NA,NAM\n"
        packed.writestr(f"country_codes_V{name}.csv", countries)
    return buffer.getvalue()


PAIRS = [(exporter, importer) for exporter in (156, 516, 490) for importer in (842, 124, 484)]


def zipped(edition: str, name: str, years: Iterable[int], codes: Sequence[str]) -> dict[str, Route]:
    content = version(edition, name, years, codes)
    return {f"/BACI_{edition}_V{name}.zip": Reply(content, content_type="application/zip")}


@pytest.mark.parametrize("name", ["202102", "202401b", "202701", "202701b", "203112c"])
def test_a_version_of_any_month_and_letter_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"BACI_HS28_V{name}.zip"
    path.write_bytes(version("HS28", name, range(1995, 2023), [*hs6(), "010121"]))
    assert partition_of(path.name) == f"HS28/V{name}"
    frame = parse(path, FileFacts(path.name, f"HS28/V{name}", date(2031, 1, 1)))[TRADE.name]
    assert accept(TRADE, frame).refused.is_empty()
    assert frame.height == 28 * len(PAIRS) * len(hs6())
    assert set(frame["exporter_code"]) == {"156", "516", "490"}


def test_an_archive_of_empty_files_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "BACI_HS22_V202601.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("BACI_HS22_Y2024_V202601.csv", "")
    with pytest.raises(ParseError, match=r"^BACI_HS22_V202601\.zip: has no rows\.$"):
        parse(path, FileFacts(path.name, "HS22/V202601", date(2026, 1, 22)))


def page(*names: str) -> dict[str, Route]:
    links = "".join(f'<a href="/DATA_DOWNLOAD/baci/data/{name}">{name}</a>' for name in names)
    return {urlsplit(SOURCE.homepage).path: Reply(f"<html>{links}</html>".encode(), content_type="text/html")}


def test_the_page_names_the_newest_version_of_each_edition(tmp_path: Path) -> None:
    """The editions before 2017 state the same trade in older codes; only the longest series is read."""
    names = [f"BACI_HS{edition}_V202701b.zip" for edition in ("92", "96", "02", "07", "12", "17", "22", "28")]
    routes = page("BACI_HS92_V202701.zip", "BACI_HS92_V202601.zip", *names)
    for edition in ("HS92", "HS17", "HS22", "HS28"):
        routes |= zipped(edition, "202701b", [2024], ["283691"])
    with serve(routes) as server:
        outcome = refresh(cepii_baci, tmp_path, server, datetime(2027, 7, 15, tzinfo=UTC))
        asked = [asked.path for asked in server.asked]
        refresh(cepii_baci, tmp_path, server, datetime(2027, 7, 16, tzinfo=UTC))
        assert len(server.asked) == len(asked) + 1  # a version already held is not requested again
    assert {record.partition for record in outcome.records} == {
        f"HS{edition}/V202701b" for edition in ("92", "17", "22", "28")
    }


@pytest.mark.parametrize("name", ["202702", "202701b", "202701", "202601"])
def test_without_the_page_the_newest_version_is_found_by_trying(tmp_path: Path, name: str) -> None:
    routes = zipped("HS92", "202601", [2023], ["283691"])
    for edition in ("HS92", "HS17", "HS22"):
        routes |= zipped(edition, name, [2024], ["283691", "811292"])
    with serve(routes) as server:
        outcome = refresh(cepii_baci, tmp_path, server, datetime(2027, 3, 15, tzinfo=UTC))
    assert {record.partition for record in outcome.records} == {
        f"{edition}/V{name}" for edition in ("HS92", "HS17", "HS22")
    }


def test_the_real_trade_of_2024_in_hs17_is_read_from_the_publishers_format(
    shared_data: Path, tmp_path: Path
) -> None:
    """All pairs in 30 codes, among them gallium and antimony metal, for which HS92 has no code."""
    (path,) = (shared_data / "cepii_baci/hs17_2024_30codes_all_pairs").glob("*.csv.gz")
    held = pl.read_csv(path, infer_schema=False)
    assert {"811292", "811010"} <= set(held["hs6"]) - {"811291"}
    native = held.select(
        t="year", i="exporter", j="importer", k=pl.col("hs6").str.strip_chars_start("0"), v="value_kusd",
        q=pl.col("qty_t").fill_null("          NA"),
    )  # fmt: skip
    archive = tmp_path / "BACI_HS17_V202601.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("BACI_HS17_Y2024_V202601.csv", native.write_csv(quote_style="never"))
    found = parse(archive, FileFacts(archive.name, "HS17/V202601", date(2026, 1, 22)))[TRADE.name]
    assert accept(TRADE, found).refused.is_empty()
    covered = held.filter(pl.col("hs6").is_in(hs6()))
    assert found.height == covered.height
    assert found["value_kusd"].sum() == pytest.approx(covered["value_kusd"].cast(pl.Float64).sum())


@pytest.mark.parametrize(
    ("name", "partition", "rows", "without_quantity"),
    [
        ("graphite", "HS92/250410", 27_531, 224),
        ("lithium", "HS92/283691", 15_670, 325),
        ("rare_earths", "HS07/2846", 19_535, 918),
        ("cobalt", "HS92/282200+810510", 260, 8),
    ],
)
def test_every_real_extract(
    shared_data: Path, name: str, partition: str, rows: int, without_quantity: int
) -> None:
    """Rows, and rows without a quantity, as counted in PROVENANCE.md."""
    path = shared_data / f"cepii_baci/cepii_{name}.csv"
    verdict = accept(TRADE, parse(path, FileFacts(path.name, partition, date(2026, 1, 22)))[TRADE.name])
    assert verdict.refused.is_empty()
    assert (verdict.rows.height, verdict.rows["quantity_t"].null_count()) == (rows, without_quantity)


def test_graphite_from_china_to_the_usa() -> None:
    trade = pl.read_parquet(HERE / f"{TRADE.name}.parquet").filter(nomenclature="HS92", hs6="250410")
    (flow,) = trade.filter(year=2023, exporter_code="China", importer_code="USA").rows(named=True)
    assert flow["value_kusd"] == pytest.approx(109.1e3, rel=1e-3)
    assert flow["quantity_t"] == pytest.approx(27_125, rel=1e-4)


def test_extracts_may_carry_idle_columns_and_iso_codes(tmp_path: Path) -> None:
    """Namibia is ``NAM`` and ``NA``: it is neither North America nor a missing value."""
    names = "year,exporter,exporter_name,importer,importer_name,hs6,material,value_kusd,qty_t\n"
    rows = read(tmp_path, names + "2024,NAM,Namibia,USA,USA,250490,graphite,319.76,572.25\n", "HS17/30codes")
    assert rows.rows() == [("HS17", 2024, "NAM", "USA", "250490", 319.76, 572.25)]
    numbered = (
        ",index,year,exporter,importer,product,value,quantity\n0,1102,2022,CHN,USA,780110,7.755,2.612\n"
    )
    assert read(tmp_path, numbered, "HS22/lead").rows() == [
        ("HS22", 2022, "CHN", "USA", "780110", 7.755, 2.612)
    ]


def test_values_by_material_are_codes_of_the_edition_of_their_year(tmp_path: Path) -> None:
    """Until 2016 the codes are HS02, in which 8112.92 means something else; gallium's basket appears once,
    not three times.
    """
    text = (
        "year,material,from_iso2,to_iso2,value_usd\n"
        "2016,fluorspar,MX,US,32783380\n2016,gallium,CN,US,5000\n"
        "2024,gallium,CN,US,7000\n2024,germanium,CN,US,7000\n2024,hafnium,NA,US,7000\n"
    )
    rows = read(tmp_path, text, "HS17/values")
    assert rows.rows() == [
        ("HS02", 2016, "MX", "US", "252922", 32783.38, None),
        ("HS17", 2024, "CN", "US", "811292", 7.0, None),
    ]


def test_materials_in_values_are_the_codes_of_the_extract_with_weights() -> None:
    """Both extracts state flows of the three in 2024, one without small flows: codes agree within 4 %."""
    rows = pl.read_parquet(HERE / "cepii_baci__trade.parquet").filter(year=2024)
    ends = pl.col("exporter_code").is_in(["USA", "CAN", "MEX"]) | pl.col("importer_code").is_in(
        ["USA", "CAN", "MEX"]
    )
    weighed = rows.filter(pl.col("_partition") == "HS17/30codes", ends)
    valued = rows.filter(_partition="HS17/values")
    sums = [frame.group_by("hs6").agg(pl.col("value_kusd").sum()) for frame in (weighed, valued)]
    both = sums[0].join(sums[1], on="hs6", how="full", coalesce=True)
    assert both.height == 28
    assert both.filter((pl.col("value_kusd_right") / pl.col("value_kusd") - 1).abs() > 0.04).is_empty()
