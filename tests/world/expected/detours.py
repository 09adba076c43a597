"""Rerouted goods, distorted unit values, and flows on which two countries disagree."""

from datetime import date

import polars as pl

from tests.world.expected.comparison import Comparison, Held, compared
from tests.world.expected.lines import clean_hs6, sql_dates, stages_of
from tests.world.nights import ask
from tests.world.publishers import cepii_baci, comtrade
from tests.world.truth import CIF_FACTOR, HUB, PRODUCTS, RING, STEADY, month_before


def transshipment_watch(held: Held) -> Comparison:
    """The planted reroute is flagged if its months were fetched; nothing else is flagged."""
    hub, _, line, event, _, _ = HUB
    mineral = next(one.mineral for one in PRODUCTS if one.hts10 == line)
    # six months before the control to six months after it
    is_judged = month_before(event, 6).year in held.cimt_years
    rows = [(hub, mineral)] if is_judged else []
    planted = pl.DataFrame(rows, schema={"hub_iso3": pl.String, "product_group": pl.String}, orient="row")
    found = ask(
        held.home, "select distinct hub_iso3, product_group from marts.transshipment_watch where flag"
    )
    result = compared("transshipment_watch", "flags", planted, found, ["hub_iso3", "product_group"], {})
    steady = next(one.mineral for one in PRODUCTS if one.hts10 == STEADY[2])
    result.what += f", judged: {is_judged}; {steady} by {STEADY[0]} is none"
    result.may_be_empty = not is_judged
    return result


def _is_one_good(china_kg: pl.Expr, rest_kg: pl.Expr, ratio: pl.Expr) -> pl.Expr:
    """Whether each side ships at least 5 % of the weight, and prices differ by a factor of at most 3."""
    part = china_kg / (china_kg + rest_kg)
    return part.is_between(0.05, 0.95) & ratio.is_between(1 / 3, 3)


def market_distortion(held: Held) -> Comparison:
    """China's unit value relative to that of other origins, for imports into the three, by HS6 and year."""
    keys = ["mineral_id", "stage", "period"]
    # for one origin of fluorspar BACI has no quantity but Comtrade does: either result is correct
    clean = clean_hs6().filter(pl.col("hs6") != cepii_baci.NOT_KNOWN[0])
    years = [held.world.now.year - 1, held.world.now.year - 2]
    flows = held.world.years.filter(
        pl.col("year").is_in(years), pl.col("importer").is_in(RING), ~pl.col("exporter").is_in(RING)
    )
    by_code = (
        flows.join(clean, on="hs6")
        .with_columns(pl.col("exporter").is_in(["CHN", "HKG", "MAC"]).alias("is_china"))
        .group_by("mineral_id", "stage", "year", "hs6")
        .agg(
            *(
                pl.col(name).filter(pl.col("is_china")).sum().alias(f"china_{name}")
                for name in ("kg", "value_usd")
            ),
            *(
                pl.col(name).filter(~pl.col("is_china")).sum().alias(f"rest_{name}")
                for name in ("kg", "value_usd")
            ),
        )
        .filter(pl.col("china_kg") > 0, pl.col("rest_kg") > 0)
        .with_columns((pl.col("china_kg") * pl.col("rest_value_usd") / pl.col("rest_kg")).alias("as_dear"))
        .filter(
            _is_one_good(pl.col("china_kg"), pl.col("rest_kg"), pl.col("china_value_usd") / pl.col("as_dear"))
        )
    )
    planted = by_code.group_by("mineral_id", "stage", pl.date("year", 1, 1).alias("period")).agg(
        (pl.col("china_value_usd").sum() / pl.col("as_dear").sum()).alias("china_to_rest_ratio")
    )
    found = ask(
        held.home,
        f"from marts.market_distortion where period_type = 'year' and {stages_of(clean)}"
        f" and period in ({sql_dates(date(year, 1, 1) for year in years)})"
        " and china_to_rest_ratio is not null",
    )
    planted, found = _without_months_of_the_starter(held, planted, found)
    values = {"china_to_rest_ratio": 2e-3}
    return compared("market_distortion", "China against the rest by year", planted, found, keys, values)


def _without_months_of_the_starter(
    held: Held, planted: pl.DataFrame, found: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Leave out figures based on real months of the starter, which no night of this world replaces.

    They are all of `census_months`, and those of the USA and Canada in Comtrade, which is asked for Mexico's.
    """
    keys = ["mineral_id", "stage", "period"]
    real = [
        ask(held.home, "from marts.market_distortion where contains(source_ids, 'census_months')").select(
            keys
        ),
        ask(
            held.home,
            "select distinct mineral_id, stage, date_trunc('year', period)::date as period"
            " from core.fct_area_import inner join core.bridge_trade_product using (hs_code, nomenclature)"
            " where area = 'USMCA' and source_id = 'comtrade' and period_type = 'month'"
            " and reporters = 'CAN;MEX;USA'",
        ).select(keys),
    ]
    for rows in real:
        planted, found = planted.join(rows, on=keys, how="anti"), found.join(rows, on=keys, how="anti")
    return planted, found


def distortion_of_a_line(held: Held) -> Comparison:
    """Gallium has no six-digit code: its HTS10 line is used, in years with all twelve months."""
    keys = ["period"]
    rows = []
    for year in range(2021, held.world.now.year):
        months = [date(year, month, 1) for month in range(1, 13)]
        if not set(months) <= set(held.us_months):
            continue
        lines = pl.concat([held.world.us_imports(month) for month in months])
        lines = lines.filter(pl.col("hts10") == "8112921000", ~pl.col("origin").is_in(RING))
        sums = lines.group_by((pl.col("origin") == "CHN").alias("china")).agg(
            pl.col("con_val", "con_qy1").sum()
        )
        value = {china: con_val / kg for china, con_val, kg in sums.iter_rows()}
        weight = {china: kg for china, _, kg in sums.iter_rows()}
        rows.append((date(year, 1, 1), value[True] / value[False], weight[True], weight[False]))
    schema = {"period": pl.Date, "china_to_rest_ratio": pl.Float64, "china": pl.Float64, "rest": pl.Float64}
    planted = pl.DataFrame(rows, schema=schema, orient="row")
    planted = planted.filter(_is_one_good(pl.col("china"), pl.col("rest"), pl.col("china_to_rest_ratio")))
    found = ask(
        held.home,
        "from marts.market_distortion where mineral_id = 'gallium' and stage = 'refined_metal'"
        " and china_to_rest_ratio is not null",
    )
    of_gallium = planted.with_columns(mineral_id=pl.lit("gallium"), stage=pl.lit("refined_metal"))
    planted, found = _without_months_of_the_starter(held, of_gallium, found)
    values = {"china_to_rest_ratio": 2e-3}
    result = compared("market_distortion", "gallium by its line", planted, found, keys, values)
    result.may_be_empty = planted.is_empty()
    return result


def mirror_gap(held: Held) -> Comparison:
    """Both sides of a flow in Comtrade, and their asymmetry without freight."""
    year = held.world.now.year - 2
    clean = clean_hs6()["hs6"].unique().to_list()
    stated = comtrade.statements(held.world, f"{year}").filter(pl.col("hs6").is_in(clean))
    importers = stated.filter(pl.col("flow") == "M").select(
        pl.col("reporter").alias("reporter_iso3"),
        pl.col("partner").alias("partner_iso3"),
        "hs6",
        pl.col("usd").alias("importer_value_usd"),
    )
    exporters = stated.filter(pl.col("flow") == "X").select(
        pl.col("partner").alias("reporter_iso3"),
        pl.col("reporter").alias("partner_iso3"),
        "hs6",
        pl.col("usd").alias("exporter_value_usd"),
    )
    keys = ["reporter_iso3", "partner_iso3", "hs6"]
    planted = importers.join(exporters, on=keys)
    # requests to Comtrade have one of the three countries as reporter or partner
    planted = planted.filter(pl.col("reporter_iso3").is_in(RING) | pl.col("partner_iso3").is_in(RING))
    fob = pl.col("importer_value_usd") / CIF_FACTOR
    apart, both = fob - pl.col("exporter_value_usd"), fob + pl.col("exporter_value_usd")
    # the USA and Canada exchange their data, so a difference between them is not a mirror gap
    exchanged = pl.col("reporter_iso3").is_in(["USA", "CAN"]) & pl.col("partner_iso3").is_in(["USA", "CAN"])
    planted = planted.with_columns(pl.when(~exchanged).then(apart / both).alias("asymmetry"))
    codes = ", ".join(f"'{code}'" for code in clean)
    found = ask(
        held.home,
        # the starter's customs of Brazil and the United Kingdom are real and meet planted flows of others
        f"from marts.mirror_gap where year = {year} and hs6 in ({codes})"
        " and not contains(source_ids, 'partner_customs')",
    )
    values = {"importer_value_usd": 2.0, "exporter_value_usd": 2.0, "asymmetry": 2e-3}
    return compared("mirror_gap", f"both sides, {year}", planted, found, keys, values)
