"""Bar charts as SVG: one that takes its colours from the page, and a copy that says what it shows."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

from markupsafe import Markup, escape

WIDTH, ROW, LEFT, RIGHT, TOP = 480, 26, 64, 56, 4
MOST, SIZE = 264, 14
"""Width available for names, and the font size."""
SMALL, MARGIN = 11, 8
"""Font size of the sources under a copy, and its margin."""
_ADVANCES = {0.42: "fijlrtI.,-\u2019' ()", 0.7: "ABEFKLPSTVXYZ", 0.8: "CDGHNOQRU", 1: "mwMW\u2026"}
"""Advance widths of letters relative to the font size in a wide sans serif (DejaVu Sans), rounded up; others
count as 0.64.
"""
_ADVANCE = {letter: width for width, letters in _ADVANCES.items() for letter in letters}
_INK = 'style="fill:var(--ink, #1b1f24)"'
_OPENING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
    'aria-label="{title}" font-family="system-ui, sans-serif" font-size="{size}">'
)
_VARIABLE = re.compile(r"var\(--[a-z]+, (#[0-9a-f]+)\)")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; ``pct`` is below zero for a net exporter; ``name`` explains a code in ``label``."""

    label: str
    pct: float
    source_ids: str
    stage: str = ""
    period: str = ""
    name: str = ""

    @property
    def shown(self) -> str:
        """The label, in words if it is a code."""
        return self.name or self.label


@dataclass(frozen=True, slots=True)
class Identity:
    """What a chart shows, in words, for readers of a copied chart; the page states the same next to it."""

    mineral: str
    measure: str
    area: str
    detail: str
    credits: Sequence[str]
    publication: str

    @property
    def title(self) -> str:
        """Mineral and measure, with its stage and period."""
        return f"{self.mineral}. {self.measure}" + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of a sheet with its data."""

    id: str
    identity: Identity
    bars: Sequence[Bar]

    @property
    def svg(self) -> Markup:
        """The chart as SVG. Colours are CSS variables with a fallback."""
        opening = _OPENING.format(
            width=WIDTH, height=self._height, size=SIZE, title=escape(self.identity.title)
        )
        return Markup("".join([opening, *self._drawn(), "</svg>"]))  # noqa: S704  (labels are escaped)

    @property
    def copy(self) -> Markup:
        """The chart to be used elsewhere: on paper of its own, below its title and above its sources."""
        wide = WIDTH - 2 * MARGIN
        head = _lines(self.identity.title, wide, SIZE)
        foot = [line for credit in self.identity.credits for line in _lines(credit, wide, SMALL)]
        top, step = MARGIN + 20 * len(head), SMALL + 4
        bottom = top + self._height
        height = bottom + step * len(foot) + 2 * MARGIN
        parts = [
            _OPENING.format(width=WIDTH, height=height, size=SIZE, title=escape(self.identity.title)),
            f'<rect width="{WIDTH}" height="{height}" style="fill:var(--paper, #fbfaf7)"/>',
            *(_text(line, MARGIN + 14 + 20 * place, SIZE) for place, line in enumerate(head)),
            f'<g transform="translate(0 {top})">',
            *self._drawn(),
            "</g>",
            *(_text(line, bottom + step * (place + 1), SMALL) for place, line in enumerate(foot)),
            "</svg>",
        ]
        return Markup(_VARIABLE.sub(r"\1", "".join(parts)))  # noqa: S704

    @property
    def csv(self) -> str:
        """The chart's data as CSV; each row states its mineral, area and period."""
        own = self.identity
        lines = StringIO()
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(
            ["mineral", "measure", "area", "stage", "period", "label", "percent", "source_ids", "publication"]
        )
        for bar in self.bars:
            figure = [bar.stage, bar.period, bar.shown, f"{bar.pct:.6g}", bar.source_ids]
            writer.writerow([own.mineral, own.measure, own.area, *figure, own.publication])
        return lines.getvalue()

    @property
    def _height(self) -> int:
        return TOP * 2 + ROW * len(self.bars)

    def _drawn(self) -> Iterator[str]:
        """Bars to the right of zero, and to its left those below zero."""
        left = max(LEFT, 14 + round(max(_width(_cut(bar.shown)) for bar in self.bars)))
        shares = [bar.pct for bar in self.bars]
        is_below, is_above = min(shares) < 0, max(shares) > 0
        highest = max(100.0, *shares) if is_above or not is_below else 0.0
        lowest = min(0.0 if is_above else -100.0, *shares) if is_below else 0.0
        start = left + (RIGHT if is_below else 0)
        scale = (WIDTH - start - (RIGHT if highest else MARGIN)) / (highest - lowest)
        zero = start - lowest * scale
        for place, bar in enumerate(self.bars):
            y = TOP + place * ROW
            length = abs(bar.pct) * scale
            fill = "var(--china, #b3261e)" if bar.label == "CHN" else "var(--accent, #0b5c72)"
            begin, end = (zero - length, zero - length - 6) if bar.pct < 0 else (zero, zero + length + 6)
            anchor = ' text-anchor="end"' if bar.pct < 0 else ""
            name, size = escape(_cut(bar.shown)), f'width="{length:.1f}" height="{ROW - 8}"'
            yield (
                f'<text x="{left - 10}" y="{y + 18}" text-anchor="end" {_INK}>{name}</text>'
                f'<rect x="{begin:.1f}" y="{y + 5}" {size} style="fill:{fill}"/>'
                f'<text x="{end:.1f}" y="{y + 18}"{anchor} {_INK}>{escape(self._figure(bar))}</text>'
            )
        if is_below:
            ink = 'style="stroke:var(--ink, #1b1f24)"'
            yield f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="{TOP}" y2="{self._height - TOP}" {ink}/>'

    def _figure(self, bar: Bar) -> str:
        """Percent without decimals; an incomplete share is never shown as 100, and a small one never as 0."""
        if 0 < bar.pct < 0.5:
            return "<1 %"
        if -0.5 < bar.pct < 0:
            return ">\u22121 %"
        others = self.id != "reliance" and any(other.pct > 0 for other in self.bars if other is not bar)
        return ">99 %" if others and bar.pct >= 99.5 else f"{bar.pct:.0f} %".replace("-", "\u2212")


def _text(line: str, y: int, size: int) -> str:
    weight = ' font-weight="600"' if size == SIZE else ""
    return f'<text x="{MARGIN}" y="{y}" font-size="{size}"{weight} {_INK}>{escape(line)}</text>'


def _lines(text: str, wide: float, size: int) -> list[str]:
    """A text in lines of a width."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if _width(longer, size) <= wide or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _cut(name: str) -> str:
    """A name truncated to fit next to the bars."""
    if _width(name) <= MOST - 14:
        return name
    kept = name
    while _width(kept + "…") > MOST - 14:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _width(text: str, size: int = SIZE) -> float:
    """Upper bound of the width of a text, in units of the chart."""
    return size * sum(_ADVANCE.get(letter, 0.64) for letter in text)
