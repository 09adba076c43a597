"""The expected marts of a planted world, computed from its data and not by the project's SQL.

Each function computes the planted figures of a mart and queries the published ones; `compared` matches them
row by row. `NOT_COMPARED` lists what is not compared, with the reason.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from tests.world.nights import ask
from tests.world.publishers import census_api, cepii_baci, comtrade, statcan_cimt, usgs_mcs
from tests.world.serving import version
from tests.world.truth import (
    CIF_FACTOR,
    HS6_BEFORE,
    HUB,
    LINES_BEFORE,
    PRODUCTS,
    RING,
    SEEDS,
    STEADY,
    World,
    month_before,
    products,
)

NOT_COMPARED = {
    "bloc_scenario, partner_ranking, stockpile_cover, disruption_scenario, processing_gap, scorecard": (
        "made of the figures of USGS and of marts compared here; their arithmetic has unit tests of its own"
    ),
    "usmca_utilization before 2025": (
        "its rows are of lines with and without an MFN duty, and the schedules held begin in January 2025"
    ),
    "tariff_schedule": "the release served is the real one; its rates are held against it by the dbt tests",
    "baskets at HS6 (811292, 850511, 284690) in BACI and Comtrade": (
        "the bridge divides them by weights that this world does not plant; at HTS10 they are compared"
    ),
}
"""Marts and parts of marts that are not compared with planted figures, with the reason."""
NAMED: dict[tuple[str, str], str] = {}
"""Accepted differences from the planted figures, by `Comparison.key`, with the reason."""


@dataclass
class Comparison:
    """Counts of planted, published and equal rows of one mart, with samples of unequal rows."""

    mart: str
    what: str
    planted: int
    found: int
    same: int
    samples: list[str] = field(default_factory=list)
    may_be_empty: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """The key of `NAMED`: the mart, and the description up to a comma."""
        return self.mart, self.what.split(",")[0]

    def told(self) -> str:
        """The difference in a few lines of text."""
        head = f"{self.mart}, {self.what}: {self.planted} planted, {self.found} found, {self.same} the same"
        return "\n  ".join([head, *self.samples])

    @property
    def is_same(self) -> bool:
        """Whether planted and published rows are the same."""
        return self.planted == self.found == self.same and (self.planted > 0 or self.may_be_empty)


Expectation = Callable[["Held"], Comparison]


@dataclass(frozen=True)
class Held:
    """A home after a refresh, the state of the world, and the months of US trade that were fetched."""

    home: Path
    world: World
    us_months: tuple[date, ...]
    cimt_years: tuple[int, ...]
    keyed: bool = True

    @property
    def api_years(self) -> tuple[int, ...]:
        """Years requested from the Census API: the last two whose December is published."""
        newest = self.world.last_month
        last = newest.year if newest.month == 12 else newest.year - 1
        return (last, last - 1) if self.keyed else ()


def compared(  # noqa: PLR0917
    mart: str,
    what: str,
    planted: pl.DataFrame,
    found: pl.DataFrame,
    keys: Sequence[str],
    values: dict[str, float],
) -> Comparison:
    """Match published with planted rows by key; ``values`` gives the tolerance by column."""
    names = [*keys, *values]
    mine, theirs = (
        frame.select(
            *(pl.col(key).cast(pl.String) for key in keys),
            *(pl.col(value).cast(pl.Float64) for value in values),
        )
        for frame in (planted.select(names), found.select(names))
    )
    both = mine.join(theirs, on=list(keys), how="full", suffix=" found", coalesce=True).with_columns(
        pl.lit(value=True).alias("ok")
    )
    mine_keys = mine.select(keys).with_columns(pl.lit(value=True).alias("in planted"))
    their_keys = theirs.select(keys).with_columns(pl.lit(value=True).alias("in found"))
    both = both.join(mine_keys, on=list(keys), how="left").join(their_keys, on=list(keys), how="left")
    is_same = pl.col("in planted").is_not_null() & pl.col("in found").is_not_null()
    for value, tolerance in values.items():
        both_null = pl.col(value).is_null() & pl.col(f"{value} found").is_null()
        near = (pl.col(value) - pl.col(f"{value} found")).abs() <= tolerance
        is_same = is_same & (both_null | near.fill_null(value=False))
    judged = both.with_columns(is_same.alias("is same"))
    odd = judged.filter(~pl.col("is same")).sort(list(keys)).head(5)
    shown = [*keys, *(name for value in values for name in (value, f"{value} found"))]
    return Comparison(
        mart,
        what,
        mine.height,
        theirs.height,
        int(judged["is same"].sum()),
        [", ".join(f"{name}={row[name]}" for name in shown) for row in odd.iter_rows(named=True)],
    )


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


def _weighted(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines with mineral and stage; amounts are multiplied by the weight."""
    amounts = ("con_val", "dut_val", "cal_dut", "usmca")
    parts = [pl.col(name) * pl.col("weight") for name in amounts if name in lines.columns]
    return lines.join(_of_minerals(), on="hts10").with_columns(parts)


def _stages() -> str:
    """The planted minerals and stages as an SQL condition."""
    pairs = _of_minerals().select("mineral_id", "stage").unique().sort("mineral_id", "stage").rows()
    return "(mineral_id, stage) in (" + ", ".join(f"('{one}', '{stage}')" for one, stage in pairs) + ")"


def _minerals() -> str:
    names = sorted(set(_of_minerals()["mineral_id"]))
    return "mineral_id in (" + ", ".join(f"'{name}'" for name in names) + ")"


def _in(dates: Iterable[date]) -> str:
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


def _suppliers(held: Held) -> pl.DataFrame:
    keys = ["mineral_id", "stage", *PERIOD]
    lines = _weighted(us_lines(held))
    sums = lines.group_by(*keys, "origin").agg(pl.col("con_val").sum().alias("value_usd"))
    share = pl.col("value_usd") / pl.col("value_usd").sum().over(keys)
    return sums.with_columns(share.alias("value_share")).rename({"origin": "supplier_iso3"})


def _where_us(held: Held) -> str:
    years = [date(year, 1, 1) for year in held.api_years]
    return (
        f"area = 'USA' and {_stages()} and basis = 'customs_value' and"
        f" (period_type = 'month' and period in ({_in(held.us_months)})"
        f" or period_type = 'year' and period in ({_in(years)}))"
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
    clean = _clean_hs6()
    planted = (
        pl.concat(frames)
        .join(clean, on="hs6")
        .group_by("mineral_id", "stage", "period", pl.col("partner").alias("supplier_iso3"))
        .agg(pl.col("value_usd").sum())
    )
    found = ask(
        held.home,
        f"from marts.import_sources where area = 'CAN' and basis = 'customs_value' and period_type = 'month'"
        f" and period in ({_in(months)}) and {_stages_of(clean)}",
    )
    return compared("import_sources", "Canada by supplier", planted, found, keys, {"value_usd": 2.0})


def _clean_hs6() -> pl.DataFrame:
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


def _stages_of(clean: pl.DataFrame) -> str:
    pairs = sorted(
        f"('{mineral}', '{stage}')" for mineral, stage in clean.select("mineral_id", "stage").unique().rows()
    )
    return f"(mineral_id, stage) in ({', '.join(pairs)})"


def import_sources_of_mexico(held: Held) -> Comparison:
    """Weight of each supplier of Mexico by month in Comtrade, with each line counted once."""
    keys = ["mineral_id", "stage", "period", "supplier_iso3"]
    clean = _clean_hs6()
    found = ask(
        held.home,
        f"from marts.import_sources where area = 'MEX' and basis = 'comtrade_month' and {_stages_of(clean)}"
        f" and source_id = 'comtrade'",
    )
    asked = [
        month_before(held.world.now.date().replace(day=1), comtrade.MONTHS_BEHIND + back) for back in range(6)
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
    clean = _clean_hs6()
    planted = (
        flows.join(clean, on="hs6")
        .group_by("mineral_id", "stage", pl.col("exporter").alias("supplier_iso3"))
        .agg(pl.col("value_usd").sum())
    )
    found = ask(
        held.home,
        "from marts.import_sources where area = 'USA' and basis = 'baci' and period_type = 'year'"
        f" and period = date '{year}-01-01' and {_stages_of(clean)}",
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
        _weighted(lines)
        .group_by("mineral_id", pl.col("origin").alias("origin_iso3"), "period")
        .agg(pl.col("con_val").sum().alias("value_usd"), pl.col("usmca").sum().alias("usmca_value_usd"))
    )
    found = ask(
        held.home,
        "select mineral_id, origin_iso3, period, sum(value_usd) as value_usd,"
        " sum(usmca_value_usd) as usmca_value_usd from marts.usmca_utilization"
        f" where period in ({_in(months)}) and {_minerals()} group by all",
    )
    values = {"value_usd": 2.0, "usmca_value_usd": 2.0}
    return compared("usmca_utilization", "value and claims", planted, found, keys, values)


def tariff_exposure(held: Held) -> Comparison:
    """Value, dutiable value and calculated duty of US imports by origin."""
    keys = ["mineral_id", "origin_iso3", *PERIOD]
    years = [date(year, 1, 1) for year in held.api_years]
    lines = us_lines(held).filter((pl.col("period_type") == "month") | pl.col("period").is_in(years))
    planted = (
        _weighted(lines)
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
        f" from marts.tariff_exposure where {_minerals()} and"
        f" (period_type = 'month' and period in ({_in(held.us_months)})"
        f" or period_type = 'year' and period in ({_in(years)})) group by all",
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
        f" and period in ({_in(months)})".replace("select *,", "select * exclude (below_floor),"),
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
    return ~pl.col("hts10").str.slice(0, 6).is_in(_clean_hs6()["hs6"].to_list()) | pl.lit(not stated_whole)


def _floored() -> set[tuple[str, str]]:
    return {(mineral, stage) for mineral, (stage, _) in FLOORS.items()}


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
    clean = _clean_hs6().filter(pl.col("hs6") != cepii_baci.NOT_KNOWN[0])
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
        f"from marts.market_distortion where period_type = 'year' and {_stages_of(clean)}"
        f" and period in ({_in(date(year, 1, 1) for year in years)}) and china_to_rest_ratio is not null",
    )
    planted, found = _without_months_of_the_starter(held, planted, found)
    values = {"china_to_rest_ratio": 2e-3}
    return compared("market_distortion", "China against the rest by year", planted, found, keys, values)


def _without_months_of_the_starter(
    held: Held, planted: pl.DataFrame, found: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Leave out what rests on `census_months`: real figures, which no night of this world replaces."""
    keys = ["mineral_id", "stage", "period"]
    real = ask(held.home, "from marts.market_distortion where contains(source_ids, 'census_months')")
    return planted.join(real, on=keys, how="anti"), found.join(real, on=keys, how="anti")


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
    clean = _clean_hs6()["hs6"].unique().to_list()
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


def revisions(held: Held) -> Comparison:
    """Changes by the Census Bureau's revision of a month: imports from China, by line."""
    keys = ["period", "hts10", "origin"]
    before = World(held.world.now, held_back=1)
    frames = []
    for month in held.world.revised_months:
        if month not in held.us_months:
            continue
        old, new = (
            world.us_imports(month)
            .filter(pl.col("hts10").is_in(products()["hts10"].implode()))
            .group_by("hts10", "origin")
            .agg(pl.col("con_val").sum())
            for world in (before, held.world)
        )
        both = old.join(new, on=["hts10", "origin"], suffix="_new").filter(
            pl.col("con_val") != pl.col("con_val_new")
        )
        frames.append(both.with_columns(pl.lit(month).alias("period")))
    planted = pl.concat(frames).rename({"con_val": "old_value", "con_val_new": "new_value"})
    codes = ", ".join(f"'{one.hts10}'" for one in PRODUCTS)
    found = ask(
        held.home,
        "select period, split_part(key, '|', 5) as hts10, split_part(key, '|', 3) as origin, old_value,"
        " new_value from marts.revisions where source_id = 'census_bulk' and measure = 'value_usd'"
        f" and split_part(key, '|', 4) = 'import' and split_part(key, '|', 5) in ({codes})",
    )
    values = {"old_value": 0.5, "new_value": 0.5}
    return compared("revisions", "US imports restated", planted, found, keys, values)


USGS_NAMES = {
    "Gallium": ("gallium", ("kilograms", 1e-3)),
    "Cobalt": ("cobalt", ("metric tons", 1.0)),
    "Niobium (Columbium)": ("niobium", ("metric tons", 1.0)),
    "Bismuth": ("bismuth", ("metric tons", 1.0)),
    "Tungsten": ("tungsten", ("metric tons", 1.0)),
    "Antimony": ("antimony", ("metric tons", 1.0)),
}
"""Commodities of the Summaries with a single production table, with mineral and unit."""


def _summaries(edition: int) -> list[dict[str, str]]:
    text = usgs_mcs.release(edition).decode("cp1252")
    return list(csv.DictReader(io.StringIO(text)))


def world_production(held: Held) -> Comparison:
    """Production by country as printed in the newest edition."""
    edition = usgs_mcs.editions(held.world)[0]
    rows = []
    iso3 = {
        name: code
        for code, name in pl.read_csv(SEEDS / "countries.csv", infer_schema_length=0)
        .select("iso3", "name")
        .rows()
    }
    aliases = pl.read_csv(SEEDS / "country_aliases.csv", infer_schema_length=0).filter(
        pl.col("source_id") == "usgs_mcs"
    )
    iso3 |= dict(aliases.filter(pl.col("iso3").is_not_null()).select("alias", "iso3").rows())
    for record in _summaries(edition):
        if record["Commodity"] not in USGS_NAMES or not record["Section"].startswith("World"):
            continue
        mineral, (unit, factor) = USGS_NAMES[record["Commodity"]]
        value = record["Value"].replace(",", "")
        if record["Statistics"] != "Production" or record["Unit"] != unit or not value.isdigit():
            continue
        if record["Country"] not in iso3:
            continue
        rows.append((mineral, iso3[record["Country"]], int(record["Year"]), float(value) * factor))
    planted = pl.DataFrame(rows, schema=["mineral_id", "country_iso3", "year", "production_t"], orient="row")
    keys = ["mineral_id", "country_iso3", "year"]
    names = ", ".join(f"'{mineral}'" for mineral, _ in USGS_NAMES.values())
    found = ask(
        held.home,
        "select mineral_id, country_iso3, year, production_t from marts.world_production"
        f" where edition = '{edition}' and mineral_id in ({names}) and production_t > 0"
        " and country_iso3 not in ('WLD', 'ZZZ') and source_id = 'usgs_mcs'",
    )
    planted = planted.filter(pl.col("production_t") > 0)
    return compared("world_production", f"edition {edition}", planted, found, keys, {"production_t": 1e-6})


def import_dependency(held: Held) -> Comparison:
    """Net import reliance as printed in the newest edition; for ``>50`` the bound."""
    edition = usgs_mcs.editions(held.world)[0]
    printed: dict[tuple[str, int], list[str]] = {}
    for record in _summaries(edition):
        if record["Statistics"] == "Net import reliance" and record["Commodity"] in USGS_NAMES:
            mineral = USGS_NAMES[record["Commodity"]][0]
            printed.setdefault((mineral, int(record["Year"])), []).append(record["Value"].strip())
    rows = [
        (mineral, year, float(texts[0].lstrip(">")))
        for (mineral, year), texts in printed.items()
        if len(texts) == 1 and texts[0].lstrip(">").isdigit()
    ]
    names = ["mineral_id", "year", "printed_pct"]
    planted = pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col("year").cast(pl.Int32))
    minerals = ", ".join(f"'{mineral}'" for mineral, _ in USGS_NAMES.values())
    found = ask(
        held.home,
        "select mineral_id, year::integer as year,"
        " max(coalesce(published_nir_pct, published_nir_low_pct)) as printed_pct"
        f" from marts.import_dependency where area = 'USA' and edition = '{edition}'"
        f" and mineral_id in ({minerals}) and published_nir_qualifier in ('=', '>') group by all",
    )
    return compared(
        "import_dependency",
        f"printed reliance, {edition}",
        planted,
        found,
        names[:2],
        {"printed_pct": 0.01},
    )


def policy_calendar(held: Held) -> Comparison:
    """All documents of the Federal Register of the first quarter of this year, from every page."""
    from tests.world.publishers.others import documents  # noqa: PLC0415

    first = date(held.world.now.year, 1, 1)
    last = min(date(held.world.now.year, 3, 31), held.world.now.date())
    rows = [(one["document_number"],) for one in documents(first, last)]
    planted = pl.DataFrame(rows, schema=["document_number"], orient="row")
    found = ask(
        held.home,
        "select distinct split_part(source_url, '/', -1) as document_number from marts.policy_calendar"
        f" where source_url like '%federalregister.gov/d/%' and announced between '{first}' and '{last}'",
    )
    return compared("policy_calendar", "documents of a quarter", planted, found, ["document_number"], {})


def control_totals(held: Held) -> Comparison:
    """The archives' control totals: all are confirmed."""
    found = ask(
        held.home,
        "select count(*) as refused from meta.quarantine where table_name = 'census_bulk__control'",
    )
    planted = pl.DataFrame({"kind": ["census_bulk"], "refused": [0]})
    found = found.with_columns(pl.lit("census_bulk").alias("kind"))
    return compared("quarantine", "control totals set apart", planted, found, ["kind"], {"refused": 0})


EXPECTATIONS: tuple[Expectation, ...] = (
    import_sources,
    import_sources_of_canada,
    import_sources_of_mexico,
    import_sources_by_baci,
    supplier_concentration,
    usmca_utilization,
    tariff_exposure,
    price_floor,
    market_distortion,
    distortion_of_a_line,
    transshipment_watch,
    mirror_gap,
    world_production,
    import_dependency,
    policy_calendar,
    control_totals,
)
