"""The brief's questions, in the order a reader asks them, and how each answer is put in a sentence."""

from collections import Counter
from collections.abc import Iterable, Mapping
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


def headline_cards(con: duckdb.DuckDBPyConnection) -> list[Card]:
    """The figures at the top of the page, one for each row of ``sql/cards.sql``."""
    return [Card(**row) for row in fetch_rows(con, "cards")]


def _listed(parts: Iterable[str], most: int = 4) -> str:
    """Parts of a sentence: ``zinc, tin and lead``, or the first few ``and 3 more``."""
    named = list(dict.fromkeys(parts))
    if len(named) > most:
        named = [*named[:most], f"{len(named) - most} more"]
    return " and ".join(filter(None, [", ".join(named[:-1]), *named[-1:]]))


def _minerals(rows: Rows, most: int = 4) -> str:
    return _listed((str(row["mineral"]).lower() for row in rows), most)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _above(rows: Rows, key: str, limit: float) -> Rows:
    return [row for row in rows if row[key] is not None and row[key] > limit]


def _first(found: Found) -> str:
    rows = [row for row in found["five_to_begin_with"] if row["place"] <= 5]
    if not rows:
        return "No mineral of the scorecard is made in Mexico or Canada, as far as is held."
    steady = [row for row in rows if row["rules_in_first_five"] == row["rules_tried"]]
    return (
        f"By need, by what Mexico and Canada supply and by the duty at stake: {_minerals(rows, most=5)}. "
        f"Of them {len(steady)} stay among the first five whichever of the {rows[0]['rules_tried']} sets of "
        "weights is taken."
    )


def _dependency(found: Found) -> str:
    usa, bloc = ([row for row in found["dependency"] if row["area"] == area] for area in ("USA", "USMCA"))
    if not usa:
        return "No reliance is held."
    over_half = [row for row in usa if row["is_over_half"]]
    return (
        f"Of the {usa[0]['minerals_on_list']} minerals on the US list of 2025, {len(usa)} have a reliance of "
        f"their own (the rare earths one together), and of {len(over_half)} the United States draws more "
        "than half of its consumption from abroad or from stocks. North America as one draws more than half "
        f"of {len(_above(bloc, 'outside_low_pct', 50))} from the rest of the world; both counts leave "
        "out what bounds do not settle, and minerals of which nothing is known are not shown."
    )


def _projects(found: Found) -> str:
    listed = found["projects"]
    if not listed:
        return "No list of projects is held."
    kinds = Counter(row["kind"] for row in listed)
    areas = _listed((charts.AREAS.get(area, area) for area in sorted({row["area"] for row in listed})), 3)
    gaps = [row for row in found["project_gaps"] if row["gap_without_project"]]
    named = [kind for kind in charts.FACILITIES if kinds[kind] and kind != charts.UNSTATED]
    counts = _listed(f"{kinds[kind]} {kind.lower()}s" for kind in named)
    sites = kinds[charts.UNSTATED]
    return (
        f"Public lists of {areas} name {counts} of critical minerals, "
        f"{sum(bool(row['on_hold']) for row in listed)} of them on hold"
        + (f"; {sites} sites more are listed without saying whether they operate. " if sites else ". ")
        + (
            f"North America draws more than half of its {_minerals(gaps, 6)} from the rest of the world and "
            "makes none, and no list held here names a facility that processes it."
            if gaps
            else ""
        )
    )


def _three(found: Found) -> str:
    bloc = {row["mineral"]: row for row in found["three"] if row["area"] == "USMCA"}
    if not bloc:
        return "No flows of all three countries are held."
    over = _above(list(bloc.values()), "china_pct", 50)
    hidden = [row for row in bloc.values() if row["china_and_indirect_low_pct"] >= row["china_pct"] + 5]
    first = Counter(
        max(rows, key=lambda row: row["china_pct"])["area"]
        for mineral in bloc
        if (rows := [row for row in found["three"] if row["mineral"] == mineral and row["area"] != "USMCA"])
        and max(row["china_pct"] for row in rows) > 0
    )
    said = _listed(
        f"{charts.AREAS[area]} of {count}".replace("United", "the United")
        for area, count in first.most_common()
    )
    return (
        f"Goods compared at the stage that policy looks at: {len(bloc)}. China sells North America more than "
        f"half of {_minerals(over, most=8) or 'none'}. Of the three, China has its largest part in imports "
        f"by {said or 'none'}. "
        + (
            "Chinese goods that certainly come through one partner add 5 points or more for "
            f"{_minerals(hidden, most=8)}."
            if hidden
            else "Chinese goods that certainly come through one partner add less than 5 points anywhere."
        )
    )


def _processing(found: Found) -> str:
    rows = found["processing"]
    tabled = [row for row in rows if row["refinery_share_pct"] is not None]
    refined = _above(tabled, "refinery_share_pct", 50)
    untabled = [row for row in rows if row["refinery_stage"] is None]
    both = [row for row in tabled if row["mine_share_pct"] is not None]
    wider = [row for row in both if row["refinery_share_pct"] > row["mine_share_pct"]]
    return (
        f"Of the {len(tabled)} minerals for which refinery output is published by country and China makes "
        f"some, it makes more than half of {_minerals(refined, most=12) or 'none'}. Where both shares are "
        "published, its share of refining is above its share of mining for "
        f"{len(wider)} of {len(both)}."
        + (f" No table of refineries is published for {_minerals(untabled, most=30)}." if untabled else "")
    )


def _concentration(found: Found) -> str:
    rows = found["concentration"]
    china = [row for row in rows if row["top_supplier"] == "CHN"]
    return (
        f"{len(_above(rows, 'hhi', 1800))} of {len(rows)} pairs of mineral and stage with US imports of USD "
        "1 million a year or more are highly concentrated by the 2023 merger guidelines of the United States "
        f"(HHI above 1,800); China is the first supplier in {len(china)}."
    )


def _price_floor(found: Found) -> str:
    newest = {row["mineral"]: row for row in found["price_floor"]}
    measured = [row for row in newest.values() if row["floor_usd_per_kg"] is not None]
    below = [row for row in measured if row["below_floor"]]
    judged = [row for row in found["floor_imports"] if row["judged_usd"]]
    return (
        f"In their newest month {len(below)} of {len(measured)} monthly reference prices stand below "
        "the floor" + (f": {_minerals(below, most=8)}." if below else ".") + " Imports can be judged "
        f"for {len(judged)} of {len(found['floor_imports'])} minerals, those whose weights are reported"
        + (f": {_minerals(judged, most=8)}." if judged else ".")
    )


def _tariffs(found: Found) -> str:
    paid = {(row["origin"], row["year"]): row for row in found["effective_rates"]}
    newest = max((year for _, year in paid), default=None)
    if newest is None:
        return "No calculated duties are held."
    said = [
        f"{row['effective_rate_pct']:.1f} % on goods from {origin}"
        for origin in ("China", "Canada", "Mexico")
        if (row := paid.get((origin, newest)))
    ]
    return (
        f"{_highest(found['tariff_ladder'])}Importers of minerals, finished goods apart, were charged "
        f"{_listed(said)} in {newest}."
    )


def _highest(ladder: Rows) -> str:
    """The steepest ladder of those drawn, in a sentence of its own."""
    totals: Counter[tuple[str, str, date]] = Counter()
    for row in ladder:
        totals[row["product"].lower(), row["origin"], row["known_through"]] += row["rate_pct"]
    return "".join(
        f"Of the lines shown, the highest duty in the schedule of {day:%-d %B %Y} is {rate:g} % on {product} "
        f"from {origin}. "
        for (product, origin, day), rate in totals.most_common(1)
    )


def _usmca(found: Found) -> str:
    measured = [row for row in found["usmca_claims"] if row["utilization_pct"] is not None]
    newest = max((row["period"] for row in measured), default=None)
    if newest is None:
        return "No USMCA claims are held."
    said = [
        f"{row['utilization_pct']} % of {row['lines']} value from {row['origin']}"
        for row in measured
        if row["period"] == newest
    ]
    year = [
        row["duty_at_risk_usd"]
        for row in found["usmca_claims"]
        if row["duty_at_risk_usd"] is not None and _months(row["period"], newest) < 12
    ]
    return (
        f"In {newest:%B %Y} importers claimed USMCA treatment for {_listed(said)}. If the claims of the "
        f"twelve months to it lapsed, USD {sum(year) / 1e6:,.0f} million of duty would fall due by the "
        "schedule held for today."
    )


def _months(first: date, last: date) -> int:
    """Months from one to another."""
    return (last.year - first.year) * 12 + last.month - first.month


def _what_if(found: Found) -> str:
    minerals = {row["mineral"] for row in found["what_if_sources"]}
    return (
        f"Pick partners and see how much of US consumption would still rest on countries outside, for "
        f"{len(minerals)} minerals with published import shares."
    )


def _disruption(found: Found) -> str:
    single, supplier = found["disruption"][:1], found["supplier_losses"][:3]
    said = [
        f"Of single flows the loss of {row['mineral'].lower()} from {row['supplier']} can leave most: "
        f"{_between(row['unreplaced_low_pct'], row['unreplaced_high_pct'])} % of US imports not replaced."
        for row in single
    ]
    if supplier:
        named = _listed(
            f"{row['supplier']} ({_between(row['unreplaced_low_pct'], row['unreplaced_high_pct'])} %)"
            for row in supplier
        )
        said.append(
            f"Each critical mineral counted alike, whatever its price, the largest part of imports is not "
            f"replaced without {named}; the lower figure takes nothing as missing where replacement is "
            "not known."
        )
    return " ".join(said) or "No supplier's loss can be weighed with the figures at hand."


def _between(low: float, high: float) -> str:
    """A figure, or its bounds where they differ."""
    return f"{high:g}" if low == high else f"{low:g} to {high:g}"


def _restricted(found: Found) -> str:
    rows = found["restricted"]
    if not rows:
        return "No restricted supply is held."
    over_half = _above(rows, "restricted_import_pct", 50)
    banned = [row for row in rows if row["worst_measure"] == "ban"]
    return (
        f"Of {len(rows)} critical minerals with shares of imports, {len(over_half)} come by more than half "
        f"from countries that restrict their export: {_minerals(over_half) or 'none'}. A ban stands behind "
        f"{len(banned)} of all."
    )


def _floor_methods(found: Found) -> str:
    rows = found["floor_methods"]
    if not rows:
        return "No floor can be set against a price."
    binding = _above(rows, "ratio_to_current", 1)
    return (
        f"{len({row['mineral'] for row in rows})} minerals have a price and a method at the stage that "
        f"policy looks at. Of their {len(rows)} levels {len(binding)} lie above the newest price."
    )


def _stockpile(found: Found) -> str:
    rows = found["stockpile"]
    short = [row for row in rows if row["days_of_consumption"] < 90]
    return (
        f"Printed stocks cover less than 90 days of consumption for {len(short)} of the {len(rows)} "
        "minerals that "
        "have both figures" + (f"; they are shortest for {_minerals(short[:3])}." if short else ".")
    )


def _calendar(found: Found) -> str:
    due = [row for row in found["calendar"] if row["days_left"] is not None]
    return (
        f"Next, in {_days(due[0]['days_left'])}: “{due[0]['title']}” {due[0]['then']}."
        if due
        else "Nothing in the calendar lies ahead; what took effect last comes first."
    )


def _freshness(found: Found) -> str:
    rows = found["freshness"]
    starter = [row for row in rows if row["mode"] == "starter"]
    return (
        f"{len(starter)} of {len(rows)} sources speak from the starter, this project's own extract of "
        f"published files; {sum(row['mode'] == 'live' for row in rows)} were fetched from their "
        "publisher in this refresh."
    )


SECTIONS = (
    Design(
        id="first",
        title="Which minerals to begin with?",
        queries=[
            Query("five_to_begin_with", "The first ten, with their ranks under other weights", shown=10)
        ],
        charts=[],
        finding=_first,
        caveat="The rule is open (question 35 of the query book): 50 points for the rank in the "
        "scorecard of the United States, 30 for what Mexico and Canada sell or produce, 20 for "
        "the duty that falls due if USMCA claims lapse. It weighs ranks, not amounts, and leaves "
        "out minerals that neither of them produces or sells.",
    ),
    Design(
        id="dependency",
        title="How dependent is each country, and North America as one?",
        queries=[Query("dependency", "Net import reliance by mineral and area")],
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
        finding=_dependency,
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
                "China's share of imports by value, %: directly \u2192 including goods through one partner, "
                "from the lower to the upper bound",
                "A table with a row for each mineral and a column each for the United States, Canada, "
                "Mexico and North America as one, darker where China's share is larger.",
                charts.three,
                ["cepii_baci", "usgs_mcs"],
            )
        ],
        finding=_three,
        caveat="The column of North America leaves out trade among the three; the columns of its "
        "members include it. The Chinese goods that a partner resells are estimated from its own "
        "imports and output. Where its output is not known, the bounds are far apart. Only codes "
        "of a single mineral count: gallium, germanium and indium share one code, and their "
        "suppliers cannot be separated. A mineral is left out if US customs state a share that "
        "differs by more than ten points.",
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
        finding=_processing,
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
                "Facilities listed, by mineral that North America may draw for more than half from the rest "
                "of the world (% of its use in the label), most dependent first; \u2715 where no list names "
                "processing",
                "Bars of facilities by mineral, divided into mine and processing projects, mines and plants.",
                charts.project_gaps,
                ["fast41", "nrcan_projects", "usgs_mcs"],
            ),
        ],
        finding=_projects,
        caveat="The figures are counts, not amounts: no list states the output of a project or "
        "its date. Sites of the United States and Mexico come from a list that does not say whether they "
        "operate, and some closed long ago: they neither close a gap nor prove one. No gap is claimed for a "
        "country whose lists do not say what operates. A facility with several minerals counts for each of "
        "them. A member of a group has the facilities that name the group.",
    ),
    Design(
        id="concentration",
        title="How concentrated are US imports?",
        queries=[Query("concentration", "Supplier concentration of US imports")],
        charts=[
            ChartDesign(
                "concentration",
                "Supplier concentration of US imports by customs value; each cell names the first supplier",
                "A grid of minerals by stage of production, darker where fewer countries supply.",
                charts.concentration,
                ["census_api"],
            )
        ],
        finding=_concentration,
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
        finding=_price_floor,
        caveat="These floors are scenarios: the mean price of the five years to 2023, applied "
        "from 2024. The only public precedent, neodymium-praseodymium at USD 110 per kg, has no "
        "free monthly price; marts.price_floor has it by year. A border adjustment computed from "
        "averages is a lower bound, since averages above the floor hide shipments below it. "
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
        finding=_tariffs,
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
        finding=_usmca,
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
        finding=_what_if,
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
        finding=_restricted,
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
        finding=_floor_methods,
        caveat="Methods are shown side by side and never averaged. Prices are nominal. The cost "
        "to a manufacturer is in marts.floor_pass_through, only for products with a cited "
        "content.",
    ),
    Design(
        id="disruption",
        title="What if one supplier stops?",
        queries=[
            Query("disruption", "Loss of one supplier of one mineral: lost and unreplaced"),
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
        finding=_disruption,
        caveat="Each supplier is removed in turn, with its share of the imports of the year by customs, "
        "or of the four years that USGS prints where customs do not tell the mineral apart. Only "
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
        finding=_stockpile,
        caveat="Withheld stocks are left out and never estimated, and the data files of USGS do "
        "not include the National Defense Stockpile. The days shown are therefore a minimum.",
    ),
    Design(
        id="calendar",
        title="What is due when?",
        queries=[Query("calendar", "Policy calendar", shown=60)],
        charts=[],
        finding=_calendar,
        caveat="Dates are as announced in the cited instruments. Days left count from the day of "
        "the build. An open measure is stated up to the day on which it was last checked (known "
        "through). A suspension that has expired since is not read as a measure in force.",
    ),
    Design(
        id="freshness",
        title="How fresh is all this?",
        queries=[Query("freshness", "Sources, vintages and age")],
        charts=[],
        finding=_freshness,
        caveat="Age is the time from the day on which the publisher stated the figures to the day "
        "of the refresh.",
    ),
)
