"""The grammar of duty rates printed in the Harmonized Tariff Schedule of the United States.

It reads ``Free``, ``5.5%``, ``33 1/3%``, ``1.5¢/kg``, ``$1.20/kg`` and sums of these. Anything else (per
piece, per liter, on the content of a metal, prose) stays text: it needs a quantity that the schedule lacks.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

ParseStatus = Literal["free", "ad_valorem", "specific", "compound", "text", "blank"]

_MARKUP = re.compile(r"<[^<>]*>")
_NUMBER = r"\d+(?:\.\d+)?"
_TERM = re.compile(
    rf"(?:(?P<whole>{_NUMBER})(?:\ (?P<over>\d+)/(?P<under>[1-9]\d*))?\ ?%"
    rf"|(?P<cents>{_NUMBER})\ ?¢\ ?/\ ?kg"
    rf"|\$\ ?(?P<dollars>{_NUMBER})\ ?/\ ?kg)",
    re.ASCII,
)
_FREE_PROGRAMS = re.compile(r"\bFree\s*\(([^()]*)\)")
_PROGRAM = re.compile(r"[A-Z]{1,2}[*+#]?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rate:
    """A parsed duty rate.

    ``ad_valorem_pct`` is in percent of value, ``specific_usd_per_kg`` in US dollars per kilogram. If the text
    was read, both are numbers (0 if it has no such part); if the status is ``text`` or ``blank``, both are
    None.
    """

    text: str
    status: ParseStatus
    ad_valorem_pct: float | None = None
    specific_usd_per_kg: float | None = None


def clean_text(text: str) -> str:
    """Remove markup and collapse white space: the cells contain stray tags, spaces and line breaks."""
    return " ".join(_MARKUP.sub("", text).split())


@lru_cache(maxsize=8192)
def parse_rate(text: str) -> Rate:
    """Read the text of a rate column; text outside the grammar is kept with status ``text``."""
    text = clean_text(text)
    if not text:
        return Rate(text, "blank")
    if text.rstrip(".").casefold() == "free":
        return Rate(text, "free", 0.0, 0.0)
    terms = [_TERM.fullmatch(remote.strip()) for remote in text.split("+")]
    percent, per_kg = Fraction(0), Fraction(0)
    kinds = set()
    for term in terms:
        if term is None:
            return Rate(text, "text")
        if term["whole"]:
            percent += Fraction(term["whole"]) + Fraction(int(term["over"] or 0), int(term["under"] or 1))
            kinds.add("ad_valorem")
        else:
            per_kg += Fraction(term["dollars"]) if term["dollars"] else Fraction(term["cents"]) / 100
            kinds.add("specific")
    status: ParseStatus = (
        "compound" if len(kinds) > 1 else "ad_valorem" if "ad_valorem" in kinds else "specific"
    )
    try:
        return Rate(text, status, float(percent), float(per_kg))
    except OverflowError:
        return Rate(text, "text")


@lru_cache(maxsize=8192)
def free_programs(text: str) -> tuple[str, ...]:
    """Sorted programme codes with a Free rate in the special column.

    ``Free (A+,AU,S)`` gives A+, AU, S. Codes with another rate (``1.5% (KR)``) or a reference (``See
    9822.04.25 (AU)``) are left out.
    """
    listed = ",".join(_FREE_PROGRAMS.findall(clean_text(text)))
    codes = (code.strip() for code in listed.split(","))
    return tuple(sorted({code for code in codes if _PROGRAM.fullmatch(code)}))
