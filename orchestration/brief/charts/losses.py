"""Loss of a supplier, and the days that stocks last."""

import altair as alt

from orchestration.brief.charts.parts import chart, mark_at, minerals


def disruption() -> alt.TopLevelMixin:
    """The single suppliers whose loss leaves the largest share of imports unreplaced."""
    base = (
        chart("disruption", height=alt.Step(20))
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
        chart("supplier_losses", height=alt.Step(20))
        .mark_bar(color="var(--china)")
        .encode(
            y=alt.Y("supplier:N", sort=None, title=None),
            x=alt.X("unreplaced_low_pct:Q", title="Mean part of US imports not replaced, %"),
            x2="unreplaced_high_pct:Q",
            tooltip=["supplier:N", "year:N", "rank_from:Q", "rank_to:Q", "minerals_not_measured:N"],
        )
    )


def stockpile() -> alt.TopLevelMixin:
    """Days of consumption covered by published stocks."""
    bars = (
        chart("stockpile", height=alt.Step(19))
        .mark_bar(color="var(--accent)")
        .encode(
            y=minerals(),
            x=alt.X("days_of_consumption:Q", title="Days of apparent consumption"),
            tooltip=["mineral:N", "year:N", "days_of_consumption:Q", "days_of_net_imports:Q", "coverage:N"],
        )
    )
    return alt.layer(bars, mark_at("stockpile", 90)).properties(width="container")
