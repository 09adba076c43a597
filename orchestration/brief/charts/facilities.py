"""Projects, mines and plants, on a map and by mineral."""

import altair as alt

from orchestration.brief.charts.parts import chart, keyed, narrow
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


def projects() -> alt.TopLevelMixin:
    """Facilities on a map of the three by kind: hollow if on hold, small if the kind is not stated."""
    land = alt.Chart(alt.InlineData(values=outline())).mark_geoshape(
        fill="var(--rule)", fillOpacity=0.45, stroke="var(--quiet)", strokeWidth=0.6
    )
    shapes, colours = zip(*FACILITIES.values(), strict=True)
    base = alt.Chart(alt.NamedData("projects")).encode(
        longitude="longitude:Q",
        latitude="latitude:Q",
        color=alt.Color("kind:N", title=None, scale=keyed(list(FACILITIES), colours)),
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
        .properties(width="container", height=520, usermeta=narrow(height=380))
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
        chart("project_gaps", height=alt.Step(17))
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
                scale=keyed(list(kinds.values()), colours),
                legend=alt.Legend(columns=1),
            ),
            tooltip=["mineral:N", "kind:N", "facilities:Q", "on_hold:Q", "reason:N"],
        )
    )
