"""The tariff schedule as a complete release, the real one if it is next to the checkout."""

import gzip
from functools import cache
from pathlib import Path

import orjson

from tests.world.truth import PRODUCTS

REAL = Path(__file__).parents[4] / "shared" / "data" / "usitc_hts" / "hts_2026_rev_10.json.gz"
STATISTICAL_LINES = 19_738
MARKED = "85051100"
"""A line whose rate identifies the release."""


@cache
def schedule() -> bytes:
    """All rows of a release as in the export."""
    return gzip.decompress(REAL.read_bytes()) if REAL.is_file() else made()


@cache
def release(number: int) -> bytes:
    """The rows of a later release: one rate differs, which identifies the release."""
    if number == 0:
        return schedule()
    rows = orjson.loads(schedule())
    for row in rows:
        if str(row["htsno"] or "").replace(".", "").startswith(MARKED) and row["general"]:
            row["general"] = f"{rate(number):g}%"
    return orjson.dumps(rows)


def rate(number: int) -> float:
    """The rate of the marked line in a release, in percent; 2.1 in the first."""
    return round(2.1 + 0.1 * number, 1)


@cache
def statistical_lines() -> tuple[str, ...]:
    """The ten-digit lines, sorted."""
    numbers = (str(row["htsno"] or "").replace(".", "") for row in orjson.loads(schedule()))
    lines = {number for number in numbers if len(number) == 10 and number < "9801"}
    return tuple(sorted(lines | {product.hts10 for product in PRODUCTS}))


def made() -> bytes:
    """A schedule of real size and structure: the planted lines with their rates, all others at 5.5 %."""
    rates = {product.hts10: product.mfn_pct for product in PRODUCTS}
    above = {code[:8] for code in rates}
    others = (f"{1 + n // 205:02d}{1 + n // 41 % 5:02d}{10 + n % 41:02d}0010" for n in range(205 * 97))
    free = [code for code in others if code[:8] not in above]
    rows = []
    for code in sorted([*rates, *free[: STATISTICAL_LINES - len(rates)]]):
        rows += [_row(code[:8], 0, rates.get(code, 5.5)), _row(code, 1, None)]
    return orjson.dumps(rows)


def _row(code: str, indent: int, rate: float | None) -> dict[str, object]:
    dotted = ".".join(part for part in (code[:4], code[4:6], code[6:8], code[8:]) if part)
    general = "" if rate is None else "Free" if rate == 0 else f"{rate:g}%"
    return {
        "htsno": dotted,
        "indent": f"{indent}",
        "description": f"Goods of {dotted}",
        "superior": None,
        "units": ["kg"],
        "general": general,
        "special": "Free (A,AU,BH,CL,CO,D,E,IL,JO,KR,MA,OM,P,PA,PE,S,SG)" if general.endswith("%") else "",
        "other": "25%" if general else "",
        "footnotes": [],
        "quotaQuantity": None,
        "additionalDuties": None,
        "addiitionalDuties": None,
    }
