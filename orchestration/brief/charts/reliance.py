"""Net import reliance, dependency on countries outside, and the what-if of a wider agreement."""

import altair as alt

from orchestration.brief.charts.parts import AREAS, chart, keyed, mark_at, minerals

NET_EXPORTER_PCT = -50
"""End of the axis of net import reliance; a net exporter beyond it is drawn at the edge."""


def dependency() -> alt.TopLevelMixin:
    """Net import reliance: a point if there is a figure, otherwise a bar from lower to upper bound."""
    axis = alt.Scale(domain=[NET_EXPORTER_PCT, 100], clamp=True, nice=False)
    base = (
        chart("dependency", height=alt.Step(7, **{"for": "offset"}))
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
                scale=keyed(list(AREAS.values()), ["usa", "can", "mex", "usmca"]),
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
    return alt.layer(bounds, mark_at("dependency", 50), points).properties(width="container")


def outside() -> alt.TopLevelMixin:
    """US dependency on other countries against North America's dependency on the rest of the world."""
    names = [AREAS["USA"], AREAS["USMCA"]]
    base = (
        chart("dependency", height=alt.Step(18))
        .transform_filter("datum.area == 'USA' || datum.area == 'USMCA' && isValid(datum.outside_high_pct)")
        .transform_calculate(
            area_name=f"{AREAS}[datum.area]",
            low="datum.area == 'USMCA' ? max(datum.outside_low_pct, 0) : null",
            high="datum.area == 'USMCA' ? datum.outside_high_pct : null",
            figure="datum.area == 'USA' ? datum.reliance_pct : datum.low == datum.high ? datum.low : null",
        )
        .encode(
            y=minerals(),
            color=alt.Color(
                "area_name:N",
                title=None,
                scale=keyed(names, ["usa", "usmca"]),
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
    return alt.layer(ranges, mark_at("dependency", 50), points).properties(width="container")


def what_if() -> alt.TopLevelMixin:
    """Dependency on countries outside the agreement: Canada and Mexico alone, and with chosen partners."""
    base = chart("what_if_result", height=alt.Step(17)).encode(
        y=minerals(alt.EncodingSortField("before_pct", "max", "descending"))
    )
    before = base.mark_tick(color="var(--ink)", thickness=2.5, size=15).encode(
        x=alt.X("before_pct:Q", title="Dependency on countries outside, %", scale=alt.Scale(domain=[0, 100])),
        tooltip=["mineral:N", "before_pct:Q", "outside_pct:Q"],
    )
    after = base.mark_bar(color="var(--accent)").encode(
        x="outside_pct:Q", tooltip=["mineral:N", "before_pct:Q", "outside_pct:Q"]
    )
    return alt.layer(after, mark_at("what_if_result", 50), before).properties(width="container")
