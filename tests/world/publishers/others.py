"""Bank of Canada, Federal Register, British Geological Survey and WITS: APIs with paged responses."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any
from urllib.parse import quote_plus

import polars as pl

from tests.ingest.publishers.usgs_outlook import OUTLOOK_ITEM, outlook, outlook_routes
from tests.ingest.publishers.wits_trains import WITS_PATH
from tests.ingest.servers import ANY, Asked, Reply, Routes, json_reply
from tests.world.truth import World, code_of, countries, products

# --- Bank of Canada ---


def boc_fx(world: World) -> Routes:
    """Business days from the first of 2017; one day has no rate."""

    def observations(asked: Asked) -> Reply:
        start, end = (date.fromisoformat(asked.params[name]) for name in ("start_date", "end_date"))
        end = min(end, world.now.date())
        days = [start + timedelta(days=back) for back in range((end - start).days + 1)]
        observed = [
            {"d": f"{day}", "FXUSDCAD": {"v": f"{world.cad_per_usd(day.replace(day=1))}"}}
            for day in days
            if day.weekday() < 5 and day >= date(2017, 1, 3)
        ]
        detail = {"FXUSDCAD": {"label": "USD/CAD", "description": "US dollar to Canadian dollar"}}
        terms = {"url": "https://www.bankofcanada.ca/terms/"}
        return json_reply({"terms": terms, "seriesDetail": detail, "observations": observed})

    return {"/observations/FXUSDCAD/json": observations}


# --- World Minerals Outlook ---


def usgs_outlook(world: World) -> Routes:
    """The release of 2025, and from March 2027 the next one: another item, two years later."""
    releases = {OUTLOOK_ITEM: ("World Minerals Outlook to 2029", "2025-08-29", outlook())}
    if world.now.date() >= date(2027, 3, 1):
        releases["next"] = ("World Minerals Outlook through 2031", "2027-03-01", outlook(2031, 30.0))
    return outlook_routes(releases)


# --- Federal Register ---

DOCUMENTS_A_DAY = 2
TERMS = ("critical minerals", "section 232", "section 301", "USMCA")
KINDS = ("Rule", "Proposed Rule", "Notice", "Presidential Document")


@cache
def documents(first: date, last: date) -> tuple[dict[str, Any], ...]:
    """All documents published between two days, with the search term that finds each."""
    found = []
    for back in range((last - first).days + 1):
        day = first + timedelta(days=back)
        for place in range(DOCUMENTS_A_DAY * (day.weekday() < 5)):
            number = f"{day.year}-{day.timetuple().tm_yday * 10 + place:05d}"
            serial = day.toordinal() * DOCUMENTS_A_DAY + place
            agency = {"raw_name": "DEPARTMENT OF COMMERCE", "name": "Commerce Department", "id": 54}
            found.append(
                {
                    "document_number": number,
                    "publication_date": f"{day}",
                    "title": f"Notice {number} on {TERMS[serial % 4]}",
                    "type": KINDS[serial % 3],
                    "subtype": None,
                    "effective_on": f"{day + timedelta(days=30)}" if place else None,
                    "signing_date": None,
                    "executive_order_number": None,
                    "citation": f"{day.year - 1935} FR {serial % 90_000}",
                    # some agencies have no slug
                    "agencies": [agency if place else agency | {"slug": "commerce-department"}],
                    "docket_ids": [f"Docket {serial}"],
                    "html_url": f"https://www.federalregister.gov/d/{number}",
                    "term": TERMS[serial % 4],
                }
            )
    return tuple(found)


def federal_register(world: World) -> Routes:
    """Searches in pages; the next page has another path than the first, as in the real service."""

    def search(asked: Asked) -> Reply:
        params = asked.params
        term = params.get("conditions[term]", "").strip('"')
        first = date.fromisoformat(params.get("conditions[publication_date][gte]", "2017-01-01"))
        last = date.fromisoformat(params.get("conditions[publication_date][lte]", f"{world.now.date()}"))
        last = min(last, world.now.date())
        hits = [found for found in documents(first, last) if found["term"] == term] if first <= last else []
        size, page = min(int(params.get("per_page", 20)), 100), int(params.get("page", 1))
        if page > 1 and "search_after_cursor" not in params:
            return Reply(b'{"errors": {"page": "is past what is served"}}', 400, validators=False)
        if not hits:
            return json_reply({"count": 0, "description": f"Documents matching {term}"})
        some = hits[(page - 1) * size : page * size]
        fields = [value for name, value in asked.query if name == "fields[]"]
        shown = [{name: one[name] for name in fields or one if name in one} for one in some]
        content: dict[str, Any] = {
            "count": len(hits),
            "description": f"Documents matching {term}",
            "total_pages": -(-len(hits) // size),
            "results": shown,
        }
        if page * size < len(hits):
            kept = [
                (name, value)
                for name, value in asked.query
                if name not in ("page", "search_after_cursor", "format")
            ]
            parameters = [
                *kept,
                ("format", "json"),
                ("page", f"{page + 1}"),
                ("search_after_cursor", f"WzE{page}Il0"),
            ]
            query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in sorted(parameters))
            content["next_page_url"] = f"http://{asked.headers['Host']}/documents?{query}"
        return json_reply(content)

    return {"/documents.json": search, "/documents": search}


# --- British Geological Survey ---

# Yearly output of each commodity in tons, and the shares of its producers in order.
OUTPUT = {
    "antimony, mine": (100_000, "CHN:.5 TJK:.2 BOL:.1 TUR:.1 RUS:.1"),
    "bismuth, mine": (9_000, "CHN:.8 LAO:.1 MEX:.1"),
    "cobalt, mine": (240_000, "COD:.73 IDN:.09 CAN:.03 AUS:.05 CUB:.03 RUS:.07"),
    "cobalt, refined": (220_000, "CHN:.78 FIN:.1 CAN:.05 JPN:.04 NOR:.03"),
    "copper, mine": (22_000_000, "CHL:.3 PER:.15 COD:.15 CHN:.1 USA:.1 MEX:.1 CAN:.1"),
    "copper, refined": (26_000_000, "CHN:.45 CHL:.15 COD:.1 JPN:.1 USA:.1 MEX:.05 CAN:.05"),
    "fluorspar": (8_500_000, "CHN:.65 MEX:.15 MNG:.1 VNM:.05 ZAF:.05"),
    "gallium, primary": (600, "CHN:.98 JPN:.01 RUS:.01"),
    "germanium metal": (140, "CHN:.7 BEL:.2 RUS:.05 CAN:.05"),
    "graphite": (1_600_000, "CHN:.78 MOZ:.06 MDG:.06 BRA:.05 CAN:.05"),
    "magnesium metal, primary": (1_000_000, "CHN:.9 ISR:.03 TUR:.02 KAZ:.03 BRA:.02"),
    "nickel, mine": (3_600_000, "IDN:.55 PHL:.1 RUS:.08 CAN:.07 AUS:.1 NCL:.1"),
    "nickel, smelter/refinery": (3_300_000, "IDN:.45 CHN:.3 JPN:.1 CAN:.07 NOR:.08"),
    "rare earth oxides": (350_000, "CHN:.7 USA:.12 MMR:.1 AUS:.08"),
    "tungsten, mine": (80_000, "CHN:.83 VNM:.08 RUS:.04 RWA:.03 BOL:.02"),
}
FIRST_YEAR, BGS_BEHIND = 1970, 2
OTHER_COMMODITY_MAKERS = "CHN:.4 ZAF:.3 AUS:.2 TUR:.1"


def output(world: World, commodity: str) -> Iterator[tuple[str, int, float]]:
    """Producer, year and tons of a commodity in the survey."""
    tons, makers = OUTPUT.get(commodity, (1_000_000, OTHER_COMMODITY_MAKERS))
    for pair in makers.split():
        iso3, share = pair.split(":")
        for year in range(FIRST_YEAR, world.now.year - BGS_BEHIND + 1):
            yield iso3, year, round(tons * float(share) * 0.985 ** (world.now.year - BGS_BEHIND - year), 1)


def bgs_wms(world: World) -> Routes:
    """Features in pages, with links; offsets beyond 10,000 are refused."""
    names = dict(countries().select("iso3", "name").iter_rows())
    spelled = {
        "COD": "Congo, Democratic Republic",
        "USA": "USA",
        "TUR": "Turkey",
        "LAO": "Laos",
        "MMR": "Burma",
    }

    def items(asked: Asked) -> Reply:
        params = asked.params
        offset, limit = int(params.get("offset", 0)), min(int(params.get("limit", 10)), 10_000)
        commodity = params["bgs_commodity_trans"]
        features = [
            {
                "type": "Feature",
                "id": f"{commodity}.{at}",
                "geometry": None,
                "properties": {
                    "bgs_commodity_trans": commodity,
                    "bgs_sub_commodity_trans": None,
                    "bgs_statistic_type_trans": params.get("bgs_statistic_type_trans", "Production"),
                    "country_trans": spelled.get(iso3, names[iso3]),
                    "country_iso2_code": code_of("iso2")[iso3],
                    "country_iso3_code": iso3,
                    "year": f"{year}-01-01T00:00:00Z",
                    "quantity": tons,
                    "units": "tonnes (metal content)" if "mine" in commodity else "tonnes (metric)",
                    "yearbook_table_trans": f"Production of {commodity}",
                    "concat_table_notes_text": None,
                    "concat_figure_notes_code": None,
                    "concat_figure_notes_text": None,
                    "erml_commodity": None,
                    "erml_group": None,
                    "data_precision_description": None,
                },
            }
            for at, (iso3, year, tons) in enumerate(output(world, commodity))
        ]
        page = features[offset : offset + limit]
        query = f"limit={limit}&offset={offset + limit}&bgs_commodity_trans={quote_plus(commodity)}"
        following = f"http://{asked.headers['Host']}{asked.path}?{query}"
        links = [{"rel": "next", "href": following}] if offset + limit < len(features) else []
        whole = {"type": "FeatureCollection", "features": page, "links": links}
        return json_reply(whole | {"numberMatched": len(features), "numberReturned": len(page)})

    return {"/collections/world-mineral-statistics/items": items}


# --- WITS ---

WITS_BEHIND = 2


def mfn_rates() -> dict[str, float]:
    """The planted MFN rate by HS6, averaged over the planted lines."""
    rates = products().group_by("hs6").agg(pl.col("mfn_pct").mean().round(2))
    return dict(rates.iter_rows())


def wits_answer(reporter: str, partners: list[str], codes: list[str], year: str) -> dict[str, Any]:
    """SDMX-JSON that declares PARTNER before PRODUCTCODE, while its series keys begin with the product."""
    members = {code_of("m49_code")[iso3] for iso3 in ("USA", "CAN", "MEX")}
    rates = mfn_rates() if reporter == code_of("m49_code")["USA"] else {}
    values = sorted({f"{rates.get(code, 2.5):g}" for code in codes} | {"0"})
    series = {}
    for at, code in enumerate(codes):
        rate = rates.get(code, 2.5)
        best, zero = values.index(f"{rate:g}"), values.index("0")
        for place, partner in enumerate(partners):
            observed = [0.0, 1, 0, zero, zero, 0] if partner in members else [rate, 0, 0, best, best, 0]
            series[f"0:0:{at}:{place}:0"] = {"attributes": [], "observations": {"0": observed}}

    def coded(dimensions: dict[str, list[str]]) -> list[dict[str, Any]]:
        return [
            {"id": name, "keyPosition": at, "values": [{"id": code, "name": code} for code in held]}
            for at, (name, held) in enumerate(dimensions.items())
        ]

    keys = {"FREQ": ["A"], "REPORTER": [reporter], "PARTNER": partners, "PRODUCTCODE": codes}
    attributes = {"TARIFFTYPE": ["MFN", "PREF"], "NOMENCODE": ["H6"], "MIN_RATE": values}
    attributes |= {"MAX_RATE": values, "TOTALNOOFLINES": ["3"]}
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


def wits_trains(world: World) -> Routes:
    """Rates up to two years ago; for later years the service's message that there are none."""

    def reply(asked: Asked) -> Reply:
        year = asked.params["startperiod"]
        if int(year) > world.now.year - WITS_BEHIND:
            return Reply(b"<Error>NoRecordsFound</Error>", 404, "text/xml", validators=False)
        _, reporter, partners, codes, _ = asked.path.removeprefix(WITS_PATH).split(".")
        content = wits_answer(reporter, partners.split("+"), codes.split("+"), year)
        return json_reply(content, validators=False)

    return {ANY: reply}
