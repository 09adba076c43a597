"""How the answer to each question of the brief is put in a sentence, from the rows of its queries."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from orchestration.brief import charts
from orchestration.brief.sections import Rows

Found = Mapping[str, Rows]


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


def first(found: Found) -> str:
    """Which minerals to begin with, and how steady their places are."""
    rows = [row for row in found["five_to_begin_with"] if row["place"] <= 5]
    if not rows:
        return "No mineral of the scorecard is made in Mexico or Canada, as far as is held."
    steady = [row for row in rows if row["rules_in_first_five"] == row["rules_tried"]]
    held = "None stays"
    if steady:
        held = f"Of them {_minerals(steady, most=5)} {'stays' if len(steady) == 1 else 'stay'}"
    return (
        f"By need, by what Mexico and Canada supply and by the duty at stake: {_minerals(rows, most=5)}. "
        f"{held} among the first five whichever of the {rows[0]['rules_tried']} sets of weights is taken."
    )


def dependency(found: Found) -> str:
    """How many minerals the USA and the three as one draw by more than half from others."""
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


def projects(found: Found) -> str:
    """How many facilities public lists name, and where none could close a gap."""
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
            f"North America draws more than half of its {_minerals(gaps, 6)} from the rest of the world, "
            "no table states that it makes any, and no list held here names a facility that processes it."
            if gaps
            else ""
        )
    )


def three(found: Found) -> str:
    """Which of the three buys most of China, directly and through partners."""
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


def processing(found: Found) -> str:
    """China's place in mines and in refineries."""
    rows = found["processing"]
    tabled = [row for row in rows if row["refinery_share_pct"] is not None]
    refined = _above(tabled, "refinery_share_pct", 50)
    untabled = [row for row in rows if row["refinery_stage"] is None and not row["is_used_as_mined"]]
    both = [row for row in tabled if row["mine_share_pct"] is not None]
    wider = [row for row in both if row["refinery_share_pct"] > row["mine_share_pct"]]
    return (
        f"Of the {len(tabled)} minerals for which refinery output is published by country and China makes "
        f"some, it makes more than half of {_minerals(refined, most=12) or 'none'}. Where both shares are "
        "published, its share of refining is above its share of mining for "
        f"{len(wider)} of {len(both)}."
        + (f" No table of refineries is published for {_minerals(untabled, most=30)}." if untabled else "")
    )


def concentration(found: Found) -> str:
    """How many supplies of the USA are concentrated, and on whom."""
    rows = found["concentration"]
    china = [row for row in rows if row["top_supplier"] == "CHN"]
    return (
        f"{len(_above(rows, 'hhi', 1800))} of {len(rows)} pairs of mineral and stage with US imports of USD "
        "1 million a year or more are highly concentrated by the 2023 merger guidelines of the United States "
        f"(HHI above 1,800); China is the first supplier in {len(china)}."
    )


def price_floor(found: Found) -> str:
    """How many prices stand below their floor."""
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


def tariffs(found: Found) -> str:
    """What duty was paid, and which duty is highest now."""
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


def usmca(found: Found) -> str:
    """What the newest month claims of USMCA, and the duty that it saves in a year."""
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


def what_if(found: Found) -> str:
    """How many minerals the what-if can be tried on."""
    minerals = {row["mineral"] for row in found["what_if_sources"]}
    return (
        f"Pick partners and see how much of US consumption would still rest on countries outside, for "
        f"{len(minerals)} minerals with published import shares."
    )


def disruption(found: Found) -> str:
    """Which scenario and which single supplier would cost most."""
    single, supplier = found["disruption"][:1], found["supplier_losses"][:3]
    said = [
        f"Of single flows the loss of {row['mineral'].lower()} from {row['supplier']} leaves most for "
        f"certain: {_between(row['unreplaced_low_pct'], row['unreplaced_high_pct'])} % of US imports not "
        "replaced."
        for row in single
        if row["unreplaced_low_pct"] > 0
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


def restricted(found: Found) -> str:
    """How much of the supply is under export controls."""
    rows = found["restricted"]
    if not rows:
        return "No restricted supply is held."
    over_half = _above(rows, "restricted_import_pct", 50)
    banned = [row for row in rows if row["worst_measure"] == "ban"]
    return (
        f"Of {len(rows)} critical minerals with shares of imports, {len(over_half)} come by more than half "
        f"from countries that restrict their export: {_minerals(over_half) or 'none'}. "
        + (f"A ban stands behind {len(banned)} of all." if banned else "No ban is known to be in force.")
    )


def floor_methods(found: Found) -> str:
    """How far apart the methods put a floor."""
    rows = found["floor_methods"]
    if not rows:
        return "No floor can be set against a price."
    binding = _above(rows, "ratio_to_current", 1)
    return (
        f"{len({row['mineral'] for row in rows})} minerals have a price and a method at the stage that "
        f"policy looks at. Of their {len(rows)} levels {len(binding)} lie above the newest price."
    )


def stockpile(found: Found) -> str:
    """How many stocks last for less than 90 days."""
    rows = found["stockpile"]
    short = [row for row in rows if row["days_of_consumption"] < 90]
    return (
        f"Printed stocks cover less than 90 days of consumption for {len(short)} of the {len(rows)} "
        "minerals that "
        "have both figures" + (f"; they are shortest for {_minerals(short[:3])}." if short else ".")
    )


def calendar(found: Found) -> str:
    """What falls due next."""
    due = [row for row in found["calendar"] if row["days_left"] is not None]
    return (
        f"Next, in {_days(due[0]['days_left'])}: “{due[0]['title']}” {due[0]['then']}."
        if due
        else "Nothing in the calendar lies ahead; what took effect last comes first."
    )


def freshness(found: Found) -> str:
    """How many sources speak from the starter, and how many were fetched."""
    rows = found["freshness"]
    starter = [row for row in rows if row["mode"] == "starter"]
    return (
        f"{len(starter)} of {len(rows)} sources speak from the starter, this project's own extract of "
        f"published files; {sum(row['mode'] == 'live' for row in rows)} were fetched from their "
        "publisher in this refresh."
    )
