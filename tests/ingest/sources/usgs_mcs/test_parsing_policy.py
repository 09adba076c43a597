"""Export controls, agreements, end uses and scrap of the Summaries: prose, and dates that disagree."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ingest.contracts import FileFacts, Frames, ParseError, accept
from ingest.sources.usgs_mcs import FILES, parse, partition_in, partition_of
from ingest.sources.usgs_mcs.parsing_policy import (
    AGREEMENTS,
    END_USES,
    EXPORT_CONTROLS,
    SCRAP,
    phrases,
    split_list,
)

CONTROLS = "Country,Control_Type,Commodity_Year,Data_source,Notes"
SIGNED = "Country,Agreement,Signing_date,Signing_date,Focus_area,Source"
USES = "Source,Critical_Mineral,Primary_Applications,Category_Note"
USES_2025 = "Source,Critical Mineral,Primary Applications,Category_Note"
SCRAPS = "Source,Scrap_type,Year,Scrap_value_mdol,Percent_domestic,Percent_imported,Percent_exported"
NOTES = '"Includes data available through November 21, 2025, for effective as of January 2026."'

Read = Callable[..., Frames]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Parse lines below a header, followed by invented ones up to the size of a whole table."""

    def _read(header: str, *lines: str, edition: str = "2026", fill: bool = True) -> Frames:
        filling = {
            CONTROLS: [f"Country {n},Export ban,Ore (2020).,https://example.org,{NOTES}" for n in range(19)],
            SIGNED: [
                f"Peru,Agreement {n},20-Oct-25,2025-10-20,Mining.,https://example.org" for n in range(9)
            ],
            USES: [f"MCS2026,Mineral {n},Lasers.," for n in range(60)],
            USES_2025: [f"MCS2025,Mineral {n},Lasers.," for n in range(50)],
            SCRAPS: [f"MCS{edition},Metal {n},2024_estimate,1,60,15,25" for n in range(15)],
            SCRAPS + ",Critical_List": [f"MCS2026,Metal {n},2025_estimate,1,60,15,25,Y" for n in range(15)],
        }
        path = tmp_path / "table.csv"
        path.write_text("\n".join([header, *lines, *(filling[header] if fill else []), ""]), "utf-8-sig")
        return parse(path, FileFacts(path.name, edition, date(2026, 2, 6)))

    return _read


def test_commodities_are_cut_at_their_years() -> None:
    assert phrases("Bauxite (2023), copper concentrates (2023), and nickel ore (2020).") == [
        ("bauxite", 2023),
        ("copper concentrates", 2023),
        ("nickel ore", 2020),
    ]
    assert phrases("Copper (refined and alloys) and aluminum ingots (2025).") == [
        ("copper (refined and alloys) and aluminum ingots", 2025)
    ]
    assert phrases("Ferrous ingot (2023) and catalysts and waste containing precious metals (2025).") == [
        ("ferrous ingot", 2023),
        ("catalysts and waste containing precious metals", 2025),
    ]
    assert phrases("Tin (2024) and zinc.") == [("tin", 2024), ("zinc", None)]


def test_a_list_in_words_is_cut_into_its_items() -> None:
    assert split_list("Oil and gas drilling and medical imaging.") == [
        "Oil and gas drilling",
        "medical imaging",
    ]
    assert split_list("Ammunition, batteries, ceramics and glass production.") == [
        "Ammunition",
        "batteries",
        "ceramics",
        "glass production",
    ]
    assert split_list("Protective coatings for iron and steel.") == ["Protective coatings for iron and steel"]
    assert split_list("Japan and Republic of Korea") == ["Japan", "Republic of Korea"]
    assert split_list("Trinidad and Tobago") == ["Trinidad and Tobago"]


def test_export_controls(read: Read) -> None:
    cell = '"Antimony (2024), and silver (2026)."'
    kind = "Export licensing requirement for materials and technologies"
    rows = read(CONTROLS, f"China,{kind} ,{cell},https://example.org,{NOTES}")[EXPORT_CONTROLS.name]
    assert accept(EXPORT_CONTROLS, rows).refused.is_empty()
    china = rows.filter(country="China")
    assert china.select("phrase", "since_year").rows() == [("antimony", 2024), ("silver", 2026)]
    assert set(china["measure_type"]) == {"licence"}
    assert set(china["stated_through"]) == {date(2025, 11, 21)}


def test_unreadable_rows_go_to_quarantine_with_a_reason(read: Read) -> None:
    frame = read(
        CONTROLS,
        f"Chad,Export ban,Tin (2024) and zinc.,https://example.org,{NOTES}",
        f"Mali,Export levy,Gold (2024).,https://example.org,{NOTES}",
    )[EXPORT_CONTROLS.name]
    accepted = accept(EXPORT_CONTROLS, frame)
    refused = accepted.refused.select("country", "phrase", "_reason").rows()
    assert sorted(refused) == [
        ("Chad", "zinc", "no_year_behind_the_commodity"),
        ("Mali", "gold", "kind_of_control_is_not_known"),
    ]
    assert ("Chad", "tin") in accepted.rows.select("country", "phrase").rows()


def test_of_two_signing_dates_the_one_with_the_year_first_is_read(read: Read) -> None:
    frame = read(
        SIGNED,
        "Japan and Republic of Korea,Trilateral,23-Aug,2025-09-23,Cooperation.,https://example.org",
        "Philippines,Framework,25-Feb,2025-02,Nickel.,https://example.org",
        "Chile,No day,soon,soon,Copper.,https://example.org",
    )[AGREEMENTS.name]
    accepted = accept(AGREEMENTS, frame)
    assert accepted.refused.select("party", "_reason").rows() == [("Chile", "signing_date_is_not_read")]
    rows = accepted.rows.filter(pl.col("title").is_in(["Trilateral", "Framework"])).sort("party")
    assert rows.select("party", "signed", "signed_precision", "dates_agree").rows() == [
        ("Japan", date(2025, 9, 23), "day", False),
        ("Philippines", date(2025, 2, 1), "month", True),
        ("Republic of Korea", date(2025, 9, 23), "day", False),
    ]


@pytest.mark.parametrize(("header", "edition"), [(USES, "2026"), (USES_2025, "2025")])
def test_end_uses_of_both_editions(read: Read, header: str, edition: str) -> None:
    line = f'MCS{edition},Ytterbium ,"Catalysts, lasers, and metallurgy.",Included in Rare Earths.'
    rows = read(header, line, edition=edition)[END_USES.name]
    assert accept(END_USES, rows).refused.is_empty()
    own = rows.filter(mineral="Ytterbium")
    assert own["application"].to_list() == ["catalysts", "lasers", "metallurgy"]
    assert set(own["note"]) == {"Included in Rare Earths."}


def test_scrap_of_both_editions(read: Read) -> None:
    new = read(SCRAPS + ",Critical_List", "MCS2026,Zinc,2025_estimate,488,88.11,3.69,8.2,Y")[SCRAP.name]
    zinc = new.row(by_predicate=pl.col("scrap_type") == "Zinc", named=True)
    assert zinc == {
        "edition": "2026",
        "scrap_type": "Zinc",
        "year": 2025,
        "is_estimated": True,
        "value_musd": 488,
        "domestic_pct": 88.11,
        "imported_pct": 3.69,
        "exported_pct": 8.2,
    }
    old = read(
        SCRAPS,
        'MCS2025,"Platinum-group metals* (3,640)",2024_estimate,3640,57.42,26.37,16.21',
        "MCS2025,Lead,2024_estimate,2530,94.79,0.36,48.6",
        edition="2025",
    )[SCRAP.name]
    assert old["scrap_type"][0] == "Platinum-group metals"
    refused = accept(SCRAP, old).refused
    assert refused.select("scrap_type", "_reason").rows() == [("Lead", "parts_make_no_whole")]


def test_a_table_cut_short_is_refused(read: Read) -> None:
    with pytest.raises(ParseError, match="cut short, usgs_mcs__export_controls has only 1 rows by country"):
        read(CONTROLS, f"China,Export ban,Tin (2024).,https://example.org,{NOTES}", fill=False)


def test_a_table_that_states_no_edition_is_filed_by_its_name(read: Read, tmp_path: Path) -> None:
    read(CONTROLS)
    assert partition_in(tmp_path / "table.csv") is None
    assert partition_of("MCS2026_T4_Country_Export_Control.csv") == "2026"
    read(SCRAPS, edition="2025")
    assert partition_in(tmp_path / "table.csv") == "2025"


TRENDS = "usgs_mcs/mcs{}/industry_trends/MCS{}_{}.csv"


@pytest.mark.parametrize(
    ("edition", "name", "rows"),
    [
        ("2026", "T4_Country_Export_Control", 35),
        ("2026", "T5_Trade_Agreements", 10),
        ("2026", "T6_Critical_Minerals_End_Use", 158),
        ("2026", "Fig13_Scrap", 15),
        ("2025", "T4_Critical_Minerals_End_Use", 122),
        ("2025", "Fig13_Scrap", 15),
    ],
)
def test_every_line_of_the_real_tables_is_read(shared_data: Path, edition: str, name: str, rows: int) -> None:
    path = shared_data / TRENDS.format(edition, edition, name)
    assert FILES.fullmatch(path.name)
    frames = parse(path, FileFacts(path.name, edition, date(2026, 2, 6)))
    (found,) = frames.items()
    (table,) = [table for table in (EXPORT_CONTROLS, AGREEMENTS, END_USES, SCRAP) if table.name == found[0]]
    accepted = accept(table, found[1])
    assert (accepted.rows.height, accepted.refused.height) == (rows, 0)
    if table is EXPORT_CONTROLS:
        assert accepted.rows["country"].n_unique() == 19
