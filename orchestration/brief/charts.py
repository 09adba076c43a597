"""The brief's charts. Colours are names of style-sheet variables, resolved in the page for light and dark."""

from collections.abc import Sequence

import altair as alt

from orchestration.brief.outline import outline

UNSTATED = "Site, phase not stated"
FACILITIES = {
    "Mine project": ("triangle-up", "accent"),
    "Mine": ("circle", "usmca"),
    "Processing project": ("diamond", "china"),
    "Plant": ("square", "usa"),
    UNSTATED: ("cross", "quiet"),
}
"""Kinds of facility, with shape and colour."""
AREAS = {"USA": "United States", "CAN": "Canada", "MEX": "Mexico", "USMCA": "North America"}
STAGES = ["Ore", "Intermediate", "Metal", "Compound", "Alloy"]
NARROW_BELOW = 560
"""Width in pixels below which a chart is drawn for a narrow screen; the page's script reads it too."""
NARROW = f"containerSize()[0] < {NARROW_BELOW}"
"""Whether the screen is too narrow for full cell texts."""
NET_EXPORTER_PCT = -50
"""End of the axis of net import reliance; a net exporter beyond it is drawn at the edge."""


def _chart(name: str, **properties: object) -> alt.Chart:
    return alt.Chart(alt.NamedData(name)).properties(width="container", **properties)


def _minerals(order: alt.EncodingSortField | str | None = None) -> alt.Y:
    """One row per mineral, by default in the order of the rows."""
    return alt.Y("mineral:N", sort=order, title=None)


def _narrow(**properties: object) -> dict[str, object]:
    """Properties that the page's script substitutes for the chart's own on a narrow screen."""
    return {"narrow": properties}


def _keyed(domain: Sequence[str], colours: Sequence[str]) -> alt.Scale:
    return alt.Scale(domain=list(domain), range=[f"var(--{colour})" for colour in colours])


def _mark_at(name: str, x: float) -> alt.Chart:
    """A dashed line across the chart at a threshold."""
    return (
        alt.Chart(alt.NamedData(name))
        .mark_rule(strokeDash=[4, 4], color="var(--quiet)")
        .encode(x=alt.datum(x))
    )


def dependency() -> alt.TopLevelMixin:
    """Net import reliance: a point if there is a figure, otherwise a bar from lower to upper bound."""
    axis = alt.Scale(domain=[NET_EXPORTER_PCT, 100], clamp=True, nice=False)
    base = (
        _chart("dependency", height=alt.Step(7, **{"for": "offset"}))
        .transform_filter("isValid(datum.low_pct) || datum.high_pct < 100")
        .transform_calculate(
            area_name=f"{AREAS}[datum.area]",
            low=f"isValid(datum.low_pct) ? datum.low_pct : {NET_EXPORTER_PCT}",
        )
        .encode(
            y=alt.Y(
                "mineral:N",
                sort=None,
                title=None,
                scale=alt.Scale(paddingInner=0.25),
                axis=alt.Axis(grid=True, tickBand="extent"),
            ),
            yOffset=alt.YOffset("area:N", sort=list(AREAS)),
            color=alt.Color(
                "area_name:N",
                title=None,
                scale=_keyed(list(AREAS.values()), ["usa", "can", "mex", "usmca"]),
                legend=alt.Legend(symbolOpacity=1),
            ),
            tooltip=[
                alt.Tooltip("mineral:N", title="mineral"),
                alt.Tooltip("area_name:N", title="area"),
                "year:N",
                "reliance_pct:Q",
                "low_pct:Q",
                "high_pct:Q",
                "top_supplier:N",
                "coverage:N",
            ],
        )
    )
    bounds = base.mark_rule(strokeWidth=3.5, opacity=0.55).encode(
        x=alt.X(
            "low:Q",
            scale=axis,
            title="Net import reliance, %",
            axis=alt.Axis(values=[-50, 0, 50, 100], labelExpr="datum.value == -50 ? 'below' : datum.label"),
        ),
        x2="high_pct:Q",
    )
    points = base.mark_point(filled=True, size=46, opacity=1).encode(
        x="reliance_pct:Q",
        shape=alt.Shape(
            "area_name:N",
            title=None,
            scale=alt.Scale(
                domain=list(AREAS.values()), range=["circle", "square", "triangle-right", "diamond"]
            ),
        ),
    )
    return alt.layer(bounds, _mark_at("dependency", 50), points).properties(width="container")


def outside() -> alt.TopLevelMixin:
    """US dependency on other countries against North America's dependency on the rest of the world."""
    names = [AREAS["USA"], AREAS["USMCA"]]
    base = (
        _chart("dependency", height=alt.Step(18))
        .transform_filter("datum.area == 'USA' || datum.area == 'USMCA' && isValid(datum.outside_high_pct)")
        .transform_calculate(
            area_name=f"{AREAS}[datum.area]",
            low="datum.area == 'USMCA' ? max(datum.outside_low_pct, 0) : null",
            high="datum.area == 'USMCA' ? datum.outside_high_pct : null",
            figure="datum.area == 'USA' ? datum.reliance_pct : datum.low == datum.high ? datum.low : null",
        )
        .encode(
            y=_minerals(),
            color=alt.Color(
                "area_name:N",
                title=None,
                scale=_keyed(names, ["usa", "usmca"]),
                legend=alt.Legend(symbolOpacity=1),
            ),
            tooltip=[
                "mineral:N",
                "area_name:N",
                "year:N",
                "reliance_pct:Q",
                "outside_low_pct:Q",
                "outside_high_pct:Q",
            ],
        )
    )
    ranges = base.mark_rule(strokeWidth=7, opacity=0.5).encode(
        x=alt.X("low:Q", title="% of apparent consumption", scale=alt.Scale(domain=[0, 100], clamp=True)),
        x2="high:Q",
    )
    points = base.mark_point(filled=True, size=70, opacity=1).encode(
        x="figure:Q",
        shape=alt.Shape(
            "area_name:N", title=None, scale=alt.Scale(domain=names, range=["circle", "diamond"])
        ),
    )
    return alt.layer(ranges, _mark_at("dependency", 50), points).properties(width="container")


def processing() -> alt.TopLevelMixin:
    """China's share of world mine output against its share of refinery output, joined if both are known."""
    base = (
        _chart("processing", height=alt.Step(19))
        .transform_calculate(reach="max(datum.mine_share_pct, datum.refinery_share_pct)")
        .encode(y=_minerals(alt.EncodingSortField("reach", "max", "descending")))
    )
    link = base.mark_rule(color="var(--rest)", strokeWidth=2).encode(
        x=alt.X(
            "mine_share_pct:Q", title="China's share of world output, %", scale=alt.Scale(domain=[0, 100])
        ),
        x2="refinery_share_pct:Q",
    )
    points = (
        base.transform_fold(["mine_share_pct", "refinery_share_pct"], as_=["step", "share_pct"])
        .transform_filter("isValid(datum.share_pct)")
        .transform_calculate(step="datum.step == 'mine_share_pct' ? 'Mines' : 'Refineries'")
        .mark_point(filled=True, size=85, opacity=1)
        .encode(
            x="share_pct:Q",
            color=alt.Color("step:N", title=None, scale=_keyed(["Mines", "Refineries"], ["rest", "china"])),
            shape=alt.Shape(
                "step:N",
                title=None,
                scale=alt.Scale(domain=["Mines", "Refineries"], range=["circle", "square"]),
            ),
            tooltip=["mineral:N", "year:N", "mine_share_pct:Q", "refinery_share_pct:Q", "refinery_stage:N"],
        )
    )
    return alt.layer(link, points).properties(width="container")


def concentration() -> alt.TopLevelMixin:
    """Heat map of supplier concentration by mineral and stage; each cell names the largest supplier."""
    classes = {"below 1,000": 1000, "1,000 to 1,800": 1800, "1,800 to 5,000": 5000, "5,000 and more": 10001}
    found = " : ".join(f"datum.hhi < {limit} ? '{name}'" for name, limit in classes.items())
    base = (
        _chart("concentration", height=alt.Step(19))
        .transform_calculate(concentration=f"{found} : ''")
        .encode(
            y=_minerals(),
            x=alt.X(
                "stage:N",
                title=None,
                sort=STAGES,
                axis=alt.Axis(
                    labelAngle=0,
                    labelFontSize=alt.ExprRef(f"{NARROW} ? 8 : 10"),
                    orient="top",
                    domain=False,
                    ticks=False,
                    labelOverlap=False,
                    labelExpr="datum.label == 'Intermediate' ? 'Interm.' : datum.label",
                ),
            ),
            tooltip=["mineral:N", "stage:N", "year:N", "hhi:Q", "top_supplier_name:N", "top_share_pct:Q"],
        )
    )
    cells = base.mark_rect(stroke="var(--paper)", strokeWidth=1.5).encode(
        color=alt.Color(
            "concentration:N",
            title="HHI",
            scale=_keyed(list(classes), [f"heat-{step}" for step in range(1, 5)]),
        ),
    )
    # Names too long for a cell are truncated; the table below the chart has them in full.
    labels = base.mark_text(
        fontSize=11,
        limit=alt.ExprRef("bandwidth('x') - 4"),
        text=alt.ExprRef(f"{NARROW} ? datum.top_supplier : datum.top_supplier_name"),
    ).encode(
        color=alt.condition("datum.hhi >= 5000", alt.value("var(--on-heat)"), alt.value("var(--ink)")),
    )
    return alt.layer(cells, labels).properties(width="container")


def three() -> alt.TopLevelMixin:
    """China's share of imports by the three and North America: a table with one row per mineral."""
    base = (
        _chart("three", height=alt.Step(21))
        .transform_calculate(
            area_name=f"{AREAS}[datum.area]",
            direct="format(datum.china_pct, '.0f')",
            low="format(datum.china_and_indirect_low_pct, '.0f')",
            high="format(datum.china_and_indirect_high_pct, '.0f')",
            range="datum.low == datum.high ? datum.high : datum.low + '\u2013' + datum.high",
            part="datum.china_and_indirect_high_pct < 10 ? 'below 10 %' : "
            "datum.china_and_indirect_high_pct < 25 ? '10 to 25 %' : "
            "datum.china_and_indirect_high_pct < 50 ? '25 to 50 %' : '50 % and more'",
        )
        .encode(
            # a name with a part in brackets has two lines on a narrow screen, where rows are tall
            y=alt.Y(
                "mineral:N",
                sort=None,
                title=None,
                axis=alt.Axis(
                    labelLineHeight=13,
                    labelExpr=f"{NARROW} ? split(replace(datum.label, ' (', '|('), '|') : datum.label",
                ),
            ),
            x=alt.X(
                "area_name:N",
                title=None,
                sort=list(AREAS.values()),
                axis=alt.Axis(
                    labelAngle=0,
                    labelFontSize=alt.ExprRef(f"{NARROW} ? 10 : 12"),
                    orient="top",
                    domain=False,
                    ticks=False,
                    labelOverlap=False,
                    labelPadding=alt.ExprRef(f"{NARROW} ? 15 : 2"),
                    labelExpr=f"{NARROW} ? split(replace(datum.label, ' ', '|'), '|') : datum.label",
                ),
            ),
            tooltip=[
                "mineral:N",
                "stage:N",
                "year:N",
                "area_name:N",
                "china_pct:Q",
                "china_and_indirect_low_pct:Q",
                "china_and_indirect_high_pct:Q",
                "imports_musd:Q",
            ],
        )
    )
    cells = base.mark_rect(stroke="var(--paper)", strokeWidth=1.5).encode(
        color=alt.Color(
            "part:N",
            title="China, with indirect",
            scale=_keyed(
                ["below 10 %", "10 to 25 %", "25 to 50 %", "50 % and more"],
                [f"heat-{step}" for step in range(1, 5)],
            ),
        ),
    )
    labels = base.mark_text(
        fontSize=11,
        lineHeight=13,
        dy=alt.ExprRef(f"{NARROW} ? -6 : 0"),
        text=alt.ExprRef(
            f"{NARROW} ? [datum.direct, '\u2192 ' + datum.range] : datum.direct + ' \u2192 ' + datum.range"
        ),
    ).encode(
        color=alt.condition(
            "datum.china_and_indirect_high_pct >= 50", alt.value("var(--on-heat)"), alt.value("var(--ink)")
        ),
    )
    return alt.layer(cells, labels).properties(width="container", usermeta=_narrow(height={"step": 31}))


def price_against_floor() -> alt.TopLevelMixin:
    """Monthly reference price with the floor in force; months below the floor are shaded."""
    base = alt.Chart()
    month = alt.X(
        "utcyearmonth(period):T",
        title=None,
        scale=alt.Scale(type="utc"),
        axis=alt.Axis(format="%Y", tickCount="year", grid=False),
    )
    shade = (
        base.transform_filter("datum.below_floor")
        .transform_calculate(until="utcOffset('month', toDate(datum.period), 1)")
        .mark_rect(color="var(--wash)", stroke="var(--wash)", strokeWidth=0.7, opacity=1)
        .encode(x=month, x2="until:T", y=alt.value(0), y2=alt.value("height"))
    )
    price = base.mark_line(color="var(--accent)", strokeWidth=1.8).encode(
        x=month,
        y=alt.Y(
            "price_usd_per_kg:Q",
            title="USD/kg",
            scale=alt.Scale(zero=False),
            axis=alt.Axis(tickCount=4, format=",~r", minExtent=48, maxExtent=48),
        ),
        tooltip=[
            "mineral:N",
            alt.Tooltip("utcyearmonth(period):T", title="month", format="%B %Y"),
            "price_usd_per_kg:Q",
            "floor_usd_per_kg:Q",
        ],
    )
    floor = base.mark_line(color="var(--warn)", strokeDash=[5, 3], strokeWidth=1.8).encode(
        x=month, y="floor_usd_per_kg:Q"
    )
    return (
        alt.layer(shade, price, floor)
        .properties(height=120)
        .facet(facet=alt.Facet("mineral:N", title=None), columns=3, data=alt.NamedData("price_floor"))
        .resolve_scale(y="independent")
        .resolve_axis(x="independent")
    )


def tariff_ladder() -> alt.TopLevelMixin:
    """Duty by programme, stacked, for each product and origin on the latest day covered by the schedule."""
    programmes = ["most favoured nation", "section 301", "section 232", "section 122", "IEEPA"]
    return (
        alt.Chart()
        .mark_bar()
        .encode(
            y=alt.Y("origin:N", title=None, sort=None),
            x=alt.X("rate_pct:Q", title="Ad valorem duty, %", stack="zero", axis=alt.Axis(tickCount=4)),
            color=alt.Color(
                "programme:N",
                title=None,
                scale=_keyed(programmes, ["rest", "china", "usa", "warn", "mex"]),
            ),
            order=alt.Order("step:Q"),
            tooltip=["product:N", "origin:N", "programme:N", "rate_pct:Q", "valid_from:N", "known_through:N"],
        )
        .transform_calculate(step=f"indexof({programmes}, datum.programme)")
        .properties(height=alt.Step(18))
        .facet(facet=alt.Facet("product:N", title=None), columns=3, data=alt.NamedData("tariff_ladder"))
    )


def effective_rates() -> alt.TopLevelMixin:
    """Calculated duty as a share of customs value by origin and year."""
    return (
        _chart("effective_rates", height=alt.Step(11, **{"for": "offset"}))
        .mark_bar()
        .encode(
            y=alt.Y(
                "origin:N",
                sort=alt.EncodingSortField("effective_rate_pct", "max", "descending"),
                title=None,
            ),
            yOffset=alt.YOffset("year:O"),
            x=alt.X("effective_rate_pct:Q", title="Calculated duty, % of customs value"),
            color=alt.Color("year:O", title=None, scale=alt.Scale(range=["var(--rest)", "var(--accent)"])),
            tooltip=["origin:N", "year:O", "effective_rate_pct:Q", "value_usd:Q", "calculated_duty_usd:Q"],
        )
    )


def usmca_claims() -> alt.TopLevelMixin:
    """Share of import value claimed under USMCA by month, with dutiable and MFN-free lines separate."""
    return (
        _chart("usmca_claims", height=260)
        .transform_filter("isValid(datum.utilization_pct)")
        .mark_line(strokeWidth=2.2)
        .encode(
            x=alt.X(
                "utcyearmonth(period):T",
                title=None,
                scale=alt.Scale(type="utc"),
                axis=alt.Axis(format="%b %Y", grid=False, labelOverlap=True),
            ),
            y=alt.Y(
                "utilization_pct:Q",
                title="Claimed, % of value",
                scale=alt.Scale(domain=[0, 100]),
                axis=alt.Axis(grid=True),
            ),
            color=alt.Color("origin:N", scale=_keyed(["Canada", "Mexico"], ["can", "mex"]), title="Origin"),
            strokeDash=alt.StrokeDash(
                "lines:N",
                title="Lines",
                scale=alt.Scale(domain=["dutiable", "MFN-free"], range=[[1, 0], [5, 4]]),
            ),
            tooltip=[
                "origin:N",
                "lines:N",
                alt.Tooltip("utcyearmonth(period):T", title="month", format="%B %Y"),
                "utilization_pct:Q",
                "value_usd:Q",
            ],
        )
    )


def what_if() -> alt.TopLevelMixin:
    """Dependency on countries outside the agreement: Canada and Mexico alone, and with chosen partners."""
    base = _chart("what_if_result", height=alt.Step(17)).encode(
        y=_minerals(alt.EncodingSortField("before_pct", "max", "descending"))
    )
    before = base.mark_tick(color="var(--ink)", thickness=2.5, size=15).encode(
        x=alt.X("before_pct:Q", title="Dependency on countries outside, %", scale=alt.Scale(domain=[0, 100])),
        tooltip=["mineral:N", "before_pct:Q", "outside_pct:Q"],
    )
    after = base.mark_bar(color="var(--accent)").encode(
        x="outside_pct:Q", tooltip=["mineral:N", "before_pct:Q", "outside_pct:Q"]
    )
    return alt.layer(after, _mark_at("what_if_result", 50), before).properties(width="container")


def disruption() -> alt.TopLevelMixin:
    """The single suppliers whose loss leaves the largest share of imports unreplaced."""
    base = (
        _chart("disruption", height=alt.Step(20))
        .transform_calculate(loss="datum.mineral + ', ' + datum.supplier")
        .encode(y=alt.Y("loss:N", sort=None, title=None))
    ).encode(
        tooltip=[
            "loss:N",
            "year:N",
            "lost_pct:Q",
            "unreplaced_low_pct:Q",
            "unreplaced_high_pct:Q",
            "coverage:N",
        ],
    )
    lost = base.mark_bar(color="var(--wash)").encode(
        x=alt.X(
            "lost_pct:Q",
            title="% of US imports",
            scale=alt.Scale(domain=[0, 100]),
        )
    )
    unreplaced = base.mark_bar(color="var(--china)", height={"band": 0.5}).encode(
        x="unreplaced_low_pct:Q", x2="unreplaced_high_pct:Q"
    )
    sure = base.mark_tick(color="var(--china)", thickness=2).encode(x="unreplaced_low_pct:Q")
    return alt.layer(lost, unreplaced, sure).properties(width="container")


def supplier_losses() -> alt.TopLevelMixin:
    """Share of imports left unreplaced by the loss of each supplier, with equal weight per mineral."""
    return (
        _chart("supplier_losses", height=alt.Step(20))
        .mark_bar(color="var(--china)")
        .encode(
            y=alt.Y("supplier:N", sort=None, title=None),
            x=alt.X("unreplaced_low_pct:Q", title="Mean part of US imports not replaced, %"),
            x2="unreplaced_high_pct:Q",
            tooltip=["supplier:N", "year:N", "rank_from:Q", "rank_to:Q", "minerals_not_measured:N"],
        )
    )


def projects() -> alt.TopLevelMixin:
    """Facilities on a map of the three by kind: hollow if on hold, small if the kind is not stated."""
    land = alt.Chart(alt.InlineData(values=outline())).mark_geoshape(
        fill="var(--rule)", fillOpacity=0.45, stroke="var(--quiet)", strokeWidth=0.6
    )
    shapes, colours = zip(*FACILITIES.values(), strict=True)
    base = alt.Chart(alt.NamedData("projects")).encode(
        longitude="longitude:Q",
        latitude="latitude:Q",
        color=alt.Color("kind:N", title=None, scale=_keyed(list(FACILITIES), colours)),
        shape=alt.Shape("kind:N", title=None, scale=alt.Scale(domain=list(FACILITIES), range=list(shapes))),
        tooltip=["facility:N", "kind:N", "on_hold:N", "subdivision:N", "minerals:N", "operator:N"],
    )
    unstated = f"datum.kind == '{UNSTATED}'"
    listed = base.transform_filter(unstated).mark_point(size=16, filled=True, opacity=0.45)
    running = base.transform_filter(f"!datum.on_hold && !({unstated})").mark_point(
        size=42, filled=True, opacity=0.75
    )
    on_hold = base.transform_filter("datum.on_hold").mark_point(size=42, filled=False, strokeWidth=1.4)
    return (
        alt.layer(land, listed, running, on_hold)
        .project("conicEqualArea", rotate=[96, 0, 0], parallels=[25, 60])
        .properties(width="container", height=520, usermeta=_narrow(height=380))
    )


def project_gaps() -> alt.TopLevelMixin:
    """Facilities by mineral; the label has the dependency that they could close."""
    kinds = {
        "mine_projects": "Mine project",
        "mines": "Mine",
        "processing_projects": "Processing project",
        "plants": "Plant",
    }
    colours = [FACILITIES[kind][1] for kind in kinds.values()]
    return (
        _chart("project_gaps", height=alt.Step(17))
        .transform_filter("datum.dependency_high_pct > 50")
        .transform_calculate(
            bounds="!isValid(datum.dependency_low_pct) ? '(not known)' : (datum.dependency_low_pct =="
            " datum.dependency_high_pct ? '' : datum.dependency_low_pct + ' to ')"
            " + datum.dependency_high_pct + ' %'",
            label="datum.mineral + ' ' + datum.bounds + (datum.gap_without_project ? ' \u2715' : '')",
        )
        .transform_fold(list(kinds), as_=["column", "facilities"])
        .transform_calculate(kind=f"{kinds}[datum.column]")
        .mark_bar()
        .encode(
            y=alt.Y(
                "label:N",
                title=None,
                sort=alt.EncodingSortField("dependency_low_pct", op="max", order="descending"),
                axis=alt.Axis(labelLimit=190),
            ),
            x=alt.X("facilities:Q", title="Facilities listed, count"),
            color=alt.Color(
                "kind:N",
                title=None,
                scale=_keyed(list(kinds.values()), colours),
                legend=alt.Legend(columns=1),
            ),
            tooltip=["mineral:N", "kind:N", "facilities:Q", "on_hold:Q", "reason:N"],
        )
    )


def stockpile() -> alt.TopLevelMixin:
    """Days of consumption covered by published stocks."""
    bars = (
        _chart("stockpile", height=alt.Step(19))
        .mark_bar(color="var(--accent)")
        .encode(
            y=_minerals(),
            x=alt.X("days_of_consumption:Q", title="Days of apparent consumption"),
            tooltip=["mineral:N", "year:N", "days_of_consumption:Q", "days_of_net_imports:Q", "coverage:N"],
        )
    )
    return alt.layer(bars, _mark_at("stockpile", 90)).properties(width="container")
