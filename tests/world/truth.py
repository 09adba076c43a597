"""The data of the planted world: shipments by exporter, importer and month, with price, weight and duty.

Every figure that a publisher of this world serves is derived from `World`. Figures are invented, with about
the magnitudes of real trade. The expected marts are computed from the same frames (`tests.world.expected`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import polars as pl

from ingest.scope import bridge

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
FIRST_MONTH = date(2021, 1, 1)
FIRST_YEAR = 1995
CIF_FACTOR = 1.06
"""CIF over FOB value: the ratio of importers' to exporters' values."""
CHARGES_SHARE = 0.05
"""Freight and insurance of US imports, as a share of customs value."""
BONDED_SHARE = 0.02
"""Arrivals not entered for consumption, as a share of imports for consumption."""
SECTION_301_PCT = 25.0
CLAIM_SHARE = 0.9
"""Share of US imports from Canada and Mexico under a USMCA claim."""
REVISED_FACTOR = 1.04
"""Factor of a revision of US imports from China."""
LIE = ("CHN", "MEX", "8104110000", 1.5)
"""Exporter, importer, line, and the factor by which the exporter overstates it in Comtrade."""
RING = ("USA", "CAN", "MEX")


@dataclass(frozen=True)
class Product:
    """A traded tariff line.

    ``usd_per_kg`` is the price of gross weight; ``units`` are the Census Bureau's, one of which may be
    content; ``shares`` are shares of US imports; ``cheap`` has origins with lower prices and the factor;
    ``weight`` is the share of the line that the bridge assigns to the mineral.
    """

    mineral: str
    stage: str
    hts10: str
    us_tons: float
    usd_per_kg: float
    mfn_pct: float
    shares: Mapping[str, float]
    units: tuple[str, str] = ("KG", "")
    cimt_unit: str = "KGM"
    content: float = 1.0
    cheap: Mapping[str, float] = field(default_factory=dict)
    section_301: bool = False
    also: tuple[str, ...] = ()
    weight: float = 1.0

    @property
    def minerals(self) -> tuple[str, ...]:
        """All minerals that the line counts towards: a magnet counts for neodymium and for rare earths."""
        return (self.mineral, *self.also)


def _product(  # noqa: PLR0917
    what: str, hts10: str, us_tons: float, usd_per_kg: float, mfn_pct: float, shares: str, **more: object
) -> Product:
    mineral, stage = what.split()
    parts = {name: float(part) for name, part in (pair.split(":") for pair in shares.split())}
    return Product(mineral, stage, hts10, us_tons, usd_per_kg, mfn_pct, parts, **more)  # type: ignore[arg-type]


CHINESE = {"section_301": True}
PRODUCTS = (
    _product(
        "gallium refined_metal", "8112921000", 20, 430, 3.0, "CHN:.45 CAN:.15 DEU:.2 JPN:.2",
        cheap={"CHN": 0.56}, **CHINESE,
    ),
    _product("germanium refined_metal", "8112926000", 30, 2400, 2.6, "CHN:.3 BEL:.3 CAN:.25 DEU:.15"),
    _product("antimony refined_metal", "8110100000", 6_000, 25, 0, "CHN:.4 IND:.25 THA:.2 BOL:.15"),
    _product("antimony compound", "2825800000", 12_000, 18, 0, "CHN:.5 BEL:.3 BOL:.1 MEX:.1"),
    _product(
        "graphite_natural ore_concentrate", "2504101000", 30_000, 1.5, 0,
        "CHN:.45 CAN:.12 MEX:.13 MOZ:.15 MDG:.15", cheap={"CHN": 0.62},
    ),
    _product(
        "graphite_natural ore_concentrate", "2504105000", 40_000, 2.2, 0, "CHN:.6 JPN:.1 CAN:.1 BRA:.2"
    ),
    _product(
        "tungsten compound", "2841800010", 1_500, 60, 5.5, "CHN:.5 VNM:.3 DEU:.2",
        units=("KG", "CKG"), content=0.703, **CHINESE,
    ),
    _product(
        "cobalt refined_metal", "8105206000", 7_500, 38, 0, "NOR:.25 CAN:.2 FIN:.2 JPN:.2 COD:.15",
        cheap={"COD": 0.9},
    ),
    _product(
        "lithium compound", "2836910050", 15_000, 11, 3.7, "CHL:.5 ARG:.42 CHN:.08", **CHINESE
    ),
    _product("nickel refined_metal", "7502100000", 90_000, 16, 0, "CAN:.45 NOR:.15 AUS:.2 FIN:.2"),
    _product(
        "rare_earths compound",
        "2846908090",
        5_000,
        12,
        3.7,
        "CHN:.7 MYS:.15 JPN:.1 EST:.05",
        weight=0.9588,
    ),
    _product(
        "neodymium end_form", "8505110070", 7_000, 60, 2.1, "CHN:.75 JPN:.15 DEU:.1",
        units=("NO", "KG"), also=("rare_earths",), **CHINESE,
    ),
    _product(
        "magnesium refined_metal", "8104110000", 20_000, 3.4, 8.0, "ISR:.3 TUR:.3 CAN:.25 MEX:.05 CHN:.1"
    ),
    _product("bismuth refined_metal", "8106100000", 1_800, 14, 0, "CHN:.5 HKG:.1 KOR:.25 MEX:.15"),
    _product(
        "fluorspar ore_concentrate", "2529220000", 400_000, 0.4, 0, "MEX:.65 VNM:.15 ZAF:.1 CHN:.1",
        units=("T", ""), cimt_unit="TNE",
    ),
    _product(
        "potash compound", "3104200010", 11_000_000, 0.32, 0, "CAN:.85 ISR:.08 DEU:.07",
        units=("T", ""), cimt_unit="TNE",
    ),
    _product("niobium alloy_semi", "7202938000", 9_000, 27, 5.0, "BRA:.7 CAN:.3"),
    _product("niobium refined_metal", "8112924000", 300, 55, 4.9, "BRA:.4 DEU:.3 EST:.3"),
    _product("copper refined_metal", "7403110000", 850_000, 9.6, 1.0, "CHL:.55 CAN:.25 MEX:.1 PER:.1"),
    _product(
        "copper ore_concentrate", "2603000010", 5_000, 2.2, 0, "MEX:.5 CAN:.5",
        units=("CKG", ""), cimt_unit="KNS", content=0.27,
    ),
    _product("zirconium compound", "2825600020", 3_000, 9, 3.7, "CHN:.4 FRA:.2 CAN:.2 MEX:.2"),
    _product(
        "uranium compound", "2844102010", 10_000, 150, 0, "CAN:.4 KAZ:.4 AUS:.2"
    ),
)  # fmt: skip
MINERALS = tuple(sorted({mineral for product in PRODUCTS for mineral in product.minerals}))
IMPORTERS = {
    "USA": 1.0, "CAN": 0.1, "MEX": 0.08, "JPN": 0.6, "DEU": 0.5, "KOR": 0.4, "CHN": 0.6, "GBR": 0.2
}  # fmt: skip
US_SHARE_ABROAD = 0.05
"""US exports as a share of each good."""
HUB = ("CAN", "CHN", "2841800010", date(2025, 2, 1), 0.4, 12.0)
"""The reroute: hub, origin, line, month of the control, tons per month into the hub before and after."""
STEADY = ("CAN", "CHN", "2504101000")
"""Unchanged trade of the same hub in a controlled good: not a reroute."""
SUCCESSOR = ("8112921000", "8112931000", date(2028, 1, 1))
"""A line, its US number under the Harmonized System of 2028, and the first month of that number."""
LINES_BEFORE = (("2825600020", "2825600000", date(2025, 7, 1)),)
"""Lines that were split off another line: new number, old number, first month of the new number."""
HS6_BEFORE = (("810610", "810600", date(2022, 1, 1)),)
"""Codes introduced by an edition of the Harmonized System: new code, old code, first month of the new."""
NEW_CODE_ON = ("2504105000", "BRA")
"""A line and the origin that is stated under a new country code if `World` has one."""
BACKGROUND_PARTNERS = (
    "CHN", "DEU", "JPN", "KOR", "GBR", "FRA", "BRA", "IND", "ZAF", "AUS",
    "CHL", "PER", "NOR", "FIN", "BEL", "ITA", "ESP", "POL", "TUR", "VNM",
)  # fmt: skip
BACKGROUND_CODES = 110
FLUORSPAR_CHINESE_UNTIL = 2004
"""Through this year China ships the USA more fluorspar than Mexico does."""


@cache
def countries() -> pl.DataFrame:
    """Codes of countries by ISO 3166 alpha-3: Schedule C, Comtrade, alpha-2, M49 and the name."""
    return pl.read_csv(SEEDS / "countries.csv", infer_schema_length=0)


@cache
def code_of(kind: str) -> dict[str, str]:
    """A country's code by its ISO 3166 alpha-3."""
    known = countries().filter(pl.col(kind).is_not_null())
    return dict(known.select("iso3", kind).iter_rows())


@cache
def products() -> pl.DataFrame:
    """One row per line, with its HS6 code."""
    return pl.DataFrame(
        {
            "hts10": [product.hts10 for product in PRODUCTS],
            "hs6": [product.hts10[:6] for product in PRODUCTS],
            "unit1": [product.units[0] for product in PRODUCTS],
            "unit2": [product.units[1] for product in PRODUCTS],
            "cimt_unit": [product.cimt_unit for product in PRODUCTS],
            "content": [product.content for product in PRODUCTS],
            "mfn_pct": [float(product.mfn_pct) for product in PRODUCTS],
            "section_301": [product.section_301 for product in PRODUCTS],
        }
    )


@cache
def background_codes() -> tuple[str, ...]:
    """HS6 codes of the bridge without planted minerals."""
    named = bridge().filter(pl.col("hs_code").str.len_chars() >= 6)
    planted = {code[:6] for mineral, code in named.iter_rows() if mineral in _akin()}
    codes = {code[:6] for _, code in named.iter_rows()} - planted
    return tuple(sorted(codes)[:BACKGROUND_CODES])


def _akin() -> set[str]:
    """The planted minerals and the minerals of their groups."""
    seed = pl.read_csv(SEEDS / "minerals.csv", infer_schema_length=0).select("mineral_id", "group_id")
    groups = set(seed.filter(pl.col("mineral_id").is_in(MINERALS))["group_id"].drop_nulls())
    return {*MINERALS, *seed.filter(pl.col("group_id").is_in(list(groups)))["mineral_id"]}


def month_before(month: date, count: int = 1) -> date:
    """The first day of the month ``count`` months before another."""
    at = month.year * 12 + month.month - 1 - count
    return date(at // 12, at % 12 + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """First days of the months between two months, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return [month_before(last, back) for back in range(count, -1, -1)]


@dataclass(frozen=True)
class World:
    """The world as known at a point in time.

    Args:
        now: The clock, UTC.
        held_back: Number of newest monthly releases that are not published yet.
        revised: Whether months before the newest are revised.
        new_country: A Schedule C code missing from all lists, under which some graphite is imported.
        seed: Seed of all noise.
    """

    now: datetime
    held_back: int = 0
    revised: bool = False
    new_country: str | None = None
    seed: int = 16

    @property
    def last_month(self) -> date:
        """The newest published month of US trade, by the Census Bureau's usual lag of 35 days."""
        month = (self.now.date() - timedelta(days=35)).replace(day=1)
        return month_before(month, 1 + self.held_back)

    @property
    def revised_months(self) -> tuple[date, ...]:
        """The revised months; none without a revision."""
        newest = month_before((self.now.date() - timedelta(days=35)).replace(day=1))
        return tuple(month_before(newest, back) for back in (1, 2, 3)) if self.revised else ()

    @cached_property
    def _pairs(self) -> pl.DataFrame:
        """Exporter, importer and line, with kilograms and price of a typical month of 2024."""
        random = np.random.default_rng(self.seed)
        rows: list[tuple[str, str, str, float, float, float, float]] = []
        for product in PRODUCTS:
            growth, phase = random.uniform(0, 0.03), random.uniform(0, 6)
            for importer, size in IMPORTERS.items():
                shares = {name: part for name, part in product.shares.items() if name != importer}
                if importer != "USA":
                    shares["USA"] = US_SHARE_ABROAD
                for exporter, part in shares.items():
                    if (importer, exporter, product.hts10) == HUB[:3]:
                        continue
                    wobble = 1.0 if importer == "USA" else random.uniform(0.8, 1.2)
                    kg = product.us_tons * 1000 / 12 * size * part * wobble
                    price = product.usd_per_kg * product.cheap.get(exporter, 1.0) * random.uniform(0.97, 1.03)
                    rows.append((product.hts10, exporter, importer, kg, price, growth, phase))
        for number, hs6 in enumerate(background_codes()):
            tons, price = 10 ** random.uniform(1, 3.5), 10 ** random.uniform(0, 1.5)
            growth, phase = random.uniform(0, 0.03), random.uniform(0, 6)
            for place, partner in enumerate(BACKGROUND_PARTNERS):
                if (number + place) % 2:
                    continue
                for member in RING:
                    rows.append((hs6, partner, member, tons * 100 / (place + 2), price, growth, phase))
                    rows.append((hs6, member, partner, tons * 30 / (place + 2), price, growth, phase))
        names = ["code", "exporter", "importer", "kg_a_month", "price", "growth", "phase"]
        return pl.DataFrame(rows, schema=names, orient="row")

    @cached_property
    def flows(self) -> pl.DataFrame:
        """Every flow by month: code, exporter, importer, kg and USD free on board.

        Codes are HTS10 for planted lines and HS6 for the background. Revisions are not included.
        """
        months = months_between(FIRST_MONTH, self.now.date().replace(day=1))
        calendar = pl.DataFrame({"month": months})
        year, number = pl.col("month").dt.year(), pl.col("month").dt.month()
        season = 1 + 0.1 * (2 * np.pi * number / 12 + pl.col("phase")).sin()
        trend = (1 + pl.col("growth")).pow(year - 2024)
        wave = 1 + 0.03 * (number.cast(pl.Float64) * 1.7 + pl.col("phase") * 3).sin()
        grown = self._pairs.join(calendar, how="cross").with_columns(
            kg=(pl.col("kg_a_month") * season * trend).round().cast(pl.Int64).clip(lower_bound=2)
        )
        whole = pl.concat([grown, self._reroute(months)], how="diagonal").with_columns(
            value_usd=(pl.col("kg") * pl.col("price") * wave).round().cast(pl.Int64).clip(lower_bound=50)
        )
        hs6 = pl.col("code").str.slice(0, 6).alias("hs6")
        return whole.select("month", "code", hs6, "exporter", "importer", "kg", "value_usd").sort(
            "month", "code", "exporter", "importer"
        )

    def _reroute(self, months: Sequence[date]) -> pl.DataFrame:
        """Flows from the controlled origin to the hub, and from the hub to the USA as goods of the hub."""
        hub, origin, hts10, event, before_t, after_t = HUB
        product = next(product for product in PRODUCTS if product.hts10 == hts10)
        rows = []
        for month in months:
            tons = after_t if month >= event else before_t
            rows.append((month, hts10, origin, hub, round(tons * 1000), float(product.usd_per_kg), 0.0))
            onward = 0.9 * tons if month >= event else before_t / 8
            rows.append((month, hts10, hub, "USA", round(onward * 1000), float(product.usd_per_kg), 0.0))
        names = ["month", "code", "exporter", "importer", "kg", "price", "phase"]
        return pl.DataFrame(rows, schema=names, orient="row")

    @cached_property
    def years(self) -> pl.DataFrame:
        """Every flow by year since `FIRST_YEAR`: sums of months, and smaller values in earlier years."""
        keys = ["year", "code", "hs6", "exporter", "importer"]
        by_month = self.flows.with_columns(pl.col("month").dt.year().alias("year"))
        sums = by_month.group_by(keys).agg(
            pl.col("kg").sum(), pl.col("value_usd").sum(), pl.len().alias("months")
        )
        first = sums.filter(pl.col("year") == FIRST_MONTH.year)
        past = [
            first.with_columns(
                pl.lit(year, dtype=first["year"].dtype).alias("year"),
                *(
                    (pl.col(name) * 0.98 ** (FIRST_MONTH.year - year)).round().cast(pl.Int64)
                    for name in ("kg", "value_usd")
                ),
            )
            for year in range(FIRST_YEAR, FIRST_MONTH.year)
        ]
        whole = pl.concat([*past, sums]).filter(pl.col("year") < self.now.year, pl.col("kg") > 0)
        was_chinese = (
            (pl.col("code") == "2529220000")
            & (pl.col("importer") == "USA")
            & (pl.col("year") <= FLUORSPAR_CHINESE_UNTIL)
        )
        swapped = pl.col("exporter").replace({"MEX": "CHN", "CHN": "MEX"})
        return (
            whole.with_columns(pl.when(was_chinese).then(swapped).otherwise("exporter").alias("exporter"))
            .select(*keys, "kg", "value_usd")
            .sort(keys)
        )

    def us_imports(self, month: date) -> pl.DataFrame:
        """US import records of a month: line, origin, programme, district, provision, and measures.

        Columns hts10, origin (alpha-3, ZZZ for the new code), cty_code, subco, district, provision; con_val,
        gen_val, dut_val, cal_dut, con_cha, con_cif in USD; con_qy1 and con_qy2 in the units of the line.
        """
        rows = _by_claim(self._us_import_lines(month)).with_columns(
            gen_val=pl.col("con_val") + (pl.col("con_val") * BONDED_SHARE).floor().cast(pl.Int64),
            dut_val=pl.when(pl.col("rate") > 0).then("con_val").otherwise(0),
            con_cha=(pl.col("con_val") * CHARGES_SHARE).round().cast(pl.Int64),
        )
        rows = rows.with_columns(
            cal_dut=(pl.col("dut_val") * pl.col("rate") / 100).round().cast(pl.Int64),
            con_cif=pl.col("con_val") + pl.col("con_cha"),
            con_qy1=_quantity("unit1"),
            con_qy2=_quantity("unit2"),
        )
        provision = (
            pl.when("claimed")
            .then(pl.lit("18"))
            .when(pl.col("rate") == 0)
            .then(pl.lit("10"))
            .otherwise(pl.lit("61"))
        )
        code = pl.col("exporter").replace_strict(code_of("census_code"), default=None)
        origin = pl.col("exporter")
        if self.new_country:
            is_new = (pl.col("hts10") == NEW_CODE_ON[0]) & (pl.col("exporter") == NEW_CODE_ON[1])
            code = pl.when(is_new).then(pl.lit(self.new_country)).otherwise(code)
            origin = pl.when(is_new).then(pl.lit("ZZZ")).otherwise(origin)
        return rows.select(
            hts10_in(month).alias("hts10"),
            origin.alias("origin"),
            code.alias("cty_code"),
            pl.when("claimed").then(pl.lit("S ")).otherwise(pl.lit("  ")).alias("subco"),
            "district",
            provision.alias("provision"),
            "con_val", "gen_val", "dut_val", "cal_dut", "con_cha", "con_cif", "con_qy1", "con_qy2",
        )  # fmt: skip

    def _us_import_lines(self, month: date) -> pl.DataFrame:
        """US imports of a month by line and exporter, with the line's facts and its value as revised."""
        flows = self.flows.filter(pl.col("month") == month, pl.col("importer") == "USA")
        value = pl.col("value_usd").cast(pl.Float64)
        if month in self.revised_months:
            is_revised = pl.col("exporter") == "CHN"
            value = pl.when(is_revised).then((value * REVISED_FACTOR).round()).otherwise(value)
        is_heading = pl.col("code").str.len_chars() == 6
        return flows.join(products(), left_on="code", right_on="hts10", how="left").with_columns(
            pl.when(is_heading).then(pl.col("code") + "0000").otherwise("code").alias("hts10"),
            value.cast(pl.Int64).alias("con_val"),
            pl.col("unit1", "unit2").fill_null(""),
            pl.col("content", "mfn_pct").fill_null(0),
        )

    def us_exports(self, month: date) -> pl.DataFrame:
        """US export records of a month: domestic goods, and foreign goods of a tenth of the value.

        Columns schedule_b, destination, cty_code, df, district; all_val in USD, qty_1 in the line's unit.
        """
        flows = self.flows.filter(pl.col("month") == month, pl.col("exporter") == "USA")
        lines = flows.join(products(), left_on="code", right_on="hts10", how="left").with_columns(
            pl.col("unit1", "unit2").fill_null(""), pl.col("content").fill_null(0)
        )
        kinds = pl.DataFrame({"df": ["1", "2"], "share": [0.9, 0.1]})
        rows = lines.join(kinds, how="cross").with_columns(row_kg=pl.col("kg") * pl.col("share"))
        return rows.select(
            pl.when(pl.col("code").str.len_chars() == 6)
            .then(pl.col("code") + "0000")
            .otherwise("code")
            .alias("schedule_b"),
            pl.col("importer").alias("destination"),
            pl.col("importer").replace_strict(code_of("census_code"), default=None).alias("cty_code"),
            "df",
            pl.lit("38").alias("district"),
            pl.when(pl.col("df") == "2")
            .then(pl.col("value_usd") // 10)
            .otherwise(pl.col("value_usd") - pl.col("value_usd") // 10)
            .alias("all_val"),
            _quantity("unit1").alias("qty_1"),
            _quantity("unit2").alias("qty_2"),
        )

    def cad_per_usd(self, month: date) -> float:
        """The rate of every business day of a month."""
        return round(1.36 + 0.01 * ((month.year * 12 + month.month) % 5), 4)


def _by_claim(lines: pl.DataFrame) -> pl.DataFrame:
    """Split imports by USMCA claim and district, with the rate of duty that each part pays."""
    split = pl.DataFrame({"claimed": [True, False]}).join(
        pl.DataFrame({"district": ["20", "41"], "part": [0.6, 0.4]}), how="cross"
    )
    claim = pl.when(pl.col("exporter").is_in(["CAN", "MEX"])).then(CLAIM_SHARE).otherwise(0.0)
    share = pl.col("part") * pl.when("claimed").then(claim).otherwise(1 - claim)
    is_charged = (pl.col("exporter") == "CHN") & pl.col("section_301").fill_null(value=False)
    additional = pl.when(is_charged).then(SECTION_301_PCT).fill_null(0.0)
    rate = pl.when("claimed").then(0.0).otherwise(pl.col("mfn_pct") + additional)
    rows = lines.join(split, how="cross").with_columns(share=share).filter(pl.col("share") > 0)
    return rows.with_columns(
        con_val=(pl.col("con_val") * pl.col("share")).round().cast(pl.Int64),
        row_kg=pl.col("kg") * pl.col("share"),
        rate=rate,
    )


def hts10_in(month: date) -> pl.Expr:
    """The number of a line in a month."""
    renamed = {number: before for number, before, first in LINES_BEFORE if month < first}
    if month >= SUCCESSOR[2]:
        renamed[SUCCESSOR[0]] = SUCCESSOR[1]
    return pl.col("hts10").replace(renamed)


def number_in(month: date, column: str) -> pl.Expr:
    """Codes of six or more digits, in the edition of the Harmonized System of a month."""
    code = pl.col(column)
    for number, before, first in HS6_BEFORE:
        if month < first:
            is_of_it = code.str.starts_with(number)
            code = pl.when(is_of_it).then(pl.lit(before) + code.str.slice(6)).otherwise(code)
    return code.alias(column)


def _quantity(unit: str) -> pl.Expr:
    """A row's weight in a unit of the Census Bureau: kilograms, tons, content, or pieces of 100 grams."""
    weight = pl.col("row_kg")
    return (
        pl.when(pl.col(unit) == "KG").then(weight)
        .when(pl.col(unit) == "T").then(weight / 1000)
        .when(pl.col(unit) == "CKG").then(weight * pl.col("content"))
        .when(pl.col(unit) == "NO").then(weight * 10)
        .otherwise(0)
        .round().cast(pl.Int64)
    )  # fmt: skip
