"""Lists of countries, and the curated seeds compared with them and with every name in the real files."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ingest.contracts import FileFacts, Frames, ParseError, SourceModule
from ingest.sources import bgs_wms, cepii_baci, comtrade, usgs_mcs, worldbank_wgi
from ingest.starter.compile import HERE, origins
from tests.ingest.country_lists import iso_m49, schedule_c

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
COUNTRIES = pl.read_csv(SEEDS / "countries.csv", infer_schema=False)
ALIASES = pl.read_csv(SEEDS / "country_aliases.csv", infer_schema=False)


def unmapped(source_id: str, spellings: Iterable[str | None], *columns: str) -> set[str]:
    """Spellings that are neither a country name in those columns of the seed nor an alias of the source."""
    known = {code for column in columns for code in COUNTRIES[column].drop_nulls()}
    return {text for text in spellings if text} - known - set(ALIASES.filter(source_id=source_id)["alias"])


def frames(module: SourceModule, paths: Iterable[Path], partition: str = "HS92/all") -> list[Frames]:
    return [module.parse(path, FileFacts(path.name, partition, date(2026, 1, 1))) for path in paths]


def test_lists_are_read(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text('Code,Name\n1220,"Canada"\n2010,"Mexico"\n')
    assert schedule_c(tmp_path / "c.csv").rows() == [("1220", "Canada"), ("2010", "Mexico")]
    (tmp_path / "iso.csv").write_text("name,alpha-2,alpha-3,country-code,region\nNamibia,NA,NAM,516,Africa\n")
    assert iso_m49(tmp_path / "iso.csv").rows() == [("NAM", "NA", "516", "Namibia")]


@pytest.mark.parametrize(
    "text", ["", "Code\n1220\n", "Code,Name\n122,Canada\n", "Code,Name\n1220,A\n1220,B\n"]
)
def test_another_list_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.csv").write_text(text)
    with pytest.raises(ParseError, match=r"c\.csv: not such a list"):
        schedule_c(tmp_path / "c.csv")


def test_codes_of_the_seed_are_unique() -> None:
    assert COUNTRIES["iso3"].is_unique().all()
    for column in ("iso2", "m49_code", "comtrade_code", "census_code"):
        assert COUNTRIES[column].drop_nulls().is_unique().all(), column
    assert ALIASES.select("source_id", "alias").is_unique().all()


def test_every_alias_is_a_country_or_says_why_not() -> None:
    assert set(ALIASES["kind"]) == {"country", "aggregate", "historic"}
    countries = ALIASES.filter(kind="country")
    assert set(ALIASES["iso3"].drop_nulls()) <= set(COUNTRIES["iso3"])
    assert countries["iso3"].null_count() == 0
    assert ALIASES.filter(pl.col("kind") != "country")["reason"].null_count() == 0
    assert ALIASES.filter(kind="aggregate")["iso3"].null_count() == ALIASES.filter(kind="aggregate").height


@pytest.mark.parametrize(
    ("iso3", "code"),
    [
        ("USA", "842"),
        ("TWN", "490"),
        ("FRA", "251"),
        ("NOR", "579"),
        ("IND", "699"),
        ("CHE", "757"),
        ("ITA", "380"),
    ],
)
def test_comtrade_has_country_codes_of_its_own(iso3: str, code: str) -> None:
    assert COUNTRIES.filter(iso3=iso3)["comtrade_code"].item() == code


def test_a_comtrade_code_is_a_country_or_an_alias_not_both() -> None:
    assert not set(COUNTRIES["comtrade_code"].drop_nulls()) & set(
        ALIASES.filter(source_id="comtrade")["alias"]
    )


def test_seed_holds_every_country_of_iso_and_schedule_c(shared_data: Path) -> None:
    listed = iso_m49(shared_data / "reference/iso3166_un_m49_all.csv")
    seed = COUNTRIES.join(listed.select("iso3", iso="iso2", m49="m49_code"), on="iso3", how="full")
    assert seed.filter(pl.col("iso3").is_null()).is_empty()
    assert seed.filter(pl.col("iso").is_null())["iso3"].to_list() == ["XKX"]
    assert seed.filter(pl.col("iso") != pl.col("iso2"), pl.col("m49") != pl.col("m49_code")).is_empty()
    census = schedule_c(shared_data / "reference/census_schedule_c_country_codes.csv")
    assert not unmapped("census_api", census["census_code"], "census_code")


def test_schedule_c_codes_agree_with_another_mapping(shared_data: Path) -> None:
    other = pl.read_csv(shared_data / "reference/census_to_iso3.csv", infer_schema=False)
    both = COUNTRIES.join(other, left_on="census_code", right_on="cty_code")
    assert both.height == other.height
    assert both.filter(pl.col("iso3") != pl.col("iso3_right")).is_empty()


@pytest.mark.parametrize(
    ("table", "columns", "source_id", "seed_columns"),
    [
        ("usgs_mcs__world", ["country"], "usgs_mcs", []),
        ("usgs_mcs__import_sources", ["country"], "usgs_mcs", []),
        ("census_api__imports_annual", ["cty_code"], "census_api", ["census_code"]),
        ("usitc_dataweb__usmca_monthly", ["cty_code"], "census_api", ["census_code"]),
        ("comtrade__trade", ["reporter_code", "partner_code"], "comtrade", ["comtrade_code"]),
        (
            "cepii_baci__trade",
            ["exporter_code", "importer_code"],
            "cepii_baci",
            ["comtrade_code", "iso3", "iso2"],
        ),
        ("worldbank_wgi__indicator", ["iso3"], "worldbank_wgi", ["iso3"]),
    ],
)
def test_every_country_of_the_starter_is_known(
    table: str, columns: list[str], source_id: str, seed_columns: list[str]
) -> None:
    rows = pl.read_parquet(HERE / f"{table}.parquet", columns=columns)
    for column in columns:
        assert not unmapped(source_id, rows[column].cast(pl.String).unique(), *seed_columns)


def test_every_country_of_the_real_mcs_files_is_known(shared_data: Path) -> None:
    used = [origin for origin in origins(shared_data) if origin.source_id == "usgs_mcs"]
    assert len(used) == 10
    for origin in used:
        for frame in usgs_mcs.parse(origin.path, origin.facts).values():
            if "country" in frame.columns:
                assert not unmapped("usgs_mcs", frame["country"])


def test_every_area_of_the_real_comtrade_files_is_known(shared_data: Path) -> None:
    downloads = [*shared_data.glob("un_comtrade/*/*.csv"), *shared_data.glob("un_comtrade/trade_data*.csv")]
    used = [path for path in downloads if path.parent.name != "derived"]
    assert len(used) == 12
    for trade in frames(comtrade, used):
        for column in ("reporter_code", "partner_code"):
            spellings = trade["comtrade__trade"][column].cast(pl.String)
            assert not unmapped("comtrade", spellings, "comtrade_code")


def test_every_area_of_the_real_baci_files_is_known(shared_data: Path) -> None:
    for trade in frames(cepii_baci, shared_data.glob("cepii_baci/*.csv")):
        for column in ("exporter_code", "importer_code"):
            assert not unmapped("cepii_baci", trade["cepii_baci__trade"][column], "comtrade_code")


def test_every_country_of_the_real_bgs_and_wgi_files_is_known(shared_data: Path) -> None:
    for production in frames(bgs_wms, shared_data.glob("bgs_wms/*.csv")):
        assert not unmapped("bgs_wms", production["bgs_wms__production"]["country"])
    (wgi,) = frames(worldbank_wgi, shared_data.glob("world_bank_wgi/*.xlsx"))
    assert not unmapped("worldbank_wgi", wgi["worldbank_wgi__indicator"]["iso3"], "iso3")
