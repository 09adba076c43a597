"""The Census Bureau's API: totals of a year by HTS10 and country, from its December; it requires a key."""

import zlib
from datetime import date
from functools import cache

import orjson
import polars as pl

from ingest.scope import headings
from tests.ingest.publishers.census_api import KEY as CENSUS_KEY
from tests.ingest.servers import Asked, Reply, Routes
from tests.world.publishers.census_bulk import schedule_c
from tests.world.publishers.usitc_hts import statistical_lines
from tests.world.truth import World

TOO_LARGE = "85"
"""The chapter that is too large for one response: the service answers 500, and serves only parts of it."""
STALLS_S = 0.5
COUNTRIES_A_LINE = 6
GROUPS = {"0003": "EUROPEAN UNION", "0014": "ASIA"}
MEASURES = {
    "GEN_VAL_YR": "gen_val",
    "CON_VAL_YR": "con_val",
    "DUT_VAL_YR": "dut_val",
    "CAL_DUT_YR": "cal_dut",
    "CON_QY1_YR": "con_qy1",
}
ECHOED = ("COMM_LVL", "SUMMARY_LVL", "I_COMMODITY", "YEAR", "MONTH")


def annual(world: World, year: int) -> pl.DataFrame:
    """The planted year: hts10, origin, cty_code and the sums of its months."""
    months = pl.concat([world.us_imports(date(year, month, 1)) for month in range(1, 13)])
    return (
        months.group_by("hts10", "origin", "cty_code")
        .agg(pl.col(list(MEASURES.values())).sum())
        .sort("hts10", "cty_code")
    )


@cache
def _other_goods(prefix: str) -> pl.DataFrame:
    """Lines under a prefix that the warehouse ignores, from a few countries each."""
    kept, places = set(headings()), schedule_c()
    rows = [
        (
            code,
            places[(zlib.crc32(code.encode()) + 17 * place) % len(places)],
            1000 + zlib.crc32(code.encode()) % 9_000_000,
        )
        for code in statistical_lines()
        if code.startswith(prefix) and code[:4] not in kept
        for place in range(COUNTRIES_A_LINE)
    ]
    value = pl.col("gen_val")
    return (
        pl.DataFrame(rows, {"hts10": pl.String, "cty_code": pl.String, "gen_val": pl.Int64}, orient="row")
        .with_columns(con_val=value, dut_val=value, cal_dut=value // 40, con_qy1=value // 3)
        .unique(["hts10", "cty_code"])
        .sort("hts10", "cty_code")
    )


def routes(world: World) -> Routes:
    """``/imports/hs`` by prefix and year; without a key, a redirect to the page on keys."""
    kept: dict[int, pl.DataFrame] = {}

    def imports(asked: Asked) -> Reply:
        if asked.params.get("key") != CENSUS_KEY:
            page = "invalid_key" if "key" in asked.params else "missing_key"
            headers = {"Location": f"/data/{page}.html", "X-DataWebAPI-KeyError": "1"}
            return Reply(status=302, headers=headers, validators=False)
        wanted = asked.params["I_COMMODITY"]
        if not wanted.endswith("*") and len(wanted) != 10:
            return Reply(status=204, validators=False)
        prefix, year = wanted.removesuffix("*"), int(asked.params["YEAR"])
        if prefix == TOO_LARGE:
            return Reply(b"error", 500, "text/plain", validators=False, stall_s=STALLS_S)
        if year >= world.now.year:
            return Reply(status=204, validators=False)
        if year not in kept:
            kept[year] = annual(world, year)
        planted = kept[year].filter(pl.col("hts10").str.starts_with(prefix)).drop("origin")
        rows = pl.concat([planted, _other_goods(prefix).select(planted.columns)])
        if rows.is_empty():
            return Reply(status=204, validators=False)
        return Reply(_table(rows, asked), validators=False)

    page = Reply(b"<html>A valid key is required.</html>", content_type="text/html", validators=False)
    return {"/imports/hs": imports, "/data/missing_key.html": page, "/data/invalid_key.html": page}


def _table(rows: pl.DataFrame, asked: Asked) -> bytes:
    """Rows of text under a header that repeats the request: totals of countries first, groups last."""
    sums = pl.col(list(MEASURES.values())).sum()
    total = rows.group_by("hts10", maintain_order=True).agg(sums).with_columns(pl.lit("-").alias("cty_code"))
    everything = [total.select(rows.columns), rows]
    if "SUMMARY_LVL" not in asked.params:
        everything += [
            total.with_columns(pl.lit(code).alias("cty_code")).select(rows.columns) for code in GROUPS
        ]
    whole = pl.concat(everything)
    asked_for = asked.params["get"].split(",")
    columns = {"CTY_CODE": "cty_code", "I_COMMODITY": "hts10"} | MEASURES
    echoes = [name for name in ECHOED if name in asked.params]
    cells = [pl.col(columns[name]).cast(pl.String).alias(f"{at}") for at, name in enumerate(asked_for)]
    for name in echoes:
        echoed = {"COMM_LVL": "HS10", "SUMMARY_LVL": "DET", "I_COMMODITY": None}.get(name, asked.params[name])
        cells.append((pl.col("hts10") if echoed is None else pl.lit(echoed)).alias(f"echo {name}"))
    return orjson.dumps([[*asked_for, *echoes], *map(list, whole.select(cells).rows())])
