"""Bars as SVG that takes its colours from the page, so that it is read in both themes and copied as it is."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from markupsafe import Markup, escape

WIDTH, ROW, LEFT, RIGHT, TOP = 480, 26, 64, 56, 4
MOST, SIZE = 264, 14
"""Width that names may take beside the bars, and the size of their letters."""
_ADVANCES = {0.42: "fijlrtI.,-\u2019' ()", 0.7: "ABEFKLPSTVXYZ", 0.8: "CDGHNOQRU", 1: "mwMW\u2026"}
"""Widths of letters for their size in a wide sans serif (DejaVu Sans), rounded up; others have 0.64."""
_ADVANCE = {letter: width for width, letters in _ADVANCES.items() for letter in letters}
_INK = 'style="fill:var(--ink, #1b1f24)"'
_OPENING = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {{height}}" role="img" '
    'aria-label="{title}" font-family="system-ui, sans-serif" font-size="{size}">'
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; ``pct`` 0-100, above or below for exporters; ``name`` says what a code in ``label`` is."""

    label: str
    pct: float
    source_ids: str
    name: str = ""

    @property
    def shown(self) -> str:
        """The label in words, where it is a code."""
        return self.name or self.label


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of a sheet with what it shows."""

    id: str
    title: str
    bars: Sequence[Bar]

    @property
    def svg(self) -> Markup:
        """The chart. Colours are CSS variables with a fallback for a copy outside of the page."""
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
        """Percent without decimals. A part is not all where there are others, and a little is not nothing."""
        if 0 < bar.pct < 0.5:
            return "<1 %"
        others = self.id != "reliance" and any(other.pct > 0 for other in self.bars if other is not bar)
        return ">99 %" if others and bar.pct >= 99.5 else f"{bar.pct:.0f} %"

    @property
    def csv(self) -> str:
        """What is drawn, for a spreadsheet."""
        lines = StringIO()
        rows = ((bar.shown, f"{bar.pct:.6g}") for bar in self.bars)
        csv.writer(lines, lineterminator="\n").writerows([("label", "percent"), *rows])
        return lines.getvalue()


def _cut(name: str) -> str:
    """A name that fits beside the bars."""
    if _width(name) <= MOST - 14:
        return name
    kept = name
    while _width(kept + "…") > MOST - 14:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _width(text: str) -> float:
    """Room that a text takes at most, in units of the chart."""
    return SIZE * sum(_ADVANCE.get(letter, 0.64) for letter in text)
