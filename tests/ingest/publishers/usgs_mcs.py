"""US Geological Survey: its answers as documented."""

from collections.abc import Mapping
from datetime import datetime

from tests.ingest.servers import Asked, Reply, Route, Routes, json_reply

LONG_HEADER = (
    "MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes,"
    "Is critical mineral 2025,Other notes"
)
WORLD_HEADER = (
    "SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_2023,PROD_EST_ 2024,PROD_NOTES,"
    "CAP_2023,CAP_EST_ 2024,CAP_NOTES,RESERVES_2024,RESERVE_NOTES"
)
MANY_COMMODITIES = 90


def mcs_2026(value: str = "1") -> bytes:
    """The long file of 2026 (Windows-1252)."""
    rows = [LONG_HEADER]
    for n in range(MANY_COMMODITIES):
        start, what = f"CHAPTER {n},", f"Commodity {n}"
        rows += [
            f"{start}Salient Statistics,{what},United States,Import,Imports,kilograms,2025,{value},,No,",
            f"{start}World Production,{what},Chile,Production,Mine production,kilograms,2025,1,,No,",
            f"{start}Import Sources,{what},Chile,Import sources,All,percent,2021\u201324,60,,No,",
        ]
    return "\n".join([*rows, ""]).encode("cp1252")


def mcs_2025() -> bytes:
    """The wide file of world data of 2025 (UTF-8 with a mark)."""
    rows = [
        f"MCS2025,Commodity {n},Chile,Mine production,metric tons,1,2,,,,,3," for n in range(MANY_COMMODITIES)
    ]
    return "\n".join([WORLD_HEADER, *rows, ""]).encode("utf-8-sig")


def mcs_policy() -> dict[str, bytes]:
    """Tables 4 to 6 and figure 13 of an edition, with small figures and invented agreements."""
    ends = "Excludes past export controls that have been lifted. Includes data available through March 2025."
    controls = [
        f'Country {n},Export ban,"Ore (2020), and metal (2021).",https://example.org,{ends}'
        for n in range(15)
    ]
    agreements = [f"Peru,Agreement {n},20-Oct-25,2025-10-20,Mining.,https://example.org" for n in range(8)]
    uses = [f'MCS2026,Mineral {n},"Lasers, glass, and oil and gas drilling.",' for n in range(50)]
    scrap = [f"MCS2026,Metal {n},2025_estimate,100,60,15,25,Y" for n in range(15)]
    files = {
        "MCS2026_T4_Country_Export_Control.csv": [
            "Country,Control_Type,Commodity_Year,Data_source,Notes",
            *controls,
        ],
        "MCS2026_T5_Trade_Agreements.csv": [
            "Country,Agreement,Signing_date,Signing_date,Focus_area,Source",
            *agreements,
        ],
        "MCS2026_T6_Critical_Minerals_End_Use.csv": [
            "Source,Critical_Mineral,Primary_Applications,Category_Note",
            *uses,
        ],
        "MCS2026_Fig13_Scrap.csv": [
            "Source,Scrap_type,Year,Scrap_value_mdol,Percent_domestic,Percent_imported,Percent_exported,Critical_List",
            *scrap,
        ],
    }
    return {name: "\n".join([*rows, ""]).encode("utf-8-sig") for name, rows in files.items()}


PARENT = "5c8c03e4e4b0938824529f7d"
Files = Mapping[tuple[str, str], tuple[bytes, str]]
Titles = Mapping[str, list[tuple[str, str]]]


def science_base(files: Files, titles: Titles) -> Routes:
    """Nested items; ``files`` has content and upload date by item and file name."""

    def items(asked: Asked) -> Reply:
        found = [
            {
                "id": item,
                "title": title,
                "files": [
                    {"name": name, "dateUploaded": uploaded, "url": "https://example.invalid"}
                    for (holder, name), (_, uploaded) in files.items()
                    if holder == item
                ],
            }
            for item, title in titles.get(asked.params["parentId"], [])
        ]
        return json_reply({"total": len(found), "items": found}, validators=False)

    def file(item: str) -> Route:
        return lambda asked: Reply(
            files[item, asked.params["name"]][0], content_type="text/csv", validators=False
        )

    holders = {holder for holder, _ in files}
    return {"/catalog/items": items} | {f"/catalog/file/get/{holder}": file(holder) for holder in holders}


def routes(_now: datetime) -> Routes:
    """ScienceBase: editions are children of the parent; files are on the edition's item or a child of it."""
    files = {
        ("e2026data", "MCS2026_Commodities_Data.csv"): (mcs_2026(), "2026-02-06T15:00:00Z"),
        ("e2025", "MCS2025_World_Data.csv"): (mcs_2025(), "2025-02-12T15:00:00Z"),
        ("e2025", "MCS2025_metadata.xml"): (b"<metadata/>", "2025-02-12T15:00:00Z"),
        **{("e2026data", name): (body, "2026-02-06T15:00:00Z") for name, body in mcs_policy().items()},
    }
    titles = {
        PARENT: [
            ("e2026", "U.S. Geological Survey Mineral Commodity Summaries 2026 Data Release"),
            ("e2025", "U.S. Geological Survey Mineral Commodity Summaries 2025 Data Release"),
            ("e2021", "U.S. Geological Survey Mineral Commodity Summaries 2021 Data Release"),
        ],
        "e2026": [("e2026data", "Commodities data")],
    }
    return science_base(files, titles)
