"""What the charts share: areas, the width of a narrow screen, axes, scales and marks."""

from collections.abc import Sequence

import altair as alt

AREAS = {"USA": "United States", "CAN": "Canada", "MEX": "Mexico", "USMCA": "North America"}
NARROW_BELOW = 560
"""Width in pixels below which a chart is drawn for a narrow screen; the page's script reads it too."""
NARROW = f"containerSize()[0] < {NARROW_BELOW}"
"""Whether the screen is too narrow for full cell texts."""


def chart(name: str, **properties: object) -> alt.Chart:
    """A chart of a named data set, as wide as the page."""
    return alt.Chart(alt.NamedData(name)).properties(width="container", **properties)


def minerals(order: alt.EncodingSortField | str | None = None) -> alt.Y:
    """One row per mineral, by default in the order of the rows."""
    return alt.Y("mineral:N", sort=order, title=None)


def narrow(**properties: object) -> dict[str, object]:
    """Properties that the page's script substitutes for the chart's own on a narrow screen."""
    return {"narrow": properties}


def keyed(domain: Sequence[str], colours: Sequence[str]) -> alt.Scale:
    """A scale that gives each value a colour of the style sheet."""
    return alt.Scale(domain=list(domain), range=[f"var(--{colour})" for colour in colours])


def mark_at(name: str, x: float) -> alt.Chart:
    """A dashed line across the chart at a threshold."""
    return (
        alt.Chart(alt.NamedData(name))
        .mark_rule(strokeDash=[4, 4], color="var(--quiet)")
        .encode(x=alt.datum(x))
    )
