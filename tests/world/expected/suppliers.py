"""Imports by supplier, and their concentration."""

from datetime import date

import polars as pl

from tests.world.expected.comparison import Comparison, Held, compared
from tests.world.expected.lines import (
    PERIOD,
    clean_hs6,
    is_planted_stage,
    sql_dates,
    stages_of,
    us_lines,
    weighted,
)
from tests.world.nights import ask
from tests.world.publishers import comtrade, statcan_cimt
from tests.world.serving import version
from tests.world.truth import month_before


def _suppliers(held: Held) -> pl.DataFrame:
    keys = ["mineral_id", "stage", *PERIOD]
    lines = weighted(us_lines(held))
    sums = lines.group_by(*keys, "origin").agg(pl.col("con_val").sum().alias("value_usd"))
    share = pl.col("value_usd") / pl.col("value_usd").sum().over(keys)
    return sums.with_columns(share.alias("value_share")).rename({"origin": "supplier_iso3"})


def _where_us(held: Held) -> str:
    years = [date(year, 1, 1) for year in held.api_years]
    return (
        f"area = 'USA' and {is_planted_stage()} and basis = 'customs_value' and"
        f" (period_type = 'month' and period in ({sql_dates(held.us_months)})"
        f" or period_type = 'year' and period in ({sql_dates(years)}))"
    )


def import_sources(held: Held) -> Comparison:
    """Value and share of each supplier of the USA."""
    keys = ["mineral_id", "stage", *PERIOD, "supplier_iso3"]
    years = [date(year, 1, 1) for year in held.api_years]
    planted = _suppliers(held).filter((pl.col("period_type") == "month") | pl.col("period").is_in(years))
    found = ask(held.home, f"from marts.import_sources where {_where_us(held)}")
    values = {"value_usd": 1.0, "value_share": 1e-6}
    return compared("import_sources", "US customs value by supplier", planted, found, keys, values)


def import_sources_of_canada(held: Held) -> Comparison:
    """Value of each supplier of Canada in US dollars, of codes that carry one mineral."""
    keys = ["mineral_id", "stage", "period", "supplier_iso3"]
    last = statcan_cimt.last_month(held.world)
    months = [date(year, month, 1) for year in held.cimt_years for month in range(1, 13)]
    months = [month for month in months if month <= last]
    frames = [
        statcan_cimt.trade(held.world, "Imp", month).with_columns(
            pl.lit(month).alias("period"),
            (pl.col("value_cad") / held.world.cad_per_usd(month)).alias("value_usd"),
        )
        for month in months
    ]
    clean = clean_hs6()
    planted = (
        pl.concat(frames)
        .join(clean, on="hs6")
        .group_by("mineral_id", "stage", "period", pl.col("partner").alias("supplier_iso3"))
        .agg(pl.col("value_usd").sum())
    )
    found = ask(
        held.home,
        f"from marts.import_sources where area = 'CAN' and basis = 'customs_value' and period_type = 'month'"
        f" and period in ({sql_dates(months)}) and {stages_of(clean)}",
    )
    return compared("import_sources", "Canada by supplier", planted, found, keys, {"value_usd": 2.0})


def import_sources_of_mexico(held: Held) -> Comparison:
    """Weight of each supplier of Mexico by month in Comtrade, with each line counted once."""
    keys = ["mineral_id", "stage", "period", "supplier_iso3"]
    clean = clean_hs6()
    found = ask(
        held.home,
        f"from marts.import_sources where area = 'MEX' and basis = 'comtrade_month' and {stages_of(clean)}"
        f" and source_id = 'comtrade'",
    )
    asked = [
        month_before(held.world.now.date().replace(day=1), comtrade.MONTHS_BEHIND + back)
        for back in range(held.mexican_months)
    ]
    out = [month for month in asked if month <= comtrade.last_month(held.world)]
    held_months = sorted({*out, *found["period"].cast(pl.Date).to_list()})
    frames = []
    for month in held_months:
        stated = comtrade.statements(held.world, f"{month:%Y%m}").filter(
            pl.col("reporter") == "MEX", pl.col("flow") == "M"
        )
        frames.append(stated.with_columns(pl.lit(month).alias("period")))
    planted = (
        pl.concat(frames)
        .join(clean, on="hs6")
        .group_by("mineral_id", "stage", "period", pl.col("partner").alias("supplier_iso3"))
        .agg(pl.col("usd").sum().alias("value_usd"), (pl.col("kg").sum() / 1000).alias("quantity_t"))
    )
    values = {"value_usd": 2.0, "quantity_t": 0.01}
    return compared("import_sources", "Mexico by month", planted, found, keys, values)


def import_sources_by_baci(held: Held) -> Comparison:
    """US suppliers in BACI's last year, for every mineral with its own code in some edition."""
    keys = ["mineral_id", "stage", "supplier_iso3"]
    year = int(version(held.world)[:4]) - 2
    flows = held.world.years.filter(pl.col("year") == year, pl.col("importer") == "USA")
    clean = clean_hs6()
    planted = (
        flows.join(clean, on="hs6")
        .group_by("mineral_id", "stage", pl.col("exporter").alias("supplier_iso3"))
        .agg(pl.col("value_usd").sum())
    )
    found = ask(
        held.home,
        "from marts.import_sources where area = 'USA' and basis = 'baci' and period_type = 'year'"
        f" and period = date '{year}-01-01' and {stages_of(clean)}",
    )
    return compared("import_sources", f"BACI by supplier, {year}", planted, found, keys, {"value_usd": 20.0})


def supplier_concentration(held: Held) -> Comparison:
    """The Herfindahl-Hirschman index of US suppliers by value; Hong Kong counts as China."""
    keys = ["mineral_id", "stage", *PERIOD]
    years = [date(year, 1, 1) for year in held.api_years]
    shares = _suppliers(held).filter((pl.col("period_type") == "month") | pl.col("period").is_in(years))
    merged = shares.with_columns(pl.col("supplier_iso3").replace({"HKG": "CHN", "MAC": "CHN"}))
    merged = merged.filter(pl.col("supplier_iso3") != "ZZZ")
    merged = merged.group_by(*keys, "supplier_iso3").agg(pl.col("value_share").sum())
    planted = merged.group_by(keys).agg(((pl.col("value_share") * 100) ** 2).sum().alias("hhi_value"))
    found = ask(held.home, f"from marts.supplier_concentration where {_where_us(held)}")
    values = {"hhi_value": 1e-3}
    return compared("supplier_concentration", "HHI of US suppliers", planted, found, keys, values)
