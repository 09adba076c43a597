"""A coarse outline of the three countries, drawn by hand to about one degree, as the background of a map."""

import csv
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Final

RINGS: Final = Path(__file__).parent / "template" / "outline.csv"
"""Country, and a ring as pairs of longitude and latitude; each island is a separate ring."""


def outline() -> list[dict[str, Any]]:
    """GeoJSON features of the three, with rings ordered so that their inside is filled."""
    with RINGS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        {
            "type": "Feature",
            "properties": {"country": country},
            "geometry": {"type": "MultiPolygon", "coordinates": [[_ring(row["ring"])] for row in rings]},
        }
        for country, rings in groupby(rows, lambda row: row["country"])
    ]


def _ring(text: str) -> list[list[float]]:
    """A closed ring in clockwise order, since charts fill the area on its right."""
    points = [[float(degree) for degree in pair.split()] for pair in text.split(";")]
    points.append(points[0])
    area = sum((after[0] - before[0]) * (after[1] + before[1]) for before, after in pairwise(points))
    return points if area > 0 else points[::-1]
