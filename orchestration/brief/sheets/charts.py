"""Bar charts as SVG that takes its colours from the page, so that it works in both themes and in copies."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from markupsafe import Markup, escape

WIDTH, ROW, LEFT, RIGHT, TOP = 480, 26, 64, 56, 4
MOST, SIZE = 264, 14
"""Width available for names, and the font size."""
_ADVANCES = {0.42: "fijlrtI.,-\u2019' ()", 0.7: "ABEFKLPSTVXYZ", 0.8: "CDGHNOQRU", 1: "mwMW\u2026"}
"""Advance widths of letters relative to the font size in a wide sans serif (DejaVu Sans), rounded up; others
count as 0.64.
"""
_ADVANCE = {letter: width for width, letters in _ADVANCES.items() for letter in letters}
_INK = 'style="fill:var(--ink, #1b1f24)"'
_OPENING = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {{height}}" role="img" '
    'aria-label="{title}" font-family="system-ui, sans-serif" font-size="{size}">'
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; ``pct`` is 0-100, or beyond for exporters; ``name`` explains a code in ``label``."""

    label: str
    pct: float
    source_ids: str
    name: str = ""

    @property
    def shown(self) -> str:
        """The label, in words if it is a code."""
        return self.name or self.label


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of a sheet with its data."""

    id: str
    title: str
    bars: Sequence[Bar]

    @property
    def svg(self) -> Markup:
        """The chart as SVG. Colours are CSS variables with a fallback for copies outside the page."""
        height = TOP * 2 + ROW * len(self.bars)
        left = max(LEFT, 14 + round(max(_width(_cut(bar.shown)) for bar in self.bars)))
        longest = max(100.0, *(bar.pct for bar in self.bars))
        parts = [_OPENING.format(height=height, size=SIZE, title=escape(self.title))]
        for place, bar in enumerate(self.bars):
            y = TOP + place * ROW
            length = max(0.0, bar.pct) / longest * (WIDTH - left - RIGHT)
            fill = "var(--china, #b3261e)" if bar.label == "CHN" else "var(--accent, #0b5c72)"
            name = escape(_cut(bar.shown))
            parts.append(
                f'<text x="{left - 10}" y="{y + 18}" text-anchor="end" {_INK}>{name}</text>'
                f'<rect x="{left}" y="{y + 5}" width="{length:.1f}" height="{ROW - 8}" style="fill:{fill}"/>'
                f'<text x="{left + length + 6:.1f}" y="{y + 18}" {_INK}>{escape(self._figure(bar))}</text>'
            )
        return Markup("".join([*parts, "</svg>"]))  # noqa: S704  (labels are escaped)

    def _figure(self, bar: Bar) -> str:
        """Percent without decimals; an incomplete share is never shown as 100, and a small one never as 0."""
        if 0 < bar.pct < 0.5:
            return "<1 %"
        others = self.id != "reliance" and any(other.pct > 0 for other in self.bars if other is not bar)
        return ">99 %" if others and bar.pct >= 99.5 else f"{bar.pct:.0f} %"

    @property
    def csv(self) -> str:
        """The chart's data as CSV."""
        lines = StringIO()
        rows = ((bar.shown, f"{bar.pct:.6g}") for bar in self.bars)
        csv.writer(lines, lineterminator="\n").writerows([("label", "percent"), *rows])
        return lines.getvalue()


def _cut(name: str) -> str:
    """A name truncated to fit next to the bars."""
    if _width(name) <= MOST - 14:
        return name
    kept = name
    while _width(kept + "…") > MOST - 14:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _width(text: str) -> float:
    """Upper bound of the width of a text, in units of the chart."""
    return SIZE * sum(_ADVANCE.get(letter, 0.64) for letter in text)
