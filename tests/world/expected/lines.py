"""The planted lines by mineral and stage, and US trade in them in the months and years fetched."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from tests.world.expected.comparison import Held
from tests.world.publishers import census_api
from tests.world.truth import HS6_BEFORE, LINES_BEFORE, PRODUCTS, SEEDS, products


def _of_minerals() -> pl.DataFrame:
    """Mineral and stage of each planted line, and the part of the line that counts towards it.

    A line that was later split is a basket; its parts are those of the bridge.
    """
    rows = [(one.hts10, mineral, one.stage, one.weight) for one in PRODUCTS for mineral in one.minerals]
    schema = ["hts10", "mineral_id", "stage", "weight"]
    before = [line for _, line, _ in LINES_BEFORE]
    baskets = pl.read_csv(SEEDS / "mineral_hs.csv", infer_schema_length=0).filter(
        pl.col("hs_code").is_in(before), pl.col("allocation_only") != "true"
    )
    parts = baskets.select(
        pl.col("hs_code").alias("hts10"), "mineral_id", "stage", pl.col("weight_mid").cast(pl.Float64)
    )
    return pl.concat([pl.DataFrame(rows, schema, orient="row"), parts.rename({"weight_mid": "weight"})])


def _planted_lines() -> list[str]:
    """HTS10 numbers of the planted lines, including lines before a split."""
    return [*products()["hts10"], *(line for _, line, _ in LINES_BEFORE)]


def weighted(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines with mineral and stage; amounts are multiplied by the weight."""
    amounts = ("con_val", "dut_val", "cal_dut", "usmca")
    parts = [pl.col(name) * pl.col("weight") for name in amounts if name in lines.columns]
    return lines.join(_of_minerals(), on="hts10").with_columns(parts)


def is_planted_stage() -> str:
    """The planted minerals and stages as an SQL condition."""
    pairs = _of_minerals().select("mineral_id", "stage").unique().sort("mineral_id", "stage").rows()
    return "(mineral_id, stage) in (" + ", ".join(f"('{one}', '{stage}')" for one, stage in pairs) + ")"


def is_planted_mineral() -> str:
    names = sorted(set(_of_minerals()["mineral_id"]))
    return "mineral_id in (" + ", ".join(f"'{name}'" for name in names) + ")"


def sql_dates(dates: Iterable[date]) -> str:
    return ", ".join(f"date '{day}'" for day in dates) or "null"


def us_lines(held: Held) -> pl.DataFrame:
    """US imports of the planted lines by line, origin and period: months, and the API's years.

    Columns hts10, origin, period, period_type and con_val, dut_val, cal_dut, usmca, usd.
    """
    planted = _planted_lines()
    frames = []
    for month in held.us_months:
        rows = held.world.us_imports(month).filter(pl.col("hts10").is_in(planted))
        claims = pl.when(pl.col("subco") == "S ").then("con_val").otherwise(0)
        frames.append(
            rows.with_columns(claims.alias("usmca"))
            .group_by("hts10", "origin")
            .agg(pl.col("con_val", "dut_val", "cal_dut", "usmca").sum())
            .with_columns(pl.lit(month).alias("period"), pl.lit("month").alias("period_type"))
        )
    months_of = {
        year: [month for month in held.us_months if month.year == year] for year in range(2021, 2030)
    }
    whole = [year for year, months in months_of.items() if len(months) == 12]
    for year in sorted({*held.api_years, *whole}):
        rows = census_api.annual(held.world, year).filter(pl.col("hts10").is_in(planted))
        if year in whole:
            rows = pl.concat([frame.filter(pl.col("period").dt.year() == year) for frame in frames])
            rows = rows.group_by("hts10", "origin").agg(pl.col("con_val", "dut_val", "cal_dut").sum())
        frames.append(
            rows.select("hts10", "origin", "con_val", "dut_val", "cal_dut").with_columns(
                pl.lit(None, dtype=pl.Int64).alias("usmca"),
                pl.lit(date(year, 1, 1)).alias("period"),
                pl.lit("year").alias("period_type"),
            )
        )
    columns = ["hts10", "origin", "period", "period_type", "con_val", "dut_val", "cal_dut", "usmca"]
    return pl.concat([frame.select(columns) for frame in frames])


PERIOD = ["period", "period_type"]


def clean_hs6() -> pl.DataFrame:
    """HS6 codes that the bridge assigns in full to one mineral and stage, if no planted basket has it."""
    seed = pl.read_csv(SEEDS / "mineral_hs.csv", infer_schema_length=0)
    numbers = [*products()["hs6"], *(before for _, before, _ in HS6_BEFORE)]
    planted = pl.DataFrame({"hs6": numbers}).unique()
    exact = seed.filter(pl.col("weight_low") == "1", pl.col("hs_code").str.len_chars() == 6)
    exact = exact.join(planted, left_on="hs_code", right_on="hs6")
    others = seed.filter(pl.col("hs_code").is_in(exact["hs_code"].implode()), pl.col("weight_low") != "1")
    kept = exact.filter(~pl.col("hs_code").is_in(others["hs_code"].implode()))
    kept = kept.select(pl.col("hs_code").alias("hs6"), "mineral_id", "stage")
    baskets = set(planted["hs6"]) - set(kept["hs6"])
    touched = seed.filter(pl.col("hs_code").is_in(sorted(baskets)), pl.col("allocation_only") != "true")
    return kept.join(touched.select("mineral_id", "stage").unique(), on=["mineral_id", "stage"], how="anti")


def stages_of(clean: pl.DataFrame) -> str:
    pairs = sorted(
        f"('{mineral}', '{stage}')" for mineral, stage in clean.select("mineral_id", "stage").unique().rows()
    )
    return f"(mineral_id, stage) in ({', '.join(pairs)})"
