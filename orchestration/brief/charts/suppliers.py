"""China's part in imports and in output, and supplier concentration."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from orchestration.brief.charts.parts import AREAS, NARROW, chart, keyed, minerals, narrow

STAGES = ["Ore", "Intermediate", "Refined", "Compound", "Alloy"]


def three() -> alt.TopLevelMixin:
    """China's share of imports by the three and North America: a table with one row per mineral."""
    base = (
        chart("three", height=alt.Step(21))
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
            # on a narrow screen, where rows are tall, a name with a part in brackets takes two lines
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
                axis=_columns(
                    10,
                    12,
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
    heat_map = _heat_map(
        base,
        alt.Color("part:N", title="China, with indirect"),
        ["below 10 %", "10 to 25 %", "25 to 50 %", "50 % and more"],
        is_dark="datum.china_and_indirect_high_pct >= 50",
        lineHeight=13,
        dy=alt.ExprRef(f"{NARROW} ? -6 : 0"),
        text=alt.ExprRef(
            f"{NARROW} ? [datum.direct, '\u2192 ' + datum.range] : datum.direct + ' \u2192 ' + datum.range"
        ),
    )
    return heat_map.properties(usermeta=narrow(height={"step": 31}))


def processing() -> alt.TopLevelMixin:
    """China's share of world mine output against its share of refinery output, joined if both are known."""
    base = (
        chart("processing", height=alt.Step(19))
        .transform_calculate(reach="max(datum.mine_share_pct, datum.refinery_share_pct)")
        .encode(y=minerals(alt.EncodingSortField("reach", "max", "descending")))
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
            color=alt.Color("step:N", title=None, scale=keyed(["Mines", "Refineries"], ["rest", "china"])),
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
        chart("concentration", height=alt.Step(19))
        .transform_calculate(concentration=f"{found} : ''")
        .encode(
            y=minerals(),
            x=alt.X(
                "stage:N",
                title=None,
                sort=STAGES,
                axis=_columns(8, 10, labelExpr="datum.label == 'Intermediate' ? 'Interm.' : datum.label"),
            ),
            tooltip=["mineral:N", "stage:N", "year:N", "hhi:Q", "top_supplier_name:N", "top_share_pct:Q"],
        )
    )
    # Names too long for a cell are truncated; the table below the chart has them in full.
    return _heat_map(
        base,
        alt.Color("concentration:N", title="HHI"),
        list(classes),
        is_dark="datum.hhi >= 5000",
        limit=alt.ExprRef("bandwidth('x') - 4"),
        text=alt.ExprRef(f"{NARROW} ? datum.top_supplier : datum.top_supplier_name"),
    )


def _columns(narrow_size: int, wide_size: int, **axis: Any) -> alt.Axis:
    """The axis of the columns of a heat map, with the font size on a narrow and on a wide screen."""
    return alt.Axis(
        labelAngle=0,
        labelFontSize=alt.ExprRef(f"{NARROW} ? {narrow_size} : {wide_size}"),
        orient="top",
        domain=False,
        ticks=False,
        labelOverlap=False,
        **axis,
    )


def _heat_map(
    base: alt.Chart, colour: alt.Color, classes: Sequence[str], *, is_dark: str, **text: Any
) -> alt.LayerChart | alt.FacetChart:
    """Cells coloured by four classes, each with a text, which is light where the cell is dark."""
    heat = keyed(classes, [f"heat-{step}" for step in range(1, 5)])
    cells = base.mark_rect(stroke="var(--paper)", strokeWidth=1.5).encode(color=colour.scale(heat))
    labels = base.mark_text(fontSize=11, **text).encode(
        color=alt.condition(is_dark, alt.value("var(--on-heat)"), alt.value("var(--ink)"))
    )
    return alt.layer(cells, labels).properties(width="container")
