"""The publishers' responses as documented: addresses, formats, paging, row limits, redirects without a key.

`PUBLISHERS` has the routes of each source for `tests.ingest.servers.serve`. Figures are small and invented.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson
import polars as pl
import xlsxwriter

from ingest.scope import hs6
from ingest.sources import nrcan_projects
from orchestration.pipeline.sources import modules
from tests.ingest.census_files import Export, Import, archive, lines, members_of
from tests.ingest.servers import ANY, Asked, Reply, Route, Server, serve

Routes = dict[str, Route]

COMTRADE_KEY = "comtrade-k3y/with+signs"
CENSUS_KEY = "0123456789abcdef0123456789abcdef01234567"


def _json(content: Any, **more: Any) -> Reply:
    return Reply(orjson.dumps(content), **more)


def _months(now: datetime, count: int, behind: int) -> list[date]:
    latest = now.year * 12 + now.month - 1 - behind
    return [date(at // 12, at % 12 + 1, 1) for at in range(latest, latest - count, -1)]


# --- US Census Bureau, bulk archives ---


def census_bulk(now: datetime, behind: int = 2) -> Routes:
    """Four months of both flows; the newest is ``behind`` months old."""
    routes: Routes = {}
    for month in _months(now, 4, behind):
        stamp = f"{month:%Y%m}"
        measures = {"con_val": 1_000_000, "gen_val": 1_100_000, "cal_dut": 25_000, "dut_val": 500_000}
        quantities = {"cards": 3, "con_qy1": 250_000, "gen_qy1": 275_000}
        records = [
            Import("2504101000", "5700", month=stamp, measures=measures | quantities),
            Import("2836910050", "3370", month=stamp, measures=measures | quantities),
            Import("8703230190", "1220", month=stamp, measures={"con_val": 9, "gen_val": 9}),
        ]
        imports = {name: text.replace("202609", stamp) for name, text in members_of(records).items()}
        exports = {"EXP_DETL.TXT": lines([Export(month=stamp).line()])}
        folder = f"/{month:%Y}/Merch"
        routes[f"{folder}/im_m/IMDB{month:%y%m}.ZIP"] = Reply(
            archive(imports), content_type="application/zip"
        )
        routes[f"{folder}/ex_m/EXDB{month:%y%m}.ZIP"] = Reply(
            archive(exports), content_type="application/zip"
        )
    return routes


# --- US Census Bureau, API ---


def census_api(_now: datetime) -> Routes:
    """Years by chapter with a key; without one, a redirect to the page on keys."""

    def imports(asked: Asked) -> Reply:
        if asked.params.get("key") != CENSUS_KEY:
            page = "invalid_key" if "key" in asked.params else "missing_key"
            headers = {"Location": f"/data/{page}.html", "X-DataWebAPI-KeyError": "1"}
            return Reply(status=302, headers=headers, validators=False)
        chapter = asked.params["I_COMMODITY"].removesuffix("*")
        code = f"{chapter}10100000"[:10]
        if chapter == "85":
            return Reply(status=204, validators=False)
        names = [*asked.params["get"].split(","), "COMM_LVL", "SUMMARY_LVL", "I_COMMODITY", "YEAR", "MONTH"]
        echoed = ["HTS10", "DET", code, asked.params["YEAR"], "12"]
        cells = {
            "CTY_CODE": "5700",
            "I_COMMODITY": code,
            "GEN_VAL_YR": "700",
            "CON_VAL_YR": "650",
        }
        cells |= {"DUT_VAL_YR": "300", "CAL_DUT_YR": "25"}
        row = [*(cells[name] for name in names[:6]), *echoed]
        total = ["-", *row[1:]]
        return _json([names, total, row], validators=False)

    page = Reply(b"<html>A valid key is required.</html>", content_type="text/html", validators=False)
    return {"/imports/hs": imports, "/data/missing_key.html": page, "/data/invalid_key.html": page}


# --- Statistics Canada ---

CIMT_HEADER = (
    "YearMonth/AnnéeMois,HS10,Country/Pays,Province,State/État,Value/Valeur,Quantity/Quantité,"
    "Unit of Measure/Unité de Mesure"
)


def cimt_table(header: str, rows: Iterable[str], encoding: str = "latin-1") -> bytes:
    return "\r\n".join([header, *rows, ""]).encode(encoding)


def statcan_cimt(now: datetime) -> Routes:
    """Three archives of this year and of the year before."""
    routes: Routes = {}
    exports = CIMT_HEADER.replace("HS10", "HS8")
    for year in (now.year, now.year - 1):
        month = f"{year}01"
        files = {
            "Imp": ("014", cimt_table(CIMT_HEADER, [f"{month},2504101000,CN,ON,,100,5,TNE"])),
            "Dom_Exp": ("016", cimt_table(exports, [f"{month},25041010,US,ON,NY,70,3,TNE"])),
            "Tot_Exp": (
                "017",
                cimt_table(exports.replace("Province,", ""), [f"{month},25041010,US,NY,90,4,TNE"]),
            ),
        }
        for kind, (number, content) in files.items():
            zipped = archive({f"ODPFN{number}_{month}N.csv": content})
            routes[f"/CIMT-CICM_{kind}_{year}.zip"] = Reply(zipped, content_type="application/zip")
    return routes


# --- Bank of Canada ---


def fx_answer(start: date, end: date, rate: str = "1.3712") -> bytes:
    """Business days from start to end."""
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    observed = [{"d": f"{day}", "FXUSDCAD": {"v": rate}} for day in days if day.weekday() < 5]
    return orjson.dumps({"terms": {"url": "https://www.bankofcanada.ca/terms/"}, "observations": observed})


def boc_fx(_now: datetime) -> Routes:
    def observations(asked: Asked) -> Reply:
        start, end = (date.fromisoformat(asked.params[name]) for name in ("start_date", "end_date"))
        return Reply(fx_answer(start, end))

    return {"/observations/FXUSDCAD/json": observations}


# --- UN Comtrade ---

TRADE_ROW: dict[str, Any] = {
    "typeCode": "C", "freqCode": "A", "refPeriodId": 20250101, "refYear": 2025, "refMonth": 52,
    "period": "2025",
    "reporterCode": 484, "reporterISO": "MEX", "flowCode": "M", "partnerCode": 156, "partnerISO": "CHN",
    "partner2Code": 0, "classificationCode": "H6", "classificationSearchCode": "HS",
    "isOriginalClassification": True, "cmdCode": "250410", "cmdDesc": None, "aggrLevel": 6, "isLeaf": True,
    "customsCode": "C00", "mosCode": "0", "motCode": 0, "qtyUnitCode": 8, "qtyUnitAbbr": "kg", "qty": 10.0,
    "isQtyEstimated": False, "altQtyUnitCode": -1, "altQtyUnitAbbr": "N/A", "altQty": None,
    "isAltQtyEstimated": False, "netWgt": 10.0, "isNetWgtEstimated": False, "grossWgt": None,
    "isGrossWgtEstimated": False, "cifvalue": 25.0, "fobvalue": None, "primaryValue": 25.0,
    "legacyEstimationFlag": 0, "isReported": True, "isAggregate": False,
}  # fmt: skip
PARTNERS = (0, 156, 152, 36)


def trade_rows(params: dict[str, str], freq: str) -> list[dict[str, Any]]:
    """Both flows of every requested code and partner; without a reporter, the partners' own reports."""
    reporters = params.get("reporterCode", "156,842").split(",")
    partners = params.get("partnerCode", ",".join(map(str, PARTNERS))).split(",")
    period = params["period"]
    return [
        TRADE_ROW
        | {"freqCode": freq, "period": period, "refYear": int(period[:4]), "reporterCode": int(reporter)}
        | {"partnerCode": int(partner), "flowCode": flow, "cmdCode": code}
        for code in params["cmdCode"].split(",")
        for reporter in reporters
        for partner in partners
        for flow in params["flowCode"].split(",")
        if flow in ("M", "X") and reporter != partner
    ]


def comtrade(_now: datetime) -> Routes:
    """The preview, silently cut off at 500 rows, and the service with a key; responses state their time."""
    asked_before: list[str] = []

    def service(freq: str, cap: int, key: str | None) -> Route:
        def answer(asked: Asked) -> Reply:
            if asked.headers.get("Ocp-Apim-Subscription-Key") != key:
                return Reply(b'{"statusCode": 401, "message": "Access denied"}', 401, validators=False)
            asked_before.append(asked.path)
            rows = trade_rows(asked.params, freq)[:cap]
            elapsed = f"0.{len(asked_before)} secs"
            return _json(
                {"elapsedTime": elapsed, "count": len(rows), "data": rows, "error": ""}, validators=False
            )

        return answer

    return {
        "/public/v1/preview/C/A/HS": service("A", 500, None),
        "/public/v1/preview/C/M/HS": service("M", 500, None),
        "/data/v1/get/C/A/HS": service("A", 100_000, COMTRADE_KEY),
        "/data/v1/get/C/M/HS": service("M", 100_000, COMTRADE_KEY),
    }


# --- US Geological Survey ---

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
        return _json({"total": len(found), "items": found}, validators=False)

    def file(item: str) -> Route:
        return lambda asked: Reply(
            files[item, asked.params["name"]][0], content_type="text/csv", validators=False
        )

    holders = {holder for holder, _ in files}
    return {"/catalog/items": items} | {f"/catalog/file/get/{holder}": file(holder) for holder in holders}


def usgs_mcs(_now: datetime) -> Routes:
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


# --- USGS, World Minerals Outlook ---

OUTLOOK_HEADER = (
    "Mineral_Commodity,Year,Note,Quantity,Data_type,Unit_MEAS,Form,Geographic_Region,Figure_Use,"
    "Data Sources,,,"
)
OUTLOOK_ITEM = "67b8b168d34e1a2e835b7e6c"


def outlook(last: int = 2029, growth: float = 25.0) -> bytes:
    """A release: seven years of output, capacity in the last, the world's in five more."""
    now, rows = last - 5, []

    def row(kind: tuple[str, str, str, str], where: str, year: int, note: str, cell: object) -> None:
        commodity, measure, unit, form = kind
        rows.append(f'{commodity},{year},"{note}",{cell},{measure},{unit},"{form}",{where},Figure 2,Cited,,,')

    for commodity, form, unit, capacity_unit, share in (
        ("Cobalt", "Ore, Cobalt content", "Metric tons", "thousand metric tons", 1000),
        ("Lithium", "Brine and mine, lithium content", "metric tons", "thousand metric tons", 1000),
        ("Gallium", "Primary gallium metal", "Kilograms", "metric tons", 1000),
        ("Helium", "Grade A and gaseous helium", "million cubic meters", "Million cubic meters", 1),
    ):
        made, can_make = (commodity, "Production", unit, form), (commodity, "Capacity", capacity_unit, form)
        for year in range(now - 6, now + 1):
            for place, country in enumerate(("Canada", "China", "Congo (Kinshasa)", "South Korea"), start=4):
                cell = "<0.5" if commodity == "Helium" and country == "South Korea" else place * share
                row(made, country, year, "estimated", cell)
            row(made, "World", year, "rounded", 22 * share)
        row(made, "United States", now, "reported", "W")
        row(can_make, "Canada", now, "estimated", 6.5)
        row(can_make, "World", now, "estimated", 40)
        for ahead in range(1, 6):
            row(can_make, "World", now + ahead, "outlook", 40 * (1 + growth / 100 * ahead / 5))
    sponge = ("Titanium", "Capacity", "Thousand metric tons", "Titanium sponge")
    row(sponge, "World", now, "estimated, operating", 351)
    row(sponge, "World", now, "estimated, idled", 139)
    return "\n".join([OUTLOOK_HEADER, *rows, ""]).encode()


def outlook_routes(releases: Mapping[str, tuple[str, str, bytes]]) -> Routes:
    """ScienceBase's search and files: item to title, day of upload and table."""

    def item(name: str) -> dict[str, Any]:
        title, uploaded, _ = releases[name]
        files = [
            {"name": f"{name[:3]}_outlook.csv", "dateUploaded": f"{uploaded}T15:00:00Z"},
            {"name": "metadata.xml", "dateUploaded": f"{uploaded}T15:00:00Z"},
        ]
        return {"id": name, "title": title, "files": files}

    found = {"total": len(releases) + 1, "items": [item(name) for name in releases]}
    found["items"].append({"id": "other", "title": "Minerals in the news", "files": []})
    tables = {
        f"/catalog/file/get/{name}": Reply(content, content_type="text/csv", validators=False)
        for name, (_, _, content) in releases.items()
    }
    items = {f"/catalog/item/{name}": _json(item(name), validators=False) for name in releases}
    return {"/catalog/items": _json(found, validators=False)} | items | tables


def usgs_outlook(_now: datetime) -> Routes:
    """One release."""
    return outlook_routes({OUTLOOK_ITEM: ("World Minerals Outlook to 2029", "2025-08-29", outlook())})


# --- Natural Resources Canada, projects ---

NRCAN_LAYERS = tuple(nrcan_projects.LAYERS)


def nrcan_feature(name: str, group: str, commodities: str, status: str = "Active") -> dict[str, Any]:
    """A record of the map service."""
    return {
        "type": "Feature",
        "id": 1,
        "geometry": {"type": "Point", "coordinates": [-100.134, 54.8557]},
        "properties": {
            "OBJECTID": 161,
            "PropertyNameEN": name,
            "OperatorOwnersEN": "Hudbay Minerals Inc.",
            "ProvincesEN": "Manitoba",
            "CommoditiesEN": commodities,
            "DevelopmentStageEN": "Advanced project",
            "ActivityStatusEN": status,
            "OperationGroupEN": group,
            "Website": "https://example.org",
        },
    }


def nrcan_answer(features: list[dict[str, Any]]) -> bytes:
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def nrcan_projects_of(_now: datetime) -> Routes:
    """Four layers of a dozen records each."""
    return {
        f"/{number}/query": Reply(
            nrcan_answer(
                [
                    nrcan_feature(f"Property {number} {n}", group, "Tungsten, lithium (spodumene) and gold")
                    for n in range(12)
                ]
            ),
            content_type="application/geo+json",
        )
        for number, group in enumerate(NRCAN_LAYERS)
    }


# --- US Permitting Council ---

FAST41_HEADER = (
    "Project Canonical,Project ID,Project,Project Lead Agency,Project Lead Agency Bureau,Project Category,"
    "Project Status,Project Sector,Project Sector Type,Project Location Full Address,Project Location State,"
    "Project Location Street Address,Project Location City,Project Location County,Project Location Zipcode,"
    "Project Pause Start,Project Pause End,Project Location Latitude,Project Location Latlong,"
    "Project Location Longitude,Environmental and Community Outcomes Applicable Changes,"
    "Environmental and Community Outcomes Summary,Environmental and Community Outcomes Explanation,"
    "Environmental and Community Outcomes Category,Total Estimated Project Cost,Project FIN Date,"
    'Major Project,Project Original Completion Date,Project Url,"Project Large, Complex, or Significant",'
    "Project Reference Id,Project Sponsor,Action Canonical,Action ID,Action Type,Action Status,"
    "Action Responsible Agency,Action Description,Action Agency Status,Action Resp Agency Declined,"
    "Action Justification Paused Title,Action Justification Paused URL,Action Pause Start,Action Pause End,"
    "Action Identifier,Action Outcome,Action Conditional Target Date,Dependency Action,Dependency Action ID,"
    "Milestone ID,Milestone Type,Dependencies,Milestone Group,Milestone Short Description,Milestone Details,"
    "Milestone NA,Milestone Target Completion Date,Milestone Actual Completion Date,"
    "Milestone Baseline Completion Date,Dependency Milestone ID,Dependency Milestone,"
    "Action Optional Milestone,Action Milestone Classification,Action Final Milestone,"
    "Action Triggering Milestone,Action Triggering Milestone Weight,Milestone Complete,"
    "Milestone Current Target Date Value within 31 to 60 Days,Milestone Alternative Completion Date,"
    "Milestone Nonconformace Enabled,Milestone Reason for Date Change,Last Data Fetched,"
    "Action Reference Id,Unique id"
)
FAST41_TABLE = "/api/views/mcm3-xbid/rows.csv"


def fast41_line(project: str, milestone: int = 1, **cells: str) -> dict[str, str]:
    """A milestone of a mining project, by column of the export; columns that are not given are empty."""
    return {
        "Project Canonical": "true" if milestone == 1 else "false",
        "Project ID": f"{abs(hash_of(project)) % 90_000 + 10_000}",
        "Project": project,
        "Project Lead Agency": "Department of the Interior",
        "Project Lead Agency Bureau": "Bureau of Land Management",
        "Project Category": "FAST-41 Transparency Projects",
        "Project Status": "In Progress",
        "Project Sector": "Mining",
        "Project Sector Type": "Mining",
        "Project Location State": "NV",
        "Project Location County": "Esmeralda",
        "Project Location Latitude": "37.7517",
        "Project Location Latlong": "POINT (-117.639 37.7517)",
        "Project Location Longitude": "-117.639",
        "Total Estimated Project Cost": "$1,537,000,000.00",
        "Project Url": "https://www.permits.performance.gov/permitting-project/x",
        "Project Sponsor": "A sponsor",
        "Action ID": "75286",
        "Action Type": "Environmental Impact Statement (EIS)",
        "Action Status": "In Progress",
        "Action Responsible Agency": "Bureau of Land Management",
        "Milestone ID": f"{abs(hash_of(project)) % 90_000 + 10_000}{milestone:03d}",
        "Milestone Short Description": f"Step {milestone} (Agency Action)",
        "Milestone NA": "false",
        "Milestone Target Completion Date": f"0{milestone % 9 + 1}/15/2027",
        "Milestone Baseline Completion Date": f"0{milestone % 9 + 1}/01/2027",
        "Milestone Complete": "false",
        "Last Data Fetched": "09/12/2026",
        **cells,
    }


def hash_of(text: str) -> int:
    """A number derived from a text, the same in every process."""
    return zlib.crc32(text.encode())


def fast41_csv(lines: list[dict[str, str]]) -> bytes:
    """The export of the whole dashboard."""
    names = next(csv.reader([FAST41_HEADER]))
    content = io.StringIO()
    writer = csv.DictWriter(content, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return content.getvalue().encode()


def fast41(_now: datetime) -> Routes:
    """Mining projects of six steps each, among projects of another sector."""
    names = (
        "Resolution Copper",
        "Silver Peak Lithium",
        "A Nickel Refinery",
        "Stibnite Gold",
        "Graphite Creek",
    )
    lines = [
        fast41_line(f"{name} {n}", milestone) for name in names for n in range(4) for milestone in range(1, 7)
    ]
    lines += [fast41_line(f"Bridge {n}", **{"Project Sector": "Surface Transportation"}) for n in range(60)]
    return {FAST41_TABLE: Reply(fast41_csv(lines), content_type="text/csv")}


# --- Government of Ontario ---

CMIF_LIST = (
    "/dataset/5c36faae-157f-4821-8c52-ff4018714981/resource/0c5066b8-5e07-4883-a461-ae8a6a3d207c"
    "/download/cmif_recipients.csv"
)


def cmif_csv(*lines: str) -> bytes:
    """The list of recipients: with a byte order mark, and no newline at the end."""
    return "\n".join(
        ["\ufeffCMIF Intake,Company Name,Project Name,Approved Funding Amount ($)", *lines]
    ).encode()


def ontario_cmif(_now: datetime) -> Routes:
    """A dozen recipients."""
    lines = [f'1,Company {n} Ltd. ,"Lithium recovery, step {n}",{300_000 + n}' for n in range(12)]
    return {CMIF_LIST: Reply(cmif_csv(*lines), content_type="text/csv")}


# --- US Department of Energy, OSTI ---


def osti_record(
    number: int, title: str, day: str = "2025-05-22", kind: str = "Journal Article"
) -> dict[str, Any]:
    """A record as the search returns it."""
    return {
        "osti_id": f"{number}",
        "title": title,
        "authors": ["Zhao, Huan [Oak Ridge National Laboratory (ORNL), Oak Ridge, TN (United States)]"],
        "publication_date": f"{day}T00:00:00Z",
        "description": "An abstract that belongs to its publisher.",
        "subjects": [],
        "doi": "10.1515/nanoph-2025-0180",
        "product_type": kind,
        "research_orgs": ["Oak Ridge National Laboratory (ORNL), Oak Ridge, TN (United States)"],
        "sponsor_orgs": ["USDOE"],
    }


def osti_rd(_now: datetime) -> Routes:
    """Twenty records of each search, of two years."""

    def answer(asked: Asked) -> Reply:
        word = asked.params["title"]
        return _json(
            [
                osti_record(
                    hash_of(f"{word} {n}"),
                    f"Recovery of {word} from brine, part {n}",
                    f"{2026 - n // 10}-03-01",
                )
                for n in range(20)
            ],
            validators=False,
        )

    return {"/records": answer}


# --- US International Trade Commission ---

SCHEDULE_ROWS = 31_000


@cache
def schedule(rows: int = SCHEDULE_ROWS) -> bytes:
    """A whole schedule: rates on the 8-digit lines, empty on the 10-digit lines below."""
    found = []
    for n in range(rows // 2):
        code = f"{1 + n // 10_000:02d}{n // 100 % 100:02d}.{n % 100:02d}"
        line = {
            "description": "",
            "superior": None,
            "units": ["kg"],
            "special": "",
            "other": "25%",
            "footnotes": [],
        }
        rest = {"quotaQuantity": None, "additionalDuties": None, "addiitionalDuties": None}
        found += [
            line | rest | {"htsno": f"{code}.10", "indent": "1", "general": "5.5%"},
            line | rest | {"htsno": f"{code}.10.00", "indent": "2", "general": "", "other": ""},
        ]
    return orjson.dumps(found)


def usitc_hts(_now: datetime) -> Routes:
    """The releases, and the schedule as a whole or one heading of it."""

    def part(asked: Asked) -> Reply:
        heading = asked.params["from"]
        if heading != asked.params["to"]:
            return Reply(schedule(), validators=False)
        lines = [line for line in orjson.loads(schedule()) if line["htsno"].startswith(heading)]
        return _json(lines, validators=False)

    releases = [
        {
            "name": "2026HTSRev17",
            "title": "Revision 17 (2026)",
            "status": "current",
            "releaseStartDate": "09/28/2026",
        },
        {
            "name": "2026HTSRev16",
            "title": "Revision 16 (2026)",
            "status": "",
            "releaseStartDate": "08/10/2026",
        },
    ]
    current = {"name": "2026HTSRev17", "title": "Revision 17 (2026)", "description": "Current"}
    return {
        "/currentRelease": _json(current, validators=False),
        "/releaseList": _json(releases),
        "/exportList": part,
    }


# --- World Bank ---

SERIES = {"Aluminum": 2400, "Copper": 9500, "Lead": 2000, "Nickel": 15500, "Tin": 33000, "Zinc": 2900}


def workbook(now: datetime, behind: int = 1) -> bytes:
    """The Pink Sheet up to ``behind`` months ago; the same months give the same bytes."""
    buffer = io.BytesIO()
    last = _months(now, 1, behind)[0]
    months = [(year, month) for year in range(1960, last.year + 1) for month in range(1, 13)]
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})
        sheet = book.add_worksheet("Monthly Prices")
        sheet.write_column(
            0, 0, ["World Bank Commodity Price Data", "monthly", "", f"Updated on {last:%B} 28, {last.year}"]
        )
        sheet.write_row(4, 1, list(SERIES))
        sheet.write_row(5, 1, ["($/mt)"] * len(SERIES))
        for at, (year, month) in enumerate(m for m in months if m <= (last.year, last.month)):
            sheet.write_row(6 + at, 0, [f"{year}M{month:02d}", *SERIES.values()])
    return buffer.getvalue()


def worldbank_prices(now: datetime) -> Routes:
    """A page with a link to the year's edition, and the workbook behind the link."""
    content = workbook(now)
    path = (
        f"/en/doc/74e8be41ceb20fa0da750cda2f6b9e4e-005001{now.year}/related/CMO-Historical-Data-Monthly.xlsx"
    )

    def page(asked: Asked) -> Reply:
        link = f"http://{asked.headers['Host']}{path}"
        body = f'<!DOCTYPE html><html><body><a href="{link}">Monthly prices</a></body></html>'
        return Reply(body.encode(), content_type="text/html", validators=False)

    return {path: Reply(content, content_type="application/vnd.ms-excel"), "/": page, "": page}


def worldbank_wgi(now: datetime) -> Routes:
    """Estimates of a hundred countries; for other indicators an error with status 200."""

    def indicator(asked: Asked) -> Reply:
        code = asked.path.rsplit("/", 1)[-1]
        if not code.startswith("GOV_WGI_") or asked.params.get("source") != "3":
            value = "The indicator was not found. It may have been deleted or archived."
            return _json(
                [{"message": [{"id": "175", "key": "Invalid format", "value": value}]}], validators=False
            )
        rows = [
            {
                "indicator": {"id": code, "value": "Estimate"},
                "country": {"id": "XX", "value": "Country"},
                "countryiso3code": f"{chr(65 + n // 26)}{chr(65 + n % 26)}A",
                "date": f"{now.year - 2}",
                "value": 1.2 if n else None,
                "decimal": 1,
            }
            for n in range(110)
        ]
        head = {"page": 1, "pages": 1, "per_page": "20000", "total": len(rows), "lastupdated": "2026-03-18"}
        return _json([head, rows])

    return {ANY: indicator}


# --- Federal Register ---


def federal_register(now: datetime) -> Routes:
    """One recent document, found by two searches, on two pages."""
    day = f"{now.date() - timedelta(days=3)}"
    agencies = [{"raw_name": "DEPARTMENT OF COMMERCE", "slug": "commerce-department"}]
    facts = {"publication_date": day, "title": "Notice", "type": "Notice", "agencies": agencies}

    def documents(asked: Asked) -> Reply:
        params = asked.params
        inside = params.get("conditions[publication_date][gte]", day) <= day
        inside &= day <= params.get("conditions[publication_date][lte]", day)
        if not inside or params["conditions[term]"] not in ("USMCA", '"critical minerals"'):
            return _json({"count": 0, "description": "none"})
        second = params.get("search_after") == "1"
        content: dict[str, Any] = {
            "count": 2,
            "results": [{"document_number": f"2026-{second + 1}", **facts}],
        }
        if not second:
            term = "USMCA" if params["conditions[term]"] == "USMCA" else "%22critical+minerals%22"
            query = f"conditions%5Bterm%5D={term}&search_after=1"
            content["next_page_url"] = f"http://{asked.headers['Host']}/documents.json?{query}"
        return _json(content)

    return {"/documents.json": documents}


# --- British Geological Survey ---


def bgs_wms(now: datetime) -> Routes:
    """Features in pages, for the requested commodities."""

    def items(asked: Asked) -> Reply:
        offset, limit = int(asked.params["offset"]), int(asked.params["limit"])
        features = [
            {
                "type": "Feature",
                "geometry": None,
                "properties": {
                    "bgs_commodity_trans": asked.params["bgs_commodity_trans"],
                    "bgs_sub_commodity_trans": None,
                    "bgs_statistic_type_trans": asked.params["bgs_statistic_type_trans"],
                    "country_trans": "Canada",
                    "country_iso3_code": "CAN",
                    "year": f"{year}-01-01T00:00:00Z",
                    "quantity": 1961.5,
                    "units": "tonnes (metal content)",
                    "concat_figure_notes_code": None,
                    "data_precision_description": None,
                },
            }
            for year in range(1970, now.year - 1)
        ]
        page = features[offset : offset + limit]
        whole = {"type": "FeatureCollection", "features": page, "links": []}
        return _json(whole | {"numberMatched": len(features), "numberReturned": len(page)})

    return {"/collections/world-mineral-statistics/items": items}


# --- WITS ---

WITS_PATH = "/SDMX/V21/rest/data/DF_WITS_Tariff_TRAINS/"


def wits_answer(reporter: str, products: list[str], year: str) -> dict[str, Any]:
    """SDMX-JSON: an MFN rate for each product, and a preferential rate for the first."""

    def coded(dimensions: dict[str, list[str]]) -> list[dict[str, Any]]:
        return [
            {"id": name, "values": [{"id": code, "name": f"name of {code}"} for code in codes]}
            for name, codes in dimensions.items()
        ]

    # The service declares the partner before the product, but puts it after the product in the keys, as
    # recorded.
    series = {f"0:0:{at}:0:0": {"observations": {"0": [2.5, 0, 0, 0, 1, 0]}} for at in range(len(products))}
    series["0:0:0:1:0"] = {"observations": {"0": [0, 1, 0, None, 1, 0]}}
    keys = {"FREQ": ["A"], "REPORTER": [reporter], "PARTNER": ["000", "484"], "PRODUCTCODE": products}
    attributes = {"TARIFFTYPE": ["MFN", "PREF"], "NOMENCODE": ["H6"], "MIN_RATE": ["0"]}
    attributes |= {"MAX_RATE": ["2.5", "5"], "TOTALNOOFLINES": ["3"]}
    return {
        "header": {"id": "x", "prepared": "2026-11-23T00:00:00"},
        "structure": {
            "dimensions": {
                "series": coded(keys | {"DATATYPE": ["reported"]}),
                "observation": coded({"TIME_PERIOD": [year]}),
            },
            "attributes": {"observation": coded(attributes)},
        },
        "dataSets": [{"action": "Information", "series": series}],
    }


def wits_trains(now: datetime, newest: int | None = None) -> Routes:
    """Rates up to the newest year; for later years the service's message that there are none."""
    last = newest or now.year - 2

    def reply(asked: Asked) -> Reply:
        year = asked.params["startperiod"]
        if int(year) > last:
            return Reply(b"<Error>NoRecordsFound</Error>", 404, "text/xml", validators=False)
        _, reporter, _, products, _ = asked.path.removeprefix(WITS_PATH).split(".")
        return _json(wits_answer(reporter, products.split("+"), year), validators=False)

    return {ANY: reply}


# --- CEPII ---


def baci_archive(years: Iterable[int] = (2023, 2024), version: str = "202601") -> bytes:
    """A version: one file per year and the country codes; product codes lack their leading zeros."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for year in years:
            rows = [f"{year},156,842,{code.lstrip('0')},{10.5},{2.25}" for code in hs6()]
            rows += [
                f"{year},156,842,10121,     7.250,          NA",
                f"{year},36,842,250410,     7.250,          NA",
            ]
            content = "\n".join(["t,i,j,k,v,q", *rows, ""])
            zipped.writestr(
                zipfile.ZipInfo(f"BACI_HS92_Y{year}_V{version}.csv", (2026, 1, 22, 0, 0, 0)), content
            )
        zipped.writestr(
            zipfile.ZipInfo(f"country_codes_V{version}.csv", (2026, 1, 22, 0, 0, 0)), "country_code\n4\n"
        )
    return buffer.getvalue()


def cepii_baci(now: datetime) -> Routes:
    version = f"{now.year}01"
    return {
        f"/BACI_HS92_V{version}.zip": Reply(baci_archive(version=version), content_type="application/zip")
    }


BY_HAND = {name for name, module in modules().items() if not hasattr(module, "plan")}
"""Sources that have no server: people drop their files in."""

PUBLISHERS: dict[str, Callable[[datetime], Routes]] = {
    "bgs_wms": bgs_wms,
    "boc_fx": boc_fx,
    "census_api": census_api,
    "census_bulk": census_bulk,
    "cepii_baci": cepii_baci,
    "comtrade": comtrade,
    "fast41": fast41,
    "federal_register": federal_register,
    "nrcan_projects": nrcan_projects_of,
    "ontario_cmif": ontario_cmif,
    "osti_rd": osti_rd,
    "statcan_cimt": statcan_cimt,
    "usgs_mcs": usgs_mcs,
    "usgs_outlook": usgs_outlook,
    "usitc_hts": usitc_hts,
    "wits_trains": wits_trains,
    "worldbank_prices": worldbank_prices,
    "worldbank_wgi": worldbank_wgi,
}
KEYS = {"census_api": CENSUS_KEY, "comtrade": COMTRADE_KEY}
KEYED = {"CENSUS_API_KEY": CENSUS_KEY, "COMTRADE_API_KEY": COMTRADE_KEY}
"""The environment with both keys."""


# --- Real figures, for the checks against known facts ---

STARTER = Path(__file__).parents[2] / "ingest" / "starter"


def census_api_of_starter(_now: datetime) -> Routes:
    """The API with the starter's figures, by chapter and year."""
    figures = pl.read_parquet(STARTER / "census_api__imports_annual.parquet")
    columns = {
        "CTY_CODE": "cty_code",
        "I_COMMODITY": "hts10",
        "GEN_VAL_YR": "general_value_usd",
        "CON_VAL_YR": "consumption_value_usd",
        "DUT_VAL_YR": "dutiable_value_usd",
        "CAL_DUT_YR": "calculated_duty_usd",
    }

    def imports(asked: Asked) -> Reply:
        chapter, year = asked.params["I_COMMODITY"].removesuffix("*"), int(asked.params["YEAR"])
        found = figures.filter(pl.col("hts10").str.starts_with(chapter), pl.col("year") == year)
        cells = found.select(pl.col(list(columns.values())).cast(pl.String)).rows()
        return (
            _json([list(columns), *cells], validators=False) if cells else Reply(status=204, validators=False)
        )

    return {"/imports/hs": imports}


def cepii_baci_of_starter(now: datetime) -> Routes:
    """A version of BACI with the starter's figures."""
    figures = pl.read_parquet(STARTER / "cepii_baci__trade.parquet")
    columns = ["year", "exporter_code", "importer_code", "hs6", "value_kusd", "quantity_t"]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for (year,), rows in figures.select(columns).group_by("year", maintain_order=True):
            content = rows.rename(dict(zip(columns, "tijkvq", strict=True))).write_csv(null_value="NA")
            name = f"BACI_HS92_Y{year}_V{now.year}01.csv"
            zipped.writestr(zipfile.ZipInfo(name, (2026, 1, 22, 0, 0, 0)), content)
    return {f"/BACI_HS92_V{now.year}01.zip": Reply(buffer.getvalue(), content_type="application/zip")}


def comtrade_of_starter(_now: datetime) -> Routes:
    """The service with a key, with the starter's figures."""
    keys = ["freq", "period", "reporter_code", "partner_code", "flow", "hs_code"]
    figures = pl.read_parquet(STARTER / "comtrade__trade.parquet").unique(
        keys, keep="first", maintain_order=True
    )
    names = {
        "reporterCode": "reporter_code",
        "partnerCode": "partner_code",
        "flowCode": "flow",
        "cmdCode": "hs_code",
        "classificationCode": "classification",
        "qty": "quantity",
        "qtyUnitAbbr": "quantity_unit",
        "isQtyEstimated": "is_quantity_estimated",
        "netWgt": "net_weight_kg",
        "isNetWgtEstimated": "is_net_weight_estimated",
        "cifvalue": "cif_value_usd",
        "fobvalue": "fob_value_usd",
        "primaryValue": "value_usd",
        "isReported": "is_reported",
        "isAggregate": "is_aggregate",
    }

    def answer(asked: Asked) -> Reply:
        params, freq = asked.params, asked.path.split("/")[-2]
        month = params["period"] if freq == "M" else f"{params['period']}01"
        found = figures.filter(pl.col("freq") == freq, pl.col("period").dt.strftime("%Y%m") == month)
        for name in ("reporterCode", "partnerCode", "flowCode", "cmdCode"):
            if name in params:
                found = found.filter(pl.col(names[name]).cast(pl.String).is_in(params[name].split(",")))
        cells = found.select(**{name: pl.col(ours) for name, ours in names.items()}).to_dicts()
        period = {"freqCode": freq, "period": params["period"], "refYear": int(params["period"][:4])}
        rows = [TRADE_ROW | period | row for row in cells]
        return _json({"count": len(rows), "data": rows, "error": ""}, validators=False)

    return {"/data/v1/get/C/A/HS": answer, "/data/v1/get/C/M/HS": answer}


def usgs_mcs_of(shared_data: Path) -> Callable[[datetime], Routes]:
    """ScienceBase with the real files of both editions."""
    names = {
        "2026": ["mcs2026_whole/MCS2026_Commodities_Data.csv"],
        "2025": [f"mcs2025/{name}.zip" for name in ("World_Data", "Salient_Commodity", "Industry_Trends")],
    }
    trends = (
        "T4_Country_Export_Control",
        "T5_Trade_Agreements",
        "T6_Critical_Minerals_End_Use",
        "Fig13_Scrap",
    )
    names["2026"] += [f"mcs2026/industry_trends/MCS2026_{name}.csv" for name in trends]
    files = {
        (edition, Path(name).name): (shared_data / "usgs_mcs" / name).read_bytes()
        for edition, wanted in names.items()
        for name in wanted
    }
    return lambda _now: science_base(
        {key: (content, f"{key[0]}-02-06T15:00:00Z") for key, content in files.items()},
        {PARENT: [(edition, f"Mineral Commodity Summaries {edition} Data Release") for edition in names]},
    )


def with_real_figures(shared_data: Path) -> dict[str, Callable[[datetime], Routes]]:
    """All publishers; those whose figures the warehouse's checks read serve real ones."""
    return PUBLISHERS | {
        "census_api": census_api_of_starter,
        "cepii_baci": cepii_baci_of_starter,
        "comtrade": comtrade_of_starter,
        "usgs_mcs": usgs_mcs_of(shared_data),
    }


@contextmanager
def serve_all(
    now: datetime, chosen: Mapping[str, Callable[[datetime], Routes]] = MappingProxyType(PUBLISHERS)
) -> Iterator[dict[str, Server]]:
    """A server for every source, each under its own host name."""
    with ExitStack() as running:
        yield {name: running.enter_context(serve(routes(now))) for name, routes in chosen.items()}
