"""Statistics Canada's yearly archives: months at HS10 or HS8 under bilingual headers, and other levels."""

from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from ingest.scope import headings
from tests.world.publishers.usitc_hts import statistical_lines
from tests.world.truth import World, code_of, month_before, months_between, number_in, products
from tests.world.zipping import write_zip

LINES_A_MONTH = 25_000
"""Rows of goods that the warehouse ignores in a file of imports; files of exports have a third of that."""
DAYS_BEHIND = 37
LATIN_UNTIL = 2023
HEADER = (
    "YearMonth/AnnéeMois,{digits},Country/Pays,Province,State/État,Value/Valeur,Quantity/Quantité,"
    "Unit of Measure/Unité de Mesure"
)
FILES = {"Imp": ("014", "HS10"), "Dom_Exp": ("016", "HS8"), "Tot_Exp": ("017", "HS8")}
DOMESTIC_SHARE = 0.95
"""Share of total exports; the rest are re-exports."""
NOT_STATED = ("2504101000", "MOZ")
"""A line and an origin with quantity 0 and a positive value."""
CSV_END = "\r\n"


def last_month(world: World) -> date:
    """The newest published month."""
    due = date.fromordinal(world.now.date().toordinal() - DAYS_BEHIND).replace(day=1)
    return month_before(due, 1 + world.held_back)


@cache
def _other_goods(digits: int) -> list[str]:
    kept = set(headings())
    return [code[:digits] for code in statistical_lines() if code[:4] not in kept]


@cache
def _filler(kind: str, count: int) -> pl.DataFrame:
    """Lines of other goods of a month, as text without the month."""
    goods = _other_goods(10 if kind == "Imp" else 8)
    partners = sorted(code_of("iso2").values())
    at = pl.int_range(count, eager=True)
    rows = pl.DataFrame(
        {
            "code": [goods[number % len(goods)] for number in range(count)],
            "partner": [
                partners[(number // len(goods) * 11 + number) % len(partners)] for number in range(count)
            ],
            "value": (at * 7919 % 900_000) + 1,
            "quantity": (at * 104_729 % 5_000) * (at % 5 != 0).cast(pl.Int64),
        }
    )
    return rows.unique(["code", "partner"], maintain_order=True).select(
        pl.format(",{},{},ON,,{},{},NMB", "code", "partner", "value", "quantity").alias("rest")
    )


def trade(world: World, kind: str, month: date) -> pl.DataFrame:
    """Planted lines of a file and month: code, iso3 and iso2 of the partner, value_cad, quantity, unit.

    Imports are by country of origin, exports by destination.
    """
    side, other = ("importer", "exporter") if kind == "Imp" else ("exporter", "importer")
    flows = world.flows.filter(pl.col("month") == month, pl.col(side) == "CAN")
    lines = flows.join(products(), left_on="code", right_on="hts10", how="left")
    share = DOMESTIC_SHARE if kind == "Dom_Exp" else 1.0
    digits = 10 if kind == "Imp" else 8
    kg, unit = pl.col("kg") * share, pl.col("cimt_unit").fill_null("KGM")
    quantity = (
        pl.when(unit == "TNE").then(kg / 1000).when(unit == "KNS").then(kg * pl.col("content")).otherwise(kg)
    )
    is_blank = (pl.col("code") == NOT_STATED[0]) & (pl.col(other) == NOT_STATED[1])
    return lines.select(
        (pl.col("code").str.slice(0, 8).str.pad_end(10, "0").str.slice(0, digits)).alias("code"),
        pl.col("code").alias("line"),
        pl.col("hs6"),
        pl.col(other).alias("partner"),
        pl.col(other).replace_strict(code_of("iso2"), default=None).alias("iso2"),
        (pl.col("value_usd") * share * world.cad_per_usd(month)).round().cast(pl.Int64).alias("value_cad"),
        pl.when(is_blank).then(0.0).otherwise(quantity).round(3).alias("quantity"),
        unit.alias("unit"),
    ).with_columns(number_in(month, "code"), number_in(month, "hs6"))


def archive(world: World, kind: str, year: int, folder: Path, count: int = LINES_A_MONTH) -> Path | None:
    """One year's archive of a flow up to the newest month; None if no month of it is published."""
    number, digits = FILES[kind]
    last = min(last_month(world), date(year, 12, 1))
    if last.year < year:
        return None
    filler = _filler(kind, count if kind == "Imp" else count // 3)
    parts = [HEADER.format(digits=digits)]
    for month in months_between(date(year, 1, 1), last):
        stamp = f"{month:%Y%m}"
        planted = trade(world, kind, month).select(
            pl.format(
                ",{},{},ON,{},{},{},{}",
                # leading zeros are missing, as after a spreadsheet and in some of the publisher's files
                pl.col("code").str.strip_chars_start("0"),
                "iso2",
                pl.when(pl.col("partner") == "USA").then(pl.lit("NY")).otherwise(pl.lit("")),
                "value_cad",
                pl.col("quantity").cast(pl.String),
                "unit",
            ).alias("rest")
        )
        rows = pl.concat([planted, filler])
        parts.append(CSV_END.join(rows.select(pl.lit(stamp) + pl.col("rest")).to_series().to_list()))
    text = CSV_END.join([*parts, ""])
    content = text.encode("latin-1") if year <= LATIN_UNTIL else text.encode("utf-8-sig")
    coarse = HEADER.format(digits="HS2") + CSV_END + f"{last:%Y%m},25,CN,ON,,1,1,NMB" + CSV_END
    letter = "C" if year < LATIN_UNTIL - 1 else "N"
    members = [
        (f"ODPFN011_{last:%Y%m}{letter}.csv", coarse.encode("latin-1")),
        (f"ODPFN{number}_{last:%Y%m}{letter}.csv", content),
        ("ODPF_6_CtyDesc.TXT", b"CN 156 198801 999912 China                Chine\r\n"),
    ]
    return write_zip(folder / f"CIMT-CICM_{kind}_{year}.zip", members)
