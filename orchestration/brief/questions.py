"""The brief's questions, in the order a reader asks them, and how each answer is put in a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from orchestration.brief import charts
from orchestration.brief.sections import ChartDesign, Design, Query, Rows, fetch_rows

Found = Mapping[str, Rows]


@dataclass(frozen=True, slots=True)
class Card:
    """A headline figure: what it is, the figure, and what stands behind it."""

    label: str
    figure: str
    detail: str


def _names(rows: Rows, key: str = "mineral", most: int = 4) -> str:
    names = list(dict.fromkeys(str(row[key]).lower() for row in rows))
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def _dependency(found: Found, _day: date) -> str:
    rows = found["dependency"]
    above = {area: [r for r in rows if r["area"] == area and (r["low_pct"] or 0) > 50] for area in charts.AREAS}
    return (
        f"The United States draws more than half of its consumption of {_count(above['USA'])} critical minerals "
        f"from abroad or from stocks; North America taken as one, with trade among the three cancelled, of at "
        f"least {_count(above['NAM'])}."
    )


def _count(rows: Rows) -> int:
    return len({row["mineral"] for row in rows})


def _processing(found: Found, _day: date) -> str:
    rows = found["processing"]
    wider = [row for row in rows if row["refinery_share_pct"] > row["mine_share_pct"]]
    return (
        f"In {len(wider)} of {len(rows)} minerals for which both are published, China's share of refining is "
        f"larger than its share of mining: {_names(wider)}."
    )


def _concentration(found: Found, _day: date) -> str:
    high = [row for row in found["concentration"] if row["hhi"] > 1800]
    return (
        f"{len(high)} of {len(found['concentration'])} mineral and stage pairs of US imports are highly "
        "concentrated by the 2023 threshold of the merger guidelines (HHI above 1 800)."
    )


def _price_floor(found: Found, _day: date) -> str:
    rows = found["price_floor"]
    below = [row for row in rows if row["below_floor"]]
    return (
        f"{len(below)} of {len(rows)} months stand below the scenario floor drawn beside them"
        + (f": {_names(below)}." if below else ".")
    )


def _tariffs(found: Found, _day: date) -> str:
    china = [row for row in found["effective_rates"] if row["origin"] == "CHN"]
    newest = max(china, key=lambda row: row["year"], default=None)
    if newest is None:
        return "What the schedule says, and what importers were charged."
    return (
        f"Importers were charged {newest['effective_rate_pct']} % of customs value on mineral lines of Chinese "
        f"origin in {newest['year']}."
    )


def _usmca(found: Found, _day: date) -> str:
    dutiable = [row for row in found["usmca_claims"] if row["lines"] == "dutiable"]
    low = min((row["utilization_pct"] for row in dutiable), default=None)
    high = max((row["utilization_pct"] for row in dutiable), default=None)
    return (
        f"On dutiable lines between {low} and {high} % of the value from Canada and Mexico was claimed under "
        "USMCA, month by month."
    )


def _what_if(found: Found, _day: date) -> str:
    minerals = {row["mineral"] for row in found["what_if_sources"]}
    return (
        f"Pick partners and see how much of US dependency would still rest on countries outside, for "
        f"{len(minerals)} minerals with published import shares."
    )


def _disruption(found: Found, _day: date) -> str:
    first = found["disruption"][0] if found["disruption"] else None
    return (
        f"The loss of {first['case']} would leave the largest share of supply unreplaced: {first['residual_pct']} %."
        if first
        else "No supplier's loss can be weighed with the figures at hand."
    )


def _stockpile(found: Found, _day: date) -> str:
    short = [row for row in found["stockpile"] if (row["days_of_consumption"] or 0) < 90]
    return f"{len(short)} of {len(found['stockpile'])} minerals with published stocks cover less than 90 days."


def _calendar(found: Found, _day: date) -> str:
    due = [row for row in found["calendar"] if (row["days_until"] or -1) >= 0]
    if not due:
        return "Nothing in the calendar lies ahead; what took effect last comes first."
    return f"Next: {due[0]['title']}, in {due[0]['days_until']} days."


def _freshness(found: Found, _day: date) -> str:
    starter = [row for row in found["freshness"] if row["mode"] == "starter"]
    return (
        f"{len(starter)} of {len(found['freshness'])} sources speak from the starter, this project's own extract; "
        "the others were fetched."
    )


SECTIONS = (
    Design(
        id="dependency",
        title="How dependent is each country, and North America as one?",
        queries=[Query("dependency", "Net import reliance by mineral and area")],
        charts=[
            ChartDesign(
                "dependency",
                "Net import reliance by mineral, newest year of the newest edition",
                "Points for each area and mineral, with bars from the lower to the upper bound where the "
                "published inputs allow only bounds.",
                charts.dependency,
            )
        ],
        finding=_dependency,
        caveat="A bar without a point is a bound: an input is withheld or published as an inequality. For North "
        "America the coverage column says whether trade of all three countries was netted or US imports were "
        "split by origin.",
        source_ids=["usgs_mcs", "comtrade", "cepii_baci", "census_api"],
    ),
    Design(
        id="processing",
        title="Who mines and who refines?",
        queries=[Query("processing", "Shares of world mine and refinery output")],
        charts=[
            ChartDesign(
                "processing",
                "China's share of world output: mines (circle) and refineries (square)",
                "For each mineral a line from China's share of mine output to its share of refinery output.",
                charts.processing,
            )
        ],
        finding=_processing,
        caveat="USGS publishes refinery output for few minerals; mine and refinery output are never added.",
        source_ids=["usgs_mcs"],
    ),
    Design(
        id="concentration",
        title="In how few hands are US imports?",
        queries=[Query("concentration", "Supplier concentration of US imports")],
        charts=[
            ChartDesign(
                "concentration",
                "HHI of US imports by customs value; each cell names the first supplier",
                "A grid of minerals by stage of production, darker where fewer countries supply.",
                charts.concentration,
            )
        ],
        finding=_concentration,
        caveat="Shares are by customs value and country of origin, which is where the last substantial step took "
        "place, not where the ore was mined.",
        source_ids=["census_api"],
    ),
    Design(
        id="price-floor",
        title="Where do prices stand against a floor?",
        queries=[Query("price_floor", "Monthly price and scenario floor")],
        charts=[
            ChartDesign(
                "price_floor",
                "Reference price (line) and scenario floor (dashed); months below are shaded",
                "Monthly prices by mineral against a scenario floor.",
                charts.price_against_floor,
            )
        ],
        finding=_price_floor,
        caveat="All floors here are scenarios but for the one public precedent, neodymium-praseodymium at USD 110 "
        "per kg. A border adjustment computed from averages is a lower bound: shipments below the floor hide in "
        "averages above it.",
        source_ids=["worldbank_prices", "imf_pcps"],
    ),
    Design(
        id="tariffs",
        title="What is the duty, and what was paid?",
        queries=[
            Query("tariff_ladder", "Duty by programme, product and origin"),
            Query("effective_rates", "Calculated duty over customs value by origin"),
        ],
        charts=[
            ChartDesign(
                "tariff_ladder",
                "Statutory duty by programme on the newest day the schedule covers",
                "Stacked bars of duty programmes by origin, one panel a product.",
                charts.tariff_ladder,
            ),
            ChartDesign(
                "effective_rates",
                "What importers were charged, by origin and year",
                "Bars of calculated duty as a percentage of customs value by origin.",
                charts.effective_rates,
            ),
        ],
        finding=_tariffs,
        caveat="Calculated duty is statistical, before refunds and without anti-dumping duties.",
        source_ids=["usitc_hts", "census_api"],
    ),
    Design(
        id="usmca",
        title="What is at stake in the USMCA review?",
        queries=[Query("usmca_claims", "USMCA claims by month")],
        charts=[
            ChartDesign(
                "usmca_claims",
                "Share of import value claimed under USMCA, by month",
                "Lines for Canada and Mexico, dutiable and MFN-free lines apart.",
                charts.usmca_claims,
            )
        ],
        finding=_usmca,
        caveat="On MFN-free lines claims were recorded as exactly zero through June 2025 and are recorded from July "
        "2025 on: a break in the recording, not a surge.",
        source_ids=["usitc_dataweb"],
    ),
    Design(
        id="what-if",
        title="What would a wider agreement change?",
        queries=[
            Query("what_if_sources", "US import shares and reliance behind the what-if"),
            Query("what_if_partners", "Countries that can be picked"),
        ],
        charts=[
            ChartDesign(
                "what_if",
                "US dependency on countries outside: with Canada and Mexico (tick) and with the chosen partners (bar)",
                "Bars by mineral that shrink as partners are chosen.",
                charts.what_if,
            )
        ],
        finding=_what_if,
        caveat="Four-year import shares times net import reliance; shares that USGS leaves unnamed count as outside. "
        "Partners' own deficits are in marts.bloc_scenario, not here.",
        source_ids=["usgs_mcs"],
        controls="what_if",
    ),
    Design(
        id="disruption",
        title="What if one supplier stops?",
        queries=[Query("disruption", "Loss of one supplier: lost and unreplaced")],
        charts=[
            ChartDesign(
                "disruption",
                "The single losses that would hurt most",
                "Bars of supply lost and left unreplaced by supplier and mineral.",
                charts.disruption,
            )
        ],
        finding=_disruption,
        caveat="Spare capacity is taken from published capacities or a stated share of output; prices and substitution "
        "are not modelled.",
        source_ids=["usgs_mcs"],
    ),
    Design(
        id="stockpile",
        title="How long would stocks last?",
        queries=[Query("stockpile", "Known stocks in days of consumption")],
        charts=[
            ChartDesign(
                "stockpile",
                "Days of US apparent consumption in published industry and government stocks",
                "Bars of days by mineral.",
                charts.stockpile,
            )
        ],
        finding=_stockpile,
        caveat="Withheld stocks are left out, never estimated; what is shown is the least there is.",
        source_ids=["usgs_mcs"],
    ),
    Design(
        id="calendar",
        title="What is due when?",
        queries=[Query("calendar", "Policy calendar", shown=60)],
        charts=[],
        finding=_calendar,
        caveat="Dates are those announced; days are counted from the day of the build.",
        source_ids=["federal_register"],
    ),
    Design(
        id="freshness",
        title="How fresh is all this?",
        queries=[Query("freshness", "Sources, vintages and age")],
        charts=[],
        finding=_freshness,
        caveat="Age counts from the day the publisher stated the figures to the day of the refresh.",
        source_ids=[],
    ),
)


def headline_cards(con: duckdb.DuckDBPyConnection, day: date) -> list[Card]:
    """The figures at the top of the page, each from one query of ``sql/cards.sql``."""
    return [
        Card(row["label"], row["figure"], row["detail"]) for row in fetch_rows(con, "cards", {"today": day})
    ]
