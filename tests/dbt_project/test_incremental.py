"""Trade lines are rebuilt by period, with the same result as a full rebuild."""

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.dbt_project.test_reproducible import differing
from tests.dbt_project.warehouse import dbt
from warehouse.raw_tables import RAW_PARTITION_COLUMNS, catalogue

CHANGES = """
-- a new month
insert into raw.raw.census_bulk__imports by name
select
    date '2026-01-01' as period, hts10, cty_code, '' as cty_subco, '20' as dist_entry, '20' as dist_unlad,
    '61' as rate_prov, 1 as cards, general_value_usd as consumption_value_usd, general_value_usd,
    dutiable_value_usd, calculated_duty_usd, 'imports' as _archive_id, 'imports-2026-01' as _partition,
    date '2026-03-06' as _vintage, 'live' as _mode
from raw.raw.census_api__imports_annual where year = 2024 and cty_code = '1220';
-- a revision
insert into raw.raw.comtrade__trade by name
select * replace (value_usd + 1 as value_usd, 'again' as _archive_id, _vintage + 1 as _vintage)
from raw.raw.comtrade__trade
where _partition = (select min(_partition) from raw.raw.comtrade__trade);
-- and a year that is no longer stated
delete from raw.raw.cepii_baci__trade where year = 2024;
"""
UNTOUCHED = "source_id = 'census_api' and period = date '2025-01-01'"
PROJECT = Path(__file__).parents[2] / "dbt_project" / "models"
MODELS = ("stg_trade__input", "fct_trade", "fct_trade_input")


def run(home: Path, *options: str) -> None:
    ended = dbt(home, "run", "--select", *MODELS, *options)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_catalogue_counts_every_raw_row(built: Path) -> None:
    with duckdb.connect(str(built / "raw.duckdb"), read_only=True) as con:
        con.execute("set schema = 'raw.raw'")
        tables = con.execute(
            "select table_name, list(column_name) from duckdb_columns() where schema_name = 'raw'"
            " and table_name not like 'meta\\_\\_%' escape '\\' group by table_name"
        ).fetchall()
        assert tables
        for table, columns in tables:
            listed = ", ".join(name for name in RAW_PARTITION_COLUMNS if name in columns)
            counted = con.execute(
                f"select {listed} from meta__part where table_name = $1 order by all", [table]
            ).fetchall()
            held = con.execute(f"select distinct {listed} from {table} order by all").fetchall()
            assert counted == held, table


@pytest.mark.long
def test_changed_periods_and_a_full_refresh_give_identical_tables(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINERALS_PROJECT", "as it stands")
    for name in ("raw.duckdb", "build.duckdb"):
        shutil.copyfile(built / name, tmp_path / name)
    build = tmp_path / "build.duckdb"

    def fill_in(value: int) -> int:
        with duckdb.connect(str(build)) as con:
            updated = con.execute(f"update core.fct_trade set charges_usd = {value} where {UNTOUCHED}")
            return int(updated.fetchall()[0][0])

    def filled_in() -> tuple[int, ...]:
        with duckdb.connect(str(build), read_only=True) as con:
            counts = f"select count(*), count(charges_usd) from core.fct_trade where {UNTOUCHED}"
            return con.execute(counts).fetchall()[0]

    # The build was made by another version of the project, so everything is outdated and rebuilt.
    assert fill_in(7) > 0
    run(tmp_path)
    rows, filled = filled_in()
    assert (rows > 0, filled) == (True, 0)

    with duckdb.connect(str(tmp_path / "raw.duckdb")) as con:
        con.execute(CHANGES)
        con.execute("set schema = 'raw.raw'")
        for table in ("census_bulk__imports", "comtrade__trade", "cepii_baci__trade"):
            catalogue(con, table)
    fill_in(7)
    run(tmp_path)
    assert filled_in() == (rows, rows), "unchanged periods are not rebuilt"
    with duckdb.connect(str(build)) as con:
        con.execute(f"update core.fct_trade set charges_usd = null where {UNTOUCHED}")
        months = con.execute("select count(*) from core.fct_trade where source_id = 'census_bulk'").fetchall()
        years = con.execute(
            "select max(year(period)) from core.fct_trade where source_id = 'cepii_baci'"
        ).fetchall()
    assert months[0][0] > 0
    assert years[0][0] < 2024

    by_period = tmp_path / "by_period.duckdb"
    shutil.copyfile(build, by_period)
    run(tmp_path, "--full-refresh")
    assert not differing(by_period, build, MODELS)

    # With a long history, a few periods are built at a time, both in a full rebuild and for outdated periods.
    few = ("--vars", "{trade_batch_rows: 4000}")
    run(tmp_path, "--full-refresh", *few)
    compiled = tmp_path / "target" / "compiled" / "minerals" / "models" / "core" / "trade" / "fct_trade.sql"
    assert "getvariable('batch_from')" in compiled.read_text()
    assert not differing(by_period, build, MODELS)
    fill_in(7)
    monkeypatch.setenv("MINERALS_PROJECT", "as it never stood")
    run(tmp_path, *few)
    assert "getvariable('batch_from')" in compiled.read_text()
    assert set(differing(by_period, build, MODELS)) == {"core.fct_trade_input"}


@pytest.mark.long
def test_tables_built_in_batches_are_those_built_at_once(built: Path, tmp_path: Path) -> None:
    """Every model with batches, also for figures of years without trade, such as prices of 1960."""
    models = sorted(path for path in PROJECT.rglob("*.sql") if "begin_batches(" in path.read_text())
    names = [path.stem for path in models]
    assert {"duty_paid", "fct_area_import", "fct_customs_import", "fct_trade", "fct_vintage"} <= set(names)
    for name in ("raw.duckdb", "build.duckdb"):
        shutil.copyfile(built / name, tmp_path / name)
    ended = dbt(tmp_path, "run", "--select", *names, "--full-refresh", "--vars", "{trade_batch_rows: 4000}")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    compiled = tmp_path / "target" / "compiled" / "minerals" / "models"
    for path in models:
        assert "getvariable('batch_from')" in (compiled / path.relative_to(PROJECT)).read_text(), path.stem
    assert not differing(built / "build.duckdb", tmp_path / "build.duckdb", names)
