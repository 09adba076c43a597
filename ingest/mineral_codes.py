"""Which Harmonized System codes this warehouse is about.

`HEADINGS` is what parsers keep of files on all goods: whole headings, so that a code added to the bridge is
already in the parsed rows. `bridge_hs6` is what narrow queries ask for, read from the bridge itself.
"""

import csv
from functools import cache
from pathlib import Path
from typing import Final

BRIDGE: Final = Path(__file__).parents[1] / "dbt_project" / "seeds" / "mineral_hs.csv"

HEADINGS: Final = frozenset(
    """
    2504 2510 2511 2519 2528 2529 2530
    2602 2603 2604 2605 2606 2607 2608 2609 2610 2611 2612 2613 2614 2615 2616 2617 2620
    2701 2704
    2804 2805 2809 2810 2811 2816 2817 2818 2819 2820 2822 2823 2824 2825 2826 2827 2833 2834 2836
    2840 2841 2842 2843 2844 2846 2849 2853
    3103 3104 3105 3206 3606 3801 3818
    7106 7110 7112 7202
    7401 7402 7403 7404 7405 7408 7501 7502 7503 7504 7601 7602 7603 7801 7802 7901 7902 8001 8002
    8101 8102 8103 8104 8105 8106 8108 8109 8110 8111 8112 8209
    8505 8506 8507 8541 8545 8548 8549
    """.split()  # noqa: SIM905 (a hundred quoted codes would be harder to check)
)


@cache
def bridge_hs6(path: Path = BRIDGE) -> tuple[str, ...]:
    """The six-digit codes above every code of the bridge, sorted."""
    with path.open(newline="", encoding="utf-8") as stream:
        return tuple(sorted({row["hs_code"][:6] for row in csv.DictReader(stream)}))
