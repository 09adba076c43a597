"""The sentences that answer each question of the brief, written from the rows of its queries."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from orchestration.brief import charts
from orchestration.brief.sections import Rows

Found = Mapping[str, Rows]


def _listed(parts: Iterable[str], most: int = 4) -> str:
    """A list in a sentence: ``zinc, tin and lead``, or the first few ``and 3 more``."""
    named = list(dict.fromkeys(parts))
    if len(named) > most:
        named = [*named[:most], f"{len(named) - most} more"]
    return " and ".join(filter(None, [", ".join(named[:-1]), *named[-1:]]))


def _within(area: str) -> str:
    """The name of an area as used within a sentence."""
    return f"the {area}" if area.startswith("United") else area


def _minerals(rows: Rows, most: int = 4) -> str:
    return _listed((str(row["mineral"]).lower() for row in rows), most)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _above(rows: Rows, key: str, limit: float) -> Rows:
    return [row for row in rows if row[key] is not None and row[key] > limit]


def first(found: Found) -> str:
    """Which minerals to begin with, and how stable their ranks are."""
    rows = [row for row in found["five_to_begin_with"] if row["place"] <= 5]
    if not rows:
        return "For no mineral of the scorecard is output in Mexico or Canada printed."
    tried = rows[0]["weightings_in_first_five"].partition(" of ")[2]
    steady = [row for row in rows if row["weightings_in_first_five"] == f"{tried} of {tried}"]
    return (
        "Ranked by North America's need, what Mexico and Canada make and sell, and US duty at stake, the "
        f"first five are {_minerals(rows, most=5)}. "
        + (
            f"Under all {tried} sets of weights tried, the first five include {_minerals(steady, most=5)}."
            if steady
            else f"None of them is among the first five under all {tried} sets of weights tried."
        )
    )


def dependency(found: Found) -> str:
    """For how many minerals the USA, and the three as one, depend on others for more than half."""
    usa, bloc = ([row for row in found["dependency"] if row["area"] == area] for area in ("USA", "USMCA"))
    if not usa:
        return "No reliance is held."
    over_half = [row for row in usa if row["is_over_half"]]
    return (
        f"Of the {usa[0]['minerals_on_list']} minerals on the US list of 2025, {len(usa)} have a net import "
        "reliance of their own (rare earths count as one, yttrium apart). The United States gets more than "
        f"half of its consumption of {len(over_half)} of them from abroad or from stocks. North America as a "
        f"whole gets more than half of its consumption of {len(_above(bloc, 'outside_low_pct', 50))} from "
        "the rest of the world. Neither count includes minerals whose bounds leave the answer open."
    )


def projects(found: Found) -> str:
    """How many facilities public lists name, and which gaps none of them could close."""
    listed = found["projects"]
    if not listed:
        return "No list of projects is held."
    kinds = Counter(row["kind"] for row in listed)
    named = (_within(charts.AREAS.get(area, area)) for area in sorted({row["area"] for row in listed}))
    areas = _listed(named, 3)
    gaps = [row for row in found["project_gaps"] if row["gap_without_project"]]
    stated = [kind for kind in charts.FACILITIES if kinds[kind] and kind != charts.UNSTATED]
    counts = _listed(f"{kinds[kind]} {kind.lower()}s" for kind in stated)
    sites = kinds[charts.UNSTATED]
    return (
        f"Public lists in {areas} name {counts} of critical minerals, "
        f"{sum(bool(row['on_hold']) for row in listed)} of them on hold"
        + (
            f"; {sites} more sites are listed without a statement of whether they operate. "
            if sites
            else ". "
        )
        + (
            f"North America gets more than half of its {_minerals(gaps, 6)} from the rest of the world; no "
            "table states output in North America, and no list held here names a processing facility."
            if gaps
            else ""
        )
    )


def three(found: Found) -> str:
    """Which of the three buys the largest share from China, directly and through partners."""
    bloc = {row["mineral"]: row for row in found["three"] if row["area"] == "USMCA"}
    if not bloc:
        return "No flows of all three countries are held."
    newest = max(row["year"] for row in bloc.values())
    of_newest = [row for row in bloc.values() if row["year"] == newest]
    over = _above(of_newest, "china_pct", 50)
    hidden = [row for row in of_newest if row["china_and_indirect_low_pct"] >= row["china_pct"] + 5]
    first = Counter(
        max(rows, key=lambda row: row["china_pct"])["area"]
        for mineral in bloc
        if (rows := [row for row in found["three"] if row["mineral"] == mineral and row["area"] != "USMCA"])
        and max(row["china_pct"] for row in rows) > 0
    )
    most_exposed = _listed(
        f"{_within(charts.AREAS[area])} for {count}" for area, count in first.most_common()
    )
    return (
        f"Minerals that can be compared at the stage that policy targets: {len(bloc)}. China supplies more "
        f"than half of North America's imports of {_minerals(over, most=8) or 'none'}. Among the three, "
        f"China's share of imports is highest in {most_exposed or 'none'}. "
        + (
            "Chinese goods that arrive through other partners add by estimate at least 5 points for "
            f"{_minerals(hidden, most=8)}."
            if hidden
            else "Chinese goods that arrive through other partners add by the lower estimate"
            " less than 5 points."
        )
    )


def processing(found: Found) -> str:
    """China's share of mining and refining."""
    rows = found["processing"]
    tabled = [row for row in rows if row["refinery_share_pct"] is not None]
    refined = _above(tabled, "refinery_share_pct", 50)
    untabled = [row for row in rows if row["refinery_stage"] is None and not row["is_used_as_mined"]]
    both = [row for row in tabled if row["mine_share_pct"] is not None and row["is_one_chain"]]
    wider = [row for row in both if row["refinery_share_pct"] > row["mine_share_pct"]]
    return (
        f"Refinery output by country is published for {len(tabled)} minerals that China refines. China "
        f"refines more than half of the world's {_minerals(refined, most=12) or 'none'}. Where the metal is "
        "made from the ore of the mine table, China's share of refining exceeds its share of mining for "
        f"{len(wider)} of {len(both)}."
        + (f" No refinery table is held here for {_minerals(untabled, most=30)}." if untabled else "")
    )


def concentration(found: Found) -> str:
    """How many US supplies are concentrated, and which suppliers dominate them."""
    rows = found["concentration"]
    china = [row for row in rows if row["top_supplier"] == "CHN"]
    return (
        f"Of {len(rows)} combinations of mineral and stage with US imports of at least USD 1 million a year, "
        f"{len(_above(rows, 'hhi', 1800))} are highly concentrated under the 2023 US merger guidelines "
        f"(HHI above 1,800), and China is the first supplier of {len(china)}."
    )


def price_floor(found: Found) -> str:
    """How many prices are below their floor."""
    newest = {row["mineral"]: row for row in found["price_floor"]}
    measured = [row for row in newest.values() if row["floor_usd_per_kg"] is not None]
    below = [row for row in measured if row["below_floor"]]
    judged = [row for row in found["floor_imports"] if row["judged_usd"]]
    return (
        f"In their newest month, {len(below)} of {len(measured)} monthly reference prices are below "
        "the floor" + (f": {_minerals(below, most=8)}." if below else ".") + " Imports can be judged "
        f"for {len(judged)} of {len(found['floor_imports'])} minerals, those with reported weights"
        + (f": {_minerals(judged, most=8)}." if judged else ".")
    )


def tariffs(found: Found) -> str:
    """Duties paid, and the highest current duty."""
    paid = {(row["origin"], row["year"]): row for row in found["effective_rates"]}
    newest = max((year for _, year in paid), default=None)
    if newest is None:
        return "No calculated duties are held."
    rates = [
        f"{row['effective_rate_pct']:.1f} % on goods from {origin}"
        for origin in ("China", "Canada", "Mexico")
        if (row := paid.get((origin, newest)))
    ]
    consists = [
        f" Of the duty on goods from {origin}, {row['chapter_share_of_duty_pct']:g} % is in HTS chapter "
        f"{row['chapter_with_most_duty']}; the other minerals from there averaged "
        f"{row['rate_without_chapter_pct']:.1f} %."
        for origin in ("China", "Canada", "Mexico")
        if (row := paid.get((origin, newest)))
        and row["rate_without_chapter_pct"] is not None
        and row["chapter_share_of_duty_pct"] > 50
    ]
    return (
        f"{_highest(found['tariff_ladder'])}Calculated duty on minerals, excluding finished goods, averaged "
        f"{_listed(rates)} in {newest}.{''.join(consists)}"
    )


def _highest(ladder: Rows) -> str:
    """The highest duty among those in the chart, as a sentence of its own."""
    totals: Counter[tuple[str, str, date]] = Counter()
    for row in ladder:
        totals[row["product"].lower(), row["origin"], row["known_through"]] += row["rate_pct"]
    return "".join(
        f"Among the lines shown, the highest duty in the schedule of {day:%-d %B %Y} is {rate:g} % on "
        f"{product} from {origin}. "
        for (product, origin, day), rate in totals.most_common(1)
    )


def usmca(found: Found) -> str:
    """USMCA claims of the newest month, and the duty saved in a year."""
    measured = [row for row in found["usmca_claims"] if row["utilization_pct"] is not None]
    newest = max((row["period"] for row in measured), default=None)
    if newest is None:
        return "No USMCA claims are held."
    claimed = [
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
        f"In {newest:%B %Y}, importers claimed USMCA treatment for {_listed(claimed)}. If the claims of the "
        f"twelve months to that month lapsed, USD {sum(year) / 1e6:,.0f} million of duty would be due under "
        "the schedule held for today."
    )


def _months(first: date, last: date) -> int:
    """A range of months."""
    return (last.year - first.year) * 12 + last.month - first.month


def what_if(found: Found) -> str:
    """For how many minerals the what-if has figures."""
    minerals = {row["mineral"] for row in found["what_if_sources"]}
    return (
        f"Pick partners and see how much of US consumption would still rest on countries outside, for "
        f"{len(minerals)} minerals with published import shares."
    )


def disruption(found: Found) -> str:
    """The scenario and the single supplier whose loss would cost most."""
    single, supplier = found["disruption"][:1], found["supplier_losses"][:3]
    sentences = [
        f"The loss of {row['mineral'].lower()} from {row['supplier']} "
        + (
            "leaves the largest gap of all single flows: "
            if row["is_largest"]
            else "may leave the largest gap of all single flows, "
        )
        + f"{_between(row['tried_low_pct'], row['tried_high_pct'])} % of US imports not replaced, "
        "depending on how much spare output is diverted to the USA"
        + ("." if row["is_largest"] else "; other losses may leave more.")
        for row in single
        if row["unreplaced_low_pct"] > 0
    ]
    if supplier:
        named = _listed(
            f"{row['supplier']} ({_between(row['unreplaced_low_pct'], row['unreplaced_high_pct'])} %)"
            for row in supplier
        )
        sentences.append(
            "If each critical mineral counts equally, whatever its price, the suppliers whose loss could "
            f"leave the largest share of imports unreplaced are {named}; the lower figure assumes no gap "
            "where replacement is not known, and suppliers whose ranges overlap have no certain order."
        )
    return " ".join(sentences) or "No supplier's loss can be weighed with the figures at hand."


def _between(low: float, high: float) -> str:
    """A figure, or its bounds if they differ."""
    return f"{high:g}" if low == high else f"{low:g} to {high:g}"


def restricted(found: Found) -> str:
    """The share of supply under export controls."""
    rows = found["restricted"]
    if not rows:
        return "No restricted supply is held."
    over_half = _above(rows, "restricted_import_pct", 50)
    banned = [row for row in rows if row["worst_measure"] == "ban"]
    lapsed = [row for row in rows if row["suspended_measure"] == "ban"]
    return (
        f"Of {len(rows)} critical minerals with known import shares, {len(over_half)} come mostly from "
        f"countries that restrict their export: {_minerals(over_half) or 'none'}. "
        + (
            f"Minerals under an export ban by one of their suppliers: {len(banned)}."
            if banned
            else "No supplier named by USGS is known to ban this export at present"
            + (
                f"; bans on {_minerals(lapsed, most=8)} were suspended, and whether they have resumed is "
                "not known."
                if lapsed
                else "."
            )
        )
    )


def floor_methods(found: Found) -> str:
    """How far the floors of the methods differ."""
    rows = found["floor_methods"]
    if not rows:
        return "No floor can be set against a price."
    binding = _above(rows, "ratio_to_current", 1)
    return (
        f"{len({row['mineral'] for row in rows})} minerals have both a price and a floor method at the stage "
        f"that policy targets. Of their {len(rows)} floor levels, {len(binding)} are above the newest price."
    )


def stockpile(found: Found) -> str:
    """How many stocks cover less than 90 days."""
    rows = found["stockpile"]
    short = [row for row in rows if row["days_of_consumption"] < 90]
    return (
        f"Published stocks cover less than 90 days of consumption for {len(short)} of the {len(rows)} "
        "minerals with both figures" + (f"; cover is shortest for {_minerals(short[:3])}." if short else ".")
    )


def calendar(found: Found) -> str:
    """What falls due next."""
    due = [row for row in found["calendar"] if row["days_left"] is not None and row["concerns_minerals"]]
    return (
        f"Next, in {_days(due[0]['days_left'])}: “{due[0]['title']}” {due[0]['then']}."
        if due
        else "The calendar has no future date; the latest measures come first."
    )


def freshness(found: Found) -> str:
    """How many sources are served from the starter, and how many were fetched."""
    rows = found["freshness"]
    starter = [row for row in rows if row["mode"] == "starter"]
    return (
        f"{len(starter)} of {len(rows)} sources are served from the starter, this project's own extract of "
        f"published files; {sum(row['mode'] == 'live' for row in rows)} were fetched from their "
        "publisher in this refresh."
    )
