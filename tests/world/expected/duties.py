"""Claims of USMCA, duties, and imports below a price floor."""

from datetime import date

import polars as pl

from tests.world.expected.comparison import Comparison, Held, compared
from tests.world.expected.lines import PERIOD, clean_hs6, is_planted_mineral, sql_dates, us_lines, weighted
from tests.world.nights import ask
from tests.world.truth import PRODUCTS

SCHEDULES_SINCE = date(2025, 1, 1)
"""First day of the available tariff schedules: before it, MFN rates are unknown."""


def usmca_utilization(held: Held) -> Comparison:
    """Imports from Canada and Mexico, and their value under USMCA claims."""
    keys = ["mineral_id", "origin_iso3", "period"]
    months = [month for month in held.us_months if month >= SCHEDULES_SINCE]
    lines = us_lines(held).filter(
        pl.col("period_type") == "month",
        pl.col("period").is_in(months),
        pl.col("origin").is_in(["CAN", "MEX"]),
        pl.col("con_val") > 0,
    )
    planted = (
        weighted(lines)
        .group_by("mineral_id", pl.col("origin").alias("origin_iso3"), "period")
        .agg(pl.col("con_val").sum().alias("value_usd"), pl.col("usmca").sum().alias("usmca_value_usd"))
    )
    found = ask(
        held.home,
        "select mineral_id, origin_iso3, period, sum(value_usd) as value_usd,"
        " sum(usmca_value_usd) as usmca_value_usd from marts.usmca_utilization"
        f" where period in ({sql_dates(months)}) and {is_planted_mineral()} group by all",
    )
    values = {"value_usd": 2.0, "usmca_value_usd": 2.0}
    return compared("usmca_utilization", "value and claims", planted, found, keys, values)


def tariff_exposure(held: Held) -> Comparison:
    """Value, dutiable value and calculated duty of US imports by origin."""
    keys = ["mineral_id", "origin_iso3", *PERIOD]
    years = [date(year, 1, 1) for year in held.api_years]
    lines = us_lines(held).filter((pl.col("period_type") == "month") | pl.col("period").is_in(years))
    planted = (
        weighted(lines)
        .group_by("mineral_id", pl.col("origin").alias("origin_iso3"), *PERIOD)
        .agg(
            pl.col("con_val").sum().alias("value_usd"),
            pl.col("dut_val").sum().alias("dutiable_usd"),
            pl.col("cal_dut").sum().alias("calculated_duty_usd"),
        )
    )
    found = ask(
        held.home,
        "select mineral_id, origin_iso3, period, period_type, sum(value_usd) as value_usd,"
        " sum(dutiable_usd) as dutiable_usd, sum(calculated_duty_usd) as calculated_duty_usd"
        f" from marts.tariff_exposure where {is_planted_mineral()} and"
        f" (period_type = 'month' and period in ({sql_dates(held.us_months)})"
        f" or period_type = 'year' and period in ({sql_dates(years)})) group by all",
    )
    values = {"value_usd": 2.0, "dutiable_usd": 2.0, "calculated_duty_usd": 2.0}
    return compared("tariff_exposure", "value and duty by origin", planted, found, keys, values)


FLOORS = {
    "gallium": ("refined_metal", 365.0),
    "germanium": ("refined_metal", 1392.0),
    "antimony": ("refined_metal", 5.49 / 0.45359237),
    "bismuth": ("refined_metal", 4.08 / 0.45359237),
    "cobalt": ("refined_metal", 17.2 / 0.45359237),
    "graphite_natural": ("ore_concentrate", 1.08),
}
"""Floors of the scenario of the prices of 2023 (seeds.price_floors), USD/kg."""

FLOOR_SINCE = date(2024, 1, 1)
"""First month in which the scenario compares imports with prices of the year before."""


def price_floor(held: Held) -> Comparison:
    """Imports below the floor of 2023 by line, origin and month, and the adjustment, at customs value."""
    keys = ["hs_code", "origin_iso3", "period"]
    floors = pl.DataFrame(
        [(one.hts10, FLOORS[one.mineral][1]) for one in PRODUCTS if (one.mineral, one.stage) in _floored()],
        schema=["hts10", "floor"],
        orient="row",
    )
    months = [month for month in held.us_months if month >= FLOOR_SINCE]
    frames = []
    for month in months:
        lines = floors.filter(_counts_by_month(held, month))
        cells = held.world.us_imports(month).join(lines, on="hts10").filter(pl.col("con_qy1") > 0)
        cells = cells.group_by("hts10", "origin", "district", "provision", "floor").agg(
            pl.col("con_val", "con_qy1").sum()
        )
        gap = (pl.col("floor") - pl.col("con_val") / pl.col("con_qy1")).clip(lower_bound=0)
        frames.append(
            cells.with_columns((gap * pl.col("con_qy1")).alias("adjustment"), pl.lit(month).alias("period"))
        )
    planted = (
        pl.concat(frames)
        .group_by(pl.col("hts10").alias("hs_code"), pl.col("origin").alias("origin_iso3"), "period", "floor")
        .agg(pl.col("con_val", "con_qy1", "adjustment").sum())
        .with_columns(
            quantity_kg=pl.col("con_qy1"),
            below_floor=(pl.col("con_val") / pl.col("con_qy1") < pl.col("floor")).cast(pl.Int8),
            border_adjustment_usd=pl.col("adjustment").round(),
        )
    )
    names = ", ".join(f"'{name}'" for name in FLOORS)
    found = ask(
        held.home,
        "select *, coalesce(below_floor, false)::tinyint as below_floor from marts.price_floor"
        f" where scenario_id = 'usa_price_of_2023' and mineral_id in ({names}) and period_type = 'month'"
        f" and period in ({sql_dates(months)})".replace("select *,", "select * exclude (below_floor),"),
    )
    values = {"quantity_kg": 0.5, "below_floor": 0, "border_adjustment_usd": 2.0}
    return compared("price_floor", "below the floor of 2023, by month", planted, found, keys, values)


def _counts_by_month(held: Held, month: date) -> pl.Expr:
    """Lines for which months are the best data on US imports with weights.

    They are, unless the year is incomplete in months and BACI or Comtrade state it in full with weights at
    the same six digits. For a line that carries one mineral within a six-digit basket, no other source has
    kilograms.
    """
    months = sum(other.year == month.year for other in held.us_months)
    stated_whole = month.year < held.world.now.year and months < 12
    return ~pl.col("hts10").str.slice(0, 6).is_in(clean_hs6()["hs6"].to_list()) | pl.lit(not stated_whole)


def _floored() -> set[tuple[str, str]]:
    return {(mineral, stage) for mineral, (stage, _) in FLOORS.items()}
