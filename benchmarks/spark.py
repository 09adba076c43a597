"""The dbt project on DuckDB and on Spark over the same raw tables: seconds of each, and whether they agree.

    python -m benchmarks.spark --rows 10000000 --home warehouse/data/bench/spark

The starter is landed, and so many generated trade lines beside it: BACI's layout, the codes of the bridge,
every pair of countries in turn. Tests of dbt are left out on both sides.
"""

import argparse
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks.history import note_files
from tests.dbt_project.equality import HEAD, compare
from tests.dbt_project.warehouse import dbt, land_starter
from warehouse.exchange import hand_over, take_back

FIRST_YEAR = 2000
MODELS = ("build", "--exclude-resource-types", "test", "unit_test")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spark", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--home", type=Path, default=Path("warehouse/data/bench/spark"), help="emptied first")
    chosen = parser.parse_args()
    here, there = chosen.home.resolve() / "duckdb", chosen.home.resolve() / "spark"
    for home in (here, there):
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
    land_starter(here)
    generate(here / "raw.duckdb", chosen.rows)
    seconds = {"duckdb": timed(lambda: run(here, "duckdb"))}
    exchange = str(there / "exchange")
    seconds["hand over"] = timed(lambda: dict(hand_over(here / "raw.duckdb", exchange)))
    seconds["spark"] = timed(lambda: run(there, "spark"))
    manifest = json.loads((there / "target" / "manifest.json").read_bytes())
    seconds["take back"] = timed(
        lambda: take_back(there / "build.duckdb", exchange, manifest["nodes"].values())
    )
    print(HEAD, *compare(here / "build.duckdb", there / "build.duckdb"), sep="\n")
    print({name: round(value, 1) for name, value in seconds.items()})


def generate(raw: Path, rows: int) -> None:
    """Add trade lines in a year's file each: a code and a pair of countries once a year."""
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


def run(home: Path, target: str) -> None:
    os.environ.update(DBT_TARGET=target, MINERALS_EXCHANGE=str(home / "exchange"))
    done = dbt(home, *MODELS)
    if done.returncode != 0:
        raise SystemExit(done.stdout + done.stderr)


def timed(task: Callable[[], object]) -> float:
    started = time.perf_counter()
    task()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
