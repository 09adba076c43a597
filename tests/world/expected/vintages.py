"""Revisions between vintages, and control totals of the archives."""

import polars as pl

from tests.world.expected.comparison import Comparison, Held, compared
from tests.world.nights import ask
from tests.world.truth import PRODUCTS, World, products


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


def control_totals(held: Held) -> Comparison:
    """The archives' control totals: all are confirmed."""
    found = ask(
        held.home,
        "select count(*) as refused from meta.quarantine where table_name = 'census_bulk__control'",
    )
    planted = pl.DataFrame({"kind": ["census_bulk"], "refused": [0]})
    found = found.with_columns(pl.lit("census_bulk").alias("kind"))
    return compared("quarantine", "control totals set apart", planted, found, ["kind"], {"refused": 0})
