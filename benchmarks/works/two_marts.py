"""Two marts on a long history: the SQL of the models compared with polars' lazy frames."""

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.harness import Contender, Facts, Goal, Place, Task, Work, made
from benchmarks.works import marts

if TYPE_CHECKING:
    import polars as pl

MARTS = ("import_sources", "supplier_concentration")
INPUTS = ("fct_import_source", "dim_country", "dim_bloc_member", "dim_country_governance")
TABLE = ["area", "mineral_id", "stage", "period", "period_type", "basis"]
"""The SQL that creates a table of suppliers."""
CORE = re.compile(r'"core"\."(\w+)"')
"""A table that a compiled model reads."""


def make(folder: Path, rows: int) -> Facts:
    """The core tables that both read, as a DuckDB file and as Parquet, with the models' SQL."""
    import duckdb  # noqa: PLC0415

    aged = folder.with_name(f"{marts.WORK.id}-{rows}")
    facts = made(marts.WORK, rows, aged, print)
    script = json.loads((aged / "script.json").read_text())
    steps = [step for name in MARTS for step in script if step["name"].endswith(f'."{name}"')]
    with duckdb.connect(str(folder / "build.duckdb")) as con:
        con.execute(f"attach '{marts.built(aged)}' as old (read_only)")
        con.execute("create schema core")
        con.execute("create schema marts")
        for name in sorted({name for step in steps for name in CORE.findall(step["sql"])}):
            con.execute(f"create table core.{name} as from old.core.{name}")
        for name in INPUTS:
            con.execute(f"copy core.{name} to '{folder / name}.parquet' (compression zstd)")
        lines = con.execute("select count(*) from core.fct_import_source").fetchall()[0][0]
    (folder / "script.json").write_text(json.dumps(steps))
    return {**facts, "lines": lines}


def sql(place: Place) -> Task:
    """Create the tables with the compiled models."""
    import duckdb  # noqa: PLC0415

    from warehouse.connect import Engine  # noqa: PLC0415

    shutil.copyfile(place.data / "build.duckdb", place.scratch / "build.duckdb")
    con = duckdb.connect(
        str(place.scratch / "build.duckdb"), config=Engine("4GB", 2, place.scratch / "tmp").config()
    )
    script = json.loads((place.data / "script.json").read_text())

    def task() -> Facts:
        for step in script:
            con.execute(f"create table {step['name']} as {step['sql']}")
        con.execute("checkpoint")
        suppliers = con.execute("select count(*), sum(rank) from marts.import_sources").fetchall()[0]
        indices = con.execute(
            "select count(*), sum(hhi), sum(hhi_wgi) from marts.supplier_concentration"
        ).fetchall()[0]
        return {"result": stated(*suppliers, *indices)}

    return task


def stated(*figures: float) -> str:
    """The figures that must agree."""
    return " ".join(f"{figure:.0f}" for figure in figures)


def polars(place: Place) -> Task:
    """Write the same marts to Parquet with lazy frames."""
    import polars as pl  # noqa: PLC0415

    tables = {name: pl.scan_parquet(place.data / f"{name}.parquet") for name in INPUTS}

    def task() -> Facts:
        sources, indices = pl.collect_all([found := import_sources(tables), concentration(found, tables)])
        sources.write_parquet(place.scratch / "import_sources.parquet")
        indices.write_parquet(place.scratch / "supplier_concentration.parquet")
        figures = sources.height, sources["rank"].sum(), indices.height
        return {"result": stated(*figures, indices["hhi"].sum(), indices["hhi_wgi"].sum())}

    return task


def import_sources(tables: "dict[str, pl.LazyFrame]") -> "pl.LazyFrame":
    import polars as pl  # noqa: PLC0415

    policy = tables["dim_country"].select(pl.col("iso3").alias("supplier_iso3"), "policy_iso3")
    sources = tables["fct_import_source"].join(policy, on="supplier_iso3", how="left")
    main = pl.coalesce("quantity_share", "value_share")
    is_named = pl.col("supplier_iso3") != "ZZZ"
    judged = sources.with_columns(
        main.alias("main_share"),
        pl.when(~is_named).then(main).max().over(TABLE).fill_null(0).alias("unallocated_share"),
        (main.count().over(TABLE) == 0).alias("is_ranks_only"),
        pl.col("is_allocated").any().over(TABLE).alias("is_basket"),
    )
    ranked = (
        judged.filter(is_named)
        .select(*TABLE, "supplier_iso3", "main_share", "published_rank")
        .sort(
            "main_share", "published_rank", "supplier_iso3", descending=[True, False, False], nulls_last=True
        )
        .select(*TABLE, "supplier_iso3", pl.int_range(1, pl.len() + 1).over(TABLE).alias("rank"))
    )
    members = (
        tables["dim_bloc_member"]
        .filter("is_member_today")
        .group_by("iso3")
        .agg(
            (pl.col("bloc") == "NORTH_AMERICA").any().alias("is_bloc"),
            (pl.col("bloc") == "FEOC").any().alias("is_feoc"),
        )
    )
    return (
        judged.join(ranked, on=[*TABLE, "supplier_iso3"], how="left")
        .join(members.select("iso3", "is_bloc"), left_on="supplier_iso3", right_on="iso3", how="left")
        .join(members.select("iso3", "is_feoc"), left_on="policy_iso3", right_on="iso3", how="left")
        .select(
            *TABLE,
            "supplier_iso3",
            "policy_iso3",
            "edition",
            "form",
            pl.col("value_usd").round().cast(pl.Int64),
            "quantity_t",
            "value_share",
            "quantity_share",
            "rank",
            pl.col("is_bloc", "is_feoc").fill_null(value=False),
            "unallocated_share",
            pl.when("is_ranks_only")
            .then(pl.lit("ranks_only"))
            .when(pl.col("unallocated_share") > 0)
            .then(pl.lit("remainder_not_allocated"))
            .when("is_basket")
            .then(pl.lit("basket_allocated"))
            .otherwise(pl.lit("complete"))
            .alias("coverage"),
            "source_id",
            "archive_id",
        )
    )


def concentration(sources: "pl.LazyFrame", tables: "dict[str, pl.LazyFrame]") -> "pl.LazyFrame":
    import polars as pl  # noqa: PLC0415

    def whole(share: str) -> pl.Expr:
        """The concentration index of a share, if every supplier has one."""
        return pl.when(pl.col(share).is_not_null().all()).then(10_000 * (pl.col(share) ** 2).sum())

    def level(high: int, moderate: int) -> pl.Expr:
        index = pl.col("hhi")
        above = pl.when(index > high).then(pl.lit("high")).when(index >= moderate)
        return above.then(pl.lit("moderate")).otherwise(pl.lit("low"))

    def added(share: str) -> pl.Expr:
        """The sum; null if no value is stated."""
        return pl.when(pl.col(share).is_not_null().any()).then(pl.col(share).sum()).alias(share)

    suppliers = (
        sources.filter(pl.col("coverage") != "ranks_only")
        .group_by(*TABLE, "policy_iso3")
        .agg(
            added("value_share"),
            added("quantity_share"),
            pl.col("unallocated_share", "coverage", "source_id").max(),
        )
        .filter(pl.col("policy_iso3") != "ZZZ")
        .with_columns(pl.coalesce("quantity_share", "value_share").alias("part"))
    )
    # a supplier and a period have at most one governance score
    governed = (
        suppliers.select("policy_iso3", "period")
        .unique()
        .join(tables["dim_country_governance"], left_on="policy_iso3", right_on="iso3")
        .filter(pl.col("period").dt.year().is_between(pl.col("from_year"), pl.col("to_year")))
        .select("policy_iso3", "period", "wgi_estimate")
    )
    part, wgi = pl.col("part"), pl.col("wgi_estimate")
    is_governed = wgi.is_not_null()
    indices = (
        suppliers.join(governed, on=["policy_iso3", "period"], how="left")
        .group_by(TABLE)
        .agg(
            pl.when(pl.col("quantity_share").is_null().any())
            .then(pl.lit("value"))
            .otherwise(pl.lit("quantity"))
            .alias("measure"),
            pl.len().alias("suppliers"),
            pl.col("unallocated_share", "coverage", "source_id").max(),
            whole("value_share").alias("hhi_value"),
            whole("quantity_share").alias("hhi_quantity"),
            (10_000 * (part**2).sum()).alias("hhi"),
            (10_000 * (part**2 * ((2.5 - wgi) * 2).clip(0, 10)).sum()).alias("hhi_wgi"),
            part.filter(is_governed).sum().alias("governed_share"),
            part.sum().alias("allocated_share"),
            part.top_k(1).sum().alias("cr1_share"),
            part.top_k(3).sum().alias("cr3_share"),
        )
    )
    return indices.with_columns(
        (pl.col("hhi") + 10_000 * pl.col("unallocated_share") ** 2).alias("hhi_high"),
        pl.when(pl.col("governed_share") >= 0.95 * pl.col("allocated_share")).then("hhi_wgi"),
        (10_000 / pl.col("hhi")).alias("effective_suppliers"),
        level(1800, 1000).alias("level"),
        level(2500, 1500).alias("level_2010"),
    ).drop("governed_share", "allocated_share")


WORK = Work(
    id="two_marts",
    title="Import sources and their concentration, from 20 years by month with {scale:,} trade lines",
    make=make,
    scales={"small": 48_000, "default": 4_800_000, "full": 100_000_000},
    unit="trade lines",
    contenders=(
        Contender("ours", "the models' SQL in DuckDB, into tables", "ours", sql),
        Contender("polars", "polars lazy frames, into Parquet", "peer", polars),
    ),
    goals=(Goal("of polars", "ours", "polars", at_most=1),),
    same=("result",),
)
