"""What the publisher may change: addresses, member names and the layout of its fixed-width records.

Positions are 1-based and inclusive, as in its documentation.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ingest.gates import Gates
from ingest.http import Policy

Span = tuple[int, int]

ADDRESSES: Final = {
    "imports": ("{year}/Merch/im_m", "IMDB{year}{month}.ZIP"),
    "exports": ("{year}/Merch/ex_m", "EXDB{year}{month}.ZIP"),
}
NAME: Final = re.compile(r"(?i)^(IM|EX)DB(\d\d)(\d\d)\.ZIP$")
DETAILS: Final = {"imports": "IMP_DETL.TXT", "exports": "EXP_DETL.TXT"}
WIDTHS: Final = {"imports": 688, "exports": 323}
DAYS_BEHIND: Final = 35  # days after a month's end until it is first published
WINDOW: Final = 4  # months revised with every release
FULL_WINDOW: Final = 36  # months revised in the annual revision each June
PROBED_BYTES: Final = 4 << 10
KEYS: Final[Mapping[str, Mapping[str, Span]]] = {
    "imports": {
        "hts10": (1, 10),
        "cty_code": (11, 14),
        "cty_subco": (15, 16),
        "dist_entry": (17, 18),
        "dist_unlad": (19, 20),
        "rate_prov": (21, 22),
    },
    "exports": {"df": (1, 1), "schedule_b": (2, 11), "cty_code": (12, 15), "district": (16, 17)},
}
MONTH_AT: Final[Mapping[str, Span]] = {"imports": (23, 28), "exports": (18, 23)}
MEASURE_WIDTH: Final = 15
FIRST_MEASURE: Final = {"imports": 29, "exports": 24}
MEASURES: Final[Mapping[str, tuple[str, ...]]] = {
    "imports": (
        "cards",
        "consumption_quantity1",
        "consumption_quantity2",
        "consumption_value_usd",
        "dutiable_value_usd",
        "calculated_duty_usd",
        "consumption_charges_usd",
        "consumption_cif_usd",
        "general_quantity1",
        "general_quantity2",
        "general_value_usd",
        "general_charges_usd",
        "general_cif_usd",
        "air_value_usd",
        "air_weight_kg",
        "air_charges_usd",
        "vessel_value_usd",
        "vessel_weight_kg",
        "vessel_charges_usd",
        "container_value_usd",
        "container_weight_kg",
        "container_charges_usd",
    ),
    "exports": (
        "cards",
        "quantity1",
        "quantity2",
        "value_usd",
        "air_value_usd",
        "air_weight_kg",
        "vessel_value_usd",
        "vessel_weight_kg",
        "container_value_usd",
        "container_weight_kg",
    ),
}


@dataclass(frozen=True, slots=True)
class ControlLayout:
    """A member with the publisher's own totals: its key, its month, and the totals to compare with ours."""

    member: str
    control: str
    key: Span
    month: Span
    totals: Mapping[str, Span]


CONTROLS: Final = (
    ControlLayout(
        "IMP_CTY.TXT",
        "cty_code",
        (1, 4),
        (35, 40),
        {"consumption_value_usd": (56, 70), "general_value_usd": (131, 145)},
    ),
    ControlLayout(
        "IMP_COMM.TXT",
        "hts10",
        (1, 10),
        (67, 72),
        {
            "consumption_quantity1": (88, 102),
            "consumption_value_usd": (118, 132),
            "dutiable_value_usd": (133, 147),
            "calculated_duty_usd": (148, 162),
            "general_value_usd": (223, 237),
        },
    ),
)
SUMMED: Final = tuple(CONTROLS[0].totals)
"""Measures that are summed by country over all goods."""
CONCORD: Final = "CONCORD.TXT"
SMALL_MEMBERS: Final = {CONCORD, *(control.member for control in CONTROLS)}
CONCORD_COLUMNS: Final[Mapping[str, Span]] = {"code": (1, 10), "unit_qy1": (211, 213), "unit_qy2": (214, 216)}
POLICY: Final = Policy(interval_s=1, read_s=120, deadline_s=1800, attempts=4, max_bytes=1 << 30)
GATES: Final = Gates("zip", members=("_DETL.TXT",), whole_zip=False)


def measure_span(flow: str, name: str) -> Span:
    """The position of a measure in a detail record."""
    start = FIRST_MEASURE[flow] + MEASURE_WIDTH * MEASURES[flow].index(name)
    return start, start + MEASURE_WIDTH - 1
