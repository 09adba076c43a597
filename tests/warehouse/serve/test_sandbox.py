"""Readers' own SQL: what it cannot reach, what it must not show, and its limits."""

import threading
import time
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from tests.programs import patience_s
from warehouse.connect import connect
from warehouse.publications import FILE
from warehouse.serve.sandbox import BusyError, Limits, RefusedError, ask


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "select * from read_blob('/etc/passwd')",
        "select * from read_json('/etc/passwd')",
        "select * from sniff_csv('/etc/passwd')",
        "select * from read_parquet('/etc/passwd')",
        "select * from parquet_metadata('/etc/passwd')",
        "select * from read_duckdb('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select getenv('HOME')",
        "select * from glob('/*')",
        "select * from 'http://127.0.0.1:1/x.parquet'",
        "copy (select 1) to '/tmp/never.csv'",
        "copy marts.import_sources to 'http://127.0.0.1:1/x.parquet'",
        "export database '/tmp/never'",
        "attach '/tmp/never.duckdb' as x",
        "attach 'http://127.0.0.1:1/x.duckdb' as x",
        "detach minerals",
        "use system",
        "pragma database_list",
        "prepare x as select 1",
        "explain analyze select 1",
        "with x as (select 1) insert into marts.import_sources from x",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "pragma version",
        "create table marts.x as select 1",
        "insert into marts.import_sources select * from marts.import_sources",
        "select 1; select 2",
        "call enable_logging()",
        "",
        "selec",
    ],
)
def test_sql_touches_nothing_else(published: Path, sql: str) -> None:
    with pytest.raises(RefusedError):
        ask(published / FILE, sql)


def catalogs(con: duckdb.DuckDBPyConnection) -> list[str]:
    """DuckDB's table functions and views that answer without an argument on an open publication."""
    named = con.execute(
        "select distinct function_name from duckdb_functions() where function_type like 'table%' order by all"
    ).fetchall()
    views = con.execute("select 'system.' || schema_name || '.' || view_name from duckdb_views()").fetchall()
    found = []
    for name in [*(f"{name}()" for (name,) in named), *(name for (name,) in views)]:
        with suppress(duckdb.Error):
            con.execute(f"select t::varchar from {name} as t").fetchall()
            found.append(name)
    return found


def is_set(con: duckdb.DuckDBPyConnection, setting: str) -> bool:
    """Whether a setting has a value; some are those of extensions that are not loaded."""
    with suppress(duckdb.CatalogException):
        con.execute(f"select current_setting('{setting}')")
        return True
    return False


def test_no_catalog_and_no_setting_shows_where_the_file_lies(published: Path) -> None:
    file = next((published / "publications").iterdir()) / FILE
    with connect(file) as con:
        functions = catalogs(con)
        settings = [
            name
            for (name,) in con.execute("select name from duckdb_settings()").fetchall()
            if is_set(con, name)
        ]
        assert str(file) in str(con.execute("from duckdb_databases()").fetchall())
        revealing = [name for name in functions if str(file) in str(con.execute(f"from {name}").fetchall())]
    assert {"duckdb_databases()", "duckdb_settings()"} <= set(revealing)
    assert {"temp_directory", "home_directory", "allowed_paths"} <= set(settings)
    shown = " union all ".join(f"select '{name}', t::varchar from {name} as t" for name in functions)
    set_to = ", ".join(f"current_setting('{name}')::varchar" for name in settings)
    for statement in (shown, f"select {set_to}"):
        rows = ask(file, statement).rows
        assert rows
        for row in rows:
            assert str(published) not in str(row)
            assert file.parent.name not in str(row)


@pytest.mark.parametrize(
    "sql",
    [
        "select * from 'minerals.duckdb'",
        "select * from read_blob('minerals.duckdb')",
        "select * from read_text('../x')",
        "select * from glob('*')",
        "select * from nothing",
        "select * from minerals.nothing.nothing",
        "select nothing from marts.import_sources",
        "select error(path) from duckdb_databases() where path is not null",
        "select path::int from duckdb_databases() where path is not null",
    ],
)
def test_no_message_shows_where_the_file_lies(published: Path, sql: str) -> None:
    file = next((published / "publications").iterdir()) / FILE
    with pytest.raises(RefusedError) as refused:
        ask(file, sql)
    assert str(published) not in str(refused.value)
    assert file.parent.name not in str(refused.value)


@pytest.mark.long
def test_what_is_shown_of_the_file_opens_nothing_else(published: Path) -> None:
    file = published / FILE
    ((shown,),) = ask(file, "select path from duckdb_databases() where path is not null").rows
    assert shown == f"publication://{FILE}"
    (file.resolve().parent / f"{FILE}.tmp").mkdir()
    for place in (shown, file, file.resolve()):
        for other in (f"{place}/../parquet/datapackage.json", f"{place}.tmp/../parquet/datapackage.json"):
            for reader in ("read_blob", "read_text", "read_json"):
                with pytest.raises(RefusedError):
                    ask(file, f"select * from {reader}('{other}')")
        with pytest.raises(RefusedError):
            ask(file, f"select * from glob('{place}.tmp/../*')")


def test_a_removed_publication_is_reported_without_its_path(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    for folder in ("there", "gone"):
        with pytest.raises(BusyError) as refused:
            ask(tmp_path / folder / FILE, "select 1")
        assert str(tmp_path) not in str(refused.value)


@pytest.mark.long
def test_a_third_statement_waits_two_seconds(published: Path) -> None:
    limits = Limits(seconds=8)
    endless = "select count(*) from range(1000000000) a, range(1000) b"

    def state() -> None:
        with suppress(BusyError):
            ask(published / FILE, endless, limits)

    running = [threading.Thread(target=state) for _ in range(2)]
    for one in running:
        one.start()
    time.sleep(0.5)
    began = time.monotonic()
    with pytest.raises(BusyError, match="Other statements"):
        ask(published / FILE, "select 1", limits)
    assert time.monotonic() - began < 5
    for one in running:
        one.join()


def test_any_value_of_sql_is_written(published: Path) -> None:
    file = published / FILE
    counted = "select histogram(length(supplier_iso3)) from marts.import_sources"
    assert ask(file, counted).rows == [[{"7": 3}]]
    assert ask(file, "select 18446744073709551616::hugeint, 1").rows == [["18446744073709551616", 1]]
    assert ask(file, "select timetz '01:02:03+02'").rows == [["01:02:03+02:00"]]


def test_sql_has_its_limits(published: Path) -> None:
    file = published / FILE
    answer = ask(file, "select * from range(100)", Limits(rows=10))
    assert (len(answer.rows), answer.truncated) == (10, True)
    with pytest.raises(RefusedError, match="larger than 1 MB"):
        ask(file, "select repeat('x', 3000000)", Limits(answer_mb=1))
    with pytest.raises(RefusedError, match="memory"):
        ask(file, "select list(range) from range(1000000000)", Limits(memory_mb=64))
    began = time.monotonic()
    # neither responds to an interrupt of DuckDB nor respects its memory limit
    with pytest.raises(RefusedError, match=r"stopped after 4 s|memory"):
        ask(file, "select length(repeat('x', 1500000000))", Limits(seconds=4))
    assert time.monotonic() - began < patience_s(20)
