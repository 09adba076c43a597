"""World Bank: the Pink Sheet with all series since 1960, and the Governance Indicators."""

import io
from datetime import date, datetime
from functools import cache

import numpy as np
import xlsxwriter

from tests.ingest.servers import ANY, Asked, Reply, Routes, json_reply
from tests.world.truth import World, countries, month_before, months_between

# Every series of the sheet with its unit, in the publisher's order; stars and spaces as printed.
PRINTED = """
Crude oil, average|($/bbl);Crude oil, Brent|($/bbl);Crude oil, Dubai|($/bbl);Crude oil, WTI|($/bbl)
Coal, Australian|($/mt);Coal, South African **|($/mt);Natural gas, US|($/mmbtu);Natural gas, Europe|($/mmbtu)
Liquefied natural gas, Japan|($/mmbtu);Natural gas index|(2010=100);Cocoa|($/kg);Coffee, Arabica|($/kg)
Coffee, Robusta|($/kg);Tea, avg 3 auctions|($/kg);Tea, Colombo|($/kg);Tea, Kolkata|($/kg);Tea, Mombasa|($/kg)
Coconut oil|($/mt);Groundnuts|($/mt);Fish meal|($/mt);Groundnut oil **|($/mt);Palm oil|($/mt)
Palm kernel oil|($/mt);Soybeans|($/mt);Soybean oil|($/mt);Soybean meal|($/mt);Rapeseed oil|($/mt)
Sunflower oil|($/mt);Barley|($/mt);Maize|($/mt);Sorghum|($/mt);Rice, Thai 5% |($/mt);Rice, Thai 25% |($/mt)
Rice, Thai A.1|($/mt);Rice, Viet Namese 5%|($/mt);Wheat, US SRW|($/mt);Wheat, US HRW|($/mt)
Banana, Europe|($/kg);Banana, US|($/kg);Orange|($/kg);Beef **|($/kg);Chicken **|($/kg);Lamb **|($/kg)
Shrimps, Mexican|($/kg);Sugar, EU|($/kg);Sugar, US|($/kg);Sugar, world|($/kg);Tobacco, US import u.v.|($/mt)
Logs, Cameroon|($/cubic meter);Logs, Malaysian|($/cubic meter);Sawnwood, Cameroon|($/cubic meter)
Sawnwood, Malaysian|($/cubic meter);Plywood|(cents/sheet);Cotton, A Index|($/kg);Rubber, TSR20 **|($/kg)
Rubber, RSS3|($/kg);Phosphate rock|($/mt);DAP|($/mt);TSP|($/mt);Urea |($/mt);Potassium chloride **|($/mt)
Aluminum|($/mt);Iron ore, cfr spot|($/dmtu);Copper|($/mt);Lead|($/mt);Tin|($/mt);Nickel|($/mt);Zinc|($/mt)
Gold|($/troy oz);Platinum|($/troy oz);Silver|($/troy oz)
"""
SERIES = [cell.split("|") for line in PRINTED.strip().splitlines() for cell in line.split(";")]
LEVELS = {
    "Phosphate rock": 152, "DAP": 700, "TSP": 640, "Potassium chloride **": 350, "Aluminum": 2600,
    "Copper": 9600, "Lead": 2000, "Tin": 33_000, "Nickel": 15_500, "Zinc": 2900, "Gold": 3900,
    "Platinum": 1500, "Silver": 45,
}  # fmt: skip
BEGINS = {"Potassium chloride **": 1970}
ELLIPSIS = "\u2026"


def last_month(world: World) -> date:
    """The newest month of the sheet: last month, minus the releases held back."""
    return month_before(world.now.date().replace(day=1), 1 + world.held_back)


def price(series: str, month: date) -> float:
    """The price of a series in a month."""
    age = (2026 - month.year) + (6 - month.month) / 12
    wave = 1 + 0.06 * np.sin(month.year * 1.3 + month.month / 2 + len(series))
    return round(float(LEVELS.get(series, 100) * 0.99**age * wave), 4)


@cache
def workbook(last: date) -> bytes:
    """The whole sheet up to a month; the same month gives the same bytes."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})
        book.add_worksheet("AFOSHEET")
        sheet = book.add_worksheet("Monthly Prices")
        book.add_worksheet("Monthly Indices").write(0, 0, "World Bank Commodity Price Data (The Pink Sheet)")
        updated = month_before(last, -1)
        titles = [
            "World Bank Commodity Price Data (The Pink Sheet)",
            "monthly prices in nominal US dollars, 1960 to present",
            "(monthly series are available only in nominal US dollar terms)",
            f"Updated on {updated:%B} 03, {updated.year}",
        ]
        sheet.write_column(0, 0, titles)
        sheet.write_row(4, 1, [name for name, _ in SERIES])
        sheet.write_row(5, 1, [unit for _, unit in SERIES])
        for at, month in enumerate(months_between(date(1960, 1, 1), last)):
            cells = [
                ELLIPSIS if month.year < BEGINS.get(name, 1960) else price(name, month) for name, _ in SERIES
            ]
            sheet.write_row(6 + at, 0, [f"{month.year}M{month.month:02d}", *cells])
    return buffer.getvalue()


def prices(world: World) -> Routes:
    """The page with the link to the year's edition; last year's link still serves its last workbook."""
    last = last_month(world)
    path = "/en/doc/74e8be41ceb20fa0da750cda2f6b9e4e-00500120{}/related/CMO-Historical-Data-Monthly.xlsx"
    current, old = (path.format(f"{year % 100:02d}") for year in (last.year, last.year - 1))
    updated = month_before(last, -1)
    stated = f"{updated:%a, 03 %b %Y} 12:00:00 GMT"

    def page(asked: Asked) -> Reply:
        link = f"http://{asked.headers['Host']}{current}"
        body = f'<!DOCTYPE html><html><body><a href="{link}">Monthly prices</a></body></html>'
        return Reply(body.encode(), content_type="text/html", validators=False)

    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {
        current: Reply(workbook(last), content_type=kind, last_modified=stated),
        old: Reply(workbook(date(last.year - 1, 10, 1)), content_type=kind),
        "/": page,
        "": page,
    }


def governance(iso3: str, indicator: str, year: int) -> float:
    """An estimate, approximately standard normal."""
    seed = sum(ord(letter) * place for place, letter in enumerate(iso3 + indicator, start=1))
    return round(float(1.6 * np.sin(seed) + 0.01 * (year - 2010)), 6)


def last_wgi_year(world: World) -> int:
    """The newest year: last year from autumn on, before that the year before."""
    return world.now.year - (1 if world.now.month >= 10 else 2)


def wgi(world: World) -> Routes:
    """All countries and years of an indicator in one page; former codes return an error with status 200."""

    def indicator(asked: Asked) -> Reply:
        code = asked.path.rsplit("/", 1)[-1]
        if not code.startswith("GOV_WGI_") or asked.params.get("source") != "3":
            value = "The indicator was not found. It may have been deleted or archived."
            refusal = [{"message": [{"id": "175", "key": "Invalid format", "value": value}]}]
            return json_reply(refusal, validators=False)
        name = code.removeprefix("GOV_WGI_").removesuffix(".EST")
        known = countries().filter(countries()["iso2"].is_not_null()).select("iso3", "iso2", "name")
        rows = [
            {
                "indicator": {"id": code, "value": f"{name}: Estimate"},
                "country": {"id": iso2, "value": country},
                "countryiso3code": iso3,
                "date": f"{year}",
                "value": None if iso3 == "ATA" else governance(iso3, name, year),
                "unit": "",
                "obs_status": "",
                "decimal": 1,
            }
            for iso3, iso2, country in known.iter_rows()
            for year in range(last_wgi_year(world), 1995, -1)
        ]
        size = int(asked.params.get("per_page", 50))
        head = {
            "page": 1,
            "pages": -(-len(rows) // size),
            "per_page": f"{size}",
            "total": len(rows),
            "sourceid": "3",
            "lastupdated": f"{last_wgi_year(world) + 1}-10-18",
        }
        return json_reply([head, rows[:size]])

    return {ANY: indicator}
