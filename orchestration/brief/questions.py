"""The brief's questions, in reading order, and the headline figures."""

from dataclasses import dataclass

import duckdb

from orchestration.brief import charts, findings
from orchestration.brief.sections import ChartDesign, Design, Query, fetch_rows


@dataclass(frozen=True, slots=True)
class Card:
    """A headline figure with its label and details."""

    label: str
    figure: str
    detail: str


def headline_cards(con: duckdb.DuckDBPyConnection) -> list[Card]:
    """The headline figures of the page, one for each row of ``sql/cards.sql``."""
    return [Card(**row) for row in fetch_rows(con, "cards")]


SECTIONS = (
    Design(
        id="first",
        title="Which minerals to begin with?",
        queries=[
            Query(
                "five_to_begin_with",
                "The first ten, with their ranks under other weights",
                shown=10,
                left_out={
                    "covered_by_their_output_pct",
                    "scorecard_year",
                    "minerals_placed",
                    "remark",
                    "mineral_id",
                },
            )
        ],
        charts=[],
        finding=findings.first,
        caveat="The rule is open (question 35 of the query book): 50 points for the rank in the "
        "scorecard of North America as one, 30 for what Mexico and Canada produce and sell, 20 for "
        "the US duty that falls due if USMCA claims lapse. It weighs ranks, not amounts, and leaves "
        "out minerals whose output in both is not printed, even if a plant is listed.",
    ),
    Design(
        id="dependency",
        title="How dependent is each country, and North America as one?",
        queries=[
            Query("dependency", "Net import reliance by mineral and area", left_out={"minerals_on_list"})
        ],
        charts=[
            ChartDesign(
                "dependency",
                "Net import reliance, % of apparent consumption, newest year: a point is a figure, a bar "
                "is a range between bounds, and values below 0 are net exports",
                "For each mineral up to four lanes, one for each area: a point where net import reliance "
                "is known, and a bar from the lower to the upper bound where it is not. The table below "
                "has the same figures.",
                charts.dependency,
                ["usgs_mcs", "comtrade", "cepii_baci"],
            ),
            ChartDesign(
                "outside",
                "Dependency of the USA on imports, and of North America as one on the rest of the world",
                "For each mineral a point for net import reliance of the United States, and a bar from "
                "the lower to the upper bound of North America's dependency on other countries.",
                charts.outside,
                ["usgs_mcs", "comtrade", "cepii_baci"],
            ),
        ],
        finding=findings.dependency,
        caveat="A bar without a point shows bounds: an input is withheld or published as an "
        "inequality. An area without a mark has no known value, mostly because the imports of "
        "Canada and Mexico from outside are not published. For North America the coverage column "
        "shows whether the trade of all three was netted or US imports were split by origin.",
    ),
    Design(
        id="three",
        title="How much do the three buy from China, each and as one?",
        queries=[Query("three", "China in imports at the policy stage")],
        charts=[
            ChartDesign(
                "three",
                "China's share of imports by value, %: directly \u2192 by estimate with goods through "
                "partners, from the lower to the upper bound",
                "A table with a row for each mineral and a column each for the United States, Canada, "
                "Mexico and North America as one, darker where China's share is larger.",
                charts.three,
                ["cepii_baci", "usgs_mcs"],
            )
        ],
        finding=findings.three,
        caveat="The column of North America leaves out trade among the three; the columns of its "
        "members include it. The Chinese goods that a partner resells are estimated from its own "
        "imports and output. Where its output is not known, the bounds are far apart. Codes that "
        "may hold none of the mineral do not count: gallium, germanium and indium share one code, and "
        "their suppliers cannot be separated. Three codes that also hold other goods count with part "
        "of their value: metal magnets with 57.5 % (sintered rare earth magnets, neodymium above all), "
        "bituminous coal with 79.2 % (metallurgical coal), and rare earth compounds other than those of "
        "cerium with 95.9 % (without yttrium and scandium). These are the parts in US imports of 2024 and "
        "2025, applied to each year, importer and supplier. A mineral is left out if US customs state a "
        "share that differs by more than ten points.",
    ),
    Design(
        id="processing",
        title="Who mines and who refines?",
        queries=[Query("processing", "Shares of world mine and refinery output")],
        charts=[
            ChartDesign(
                "processing",
                "China's share of world output, mines compared with refineries",
                "For each mineral China's share of mine output as a circle and of refinery output as "
                "a square, joined by a line where both are published.",
                charts.processing,
                ["usgs_mcs"],
            )
        ],
        finding=findings.processing,
        caveat="USGS publishes refinery output for few minerals; rare earths, lithium and "
        "graphite are not among them. For these the tables neither show nor refute that China "
        "leads. Files of the British Geological Survey fill gaps where they are held. A country "
        "that a table does not list has bounds. Each share refers to its own world total; mine "
        "and refinery output are never added.",
    ),
    Design(
        id="projects",
        title="Which projects could close a dependency, and where?",
        queries=[
            Query("projects", "Projects, mines and plants of critical minerals"),
            Query("project_gaps", "Dependency and facilities by mineral", 60),
        ],
        charts=[
            ChartDesign(
                "projects",
                "Projects, mines, plants and sites that public lists name, by stage and phase; hollow where "
                "on hold, small crosses where the list states no phase",
                "A map of Canada, the United States and Mexico with a mark for each facility.",
                charts.projects,
                ["fast41", "icmm_sites", "nrcan_projects"],
            ),
            ChartDesign(
                "project_gaps",
                "Facilities listed, by mineral of which more than half of North America's use may come from "
                "the rest of the world (% of its use in the label), most dependent first; \u2715 where no "
                "list names processing",
                "Bars of facilities by mineral, divided into mine and processing projects, mines and plants.",
                charts.project_gaps,
                ["fast41", "nrcan_projects", "usgs_mcs"],
            ),
        ],
        finding=findings.projects,
        caveat="The figures are counts, not amounts: no list states the output of a project or "
        "its date. Sites of the United States and Mexico come from a list that does not say whether they "
        "operate, and some closed long ago: they neither close a gap nor prove one. No gap is claimed for a "
        "country whose lists do not say what operates. A facility with several minerals counts for each of "
        "them. A member of a group has the facilities that name the group.",
    ),
    Design(
        id="concentration",
        title="How concentrated are US imports?",
        queries=[Query("concentration", "Supplier concentration of US imports", left_out={"top_supplier"})],
        charts=[
            ChartDesign(
                "concentration",
                "Supplier concentration of US imports by customs value; each cell names the first supplier "
                "(by its ISO code on narrow screens)",
                "A grid of minerals by stage of production, darker where fewer countries supply.",
                charts.concentration,
                ["census_api"],
            )
        ],
        finding=findings.concentration,
        caveat="Shares are by customs value and country of origin. Origin is where the last "
        "substantial processing took place, not where the ore was mined.",
    ),
    Design(
        id="price-floor",
        title="Where do prices stand against a floor?",
        queries=[
            Query("price_floor", "Monthly price and floor"),
            Query("floor_imports", "Imports with reported weights, compared with the floor"),
        ],
        charts=[
            ChartDesign(
                "price_floor",
                "Monthly reference price (line) and floor (dashed); months below the floor are shaded",
                "One small chart for each mineral: the monthly price, the floor, and the months in which "
                "the price was below it.",
                charts.price_against_floor,
                ["worldbank_prices", "imf_pcps"],
            )
        ],
        finding=findings.price_floor,
        caveat="These floors are scenarios: the mean of the prices held for 2019 to 2023, applied "
        "from 2024. For most minerals that is four or three of the five years; core.dim_price_floor has "
        "the number as observations. Public precedents exist for neodymium-praseodymium only, at USD 110 "
        "per kg, which has no free monthly price; marts.price_floor has it by year. A border adjustment "
        "computed from averages is a lower bound, since averages above the floor hide shipments below it. "
        "Imports without reported weights are not judged, since a weight derived from a price "
        "always gives that price.",
    ),
    Design(
        id="tariffs",
        title="What is the duty, and what was paid?",
        queries=[
            Query("tariff_ladder", "Duty by programme, product and origin"),
            Query("effective_rates", "Calculated duty as a share of customs value, by origin"),
        ],
        charts=[
            ChartDesign(
                "tariff_ladder",
                "The tariff ladder: statutory duty by programme on the newest day the schedule covers",
                "Stacked bars of duty programmes by origin, one panel for each product.",
                charts.tariff_ladder,
                ["usitc_hts"],
            ),
            ChartDesign(
                "effective_rates",
                "Duty charged on mineral lines without finished goods, by the ten largest origins",
                "Two bars for each origin: calculated duty as a percentage of customs value in each of "
                "two years.",
                charts.effective_rates,
                ["census_api"],
            ),
        ],
        finding=findings.tariffs,
        caveat="The ladder shows general duty without a claim under USMCA. Calculated duty is "
        "statistical, before refunds and without anti-dumping and countervailing duties.",
    ),
    Design(
        id="usmca",
        title="What is at stake in the USMCA review?",
        queries=[Query("usmca_claims", "USMCA claims by month")],
        charts=[
            ChartDesign(
                "usmca_claims",
                "Share of import value claimed under USMCA, by month",
                "Lines for Canada and Mexico, with dutiable and MFN-free lines shown separately.",
                charts.usmca_claims,
                ["usitc_dataweb"],
            )
        ],
        finding=findings.usmca,
        caveat="On MFN-free lines claims were recorded as exactly zero through June 2025 and are "
        "recorded from July 2025 on. This is a break in the recording, not a surge, and the "
        "months before it are left blank. The duty at stake uses the schedule for the day of the "
        "build (MFN, and additions only where they are in force). Rates by weight or in words are "
        "not priced. The duty at the rates of the months themselves, including IEEPA, is history "
        "and is shown separately.",
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
                "US dependency on countries outside: with Canada and Mexico only (tick) and with your "
                "partners (bar)",
                "Bars by mineral that shrink as partners are chosen; the sentence above states the result "
                "in words.",
                charts.what_if,
                ["usgs_mcs"],
            )
        ],
        finding=findings.what_if,
        caveat="The figure is four-year import shares times net import reliance; where reliance "
        "has bounds, the lower one is used. Shares that USGS does not assign to a country count "
        "as outside. marts.bloc_scenario shows whether partners have spare output; this section "
        "does not.",
        controls="what_if",
    ),
    Design(
        id="restricted",
        title="How much comes from countries that restrict its export?",
        queries=[Query("restricted", "US imports from countries that restrict exports, by mineral")],
        charts=[],
        finding=findings.restricted,
        caveat="Four-year import shares of USGS are combined with export controls that USGS lists "
        "(Table 4) or that are kept as events here, up to the day on which they were last checked "
        "(known through). A ban on ore applies to ore, and to a part of all forms together; only "
        "the upper figure includes that part.",
    ),
    Design(
        id="floor_methods",
        title="Where could a floor lie?",
        queries=[Query("floor_methods", "Levels of a floor by method, USD/kg")],
        charts=[],
        finding=findings.floor_methods,
        caveat="Methods are shown side by side and never averaged. Prices are nominal. The cost "
        "to a manufacturer is in marts.floor_pass_through, only for products with a cited "
        "content.",
    ),
    Design(
        id="disruption",
        title="What if one supplier stops?",
        queries=[
            Query(
                "disruption",
                "Loss of one supplier of one mineral: lost and unreplaced",
                left_out={"is_largest"},
            ),
            Query("supplier_losses", "Loss of one supplier of all critical minerals"),
        ],
        charts=[
            ChartDesign(
                "disruption",
                "The single losses with the largest unreplaced share: share of US imports lost (pale) and "
                "not replaced (solid, from the lower to the upper bound)",
                "Bars of US imports lost and not replaced, by mineral and supplier.",
                charts.disruption,
                ["usgs_mcs"],
            ),
            ChartDesign(
                "supplier_losses",
                "Import share not replaced by supplier, with equal weight for all critical minerals, "
                "between bounds",
                "Bars between the bounds of the mean share of imports not replaced, by supplier.",
                charts.supplier_losses,
                ["usgs_mcs", "census_api"],
            ),
        ],
        finding=findings.disruption,
        caveat="Each supplier is removed in turn, with its share of the imports of the year by customs, "
        "or of the four years that USGS prints where customs do not identify the mineral. Only "
        "producers at the imported stage replace it, from printed capacity of operating plants, and the "
        "USA gets its share of that. Where "
        "no capacity is printed (as for separated rare earths) the replacement is not known, and "
        "the bar runs from zero to the whole loss. marts.disruption_sensitivity shows how ranks "
        "change with the assumptions. Prices and substitution are not modelled, and a customs "
        "value does not measure damage.",
    ),
    Design(
        id="stockpile",
        title="How long would stocks last?",
        queries=[Query("stockpile", "Printed stocks in days of consumption")],
        charts=[
            ChartDesign(
                "stockpile",
                "Days of US apparent consumption in stocks of industry and exchanges; the dashed line "
                "is 90 days",
                "Bars of days by mineral.",
                charts.stockpile,
                ["usgs_mcs"],
            )
        ],
        finding=findings.stockpile,
        caveat="Withheld stocks are left out and never estimated, and the data files of USGS do "
        "not include the National Defense Stockpile. The days shown are therefore a minimum.",
    ),
    Design(
        id="calendar",
        title="What is due when?",
        queries=[Query("calendar", "Policy calendar", shown=60)],
        charts=[],
        finding=findings.calendar,
        caveat="Dates are as announced in the cited instruments. Days left count from the day of "
        "the build. An open measure is stated up to the day on which it was last checked (known "
        "through). A suspension that has expired since is not read as a measure in force.",
    ),
    Design(
        id="freshness",
        title="How fresh is all this?",
        queries=[Query("freshness", "Sources, vintages and age")],
        charts=[],
        finding=findings.freshness,
        caveat="Age is the time from the day on which the publisher stated the figures to the day "
        "of the refresh.",
    ),
)
