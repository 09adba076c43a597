"""Files of each planted publisher, read with the project's parsers, give the planted figures.

The nights only prove something if the simulated publishers are consistent: in their formats, in the planted
figures, and in both sides of a flow.
"""

from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import polars as pl
import pytest

from ingest.contracts import FileFacts, Frames, SourceModule, accept
from ingest.sources import census_api as api_source
from ingest.sources import census_bulk as bulk_source
from ingest.sources import cepii_baci as baci_source
from ingest.sources import comtrade as comtrade_source
from ingest.sources import statcan_cimt as cimt_source
from ingest.sources import usgs_mcs as usgs_source
from ingest.sources import usitc_hts as hts_source
from ingest.sources import worldbank_prices as prices_source
from tests.ingest.publishers.census_api import KEY as CENSUS_KEY
from tests.ingest.publishers.comtrade import KEY as COMTRADE_KEY
from tests.ingest.servers import Asked, Reply, Route
from tests.world.publishers import (
    census_api,
    census_bulk,
    cepii_baci,
    comtrade,
    others,
    statcan_cimt,
    usgs_mcs,
    usitc_hts,
    world_bank,
)
from tests.world.serving import routes, utc
from tests.world.truth import CIF_FACTOR, PRODUCTS, World, products

NOW = datetime(2026, 11, 20, tzinfo=UTC)
PLANTED = products()["hts10"].to_list()
FEW = 12_000


@pytest.fixture(scope="module")
def world() -> World:
    return World(NOW)


def read(source: SourceModule, path: Path) -> Frames:
    """The rows of a file, none of which may break its contract."""
    partition = source.partition_of(path.name)  # type: ignore[attr-defined]
    found = source.parse(path, FileFacts(path.name, partition, date(2026, 11, 5)))
    for table in source.SOURCE.tables:
        if table.name in found:
            refused = accept(table, found[table.name]).refused
            assert refused.is_empty(), refused
    return found


def answered(route: Route, *query: tuple[str, str], **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return route if isinstance(route, Reply) else route(Asked("/", list(query), {"Host": "here", **named}))


def test_a_month_of_the_census_bureau_is_what_was_planted(world: World, tmp_path: Path) -> None:
    """All control totals agree, units are in the concordance, and planted records are read back in full."""
    month = world.last_month
    found = read(bulk_source, census_bulk.imports(world, month, tmp_path, FEW))
    planted = world.us_imports(month)
    records = found["census_bulk__imports"]
    assert records.height == planted.height
    assert records["consumption_value_usd"].sum() == planted["con_val"].sum()
    assert records["calculated_duty_usd"].sum() == planted["cal_dut"].sum()
    units = found["census_bulk__concord"].filter(pl.col("code") == "2529220000")["unit_qy1"].to_list()
    assert units == ["T"]
    exported = read(bulk_source, census_bulk.exports(world, month, tmp_path, FEW))["census_bulk__exports"]
    assert exported["value_usd"].sum() == world.us_exports(month)["all_val"].sum()


def test_both_sides_of_a_flow_state_the_same(world: World, tmp_path: Path) -> None:
    """US imports from Canada are Canada's exports to the USA: FOB in BACI, CIF in Comtrade."""
    year = 2024
    lines = ["7502100000", "8104110000"]
    us = census_api.annual(world, year).filter(pl.col("hts10").is_in(lines), pl.col("origin") == "CAN")
    archive = statcan_cimt.archive(world, "Tot_Exp", year, tmp_path, 300)
    assert archive is not None
    canada = read(cimt_source, archive)["statcan_cimt__trade"]
    canada = canada.filter(pl.col("country") == "US", pl.col("hs_code").is_in([line[:8] for line in lines]))
    rates = {date(year, month, 1): world.cad_per_usd(date(year, month, 1)) for month in range(1, 13)}
    in_usd = (pl.col("value_cad") / pl.col("period").replace_strict(rates)).sum()
    assert canada.select(in_usd).item() == pytest.approx(us["con_val"].sum(), rel=1e-6)
    version = cepii_baci.archive(world, "HS17", "202601", tmp_path, 100)
    baci = read(baci_source, version)["cepii_baci__trade"].filter(
        pl.col("year") == year, pl.col("exporter_code") == "124", pl.col("importer_code") == "842"
    )
    codes = [line[:6] for line in lines]
    fob = 1000 * baci.filter(pl.col("hs6").is_in(codes))["value_kusd"].sum()
    assert fob == pytest.approx(us["con_val"].sum(), rel=1e-5)
    stated = comtrade.statements(world, f"{year}").filter(pl.col("hs6").is_in(codes))
    imports = stated.filter(pl.col("reporter") == "USA", pl.col("partner") == "CAN", pl.col("flow") == "M")
    assert imports["usd"].sum() == pytest.approx(fob * CIF_FACTOR, rel=1e-5)


def test_a_version_of_baci_has_all_years_and_codes_of_its_edition(world: World, tmp_path: Path) -> None:
    whole = read(baci_source, cepii_baci.archive(world, "HS92", "202601", tmp_path, 100))["cepii_baci__trade"]
    assert whole["year"].unique().sort().to_list() == list(range(1995, 2025))
    assert "811292" not in whole["hs6"].to_list()  # HS 1992 did not have this code
    fluorspar = whole.filter(
        pl.col("hs6") == "252922", pl.col("importer_code") == "842", pl.col("year") == 2000
    )
    assert fluorspar.sort("value_kusd")["exporter_code"].to_list()[-1] == "156"
    unknown = whole.filter(pl.col("hs6") == "252922", pl.col("exporter_code") == "710")["quantity_t"]
    assert unknown.null_count() == unknown.len()


def test_the_preview_truncates_silently_and_the_keyed_api_does_not(world: World, tmp_path: Path) -> None:
    answers = comtrade.routes(world)
    codes = ",".join(comtrade_source.asked_codes())
    query = (
        ("period", "2025"),
        ("partnerCode", "842,124,484"),
        ("cmdCode", codes),
        ("flowCode", "M,X,RM,RX"),
    )
    query = (*query, ("breakdownMode", "classic"))
    preview = orjson.loads(answered(answers["/public/v1/preview/C/A/HS"], *query).body)
    assert preview["count"] == comtrade.PREVIEW_CAP
    key = {"Ocp_Apim_Subscription_Key": COMTRADE_KEY}
    keyed = answered(answers["/data/v1/get/C/A/HS"], *query, **key)
    assert orjson.loads(keyed.body)["count"] > comtrade.PREVIEW_CAP
    assert answered(answers["/data/v1/get/C/A/HS"], *query).status == 401
    kept = tmp_path / "comtrade_mirror_2025.json"
    kept.write_bytes(keyed.body)
    rows = read(comtrade_source, kept)["comtrade__trade"]
    assert rows.height == orjson.loads(keyed.body)["count"]


def test_the_census_api_states_totals_and_one_chapter_never_whole(world: World, tmp_path: Path) -> None:
    route = census_api.routes(world)["/imports/hs"]
    get = ("get", ",".join(api_source.API_NAMES))
    rest = (
        ("COMM_LVL", "HS10"),
        ("SUMMARY_LVL", "DET"),
        ("YEAR", "2024"),
        ("MONTH", "12"),
        ("key", CENSUS_KEY),
    )
    assert answered(route, get, *rest[:-1], ("I_COMMODITY", "81*")).status == 302
    assert answered(route, get, *rest, ("I_COMMODITY", "85*")).status == 500
    assert answered(route, get, *rest, ("I_COMMODITY", "850*")).status == 200
    assert answered(route, get, *rest, ("I_COMMODITY", "81")).status == 204
    assert answered(route, get, *rest, ("I_COMMODITY", "8505*")).status == 200  # only lines that are kept
    assert answered(route, get, *rest, ("I_COMMODITY", "859*")).status == 204
    kept = tmp_path / "2024_81.json"
    kept.write_bytes(answered(route, get, *rest, ("I_COMMODITY", "81*")).body)
    rows = read(api_source, kept)["census_api__imports_annual"]
    magnesium = rows.filter(pl.col("hts10") == "8104110000")
    total = magnesium.filter(pl.col("cty_code") == "-")["consumption_value_usd"].item()
    assert magnesium.filter(pl.col("cty_code") != "-")["consumption_value_usd"].sum() == total


def test_a_shifted_edition_states_the_same_a_year_later(tmp_path: Path) -> None:
    frames = []
    for edition in (2026, 2027):
        path = tmp_path / f"MCS{edition}_Commodities_Data.csv"
        path.write_bytes(usgs_mcs.release(edition))
        frames.append(read(usgs_source, path))
    for table in frames[0]:
        before, after = (frame[table] for frame in frames)
        assert before.height == after.height
        assert set(after["edition"]) == {"2027"}
    world_before, world_after = (frame["usgs_mcs__world"] for frame in frames)
    assert world_after["year"].max() == world_before["year"].max() + 1
    assert world_after["value"].sum() == world_before["value"].sum()


def test_without_a_real_file_one_is_generated(tmp_path: Path) -> None:
    """A schedule of real size with the planted rates, and the Summaries restored from the starter."""
    schedule = tmp_path / "hts_2026_rev_17.json"
    schedule.write_bytes(usitc_hts.made())
    lines = read(hts_source, schedule)["usitc_hts__line"]
    ten = lines.filter(pl.col("hts_code").str.len_chars() == 10)
    assert ten.height == usitc_hts.STATISTICAL_LINES
    rates = dict(ten.select("hts_code", "general_ad_valorem_pct").iter_rows())
    assert all(rates[product.hts10] == product.mfn_pct for product in PRODUCTS)
    summaries = tmp_path / "MCS2026_Commodities_Data.csv"
    summaries.write_bytes(usgs_mcs.of_starter())
    found = read(usgs_source, summaries)
    for table, rows in found.items():
        starter = pl.read_parquet(usgs_mcs.STARTER / f"{table}.parquet").filter(pl.col("edition") == "2026")
        assert rows.height == starter.height, table


def test_the_workbook_has_every_series_and_month(world: World, tmp_path: Path) -> None:
    path = tmp_path / prices_source.WORKBOOK
    path.write_bytes(world_bank.workbook(world_bank.last_month(world)))
    found = prices_source.parse(path, FileFacts(path.name, "monthly", date(2026, 11, 5)))
    monthly = found["worldbank_prices__monthly"]
    assert monthly["series"].n_unique() == 71
    newest = monthly.filter(pl.col("series") == "Nickel").sort("period").row(-1, named=True)
    assert newest["period"] == date(2026, 10, 1)
    assert newest["price"] == pytest.approx(world_bank.price("Nickel", newest["period"]))


def test_searches_and_collections_come_in_pages(world: World) -> None:
    """The next page of a search has another path and a cursor; a collection ends with its last page."""
    answers = others.federal_register(world)
    asked = (
        ("conditions[term]", "USMCA"),
        ("per_page", "100"),
        ("conditions[publication_date][gte]", "2025-01-01"),
    )
    first = orjson.loads(answered(answers["/documents.json"], *asked).body)
    assert len(first["results"]) == 100
    assert first["count"] > 100
    assert "/documents?" in first["next_page_url"]
    assert "search_after_cursor=" in first["next_page_url"]
    survey = others.bgs_wms(world)["/collections/world-mineral-statistics/items"]
    page = orjson.loads(
        answered(survey, ("bgs_commodity_trans", "gallium, primary"), ("limit", "50"), ("offset", "150")).body
    )
    assert page["numberMatched"] == 3 * 55
    assert page["numberReturned"] == 15


def test_the_world_knows_what_is_published_on_a_date(tmp_path: Path) -> None:
    """Releases, versions and editions of the calendar."""

    def known(world: World) -> tuple[str, str, int]:
        current = routes(world, tmp_path)["usitc_hts"]["/currentRelease"]
        assert isinstance(current, Reply)
        page = answered(routes(world, tmp_path)["cepii_baci"]["*"]).body.decode()
        version = page.split("BACI ")[1].split(" ")[0]
        return orjson.loads(current.body)["name"], version, usgs_mcs.editions(world)[0]

    assert known(World(utc(2026, 11, 20))) == ("2026HTSRev17", "202601", 2026)
    assert known(World(utc(2027, 2, 15))) == ("2027HTSRev1", "202701", 2027)
    assert known(World(utc(2027, 7, 15))) == ("2027HTSRev3", "202701b", 2027)
    assert known(World(utc(2028, 1, 10))) == ("2028HTSBasic", "202701b", 2027)


def test_the_planted_lines_are_of_fourteen_minerals_or_more() -> None:
    assert len({mineral for product in PRODUCTS for mineral in product.minerals}) >= 14
    for product in PRODUCTS:
        assert sum(product.shares.values()) == pytest.approx(1)
