"""A warehouse with a history of any length: the loaded starter, and synthetic months of three customs
services.

DuckDB draws the rows with a fixed seed: partners and districts by rank, lognormal values, one archive per
month and flow, in the publishers' units. About 60 % of the rows are US imports at the grain of rate provision
and district, 20 % US exports, 15 % Canada's trade, and the rest Mexico's.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.harness import ROOT
from orchestration.settings import Settings
from tests.dbt_project.warehouse import load_starter
from warehouse.connect import create
from warehouse.raw_tables import catalogue

LAST = date(2025, 12, 1)
TABLES = (
    "census_bulk__imports",
    "census_bulk__exports",
    "census_bulk__concord",
    "statcan_cimt__trade",
    "comtrade__trade",
)
SHARES = {"us_imports": 0.62, "us_exports": 0.2, "canada": 0.15, "mexico": 0.03}

SETUP = """
select setseed(0.42);
create or replace temp table codes as
    select hts10, row_number() over (order by md5(hts10)) - 1 as rank
    from (select distinct hts10 from raw.raw.census_api__imports_annual);
create or replace temp table partners as
    select row_number() over (order by md5(iso3)) - 1 as rank, census_code, iso2, comtrade_code
    from read_csv('dbt_project/seeds/countries.csv', all_varchar = true)
    where census_code is not null and iso2 is not null and comtrade_code is not null;
create or replace temp macro ranked(ranks, skew) as floor(ranks * random() ** skew)::int;
create or replace temp macro amount(scale) as
    exp(scale + 2 * sqrt(-2 * ln(1 - random())) * cos(6.2832 * random()));
create or replace temp macro drawn(wanted) as table
    select
        ranked((select count(*) from codes), 1.5) as code,
        ranked((select count(*) from partners), 2) as partner,
        ranked(40, 2) + 10 as district,
        ['10', '18', '61', '64', '69'][ranked(5, 2) + 1] as provision
    from range((wanted * 1.02 + 50)::bigint);
"""

MONTH = """
insert into raw.raw.census_bulk__imports by name
select
    $month::date as period, hts10, census_code as cty_code, if(provision = '18', 'S', '') as cty_subco,
    district::varchar as dist_entry, district::varchar as dist_unlad, provision as rate_prov, 1 as cards,
    (value / 7)::bigint as consumption_quantity1, 0 as consumption_quantity2,
    value::bigint as consumption_value_usd, (value * 0.3)::bigint as dutiable_value_usd,
    (value * 0.01)::bigint as calculated_duty_usd, (value * 0.05)::bigint as consumption_charges_usd,
    (value * 1.05)::bigint as consumption_cif_usd, (value / 7)::bigint as general_quantity1,
    0 as general_quantity2, value::bigint as general_value_usd, (value * 0.05)::bigint as general_charges_usd,
    (value * 1.05)::bigint as general_cif_usd, 0 as air_value_usd, 0 as air_weight_kg, 0 as air_charges_usd,
    value::bigint as vessel_value_usd, (value / 6)::bigint as vessel_weight_kg, 0 as vessel_charges_usd,
    0 as container_value_usd, 0 as container_weight_kg, 0 as container_charges_usd,
    md5('imports' || $month) as _archive_id, 'imports-' || $month[:7] as _partition,
    $month::date + 65 as _vintage, 'live' as _mode
from (select distinct code, partner, district, provision, amount(9) as value from drawn($us_imports))
inner join codes on code = codes.rank
inner join partners on partner = partners.rank
qualify row_number() over (partition by code, partner, district, provision) = 1;

insert into raw.raw.census_bulk__exports by name
select
    $month::date as period, if(random() < 0.15, '2', '1') as df, hts10 as schedule_b,
    census_code as cty_code, district::varchar as district, 1 as cards, (value / 7)::bigint as quantity1,
    0 as quantity2, value::bigint as value_usd, 0 as air_value_usd, 0 as air_weight_kg,
    value::bigint as vessel_value_usd, (value / 6)::bigint as vessel_weight_kg, 0 as container_value_usd,
    0 as container_weight_kg, md5('exports' || $month) as _archive_id,
    'exports-' || $month[:7] as _partition, $month::date + 65 as _vintage, 'live' as _mode
from (select distinct code, partner, district, amount(9) as value from drawn($us_exports))
inner join codes on code = codes.rank
inner join partners on partner = partners.rank
qualify row_number() over (partition by code, partner, district) = 1;

insert into raw.raw.census_bulk__concord by name
select
    $month::date as period, flow, hts10 as code, 'KG' as unit_qy1, '' as unit_qy2,
    md5(flow || $month) as _archive_id, flow || '-' || $month[:7] as _partition,
    $month::date + 65 as _vintage, 'live' as _mode
from codes, (values ('imports'), ('exports')) as flows (flow);

insert into raw.raw.statcan_cimt__trade by name
select
    $month::date as period, 'import' as flow, hts10 as hs_code, iso2 as country, 'ON' as province,
    district::varchar as state, (value * 1.35)::bigint as value_cad, (value / 7)::double as quantity,
    'KGM' as unit, null as qualifier, md5('canada' || $month) as _archive_id,
    'import-' || $month[:7] as _partition, $month::date + 65 as _vintage, 'live' as _mode
from (select distinct code, partner, 0 as district, amount(9) as value from drawn($canada))
inner join codes on code = codes.rank
inner join partners on partner = partners.rank
qualify row_number() over (partition by code, partner) = 1;

insert into raw.raw.comtrade__trade by name
select
    'C' as type_code, 'M' as freq, $month::date as period, 484 as reporter_code,
    comtrade_code::int as partner_code, 'M' as flow, hs6 as hs_code, 6 as hs_level, 'H6' as classification,
    value / 7 as quantity, 'kg' as quantity_unit, false as is_quantity_estimated, value / 7 as net_weight_kg,
    false as is_net_weight_estimated, value as cif_value_usd, null as fob_value_usd, value as value_usd,
    true as is_reported, false as is_aggregate, md5('mexico' || $month) as _archive_id,
    'mexico/' || replace($month[:7], '-', '') as _partition, $month::date + 65 as _vintage, 'live' as _mode
from (
    select distinct hts10[:6] as hs6, partner, amount(9) as value
    from drawn($mexico), codes
    where code = codes.rank
)
inner join partners on partner = partners.rank
qualify row_number() over (partition by hs6, partner) = 1;
"""


def make(home: Path, months: int, rows_a_month: int) -> dict[str, int]:
    """A home whose `raw.duckdb` has the starter and synthetic months up to `LAST`."""
    home.mkdir(parents=True, exist_ok=True)
    load_starter(home)
    with duckdb.connect(str(home / "raw.duckdb"), config={"memory_limit": "4GB"}) as con:
        con.execute(SETUP)
        for age in range(months - 1, -1, -1):
            add_month(con, month_before(age), rows_a_month)
        note_files(con)
    return {"months": months, "rows_a_month": rows_a_month, "bytes": (home / "raw.duckdb").stat().st_size}


def month_before(age: int) -> str:
    """The month ``age`` months before the last, as ``YYYY-MM-01``; negative ages are after it."""
    at = LAST.year * 12 + LAST.month - 1 - age
    return f"{at // 12}-{at % 12 + 1:02d}-01"


def add_month(con: duckdb.DuckDBPyConnection, month: str, rows: int) -> None:
    """Load one synthetic month of all three customs services; `SETUP` has run on the connection."""
    wanted = {name: int(rows * share) for name, share in SHARES.items()}
    for statement in MONTH.split(";\n\n"):
        names = [name for name in ("month", *wanted) if f"${name}" in statement]
        con.execute(statement, {name: ({"month": month} | wanted)[name] for name in names})


def note_files(con: duckdb.DuckDBPyConnection, tables: Iterable[str] = TABLES) -> None:
    """Update the catalogue, as loading does."""
    con.execute("set schema = 'raw.raw'")
    for table in tables:
        catalogue(con, table)


def dbt(home: Path, *arguments: str, memory_limit: str = "4GB") -> None:
    """Run dbt on a home, without Dagster.

    Raises:
        RuntimeError: A model failed; the message is dbt's.
    """
    create(home / "build.duckdb")
    settings = Settings(home=home, memory_limit=memory_limit)
    environment = {
        **os.environ,
        **settings.dbt_environment(),
        "MINERALS_PROJECT": "bench",
        "DBT_TARGET_PATH": str(home / "dbt"),
        "DBT_LOG_PATH": str(home / "dbt"),
    }
    threads = ("--threads", str(settings.models_side_by_side))
    command = [
        str(Path(sys.executable).with_name("dbt")),
        *arguments,
        *threads,
        "--profiles-dir",
        ".",
        "--quiet",
    ]
    ended = subprocess.run(
        command, cwd=ROOT / "dbt_project", env=environment, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise RuntimeError(ended.stdout + ended.stderr)


def seconds_of(home: Path, *models: str) -> float:
    """Seconds that dbt's last run on a home reports for some models; by default for all."""
    results = json.loads((home / "dbt" / "run_results.json").read_bytes())["results"]
    return sum(
        result["execution_time"]
        for result in results
        if not models or result["unique_id"].split(".")[-1] in models
    )
