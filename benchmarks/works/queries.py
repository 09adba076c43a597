"""The questions of the query book on a long history: the warehouse and its Parquet mirror."""

import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import history
from benchmarks.harness import ROOT, Bound, Contender, Facts, Goal, Place, Task, Work, made
from benchmarks.works import marts
from benchmarks.works.marts import MODELS_ONLY

BOOK = ROOT / "warehouse" / "queries"
LAYERS = ("core", "marts", "meta")


def make(folder: Path, rows: int) -> Facts:
    """The warehouse that `marts` built, or that of the starter."""
    import duckdb  # noqa: PLC0415

    from warehouse import sqlmacros  # noqa: PLC0415

    facts: Facts = {}
    if rows:
        aged = folder.with_name(f"{marts.WORK.id}-{rows}")
        facts = made(marts.WORK, rows, aged, print)
        shutil.copyfile(marts.built(aged), folder / "build.duckdb")
    else:
        history.load_starter(folder)
        history.dbt(folder, "build", *MODELS_ONLY)
    with duckdb.connect(str(folder / "build.duckdb")) as con:
        sqlmacros.install(con, sqlmacros.FOLDER)
    return facts


def write_parquet(folder: Path) -> None:
    """Write every table of the warehouse as Parquet, once."""
    import duckdb  # noqa: PLC0415

    with duckdb.connect(str(folder / "build.duckdb"), read_only=True) as con:
        for schema, table in tables(con):
            path = folder / schema / f"{table}.parquet"
            path.parent.mkdir(exist_ok=True)
            if not path.exists():
                con.execute(f"copy {schema}.{table} to '{path}' (compression zstd)")


def tables(con: object) -> list[tuple[str, str]]:
    return con.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name = current_database() and schema_name in ('core', 'marts', 'meta') order by all"
    ).fetchall()


def asked(connect: Callable[[Place], object], place: Place) -> Task:
    """Run each question once to warm up, then three times; returns its median time, and the p95 of all."""
    con = connect(place)
    book = [path.read_text() for path in sorted(BOOK.glob("*.sql"))]

    def once(sql: str) -> float:
        began = time.perf_counter()
        con.execute(sql).fetchall()
        return 1000 * (time.perf_counter() - began)

    def task() -> Facts:
        for sql in book:
            once(sql)
        times = sorted(statistics.median(once(sql) for _ in range(3)) for sql in book)
        return {
            "p95_ms": times[round(0.95 * len(times)) - 1],
            "median_ms": statistics.median(times),
            "questions": len(book),
        }

    return task


def published(place: Place) -> object:
    from warehouse.connect import Engine, connect  # noqa: PLC0415

    return connect(place.data / "build.duckdb", Engine("4GB", 2))


def mirrored(place: Place) -> object:
    """Views on the Parquet files, with the same names and macros."""
    import duckdb  # noqa: PLC0415

    from warehouse import sqlmacros  # noqa: PLC0415

    write_parquet(place.data)
    con = duckdb.connect(config={"memory_limit": "4GB", "threads": 2})
    for layer in LAYERS:
        con.execute(f"create schema {layer}")
        for path in sorted((place.data / layer).glob("*.parquet")):
            con.execute(f"create view {layer}.{path.stem} as from '{path}'")
    sqlmacros.install(con, sqlmacros.FOLDER)
    return con


def on_file(place: Place) -> Task:
    return asked(published, place)


def on_parquet(place: Place) -> Task:
    return asked(mirrored, place)


CONTENDERS = (
    Contender("ours", "the warehouse's file", "ours", on_file),
    Contender("parquet", "the same on its Parquet mirror", "peer", on_parquet),
)

WORK = Work(
    id="queries",
    title="The questions of the book on 20 years of three reporters, {scale:,} trade lines",
    make=make,
    scales={"small": 48_000, "default": 4_800_000, "full": 100_000_000},
    unit="trade lines",
    contenders=CONTENDERS,
    goals=(Goal("p95 of the one on Parquet", "ours", "parquet", at_most=1, figure="p95_ms"),),
    bounds=(Bound("p95 of the questions, ms", "ours", "p95_ms", 250),),
    same=("questions",),
)
