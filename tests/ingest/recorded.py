"""Recorded responses of the publishers, trimmed to their structure.

Comments name the source of each recording; figures are rounded or invented. `RECORDED` has, by source, the
routes for `tests.ingest.servers.serve` below the source's base address.
"""

import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final

import xlsxwriter

from tests.ingest.census_files import Import, archive, members_of
from tests.ingest.publishers.fast41 import FAST41_TABLE, fast41_csv, fast41_line
from tests.ingest.publishers.ontario_cmif import CMIF_LIST, cmif_csv
from tests.ingest.publishers.osti_rd import osti_record
from tests.ingest.servers import NOT_HERE, Asked, Reply, Routes, json_reply


def _json(content: Any, status: int = 200, content_type: str = "application/json") -> Reply:
    return json_reply(content, status=status, content_type=content_type, validators=False)


def _zip(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in members.items():
            zipped.writestr(name, content)
    return buffer.getvalue()


# OGC API Features of the survey (pygeoapi), as read by the client of Our World in Data: all properties of a
# feature, including those that this parser ignores.
BGS_FEATURE: Final[dict[str, Any]] = {
    "type": "Feature",
    "id": 1,
    "geometry": None,
    "properties": {
        "bgs_commodity_trans": "graphite",
        "bgs_sub_commodity_trans": None,
        "bgs_statistic_type_trans": "Production",
        "country_trans": "Canada",
        "country_iso2_code": "CA",
        "country_iso3_code": "CAN",
        "year": "2023-01-01T00:00:00Z",
        "quantity": 4000.0,
        "units": "tonnes (metric)",
        "yearbook_table_trans": "Graphite",
        "concat_table_notes_text": None,
        "concat_figure_notes_text": None,
        "concat_figure_notes_code": None,
        "erml_commodity": "Graphite",
        "erml_group": "Graphite",
        "data_precision_description": None,
    },
}


def bgs_wms() -> Routes:
    def items(asked: Asked) -> Reply:
        year = asked.params.get("year", "2023-01-01T00:00:00Z")
        features = [BGS_FEATURE] if year.startswith("2023") else []
        return _json(
            {
                "type": "FeatureCollection",
                "features": features,
                "numberMatched": len(features) * 1900,
                "numberReturned": len(features),
                "links": [
                    {"rel": "self", "type": "application/geo+json", "href": "https://ogcapi.bgs.ac.uk"}
                ],
                "timeStamp": "2026-11-23T09:00:00.000000Z",
            },
            content_type="application/geo+json",
        )

    return {"/collections/world-mineral-statistics/items": items}


# Valet of the Bank of Canada: terms, a description of the series, business days as text.
def boc_fx() -> Routes:
    days = [day for day in range(1, 31) if (day + 3) % 7 not in (5, 6) and day != 12]  # October 2026
    return {
        "/observations/FXUSDCAD/json": _json(
            {
                "terms": {"url": "https://www.bankofcanada.ca/terms/"},
                "seriesDetail": {
                    "FXUSDCAD": {
                        "label": "USD/CAD",
                        "description": "US dollar to Canadian dollar daily exchange rate",
                        "dimension": {"key": "d", "name": "Date"},
                    }
                },
                "observations": [{"d": f"2026-10-{day:02d}", "FXUSDCAD": {"v": "1.3712"}} for day in days],
            }
        )
    }


# Census API (responses of 2026): rows of text with a header. Predicates are repeated at the end, so a
# variable that is also a predicate occurs twice. Since May 2026 a request without a key is redirected.
CENSUS_HEADER: Final = [
    "CTY_CODE", "I_COMMODITY", "GEN_VAL_YR", "CON_VAL_YR", "DUT_VAL_YR", "CAL_DUT_YR",
    "COMM_LVL", "SUMMARY_LVL", "I_COMMODITY", "YEAR", "MONTH",
]  # fmt: skip
CENSUS_TAIL: Final = ["HS10", "DET", "2504101000", "2025", "12"]
CENSUS_ROWS: Final = [
    CENSUS_HEADER,
    ["5700", "2504101000", "42000000", "41000000", "41000000", "9000000", *CENSUS_TAIL],
    ["1220", "2504101000", "9000000", "9000000", "0", "0", *CENSUS_TAIL],
    ["-", "2504101000", "51000000", "50000000", "41000000", "9000000", *CENSUS_TAIL],
]
KEY_PAGE: Final = b"<!DOCTYPE html>\n<html><head><title>Missing Key</title></head></html></html>"


def census_api(rows: Any = CENSUS_ROWS) -> Routes:
    def imports(asked: Asked) -> Reply:
        if asked.params.get("key") == "k" * 40:
            return _json(rows)
        page = "invalid_key" if asked.params.get("key") else "missing_key"
        headers = {"Location": f"/data/{page}.html", "X-DataWebAPI-KeyError": "1"}
        return Reply(b"", 302, "text/html", headers, validators=False)

    page = Reply(KEY_PAGE, content_type="text/html", validators=False)
    return {"/imports/hs": imports, "/data/missing_key.html": page, "/data/invalid_key.html": page}


# The archive's own layouts (Documentation/*.lay): one statistical month, members with names in capitals.
def census_bulk(width_off: int = 0) -> Routes:
    records = [
        Import(code, "5700", month="202609", measures={"con_val": 100, "gen_val": 100})
        for code in ("0101210010", "2504101000", "9999950000")
    ]
    members = {name: text.replace("202611", "202609") for name, text in members_of(records).items()}
    members["IMP_DETL.TXT"] = members["IMP_DETL.TXT"].replace("\r\n", " " * width_off + "\r\n")
    body = archive(members)
    return {"/2026/Merch/im_m/IMDB2609.ZIP": Reply(body, content_type="application/x-zip-compressed")}


# A version of BACI: one file per year, codes without leading zeros, padded figures, and lists of codes.
def cepii_baci(header: str = "t,i,j,k,v,q") -> Routes:
    rows = "2024,4,20,80132,     0.123,     0.001\n2024,4,24,845420,   295.462,          NA\n"
    members = {f"BACI_HS92_Y{year}_V202601.csv": f"{header}\n{rows}".encode() for year in (2023, 2024)}
    members["country_codes_V202601.csv"] = b"country_code,country_name,country_iso2,country_iso3\n"
    links = '<a href="/DATA_DOWNLOAD/baci/data/BACI_HS92_V202601.zip">HS92 (1995-2024)</a>'
    return {
        "/CEPII/en/bdd_modele/bdd_modele_item.asp": Reply(links.encode(), content_type="text/html"),
        "/BACI_HS92_V202601.zip": Reply(_zip(members), content_type="application/zip"),
    }


# Comtrade's preview, as recorded by the client of rOpenSci (its fixtures) and the UN's own package.
COMTRADE_ROW: Final[dict[str, Any]] = {
    "typeCode": "C", "freqCode": "M", "refPeriodId": 20260701, "refYear": 2026, "refMonth": 7,
    "period": "202607", "reporterCode": 484, "reporterISO": "MEX", "reporterDesc": "Mexico",
    "flowCode": "M", "flowDesc": "Import", "partnerCode": 0, "partnerISO": "W00", "partnerDesc": "World",
    "partner2Code": 0, "partner2ISO": "W00", "partner2Desc": "World", "classificationCode": "H6",
    "classificationSearchCode": "HS", "isOriginalClassification": True, "cmdCode": "250410",
    "cmdDesc": "Graphite; natural, in powder or in flakes", "aggrLevel": 6, "isLeaf": True,
    "customsCode": "C00", "customsDesc": "TOTAL CPC", "mosCode": "0", "motCode": 0, "motDesc": "TOTAL MOT",
    "qtyUnitCode": 8, "qtyUnitAbbr": "kg", "qty": 900000.0, "isQtyEstimated": False, "altQtyUnitCode": -1,
    "altQtyUnitAbbr": "N/A", "altQty": None, "isAltQtyEstimated": False, "netWgt": 900000.0,
    "isNetWgtEstimated": False, "grossWgt": None, "isGrossWgtEstimated": False, "cifvalue": 1200000.0,
    "fobvalue": None, "primaryValue": 1200000.0, "legacyEstimationFlag": 0, "isReported": True,
    "isAggregate": False,
}  # fmt: skip


def comtrade(row: Mapping[str, Any] = COMTRADE_ROW) -> Routes:
    def preview(asked: Asked) -> Reply:
        rows = [row] if asked.params["period"] == "202607" else []
        return _json({"elapsedTime": "0.21 secs", "count": len(rows), "data": rows, "error": ""})

    return {"/public/v1/preview/C/M/HS": preview}


# Federal Register: a document of September 2026 and the path of the service's own next page, as recorded.
FR_DOCUMENT: Final[dict[str, Any]] = {
    "document_number": "2026-21001",
    "publication_date": "2026-11-20",
    "title": "United States-Mexico-Canada Agreement: Notice of Hearing",
    "type": "Notice",
    "subtype": None,
    "effective_on": None,
    "signing_date": None,
    "executive_order_number": None,
    "citation": "91 FR 51234",
    "agencies": [
        {
            "raw_name": "OFFICE OF THE UNITED STATES TRADE REPRESENTATIVE",
            "name": "Trade Representative, Office of United States",
            "id": 491,
            "url": "https://www.federalregister.gov/agencies/trade-representative-office-of-united-states",
            "json_url": "https://www.federalregister.gov/api/v1/agencies/491",
            "parent_id": None,
            "slug": "trade-representative-office-of-united-states",
        }
    ],
    "docket_ids": ["USTR-2026-0011"],
    "html_url": "https://www.federalregister.gov/documents/2026/11/20/2026-21001/usmca",
}


def federal_register(document: Mapping[str, Any] = FR_DOCUMENT) -> Routes:
    def documents(asked: Asked) -> Reply:
        content: dict[str, Any] = {
            "description": "Documents matching 'USMCA'",
            "count": 2,
            "total_pages": 2,
            "results": [document],
        }
        if "page" not in asked.params:
            query = "conditions%5Bterm%5D=USMCA&format=json&order=newest&page=2&per_page=1"
            content["next_page_url"] = f"http://{asked.headers['Host']}/documents?{query}"
        return _json(content)

    return {"/documents.json": documents, "/documents": documents}


# Statistics Canada: members by level of detail, headings in both languages, Latin-1.
CIMT_HEADER: Final = (
    "YearMonth/AnnéeMois,HS10,Country/Pays,Province,State/État,Value/Valeur,Quantity/Quantité,"
    "Unit of Measure/Unité de Mesure"
)


def statcan_cimt(header: str = CIMT_HEADER) -> Routes:
    lines = f"{header}\r\n202601,0101210000,US,ON,KY,12000,0,NMB\r\n".encode("latin-1")
    members = {
        "ODPFN014_202608N.csv": lines,
        "ODPFN014_202609N.csv": lines,
        "ODPFN015_202609N.csv": lines,
        "ODPF_6_CtyDesc.TXT": b"US",
    }
    return {"/CIMT-CICM_Imp_2026.zip": Reply(_zip(members), content_type="application/x-zip-compressed")}


# ScienceBase: the child items of the Summaries, and the head of the data release of 2026 (Windows-1252).
MCS_HEADER: Final = (
    "MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes,"
    "Is critical mineral 2025,Other notes"
)
MCS_ROWS: Final = """\
GRAPHITE (NATURAL),Salient Statistics—United States,Graphite (Natural),United States,Import,\
Imports for consumption,metric tons,2025,"61,000",,Yes,
GRAPHITE (NATURAL),World Mine Production and Reserves,Graphite (Natural),China,Production,\
Mine production,metric tons,2024,"1,270,000",,Yes,
"""


def usgs_mcs(header: str = MCS_HEADER, newest: int = 2026) -> Routes:
    titles = {
        "5c8c03e4e4b0938824529f7d": [
            (f"item{newest}", f"U.S. Geological Survey Mineral Commodity Summaries {newest} Data Release")
        ],
        f"item{newest}": [("data", f"Mineral Commodity Summaries {newest} data")],
    }

    def items(asked: Asked) -> Reply:
        found = [
            {"link": {"rel": "self"}, "id": name, "title": title, "files": files if name == "data" else []}
            for name, title in titles.get(asked.params["parentId"], [])
        ]
        return _json({"total": len(found), "items": found})

    name = f"MCS{newest}_Commodities_Data.csv"
    files = [
        {
            "name": name,
            "contentType": "text/csv",
            "size": 3189010,
            "checksum": {"value": "0", "type": "MD5"},
            "dateUploaded": f"{newest}-02-05T20:11:03Z",
        }
    ]
    body = f"{header}\n{MCS_ROWS}GRAPHITE (NATURAL),cut off".replace("\n", "\r\n").encode("cp1252")
    return {"/catalog/items": items, "/catalog/file/get/data": Reply(body, content_type="text/csv")}


# A layer of the map service (ArcGIS Server) queried for two of its records; it states that there are more.
def nrcan_projects() -> Routes:
    feature = {
        "type": "Feature",
        "id": 7,
        "geometry": {"type": "Point", "coordinates": [-61.9, 56.3]},
        "properties": {
            "OBJECTID": 7,
            "PropertyNameEN": "A bay",
            "PropertyNameFR": "Une baie",
            "OperatorOwnersEN": "A company",
            "ProvincesEN": "Newfoundland and Labrador",
            "CommoditiesEN": "Nickel, copper, cobalt",
            "DevelopmentStageEN": "Mine",
            "ActivityStatusEN": "Active",
            "OperationGroupEN": "Mines and other primary producing sites",
            "Website": None,
        },
    }
    answer = {
        "type": "FeatureCollection",
        "properties": {"exceededTransferLimit": True},
        "features": [feature],
    }
    return {"/2/query": _json(answer, content_type="application/geo+json")}


# The Outlook's item in the catalogue, and lines of its table, cut off as in a range request.
OUTLOOK_LINES: Final = b"""\
Mineral_Commodity,Year,Note,Quantity,Data_type,Unit_MEAS,Form,Geographic_Region,Figure_Use,Data Sources,,,
Cobalt,2024,estimated,4400,Production,metric tons,"Ore, Cobalt content",Canada,Figure 2,"MCS, 2025",,,
Cobalt,2029,outlook,480.5,Capacity,thousand metric tons,"Ore, Cobalt content",World,Figure 2,,,,
Cobalt,20"""


def usgs_outlook() -> Routes:
    item = {
        "link": {"rel": "self", "url": "https://www.sciencebase.gov/catalog/item/67b8b168d34e1a2e835b7e6c"},
        "id": "67b8b168d34e1a2e835b7e6c",
        "title": "Data Release for World Minerals Outlook to 2029",
        "files": [
            {
                "name": "World_Minerals_Outlook.csv",
                "contentType": "text/csv",
                "size": 192247,
                "dateUploaded": "2025-08-28T15:20:11Z",
            }
        ],
    }
    return {
        "/catalog/items": _json({"total": 1, "items": [item]}),
        "/catalog/item/67b8b168d34e1a2e835b7e6c": _json(item),
        "/catalog/file/get/67b8b168d34e1a2e835b7e6c": Reply(OUTLOOK_LINES, content_type="text/csv"),
    }


# The dashboard's table as Socrata exports it (September 2026): 74 columns, days as MM/DD/YYYY, line breaks
# within texts. The first rows are projects of other sectors.
def fast41() -> Routes:
    cells = {
        "Project Sector": "Energy Storage",
        "Action Description": 'Depends on the sponsor "resolving" all deficiencies.\n',
        "Milestone Baseline Completion Date": "12/23/2024",
        "Milestone Target Completion Date": "10/19/2026",
    }
    lines = [fast41_line("Seminoe Pumped Storage Project", n, **cells) for n in range(1, 4)]
    return {FAST41_TABLE: Reply(fast41_csv(lines), content_type="text/csv; charset=utf-8")}


# The recipients of the fund (March 2026): apostrophes lost, spaces after names, no newline at the end.
def ontario_cmif() -> Routes:
    content = cmif_csv(
        "1,Vale Canada Limited,Battery minerals from Vale\u00eds tailings,500000",
        '2,Glencore Canada Inc. ,"Lithium Recovery, a demonstration",500000',
        "2,FNX Mining Company ,Waste Rock Main Input for Paste Fill Project,407925",
    )
    return {CMIF_LIST: Reply(content, content_type="text/csv")}


# Two records of a search, as the API of OSTI returns them.
def osti_rd() -> Routes:
    return {"/records": _json([osti_record(3002493, "Antimony, a review"), osti_record(3002494, "Antimony")])}


# HTS: the current release, and lines of the export as recorded by clients. Rates are on the 8-digit lines;
# additional duties also appear under a misspelt name.
HTS_LINE: Final[dict[str, Any]] = {
    "htsno": "2504.10.10", "indent": "1", "description": "Crystalline flake", "superior": None,
    "units": ["kg"], "general": "Free", "special": "", "other": "3.6¢/kg",
    "footnotes": [{"columns": ["general"], "marker": "1", "value": "See 9903.91.06. ", "type": "endnote"}],
    "quotaQuantity": None, "additionalDuties": None, "addiitionalDuties": None,
}  # fmt: skip


def usitc_hts(line: Mapping[str, Any] = HTS_LINE) -> Routes:
    heading = {**line, "htsno": "2504", "indent": "0", "general": "", "other": "", "units": None}
    release = {"name": "2026HTSRev17", "title": "Revision 17 (2026)", "description": "Current release"}
    return {"/currentRelease": _json(release), "/exportList": _json([heading, line])}


# WITS (a recorded response): the partner is declared before the product, but keys begin with the product.
def wits_trains() -> Routes:
    def coded(**dimensions: list[str]) -> list[dict[str, Any]]:
        return [
            {"id": name, "keyPosition": at, "values": [{"id": code, "name": code} for code in codes]}
            for at, (name, codes) in enumerate(dimensions.items())
        ]

    answer = {
        "header": {"id": "5a1c", "test": False, "prepared": "2026-11-23T10:00:00"},
        "structure": {
            "dimensions": {
                "series": coded(
                    FREQ=["A"],
                    REPORTER=["840"],
                    PARTNER=["000", "124", "484"],
                    PRODUCTCODE=["250410"],
                    DATATYPE=["reported"],
                ),
                "observation": coded(TIME_PERIOD=["2024"]),
            },
            "attributes": {"observation": coded(TARIFFTYPE=["MFN", "PREF"], NOMENCODE=["H6"])},
        },
        "dataSets": [
            {
                "action": "Information",
                "series": {
                    "0:0:0:0:0": {"observations": {"0": [0.0, 0, 0]}},
                    "0:0:0:1:0": {"observations": {"0": [0.0, 1, 0]}},
                },
            }
        ],
    }

    def reply(asked: Asked) -> Reply:
        if asked.params["startperiod"] != "2024":
            return Reply(b"<Error><Code>NoRecordsFound</Code></Error>", 404, "text/xml", validators=False)
        return _json(answer, content_type="application/vnd.sdmx.data+json;version=1.0.0-wd")

    path = "/SDMX/V21/rest/data/DF_WITS_Tariff_TRAINS"
    return {"*": lambda asked: reply(asked) if asked.path.startswith(path) else NOT_HERE}


# Pink Sheet: sheets, title rows and units of the editions of 2025 and 2026; the link as on the bank's page.
SHEETS: Final = ("AFOSHEET", "Monthly Prices", "Monthly Indices", "Description", "Index Weights")


def worldbank_prices(
    last: tuple[int, int] = (2026, 10), sheets: tuple[str, ...] = SHEETS, edition: int = 2026
) -> Routes:
    buffer = io.BytesIO()
    months = [f"{year}M{month:02d}" for year in range(2020, last[0] + 1) for month in range(1, 13)]
    months = months[: months.index(f"{last[0]}M{last[1]:02d}") + 1]
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for name in sheets:
            sheet = book.add_worksheet(name)
            sheet.write_column(0, 0, ["World Bank Commodity Price Data (The Pink Sheet)", "monthly prices"])
            sheet.write(3, 0, f"Updated on November 03, {last[0]}")
            sheet.write_row(4, 1, ["Coal, South African **", "Copper", "Nickel"])
            sheet.write_row(5, 1, ["($/mt)", "($/mt)", "($/mt)"])
            for at, month in enumerate(months):
                sheet.write_row(6 + at, 0, [month, 90.5, 9500.0, 15500.0])
    path = (
        f"/en/doc/74e8be41ceb20fa0da750cda2f6b9e4e-005001{edition}/related/CMO-Historical-Data-Monthly.xlsx"
    )

    def page(asked: Asked) -> Reply:
        link = f'<a href="http://{asked.headers["Host"]}{path}" target="_blank">Monthly prices (XLS)</a>'
        body = f"<!DOCTYPE html>\n<html lang='en'><head></head><body>{link}</body></html>"
        return Reply(body.encode(), content_type="text/html;charset=utf-8", validators=False)

    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"": page, "/": page, path: Reply(buffer.getvalue(), content_type=kind)}


# World Bank API v2, source 3 under the names of 2026; an error has status 200.
def worldbank_wgi() -> Routes:
    rows = [
        {
            "indicator": {"id": "GOV_WGI_CC.EST", "value": "Control of Corruption: Estimate"},
            "country": {"id": "US", "value": "United States"},
            "countryiso3code": "USA",
            "date": f"{year}",
            "value": 1.2,
            "scale": "",
            "unit": "",
            "obs_status": "",
            "decimal": 1,
        }
        for year in (2024, 2023)
    ]
    head = {
        "page": 1,
        "pages": 1,
        "per_page": 20000,
        "total": 2,
        "sourceid": "3",
        "lastupdated": "2026-03-18",
    }
    return {"/country/USA/indicator/GOV_WGI_CC.EST": _json([head, rows])}


WGI_GONE: Final = [
    {
        "message": [
            {
                "id": "175",
                "key": "Invalid format",
                "value": "The indicator was not found. It may have been deleted or archived.",
            }
        ]
    }
]

RECORDED: Final = {
    "bgs_wms": bgs_wms,
    "boc_fx": boc_fx,
    "census_api": census_api,
    "census_bulk": census_bulk,
    "cepii_baci": cepii_baci,
    "comtrade": comtrade,
    "fast41": fast41,
    "federal_register": federal_register,
    "nrcan_projects": nrcan_projects,
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
