"""Build the dbt project on DuckDB and on Spark from the same raw tables: seconds, and whether results agree.

    python -m benchmarks.spark --rows 10000000 --home warehouse/data/bench/spark python -m benchmarks.spark
    --rows 100000000 --select +fct_trade

The raw tables are the starter and generated trade lines in BACI's layout: the codes of the bridge, for every
pair of countries in turn. Neither side runs dbt's tests. ``--select`` builds some of the models: only
`core.fct_trade` grows with the lines, and what later models read from it is much smaller. If an engine runs
out of memory, the result says so and the other engine continues.
"""

import argparse
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.history import note_files
from tests.dbt_project.equality import HEAD, compare
from tests.dbt_project.warehouse import dbt, load_starter
from warehouse.connect import literal, quoted
from warehouse.exchange import hand_over, take_back

FIRST_YEAR = 2000
ROW_BY_ROW = 20_000_000
"""Number of lines up to which rows are compared; above it, only their sums."""
MODELS = ("build", "--exclude-resource-types", "test", "unit_test")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spark", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--select", nargs="*", default=[], help="dbt's selection of models; default: all")
    parser.add_argument("--home", type=Path, default=Path("warehouse/data/bench/spark"), help="emptied first")
    chosen = parser.parse_args()
    here, there = chosen.home.resolve() / "duckdb", chosen.home.resolve() / "spark"
    for home in (here, there):
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
    load_starter(here)
    generate(here / "raw.duckdb", chosen.rows)
    chosen_models = ("--select", *chosen.select) if chosen.select else ()
    seconds = {"duckdb": run(here, "duckdb", *chosen_models)}
    exchange = str(there / "exchange")
    seconds["hand over"] = timed(lambda: dict(hand_over(here / "raw.duckdb", exchange)))
    seconds["spark"] = run(there, "spark", *chosen_models)
    seconds["take back"] = timed(lambda: take_back(there / "build.duckdb", exchange, made(there)))
    print({name: round(value, 1) for name, value in seconds.items()})
    if chosen.rows > ROW_BY_ROW:
        print(*sums(here / "build.duckdb", there / "build.duckdb"), sep="\n")
    else:
        print(HEAD, *compare(here / "build.duckdb", there / "build.duckdb"), sep="\n")


def generate(raw: Path, rows: int) -> None:
    """Add trade lines, one file per year: each code and pair of countries once a year."""
    with duckdb.connect(str(raw)) as con:
        con.execute(
            f"""
            create temp table codes as
                select hs6, row_number() over (order by hs6) - 1 as place
                from (select distinct hs6 from raw.raw.cepii_baci__trade);
            create temp table areas as
                select code, row_number() over (order by code) - 1 as place
                from (
                    select exporter_code as code from raw.raw.cepii_baci__trade
                    union
                    select importer_code from raw.raw.cepii_baci__trade
                );
            insert into raw.raw.cepii_baci__trade by name
            with sizes as (
                select (select count(*) from codes) as codes, (select count(*) from areas) as areas
            ),
            cells as (
                select
                    range as number,
                    range % codes as code_place,
                    range // codes % areas as exporter_place,
                    range // codes // areas % areas as importer_place,
                    {FIRST_YEAR} + range // codes // areas // areas as year
                from range({rows}) cross join sizes
            )
            select
                'HS17' as nomenclature,
                cells.year,
                exporters.code as exporter_code,
                importers.code as importer_code,
                codes.hs6,
                round(exp(hash(number) % 9000 / 1000.0), 3) as value_kusd,
                case when number % 20 != 0 then round(exp(hash(number + 7) % 8000 / 1000.0), 3) end
                    as quantity_t,
                'generated' || cells.year as _archive_id,
                cells.year::varchar as _partition,
                date '2026-01-01' as _vintage,
                'live' as _mode
            from cells
            inner join codes on cells.code_place = codes.place
            inner join areas as exporters on cells.exporter_place = exporters.place
            inner join areas as importers on cells.importer_place = importers.place
            """
        )
        note_files(con, ["cepii_baci__trade"])


def run(home: Path, target: str, *selected: str) -> float:
    """Build, print the result, and return the seconds.

    Raises:
        SystemExit: It failed for a reason other than memory.
    """
    os.environ.update(DBT_TARGET=target, MINERALS_EXCHANGE=str(home / "exchange"))
    began = time.perf_counter()
    done = dbt(home, *MODELS, *selected)
    seconds = time.perf_counter() - began
    output = done.stdout + done.stderr
    if done.returncode != 0 and "memory" not in output.lower():
        raise SystemExit(output)
    ended = "built" if done.returncode == 0 else f"failed: {output}"
    print(f"{target}: {seconds:.1f} s, {ended}", flush=True)
    return seconds


def made(home: Path) -> list[dict[str, Any]]:
    """The nodes built by dbt's last run on a home."""
    nodes = json.loads((home / "target" / "manifest.json").read_bytes())["nodes"]
    results = json.loads((home / "target" / "run_results.json").read_bytes())["results"]
    return [nodes[result["unique_id"]] for result in results]


def sums(first: Path, second: Path) -> Iterator[str]:
    """For every table of both builds: row counts, whether the sums of key hashes agree, and its figures."""
    with duckdb.connect() as con:
        for side, path in (("one", first), ("other", second)):
            con.execute(f"attach {literal(str(path))} as {side} (read_only)")
        tables = "select schema_name, table_name from duckdb_tables() where database_name = "
        for name in con.execute(f"{tables} 'one' intersect {tables} 'other' order by all").fetchall():
            (rows, keys, *figures), (other_rows, other_keys, *other_figures) = (
                summed(con, side, *name) for side in ("one", "other")
            )
            gaps = [
                abs(a - b) / max(1, abs(a)) for a, b in zip(figures, other_figures, strict=True) if a or b
            ]
            yield (
                f"{'.'.join(name)}: {rows:,} rows here and {other_rows:,} there, keys "
                f"{'equal' if keys == other_keys else 'DIFFER'}, sums within {max(gaps, default=0):.0e}"
            )


def summed(con: duckdb.DuckDBPyConnection, side: str, schema: str, table: str) -> tuple[Any, ...]:
    """Row count of a table, sum of the hashes of its keys, and sum and count of each figure."""
    columns = con.execute(
        "select column_name, data_type from duckdb_columns()"
        " where database_name = 'one' and schema_name = $1 and table_name = $2 order by column_index",
        [schema, table],
    ).fetchall()
    figures = [quoted(name) for name, kind in columns if kind == "DOUBLE"]
    keys = ", ".join(f"{quoted(name)}::{kind}" for name, kind in columns if kind != "DOUBLE")
    sums = [f"coalesce(sum({name}), 0), count({name})" for name in figures]
    asked = ", ".join(["count(*)", f"sum(hash({keys})::hugeint)", *sums])
    return con.execute(f"select {asked} from {side}.{quoted(schema, table)}").fetchall()[0]


def timed(task: Callable[[], object]) -> float:
    started = time.perf_counter()
    task()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
