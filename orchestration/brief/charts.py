"""The brief's charts. Colours are names of style-sheet variables, resolved in the page for light and dark."""

from typing import Any

import altair as alt

AREAS = ["USA", "CAN", "MEX", "NAM"]
AREA_COLOURS = ["var(--usa)", "var(--can)", "var(--mex)", "var(--nam)"]
AREA_SCALE = alt.Scale(domain=AREAS, range=AREA_COLOURS)


def _chart(name: str, **properties: Any) -> alt.Chart:
    return alt.Chart(alt.NamedData(name)).properties(width="container", **properties)


def dependency() -> alt.TopLevelMixin:
    """Net import reliance by mineral: a point where a figure stands, a bar from lower to upper bound where not."""
    base = _chart("dependency", height=alt.Step(17)).encode(
        y=alt.Y("mineral:N", sort=alt.EncodingSortField("sort_pct", "max", "descending"), title=None),
        color=alt.Color("area:N", scale=AREA_SCALE, title="Area"),
    )
    bounds = base.mark_rule(strokeWidth=3, opacity=0.45).encode(
        x=alt.X("low_pct:Q", title="Net import reliance, % of apparent consumption (below 0: net exporter)"),
        x2="high_pct:Q",
    )
    points = base.mark_point(filled=True, size=70, opacity=1).encode(
        x="reliance_pct:Q",
        shape=alt.Shape(
            "area:N", scale=alt.Scale(domain=AREAS, range=["circle", "square", "triangle-up", "diamond"])
        ),
        tooltip=["mineral:N", "area:N", "year:Q", "reliance_pct:Q", "low_pct:Q", "high_pct:Q", "coverage:N"],
    )
    half = alt.Chart().mark_rule(strokeDash=[4, 4], color="var(--quiet)").encode(x=alt.datum(50))
    return alt.layer(bounds, points, half, data=alt.NamedData("dependency")).properties(width="container")


def processing() -> alt.TopLevelMixin:
    """China's share of world mine output against its share of refinery output, joined by a line."""
    base = _chart("processing", height=alt.Step(20)).encode(
        y=alt.Y(
            "mineral:N", sort=alt.EncodingSortField("refinery_share_pct", "max", "descending"), title=None
        )
    )
    link = base.mark_rule(color="var(--rest)").encode(
        x=alt.X(
            "mine_share_pct:Q", title="China's share of world output, %", scale=alt.Scale(domain=[0, 100])
        ),
        x2="refinery_share_pct:Q",
    )
    mine = base.mark_point(filled=True, size=80, color="var(--rest)").encode(
        x="mine_share_pct:Q", tooltip=["mineral:N", "year:Q", "mine_share_pct:Q", "refinery_share_pct:Q"]
    )
    refinery = base.mark_point(filled=True, size=80, color="var(--china)", shape="square").encode(
        x="refinery_share_pct:Q", tooltip=["mineral:N", "year:Q", "mine_share_pct:Q", "refinery_share_pct:Q"]
    )
    return alt.layer(link, mine, refinery).properties(width="container")


def concentration() -> alt.TopLevelMixin:
    """Heat map of supplier concentration (HHI by value) by mineral and stage."""
    base = _chart("concentration", height=alt.Step(18)).encode(
        y=alt.Y("mineral:N", sort=alt.EncodingSortField("hhi", "max", "descending"), title=None),
        x=alt.X("stage:N", title=None, axis=alt.Axis(labelAngle=0, orient="top")),
    )
    cells = base.mark_rect().encode(
        color=alt.Color(
            "hhi:Q", title="HHI", scale=alt.Scale(domain=[0, 10000], range=["var(--low)", "var(--high)"])
        ),
        tooltip=["mineral:N", "stage:N", "period:N", "hhi:Q", "top_supplier:N", "top_share_pct:Q"],
    )
    labels = base.mark_text(fontSize=10).encode(
        text=alt.Text("top_label:N"),
        color=alt.condition("datum.hhi > 5500", alt.value("var(--paper)"), alt.value("var(--ink)")),
    )
    return alt.layer(cells, labels).properties(width="container")


def price_against_floor() -> alt.TopLevelMixin:
    """Monthly reference price with the scenario floor; months below the floor are shaded."""
    base = alt.Chart(alt.NamedData("price_floor"))
    shade = (
        base.transform_filter("datum.below_floor")
        .mark_bar(color="var(--wash)", opacity=0.9)
        .encode(x=alt.X("yearmonth(period):T", title=None), y=alt.value(0), y2=alt.value("height"))
    )
    price = base.mark_line(color="var(--accent)", strokeWidth=2).encode(
        x="yearmonth(period):T",
        y=alt.Y("price_usd_per_kg:Q", title="USD/kg", scale=alt.Scale(zero=False)),
        tooltip=["mineral:N", "period:T", "price_usd_per_kg:Q", "floor_usd_per_kg:Q"],
    )
    floor = base.mark_line(color="var(--warn)", strokeDash=[5, 4]).encode(
        x="yearmonth(period):T", y="floor_usd_per_kg:Q"
    )
    return (
        alt.layer(shade, price, floor)
        .properties(width=250, height=150)
        .facet(facet=alt.Facet("mineral:N", title=None), columns=3, data=alt.NamedData("price_floor"))
        .resolve_scale(y="independent")
    )


def tariff_ladder() -> alt.TopLevelMixin:
    """Duty by programme, stacked, for each product and origin on the newest day that the schedule covers."""
    return (
        alt.Chart(alt.NamedData("tariff_ladder"))
        .mark_bar()
        .encode(
            y=alt.Y("origin:N", title=None, sort=None),
            x=alt.X("rate_pct:Q", title="Ad valorem duty, %", stack="zero"),
            color=alt.Color("programme:N", title="Programme"),
            tooltip=["product:N", "origin:N", "programme:N", "rate_pct:Q", "valid_from:N"],
        )
        .properties(width=250, height=alt.Step(18))
        .facet(facet=alt.Facet("product:N", title=None), columns=3)
    )


def effective_rates() -> alt.TopLevelMixin:
    """Calculated duty over customs value by origin and year: what was paid."""
    return (
        _chart("effective_rates", height=alt.Step(16))
        .mark_bar()
        .encode(
            y=alt.Y("origin:N", sort="-x", title=None),
            yOffset=alt.YOffset("year:N"),
            x=alt.X("effective_rate_pct:Q", title="Calculated duty, % of customs value, all mineral lines"),
            color=alt.Color("year:N", title="Year", scale=alt.Scale(range=["var(--rest)", "var(--accent)"])),
            tooltip=["origin:N", "year:N", "effective_rate_pct:Q", "value_usd:Q", "calculated_duty_usd:Q"],
        )
    )


def usmca_claims() -> alt.TopLevelMixin:
    """Share of import value claimed under USMCA by month, dutiable and MFN-free lines apart."""
    return (
        _chart("usmca_claims", height=260)
        .mark_line(point=True)
        .encode(
            x=alt.X("yearmonth(period):T", title=None),
            y=alt.Y(
                "utilization_pct:Q", title="Claimed under USMCA, % of value", scale=alt.Scale(domain=[0, 100])
            ),
            color=alt.Color(
                "origin:N",
                scale=alt.Scale(domain=["CAN", "MEX"], range=["var(--can)", "var(--mex)"]),
                title="Origin",
            ),
            strokeDash=alt.StrokeDash("lines:N", title="Lines"),
            tooltip=["origin:N", "lines:N", "period:T", "utilization_pct:Q", "value_usd:Q", "note:N"],
        )
    )


def what_if() -> alt.TopLevelMixin:
    """Dependency on countries outside the agreement: Canada and Mexico alone against the chosen partners."""
    base = _chart("what_if_result", height=alt.Step(17)).encode(
        y=alt.Y("mineral:N", sort=alt.EncodingSortField("before_pct", "max", "descending"), title=None)
    )
    before = base.mark_tick(color="var(--quiet)", thickness=3).encode(
        x=alt.X("before_pct:Q", title="Dependency on countries outside, %", scale=alt.Scale(domain=[0, 100])),
        tooltip=["mineral:N", "before_pct:Q", "outside_pct:Q"],
    )
    after = base.mark_bar(color="var(--accent)").encode(x="outside_pct:Q")
    return alt.layer(after, before).properties(width="container")


def disruption() -> alt.TopLevelMixin:
    """The single suppliers whose loss leaves the largest share of imports unreplaced."""
    base = _chart("disruption", height=alt.Step(20)).encode(
        y=alt.Y("case:N", sort=alt.EncodingSortField("residual_pct", "max", "descending"), title=None)
    )
    lost = base.mark_bar(color="var(--wash)").encode(
        x=alt.X("lost_pct:Q", title="% of imports lost (pale) and left unreplaced (solid)"),
        tooltip=["case:N", "year:Q", "lost_pct:Q", "residual_pct:Q", "days_to_shortfall:Q"],
    )
    residual = base.mark_bar(color="var(--china)").encode(x="residual_pct:Q")
    return alt.layer(lost, residual).properties(width="container")


def stockpile() -> alt.TopLevelMixin:
    """Days of consumption that known stocks cover."""
    return (
        _chart("stockpile", height=alt.Step(17))
        .mark_bar(color="var(--accent)")
        .encode(
            y=alt.Y("mineral:N", sort="-x", title=None),
            x=alt.X("days_of_consumption:Q", title="Days of apparent consumption in known stocks"),
            tooltip=["mineral:N", "year:Q", "days_of_consumption:Q", "withheld:N"],
        )
    )
