"""All models on a long history: dbt against the same SQL in one bare script."""

import json
import shutil
from pathlib import Path

from benchmarks import history
from benchmarks.harness import Bound, Contender, Facts, Goal, Place, Task, Work

MONTHS, MODELS_ONLY = 240, ("--exclude-resource-types", "test", "unit_test")
AT_ONCE = ("--vars", "{trade_batch_rows: 1000000000000}")
"""Without batches a model is a single statement, as in the bare script."""
MANY_LINES = 20_000_000
"""From this number of lines, single statements do not fit in `LIMITED` and the script may use `AMPLE`."""
LIMITED, AMPLE = "4GB", "16GB"


def make(folder: Path, rows: int) -> Facts:
    """A home with 20 years of trade lines, and the SQL that dbt compiles for it, in dbt's order."""
    facts = history.make(folder / "home", MONTHS, rows // MONTHS)
    history.dbt(folder / "home", "compile", *AT_ONCE)
    results = json.loads((folder / "home" / "dbt" / "run_results.json").read_bytes())["results"]
    nodes = json.loads((folder / "home" / "dbt" / "manifest.json").read_bytes())["nodes"]
    done = sorted(results, key=lambda result: result["timing"][-1]["completed_at"])
    models = [
        (nodes[key], result["compiled_code"]) for result in done if (key := result["unique_id"]) in nodes
    ]
    script = [
        {"name": model["relation_name"], "kind": model["config"]["materialized"], "sql": sql}
        for model, sql in models
        if model["resource_type"] == "model"
    ]
    (folder / "script.json").write_text(json.dumps(script))
    return {**facts, "models": len(script)}


def built(folder: Path) -> Path:
    """The warehouse of the files in a folder: the one that `ours` built last, or else a new one."""
    home = folder / "built"
    if not (home / "build.duckdb").exists():
        home.mkdir(exist_ok=True)
        shutil.copyfile(folder / "home" / "raw.duckdb", home / "raw.duckdb")
        history.dbt(home, "build", *MODELS_ONLY)
        (home / "raw.duckdb").unlink()
    return home / "build.duckdb"


def fresh(place: Place) -> Path:
    """A home with raw tables only."""
    shutil.copyfile(place.data / "home" / "raw.duckdb", place.scratch / "raw.duckdb")
    return place.scratch


def ours(place: Place) -> Task:
    home = fresh(place)
    history.dbt(home, "seed")

    def task() -> Facts:
        history.dbt(home, "build", *MODELS_ONLY)
        facts = {"in_models_s": history.seconds_of(home), "trade_lines": lines(home)}
        keep(home, place.data / "built")
        return facts

    return task


def keep(home: Path, folder: Path) -> None:
    """Move a build and dbt's record of it to a folder, for the benchmarks that read it."""
    folder.mkdir(exist_ok=True)
    (home / "build.duckdb").replace(folder / "build.duckdb")
    shutil.copyfile(home / "dbt" / "run_results.json", folder / "run_results.json")


def bare(place: Place) -> Task:
    """The compiled SQL on one connection, one statement after another."""
    import duckdb  # noqa: PLC0415

    from warehouse.connect import Engine, create  # noqa: PLC0415

    home = fresh(place)
    history.dbt(home, "seed")
    script = json.loads((place.data / "script.json").read_text())
    create(home / "build.duckdb")
    memory = AMPLE if place.scale >= MANY_LINES else LIMITED
    con = duckdb.connect(str(home / "build.duckdb"), config=Engine(memory, 2, home / "tmp").config())
    con.execute(f"attach '{home / 'raw.duckdb'}' as landing")
    for schema in ("landing.staging", "build.core", "build.marts", "build.meta"):
        con.execute(f"create schema if not exists {schema}")

    def task() -> Facts:
        for step in script:
            kind = "view" if step["kind"] == "view" else "table"
            con.execute(f"create or replace {kind} {step['name']} as {step['sql']}")
        con.close()
        return {"trade_lines": lines(home)}

    return task


def lines(home: Path) -> int:
    import duckdb  # noqa: PLC0415

    with duckdb.connect(str(home / "build.duckdb"), read_only=True) as con:
        return int(con.execute("select count(*) from core.fct_trade").fetchall()[0][0])


WORK = Work(
    id="marts",
    title="All models on {scale:,} trade lines: three reporters, 20 years of months",
    make=make,
    scales={"small": 48_000, "default": 4_800_000, "full": 100_000_000},
    unit="trade lines",
    contenders=(
        Contender("ours", "dbt build, models only", "ours", ours),
        Contender(
            "bare", "limit: the same compiled SQL in one DuckDB connection", "limit", bare, may_fail=True
        ),
    ),
    goals=(Goal("of the bare script", "ours", "bare", at_most=1.15),),
    bounds=(Bound("peak memory, MB", "ours", "peak_mb", 6000),),
    same=("trade_lines",),
    runs=1,
    notes=(
        "DuckDB may use 4 GB and spills to disk beyond that. The time includes dbt's start and its reading "
        "of the project. dbt makes the largest tables in batches of about five million lines, the script "
        "in one: from 20 million lines its statements do not fit in 4 GB, and it may use 16 GB. With 100 "
        "million lines, 16 GB and 60 GB of disk do not suffice for them."
    ),
)
