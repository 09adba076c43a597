"""Which tariff lines and HS codes the warehouse covers: those that the curated bridge assigns to a mineral.

The bridge (``dbt_project/seeds/mineral_hs.csv``) has codes of four, six, eight and ten digits. A code covers
every finer code that begins with it, so a list of codes is a list of prefixes.
"""

import re
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Final

import polars as pl

SEEDS: Final = Path(__file__).parents[1] / "dbt_project" / "seeds"
BRIDGE: Final = SEEDS / "mineral_hs.csv"


@cache
def bridge(path: Path = BRIDGE) -> pl.DataFrame:
    """Columns mineral_id and hs_code of the bridge, codes as text of digits."""
    return pl.read_csv(path, columns=["mineral_id", "hs_code"], schema_overrides={"hs_code": pl.String})


def codes(minerals: Collection[str] | None = None, path: Path = BRIDGE) -> tuple[str, ...]:
    """The sorted codes of all minerals or of those named, such as ``283691`` and ``28273960``."""
    rows = bridge(path)
    if minerals is not None:
        if unknown := set(minerals).difference(rows["mineral_id"]):
            raise ValueError(f"minerals without a code: {sorted(unknown)}")
        rows = rows.filter(pl.col("mineral_id").is_in(list(minerals)))
    return tuple(rows["hs_code"].unique().sort())


def hs6(minerals: Collection[str] | None = None, path: Path = BRIDGE) -> tuple[str, ...]:
    """The six-digit codes that contain the codes; the international sources have no finer ones."""
    return tuple(sorted({code[:6] for code in codes(minerals, path) if len(code) >= 6}))


def headings(path: Path = BRIDGE) -> tuple[str, ...]:
    """The four-digit headings of all codes; bulk files keep them in full, so that the bridge can grow."""
    return tuple(sorted({code[:4] for code in codes(path=path)}))


def within(column: str, prefixes: Iterable[str]) -> pl.Expr:
    """Whether the code in a column begins with one of the prefixes."""
    return pl.col(column).str.contains(f"^(?:{'|'.join(map(re.escape, sorted(prefixes)))})")


def above(column: str, prefixes: Iterable[str]) -> pl.Expr:
    """Whether the code in a column has at least four digits and is a heading above one of the prefixes."""
    headings = {code[:digits] for code in prefixes for digits in (4, 6, 8) if digits < len(code)}
    return pl.col(column).is_in(sorted(headings))


@cache
def critical_names(path: Path = SEEDS / "minerals.csv") -> dict[str, str]:
    """The critical minerals by id, each with its name in lower case and without text in brackets."""
    rows = pl.read_csv(path, columns=["mineral_id", "name", "tier"]).drop_nulls("tier").sort("mineral_id")
    named = rows.select("mineral_id", "name").rows()
    return {mineral: name.split(" (")[0].lower() for mineral, name in named}
