"""The brief's charts. Colours are names of style-sheet variables, resolved in the page for light and dark."""

from orchestration.brief.charts.duties import (
    effective_rates,
    price_against_floor,
    tariff_ladder,
    usmca_claims,
)
from orchestration.brief.charts.facilities import FACILITIES, UNSTATED, project_gaps, projects
from orchestration.brief.charts.losses import disruption, stockpile, supplier_losses
from orchestration.brief.charts.parts import AREAS, NARROW_BELOW
from orchestration.brief.charts.reliance import dependency, outside, what_if
from orchestration.brief.charts.suppliers import concentration, processing, three

__all__ = [
    "AREAS",
    "FACILITIES",
    "NARROW_BELOW",
    "UNSTATED",
    "concentration",
    "dependency",
    "disruption",
    "effective_rates",
    "outside",
    "price_against_floor",
    "processing",
    "project_gaps",
    "projects",
    "stockpile",
    "supplier_losses",
    "tariff_ladder",
    "three",
    "usmca_claims",
    "what_if",
]
