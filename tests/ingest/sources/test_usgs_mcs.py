"""Mineral Commodity Summaries: the long file since 2026, the wide files before, and damaged ones."""

import csv
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from ingest.contracts import FileFacts, Frames, ParseError, accept
from ingest.sources import usgs_mcs
from ingest.sources.usgs_mcs import (
    IMPORT_RANKS,
    IMPORT_SOURCES,
    SALIENT,
    SOURCE,
    WORLD,
    parse,
    partition_in,
    partition_of,
)
from ingest.sources.usgs_mcs.columns import COLUMNS_MEANT, kind_of, unit_of
from ingest.sources.usgs_mcs.facts import FEWEST
from ingest.starter.compile import HERE
from tests.ingest import publishers
from tests.ingest.editions import moved_on
from tests.ingest.live import NOW, refresh
from tests.ingest.publishers.usgs_mcs import mcs_2025
from tests.ingest.servers import Asked, Reply, serve

LONG_HEADER = (
    "MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes,"
    "Is critical mineral 2025,Other notes\n"
)
WORLD_HEADER = (
    "SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_2023,PROD_EST_ 2024,PROD_NOTES,"
    "CAP_2023,CAP_EST_ 2024,CAP_NOTES,RESERVES_2024,RESERVE_NOTES\n"
)
FIGURE_2_HEADER = (
    "Source,Import_Share_Order,Commodity,Net_Import_Reliance_pct_2024,Major_Import_Sources_2020_2023,Notes\n"
)
SALIENT_COLUMNS = "DataSource,Commodity,Year,USprod_Mine_t,Imports_t,Consump_t,Consump_t,NIR_pct"
MANY = 90

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return _write


def read(path: Path, edition: str) -> Frames:
    return parse(path, FileFacts(path.name, edition, date(2025, 1, 31)))


def salient(commodity: str = "Cobalt", columns: str = SALIENT_COLUMNS, last: str = "W,1,2,3,>50") -> str:
    lines = [f"MCS2025,{commodity},{year},W,9740,W,3750,76" for year in range(2020, 2024)]
    return "\n".join([columns, *lines, f"MCS2025,{commodity},2024,{last}", ""])


def world(*lines: str) -> str:
    filling = (
        f"MCS2025,Commodity {n},Chile,Mine production,metric tons,1,2,,,,,3,\n"
        for n in range(MANY - len(lines))
    )
    return WORLD_HEADER + "".join(f"{line}\n" for line in lines) + "".join(filling)


def long(*lines: str) -> str:
    filling = []
    for n in range(MANY):
        start = f"CHAPTER {n},"
        filling += [
            f"{start}Salient Statistics,Commodity {n},United States,Import,Imports,metric tons,2025,1,,No,",
            f"{start}World Production,Commodity {n},Chile,Production,Mine production,kilograms,2025,1,,No,",
            f"{start}Import Sources,Commodity {n},Chile,Import sources,All,percent,2021\u201324,60,,No,",
        ]
    return LONG_HEADER + "\n".join([*filling, *lines, ""])


def half(text: str) -> str:
    """Text cut off at the end of a line, before its middle."""
    return text[: text.rindex("\n", 0, len(text) // 2) + 1]


# --- forms ---


def test_a_salient_file_gives_a_row_a_printed_cell(write: Write) -> None:
    frame = read(write("mcs2025-cobal_salient.csv", "\ufeff" + salient()), "2025")[SALIENT.name]
    assert accept(SALIENT, frame).refused.is_empty()
    rows = {(row["statistic"], row["year"]): row for row in frame.to_dicts()}
    assert len(rows) == 5 * 5
    imports = rows["Imports_t", 2020]
    assert (imports["kind"], imports["unit"], imports["value"]) == ("import", "metric tons", 9740)
    assert not imports["is_estimated"]
    assert rows["Imports_t", 2024]["is_estimated"]
    assert rows["USprod_Mine_t", 2020]["qualifier"] == "W"
    assert rows["Consump_t#2", 2020]["value"] == 3750
    nir = rows["NIR_pct", 2024]
    assert (nir["kind"], nir["unit"], nir["qualifier"]) == ("nir", "percent", ">")
    assert (nir["value"], nir["value_low"], nir["value_high"]) == (None, 50, 100)


def test_blank_cells_and_blank_lines_give_no_row(write: Write) -> None:
    text = salient(last="  ,1,2,3,") + ",,,,,,,\n"
    frame = read(write("s.csv", text), "2025")[SALIENT.name]
    assert frame.filter(year=2024)["statistic"].to_list() == ["Imports_t", "Consump_t", "Consump_t#2"]


def test_wrongly_named_columns_are_corrected(write: Write) -> None:
    frame = read(write("s.csv", salient("Iodine")), "2025")[SALIENT.name].filter(year=2020)
    values = dict(zip(frame["statistic"], frame["value_text"], strict=True))
    assert values["Consump_Apparent_t"] == "W"
    assert values["Consump_Reported_t"] == "3750"


def test_a_column_of_no_known_kind_is_refused_row_by_row(write: Write) -> None:
    columns = SALIENT_COLUMNS.replace("USprod_Mine_t", "Sparkle_t")
    accepted = accept(SALIENT, read(write("s.csv", salient(columns=columns)), "2025")[SALIENT.name])
    assert accepted.refused["statistic"].unique().to_list() == ["Sparkle_t"]
    assert accepted.refused["_reason"].str.contains("kind").all()
    assert accepted.rows.height == 4 * 5


def test_world_data_of_2025(write: Write) -> None:
    text = world(
        'MCS2025,Gemanium ,Canada ,"Mine poduction, gross weight, estimated",kilograms,5,>6,reported,7,8,,9,',
        "MCS2025,Lithium,United States,Mine production,metric tons,,,W for 23-24,,,,1800000,",
        "MCS2025,Lithium,World total (rounded) 10,Mine production,t,10,11,Excludes U.S. production,,,,,Large",
        "MCS2025,Lithium,Brazil (beneficiated),Mine production,metric tons,1,2,estimated 2023,,,,,",
        "MCS2025,Lithium,Congo (Kinshasa),Mine production,metric tons,,3,na for 2023,,,,,",
        "MCS2025,Vanadium,Other Countries,Mine production,metric tons,1,2,,,,,8500,",
    )
    frame = read(write("w.csv", text), "2025")[WORLD.name]
    assert accept(WORLD, frame).refused.is_empty()
    keyed = {(r["commodity"], r["country"], r["measure"], r["year"]): r for r in frame.to_dicts()}

    germanium = keyed["Germanium", "Canada", "production", 2023]
    assert germanium["statistic"] == "Mine production, gross weight"
    assert not germanium["is_estimated"], "the notes say that a figure under an estimated label is reported"
    assert keyed["Germanium", "Canada", "production", 2024]["value_low"] == 6
    assert keyed["Germanium", "Canada", "capacity", 2024]["value"] == 8

    assert {keyed["Lithium", "United States", "production", year]["qualifier"] for year in (2023, 2024)} == {
        "W"
    }
    total = keyed["Lithium", "World total", "production", 2024]
    assert (total["is_total"], total["excludes_usa"]) == (True, True)
    assert keyed["Lithium", "World total", "reserves", 2024]["qualifier"] == "text"
    brazil = keyed["Lithium", "Brazil", "production", 2023]
    assert (brazil["statistic"], brazil["is_estimated"]) == ("Mine production: beneficiated", True)
    assert keyed["Lithium", "Congo (Kinshasa)", "production", 2023]["qualifier"] == "NA"

    rest = keyed["Vanadium", "Other Countries", "reserves", 2024]
    assert (rest["is_other"], rest["unit"]) == (True, "thousand metric tons")
    assert keyed["Vanadium", "Other Countries", "production", 2024]["unit"] == "metric tons"


@pytest.mark.parametrize(
    ("edition", "years", "start", "end"),
    [("2025", "2020_2023", 2020, 2023), ("2026", "2021_24", 2021, 2024), ("2027", "2022_25", 2022, 2025)],
)
def test_figure_2_ranks_countries_without_shares(
    write: Write, edition: str, years: str, start: int, end: int
) -> None:
    lines = [f'MCS{edition},{n},"COMMODITY {n}, refined",50,"Canada, China3 ",' for n in range(MANY)]
    lines.append(f"MCS{edition},99,XENON,98,NA,Descending order of import share.")
    header = FIGURE_2_HEADER.replace("2020_2023", years).replace("2024", str(int(edition) - 1))
    frame = read(write("f.csv", header + "\n".join([*lines, ""])), edition)[IMPORT_RANKS.name]
    first = frame.filter(commodity="COMMODITY 0").drop("edition", "commodity", "form")
    assert first.rows() == [("Canada", start, end, 1), ("China", start, end, 2)]
    assert frame.filter(commodity="XENON").is_empty(), "the figure names no supplier of xenon"


def test_the_long_file_fills_three_tables(write: Write) -> None:
    text = long(
        "A,Salient Statistics\u2014United States,Mica,United States,Import,Imports,metric tons,2024,24,,No,",
        "A,Salient Statistics\u2014United States,Mica,United States,Import,Imports,metric tons,2024,3,,No,",
        "A,Salient Statistics,Tin,United States,Shipment,Shipments,metric tons,2021,?1,,No,",
        "A,Salient Statistics,Tin,United States,Export,Exports,t,2025,s,Estimated. Less than \xbd unit,No,",
        "A,Salient Statistics,Ore,United States,Price,Price: dollars per metric ton unit,dollars,2025,5,,No,",
        "A,World Production,Tin,World total,Production,mine production: rounded,t,2025,\u2014,,No,",
        "A,World Mine Production,Tin,Peru,Production,Mine production,metric tons,2025,7,,No,",
        "A,Import Sources,Tin,Peru,Import sources 2021-2024,Refined,percent,2021\u201324,>99,,No,",
        "A,Import Sources,Tin,Other countries,Import sources 2021-2024,Refined,percent,2021\u201324,<1,,No,",
    )
    frames = read(write("m.csv", text.encode("cp1252")), "2026")
    assert frames.keys() == {SALIENT.name, WORLD.name, IMPORT_SOURCES.name}
    assert all(
        accept(table, frames[table.name]).refused.is_empty() for table in (SALIENT, WORLD, IMPORT_SOURCES)
    )

    figures = {(r["commodity"], r["statistic"], r["year"]): r for r in frames[SALIENT.name].to_dicts()}
    assert figures["Mica", "Imports", 2024]["value"] == 24
    assert figures["Mica", "Imports#2", 2024]["value"] == 3
    assert figures["Tin", "Shipments", 2021]["value"] == -1
    small = figures["Tin", "Exports", 2025]
    assert (small["qualifier"], small["value_high"], small["is_estimated"]) == ("s", 0.5, True)
    price = figures["Ore", "Price: dollars per metric ton unit", 2025]
    assert price["unit"] == "dollars per metric ton unit"

    tin = frames[WORLD.name].filter(commodity="Tin").select("country", "statistic", "value", "is_total")
    assert tin.rows() == [("World total", "Mine production", 0, True), ("Peru", "Mine production", 7, False)]

    shares = frames[IMPORT_SOURCES.name].filter(commodity="Tin")
    assert shares.select(
        "country", "rank", "share_pct", "value_text", "period_start", "period_end"
    ).rows() == [
        ("Peru", 1, None, ">99", 2021, 2024),
        ("Other countries", 2, None, "<1", 2021, 2024),
    ]


def test_unknown_members_of_a_zip_of_salient_files_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "Salient_Commodity.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("meta.xml", "<x/>")
        archive.writestr("fig.csv", "a,b\n1,2\n")
        for n in range(MANY):
            archive.writestr(f"mcs2025-{n}_salient.csv", salient(f"Commodity {n}"))
    frames = read(path, "2025")
    assert list(frames) == [SALIENT.name]
    assert frames[SALIENT.name]["commodity"].n_unique() == MANY


@pytest.mark.parametrize("critical", [None, "Is critical mineral 2028", "Is critical mineral"])
def test_the_next_edition_states_the_same_a_year_later(write: Write, critical: str | None) -> None:
    text = long(
        "A,Salient Statistics,Tin,United States,Net import reliance,"
        "Net import relianceas a percentage: net exporter in 2025,percent,2025,E,,No,",
        "A,Salient Statistics,Tin,United States,Import,Imports (1982=100),metric tons,2024,24,,No,",
        'A,World Production,Vanadium,China,Reserves,Reserves,metric tons,2025,"5,800",,No,',
        "A,Import Sources,Tin,Peru,Import sources 2021-2024,Refined,percent,2021\u201324,60,,No,",
    ).encode("cp1252")
    now = read(write("MCS2026_Commodities_Data.csv", text), "2026")
    later = read(write("MCS2027_Commodities_Data.csv", moved_on(text, critical=critical)), "2027")
    years = ("year", "period_start", "period_end")
    for table in (SALIENT, WORLD, IMPORT_SOURCES):
        assert accept(table, later[table.name]).refused.is_empty()
        moved = now[table.name].with_columns(
            pl.lit("2027").alias("edition"),
            *(pl.col(column) + 1 for column in years if column in now[table.name].columns),
        )
        assert later[table.name].equals(moved), table.name
    nir = later[SALIENT.name].filter(kind="nir")
    assert nir["statistic"].to_list() == ["Net import reliance as a percentage: net exporter"]
    vanadium = later[WORLD.name].filter(commodity="Vanadium")
    assert vanadium["unit"].to_list() == ["thousand metric tons"], "parsed like the previous edition"


def test_a_guarded_figure_has_the_bounds_of_its_rounding(write: Write) -> None:
    text = long(
        "A,World Production,Zirconium,United States,Production,Mine,thousand metric tons,2025,100,"
        "Estimated. -- Data are rounded to the nearest hundred thousand tons to avoid disclosing,No,",
        'A,Salient Statistics,Slag,United States,Production,Made,metric tons,2025,"10,000",'
        '"Rounded to the nearest 5,000 tons to avoid disclosing company proprietary data.",No,',
        "A,World Production,Zirconium,China,Production,Mine,thousand metric tons,2025,100,,No,",
        'A,Salient Statistics,Zirconium,United States,Production,Made,metric tons,2025,"<100,000",,No,',
    )
    frames = read(write("m.csv", text.encode("cp1252")), "2026")
    bounds = ["qualifier", "value", "value_low", "value_high"]
    zirconium = frames[WORLD.name].filter(commodity="Zirconium").select("country", *bounds)
    assert zirconium.rows() == [("United States", "range", 100, 50, 150), ("China", "=", 100, 100, 100)]
    salient = frames[SALIENT.name].filter(statistic="Made").select(bounds)
    assert salient.rows() == [("range", 10_000, 7_500, 12_500), ("<", None, 0, 100_000)]


def test_estimates_and_bounds_of_old_editions_are_read(write: Write) -> None:
    columns = "DataSource,Commodity,Year,USprod_Mine_t,Imports_t,Consump_t,NIR_pct"
    lines = [f"MCS2024,Tin,{year},e150,Less than one-half unit,e1.5,>50%" for year in range(2019, 2024)]
    path = write("mcs2024-tin_salient.csv", "\n".join([columns, *lines, ""]))
    frame = read(path, "2024")[SALIENT.name]
    assert accept(SALIENT, frame).refused.is_empty()
    cells = frame.filter(year=2020).select("qualifier", "value", "value_low", "value_high", "is_estimated")
    assert cells.rows() == [
        ("=", 150, 150, 150, True),
        ("s", None, 0, 0.5, False),
        ("=", 1.5, 1.5, 1.5, True),
        (">", None, 50, 100, False),
    ]


# --- damage ---

SLIPPED = {
    "a figure under an empty heading": (
        "DataSource,Commodity,Year,USprod_Mine_t,Imports_t,Price_dt,NIR_pct,,",
        "MCS2024,Feldspar,{year},1,NA,2,3,400,15",
    ),
    "a reliance of 149 %": (
        "DataSource,Commodity,Year,USprod_Mine_t,Imports_t,Price_dt,NIR_pct,Employment_num,",
        "MCS2024,Feldspar,{year},1,NA,2,149,,",
    ),
}


@pytest.mark.parametrize("fault", SLIPPED)
def test_a_file_whose_headings_have_slipped_is_refused_as_a_whole(write: Write, fault: str) -> None:
    header, line = SLIPPED[fault]
    text = "\n".join([header, *(line.format(year=year) for year in range(2019, 2024)), ""])
    with pytest.raises(ParseError, match=r"mcs2024-felds_salient\.csv: its headings are shifted"):
        read(write("mcs2024-felds_salient.csv", text), "2024")


def test_one_slipped_file_of_a_zip_is_refused_and_the_others_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "Salient_Commodity.zip"
    header, line = SLIPPED["a figure under an empty heading"]
    slipped = "\n".join([header, *(line.format(year=year) for year in range(2020, 2025)), ""])
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mcs2025-felds_salient.csv", slipped.replace("MCS2024", "MCS2025"))
        for n in range(MANY):
            archive.writestr(f"mcs2025-{n}_salient.csv", salient(f"Commodity {n}"))
    accepted = accept(SALIENT, read(path, "2025")[SALIENT.name])
    assert accepted.rows["commodity"].n_unique() == MANY
    assert accepted.refused["commodity"].unique().to_list() == ["Feldspar"]
    assert accepted.refused.height == 6 * 5
    assert accepted.refused["_reason"].str.contains("headings_have_slipped").all()


def test_the_years_of_a_file_may_be_in_any_order(write: Write) -> None:
    header, *lines = salient().splitlines()
    newest_first = "\n".join([header, *reversed(lines), ""])
    found = read(write("s.csv", newest_first), "2025")[SALIENT.name]
    assert found.equals(read(write("s.csv", salient()), "2025")[SALIENT.name])


def test_a_price_in_tons_is_quarantined_with_its_reason(write: Write) -> None:
    text = salient(columns=SALIENT_COLUMNS.replace("Imports_t", "Price_Metal_t"))
    accepted = accept(SALIENT, read(write("s.csv", text), "2025")[SALIENT.name])
    assert accepted.refused["statistic"].unique().to_list() == ["Price_Metal_t"]
    assert accepted.refused["_reason"].unique().to_list() == ["price_in_tons"]


def test_impossible_rows_of_the_long_file_are_quarantined_with_their_reason(write: Write) -> None:
    text = long(
        "A,Salient Statistics,Tin,United States,Net import reliance,NIR,percent,2025,149,,No,",
        "A,World Production,Tin,Peru,Production,Mine production,metric tons,2025,-7,,No,",
    )
    frames = read(write("m.csv", text.encode("cp1252")), "2026")
    assert accept(SALIENT, frames[SALIENT.name]).refused["_reason"].to_list() == ["reliance_above_100"]
    assert accept(WORLD, frames[WORLD.name]).refused["_reason"].to_list() == ["output_below_zero"]


def test_the_real_file_whose_headings_have_slipped(shared_data: Path) -> None:
    with pytest.raises(ParseError, match="its headings are shifted"):
        read(shared_data.parent / "field/us/mcs2024-fluor_salient.csv", "2024")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (salient()[:-1], "last line is incomplete"),
        (salient()[:-9] + "\n", "line 6 has 5 fields, the header 8"),
        ("\n".join(salient().split("\n")[:-2]) + "\n", "5 years"),
        (salient().replace("MCS2025", "draft"), "5 years"),
        (SALIENT_COLUMNS + "\n", "5 years"),
        (salient().replace("DataSource,Commodity", "Commodity,DataSource"), "no header"),
        (world().replace("COUNTRY,TYPE", "TYPE,COUNTRY"), "no header"),
        (world().replace("PROD_EST_ 2024", "PROD_EST_ 2025"), "no header"),
        (half(world()), "commodities"),
        (half(long()), "commodities"),
        (b"\x00\xff\xfe\n", "no header"),
        ('"open quote\n', "not a CSV"),
    ],
)
def test_damaged_files_are_refused_with_their_name(write: Write, content: str | bytes, message: str) -> None:
    with pytest.raises(ParseError, match=message) as refusal:
        read(write("mcs.csv", content), "2025")
    assert "mcs.csv" in str(refusal.value)


def test_a_file_of_another_edition_is_refused(write: Write) -> None:
    with pytest.raises(ParseError, match="states edition 2025, but its partition is 2024"):
        read(write("mcs.csv", world()), "2024")


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    """World data of 2025 as its release packs them."""
    path = tmp_path / "World_Data.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("MCS2025_World_Data.csv", mcs_2025())
        archive.writestr("MCS2025_World_Data.xml", "<metadata/>")
    return path


def test_a_zip_and_its_file_give_the_same_rows(zipped: Path, write: Write) -> None:
    loose = read(write("MCS2025_World_Data.csv", mcs_2025()), "2025")
    assert read(zipped, "2025")[WORLD.name].equals(loose[WORLD.name])


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.99])
def test_a_zip_cut_short_is_refused(zipped: Path, keep: float) -> None:
    whole = zipped.read_bytes()
    zipped.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(ParseError, match=r"World_Data\.zip"):
        read(zipped, "2025")


def test_a_zip_with_flipped_bytes_is_refused(zipped: Path) -> None:
    content = bytearray(zipped.read_bytes())
    content[200:240] = bytes(40)
    zipped.write_bytes(content)
    with pytest.raises(ParseError, match="cannot be read"):
        read(zipped, "2025")


# --- the real files ---


@pytest.fixture(scope="module")
def published() -> dict[tuple[str, str], pl.DataFrame]:
    """Tables of both editions as in the starter, in full; `test_starter` compiles them from the files."""
    found = {}
    for table in SOURCE.tables:
        rows = pl.read_parquet(HERE / f"{table.name}.parquet")
        for (edition,), of_edition in rows.group_by("edition"):
            accepted = accept(table, of_edition.select(table.columns))
            assert accepted.refused.is_empty()
            found[str(edition), table.name] = accepted.rows
    return found


Published = dict[tuple[str, str], pl.DataFrame]


def test_every_printed_figure_of_2025_is_there(shared_data: Path, published: Published) -> None:
    cells = 0
    for path in (shared_data / "usgs_mcs/mcs2025/salient").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells += sum(bool(cell.strip()) for line in list(csv.reader(file))[1:] for cell in line[3:])
    assert published["2025", SALIENT.name].height == cells


def test_every_line_of_2026_is_there(shared_data: Path, published: Published) -> None:
    path = shared_data / "usgs_mcs/mcs2026_whole/MCS2026_Commodities_Data.csv"
    with path.open(encoding="cp1252", newline="") as file:
        lines = sum(1 for _ in csv.reader(file)) - 1
    assert lines == 8886
    tables = (SALIENT, WORLD, IMPORT_SOURCES)
    assert sum(published["2026", table.name].height for table in tables) == lines


def test_the_published_reliance_of_2026_is_read_with_its_bounds(published: Published) -> None:
    nir = published["2026", SALIENT.name].filter(kind="nir")
    assert (nir.height, nir.select("commodity", "statistic").n_unique()) == (527, 107)
    assert not nir["statistic"].str.contains("relianceas|in 2025").any()
    of_2025 = nir.filter(year=2025).rows_by_key("commodity", named=True, unique=False)
    for commodity, low, high in (("Tungsten", 50, 100), ("Barite", 75, 100), ("Zirconium", 0, 25)):
        (row,) = of_2025[commodity]
        assert (row["value"], row["value_low"], row["value_high"]) == (None, low, high), commodity
    assert of_2025["Nickel"][0]["value"] == 41


def test_an_edition_may_drop_a_quarter_of_its_commodities_and_half_of_one_is_refused(
    published: Published,
) -> None:
    for table, (column, fewest) in FEWEST.items():
        held = [frame[column].n_unique() for (_, name), frame in published.items() if name == table]
        assert max(held) / 2 < fewest <= 0.75 * min(held), table


def test_all_column_names_of_2025_state_a_kind_and_a_unit(shared_data: Path) -> None:
    names = set()
    for path in (shared_data / "usgs_mcs/mcs2025/salient").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, line, *_ = csv.reader(file)
        meant = COLUMNS_MEANT.get(("2025", line[1].strip()), {})
        names |= {meant.get(name, name) for name in header[3:] if name}
    assert len(names) == 590
    assert {name for name in names if kind_of(name) is None or unit_of(name) is None} == set()
    assert {name for name in names if kind_of(name) == "other"} == {
        "Furnace_BOF_pct",
        "Furnace_EAF_pct",
        "Continuous_Cast_pct",
        "Withdrawn_mcm",
    }


def test_every_correction_applies_to_a_column(shared_data: Path) -> None:
    headers = {}
    for path in (shared_data / "usgs_mcs/mcs2025/salient").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, line, *_ = csv.reader(file)
        headers["2025", line[1].strip()] = header
    for key, meant in COLUMNS_MEANT.items():
        assert {name.partition("#")[0] for name in meant} <= set(headers[key])


@pytest.mark.parametrize(
    ("edition", "year", "tonnes"),
    [("2025", 2023, 175_000), ("2025", 2024, 220_000), ("2026", 2024, 226_000), ("2026", 2025, 230_000)],
)
def test_cobalt_mined_in_the_congo(published: Published, edition: str, year: int, tonnes: float) -> None:
    found = published[edition, WORLD.name].filter(
        commodity="Cobalt", country="Congo (Kinshasa)", measure="production", year=year
    )
    assert found.select("value", "unit", "is_estimated").rows() == [(tonnes, "metric tons", True)]


@pytest.mark.parametrize(
    ("commodity", "column", "label"),
    [
        ("Lead", "Imports_Metal_kt", "Imports for consumption: Refined metal, unwrought"),
        ("Lead", "Exports_Concentrates_kt", "Exports: Lead in concentrates"),
        ("Lead", "USprod_Refinery_Secondary_kt", "Production: Secondary refinery, old scrap"),
        ("Lead", "Price_North_American_ctslb", "Price, average, North American, cents per pound"),
        ("Iodine", "Consump_Reported_t", "Consumption: Reported"),
        ("Mercury", "Imports_Metal_t", "Imports for consumption, metal (gross weight)"),
    ],
)
def test_corrected_columns_agree_with_the_next_edition(
    published: Published, commodity: str, column: str, label: str
) -> None:
    old = published["2025", SALIENT.name].filter(commodity=commodity, statistic=column)
    new = published["2026", SALIENT.name].filter(commodity=commodity, statistic=label)
    both = old.join(new, on="year").filter(pl.col("year") < 2024)
    equal = both.filter(pl.col("value").eq_missing(pl.col("value_right")))
    assert both.height == 3
    assert equal.height >= 2, "equal in all years, except for one that may be revised"
    assert both["unit"].to_list() == both["unit_right"].to_list()


@pytest.mark.parametrize("commodity", ["Molybdenum", "Vanadium", "Titanium Mineral Concentrates"])
def test_reserves_have_one_unit_in_both_editions(published: Published, commodity: str) -> None:
    units = {
        unit
        for edition in ("2025", "2026")
        for unit in published[edition, WORLD.name].filter(commodity=commodity, measure="reserves")["unit"]
    }
    assert units == {"thousand metric tons"}


def test_withheld_and_bounded_figures_of_lithium(published: Published) -> None:
    nir = published["2025", SALIENT.name].filter(commodity="Lithium", kind="nir", year=2024)
    assert nir.select("value_text", "value", "value_low", "value_high").rows() == [(">50", None, 50, 100)]
    usa = published["2025", WORLD.name].filter(
        commodity="Lithium", country="United States", measure="production"
    )
    assert usa.select("qualifier", "value").unique().rows() == [("W", None)]
    total = published["2025", WORLD.name].filter(
        commodity="Lithium", country="World total", measure="production"
    )
    assert total["excludes_usa"].all()


def test_where_cobalt_comes_from(published: Published) -> None:
    new = published["2026", IMPORT_SOURCES.name].filter(commodity="Cobalt").sort("rank")
    assert new.select("country", "share_pct").rows() == [
        ("Norway", 26),
        ("Finland", 16),
        ("Canada", 14),
        ("Japan", 14),
        ("Other countries", 30),
    ]
    old = published["2025", IMPORT_RANKS.name].filter(commodity="COBALT").sort("rank")
    assert old["country"].to_list() == ["Norway", "Finland", "Japan", "Canada"]


def test_shares_of_import_sources_make_a_whole(published: Published) -> None:
    shares = (
        published["2026", IMPORT_SOURCES.name]
        .group_by("commodity", "form")
        .agg(pl.col("share_pct").sum(), pl.col("share_pct").null_count().alias("bounds"))
    )
    off = shares.filter((pl.col("bounds") == 0) & ((pl.col("share_pct") - 100).abs() > 2))
    assert off.is_empty()


def test_a_loose_file_and_the_zip_give_the_same_rows(shared_data: Path, published: Published) -> None:
    loose = read(shared_data / "usgs_mcs/mcs2025/salient/mcs2025-cobal_salient.csv", "2025")[SALIENT.name]
    zipped = published["2025", SALIENT.name].filter(commodity="Cobalt")
    assert loose.sort("statistic", "year").equals(zipped.sort("statistic", "year"))


def salient_of(commodity: str) -> str:
    lines = [f"MCS2025,{commodity},{year},100,10,20,30,50" for year in range(2020, 2025)]
    return "\n".join([SALIENT_COLUMNS, *lines, ""])


def test_a_file_of_a_release_states_its_edition_itself(write: Write, tmp_path: Path) -> None:
    archive = tmp_path / "Salient_Commodity.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for number in range(MANY):
            zipped.writestr(f"mcs2025-{number}_salient.csv", salient_of(f"Commodity {number}"))
    world = write(
        "World_Data.csv", WORLD_HEADER + "MCS2025,Cobalt,Chile,Mine production,metric tons,1,2,,,,,3,\n"
    )
    assert partition_of(archive.name) is None
    assert partition_in(archive) == "2025"
    assert partition_in(world) == "2025"
    assert partition_in(write("other.csv", "a,b\n1,2\n")) is None


def test_the_same_bytes_uploaded_again_are_downloaded_once(tmp_path: Path) -> None:
    routes = publishers.usgs_mcs.routes(NOW)
    with serve(routes) as server:
        refresh(usgs_mcs, tmp_path, server)
        again = server.routes["/catalog/items"]

        def uploaded_again(asked: Asked) -> Reply:
            answer = again(asked)
            return replace(answer, body=re.sub(rb"2026-02-06", b"2026-11-24", answer.body))

        server.routes["/catalog/items"] = uploaded_again
        read = []
        for days in (2, 3):
            before = server.body_bytes
            outcome = refresh(usgs_mcs, tmp_path, server, NOW + timedelta(days=days))
            read.append(server.body_bytes - before)
            assert (outcome.changed, outcome.problems) == (False, ())
    assert read[0] > len(publishers.usgs_mcs.mcs_2026())
    assert read[1] < 5_000
