"""The expected marts of a planted world, computed from its data and not by the project's SQL.

Each function computes the planted figures of a mart and queries the published ones; `compared` matches them
row by row. `NOT_COMPARED` lists what is not compared, with the reason.
"""

from tests.world.expected.comparison import NAMED, NOT_COMPARED, Comparison, Expectation, Held
from tests.world.expected.detours import (
    distortion_of_a_line,
    market_distortion,
    mirror_gap,
    transshipment_watch,
)
from tests.world.expected.duties import price_floor, tariff_exposure, usmca_utilization
from tests.world.expected.suppliers import (
    import_sources,
    import_sources_by_baci,
    import_sources_of_canada,
    import_sources_of_mexico,
    supplier_concentration,
)
from tests.world.expected.supply import import_dependency, policy_calendar, world_production
from tests.world.expected.vintages import control_totals, revisions

EXPECTATIONS: tuple[Expectation, ...] = (
    import_sources,
    import_sources_of_canada,
    import_sources_of_mexico,
    import_sources_by_baci,
    supplier_concentration,
    usmca_utilization,
    tariff_exposure,
    price_floor,
    market_distortion,
    distortion_of_a_line,
    transshipment_watch,
    mirror_gap,
    world_production,
    import_dependency,
    policy_calendar,
    control_totals,
)

__all__ = ["EXPECTATIONS", "NAMED", "NOT_COMPARED", "Comparison", "Held", "revisions"]
