"""CEPII's BACI: every year since 1995 in one archive, in the editions HS92, HS17 and HS22.

Codes lose their leading zeros, a missing quantity is ``NA`` after spaces, and the archive has lists of
countries and products. An edition has a code only if the Harmonized System had it then.
"""

from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from ingest.scope import hs6
from tests.world.publishers.usitc_hts import statistical_lines
from tests.world.truth import World, code_of, countries
from tests.world.zipping import write_zip

SINCE = {"HS92": 1995, "HS96": 1996, "HS02": 2002, "HS07": 2007, "HS12": 2012, "HS17": 2017, "HS22": 2022}
LINES_A_YEAR = 20_000
"""Rows of goods that the warehouse ignores."""
NOT_KNOWN = ("252922", "ZAF")
"""A code and an exporter without a known quantity."""
OLDER_CODES = {
    "HS92": {"811292": "811291", "811010": "811000", "810520": "810510", "810610": "810600"},
    "HS17": {"810610": "810600"},
    "HS22": {},
}
"""Codes of an edition for goods that have another code today."""


def edition_code(edition: str) -> dict[str, str]:
    """Today's codes by their code in an edition."""
    if edition in OLDER_CODES:
        return OLDER_CODES[edition]
    return OLDER_CODES["HS92" if SINCE[edition] < 2007 else "HS17"]


@cache
def _filler(count: int) -> str:
    """Rows of a year, without the year column."""
    kept = set(hs6())
    goods = sorted({code[:6] for code in statistical_lines()} - kept)
    areas = sorted(code_of("comtrade_code").values())
    at = np.arange(count)
    rows = pl.DataFrame(
        {
            "i": np.array(areas)[at % len(areas)],
            "j": np.array(areas)[(at * 7 + 1) % len(areas)],
            "k": np.array(goods)[at * 13 % len(goods)],
            "v": at * 7919 % 90_000 / 10 + 0.001,
            "q": at * 104_729 % 70_000 / 10 + 0.001,
        }
    ).filter(pl.col("i") != pl.col("j"))
    rows = rows.unique(["i", "j", "k"], maintain_order=True)
    return "\n".join(
        rows.select(
            pl.format(",{},{},{},{},{}", "i", "j", pl.col("k").str.strip_chars_start("0"), "v", "q")
        ).to_series()
    )


def trade(world: World, edition: str, last: int) -> pl.DataFrame:
    """Planted flows: year, exporter, importer (alpha-3), code of the edition, thousand USD and tons."""
    codes = edition_code(edition)
    flows = world.years.filter(pl.col("year").is_between(SINCE[edition], last)).with_columns(
        pl.col("hs6").replace(codes)
    )
    sums = flows.group_by("year", "exporter", "importer", "hs6").agg(pl.col("kg", "value_usd").sum())
    unknown = (pl.col("hs6") == NOT_KNOWN[0]) & (pl.col("exporter") == NOT_KNOWN[1])
    return sums.select(
        "year",
        "exporter",
        "importer",
        "hs6",
        (pl.col("value_usd") / 1000).round(3).alias("value_kusd"),
        pl.when(~unknown).then((pl.col("kg") / 1000).round(3)).alias("quantity_t"),
    ).sort("year", "exporter", "importer", "hs6")


def archive(world: World, edition: str, version: str, folder: Path, count: int = LINES_A_YEAR) -> Path:
    """A version of an edition; its last year is two years before the year in its name."""
    last = int(version[:4]) - 2
    area = code_of("comtrade_code")
    planted = trade(world, edition, last).with_columns(
        pl.col("exporter", "importer").replace_strict(area, default=None),
        pl.col("hs6").str.strip_chars_start("0"),
        pl.when(pl.col("quantity_t").is_null())
        .then(pl.lit("          NA"))
        .otherwise(pl.col("quantity_t").cast(pl.String).str.pad_start(12))
        .alias("quantity"),
    )
    filler = _filler(count).split("\n")
    members = []
    for year in range(SINCE[edition], last + 1):
        rows = planted.filter(pl.col("year") == year).select(
            pl.format("{},{},{},{},{},{}", "year", "exporter", "importer", "hs6", "value_kusd", "quantity")
        )
        lines = ["t,i,j,k,v,q", *rows.to_series(), *(f"{year}{row}" for row in filler), ""]
        members.append((f"BACI_{edition}_Y{year}_V{version}.csv", "\n".join(lines).encode()))
    known = countries().filter(pl.col("comtrade_code").is_not_null())
    listed = known.select(
        pl.format('{},"{}",{},{}', "comtrade_code", "name", pl.col("iso2").fill_null(""), "iso3")
    )
    head = "country_code,country_name,country_iso2,country_iso3"
    members.append((f"country_codes_V{version}.csv", "\n".join([head, *listed.to_series(), ""]).encode()))
    goods = sorted({code[:6] for code in statistical_lines()})
    named = [f'{code},"Goods of {code}"' for code in goods]
    members.append(
        (f"product_codes_{edition}_V{version}.csv", "\n".join(["code,description", *named, ""]).encode())
    )
    return write_zip(folder / f"BACI_{edition}_V{version}.zip", members)
