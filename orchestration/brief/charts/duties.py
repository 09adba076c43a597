"""Prices against floors, statutory and calculated duties, and USMCA claims."""

import altair as alt

from orchestration.brief.charts.parts import chart, keyed


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
                scale=keyed(programmes, ["rest", "china", "usa", "warn", "mex"]),
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
        chart("effective_rates", height=alt.Step(11, **{"for": "offset"}))
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
        chart("usmca_claims", height=260)
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
            color=alt.Color("origin:N", scale=keyed(["Canada", "Mexico"], ["can", "mex"]), title="Origin"),
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
