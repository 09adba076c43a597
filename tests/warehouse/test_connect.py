"""Files keep the published storage version; analysts have read access only."""

from pathlib import Path

import duckdb
import pytest

from warehouse.connect import (
    Engine,
    connect,
    literal,
    open_writer,
    quoted,
    quoted_list,
    storage_version,
)


def test_a_written_file_keeps_the_published_storage_version(tmp_path: Path) -> None:
    path = tmp_path / "home" / "build.duckdb"
    for statement in ("create table t as select 1 as a", "insert into t values (2)"):
        with open_writer(path) as con:
            con.execute(statement)
            assert storage_version(con).startswith("v1.2.0")
    with connect(path) as con:
        assert storage_version(con).startswith("v1.2.0")
        assert con.execute("select sum(a) from t").fetchone() == (3,)


def test_an_analyst_cannot_write_reach_files_or_reopen_the_gate(tmp_path: Path) -> None:
    path = tmp_path / "minerals.duckdb"
    open_writer(path).close()
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with connect(path) as con:
        for statement in (
            "create table t (a int)",
            f"from read_csv({literal(str(tmp_path / 'secret.csv'))})",
            f"copy (select 1) to {literal(str(tmp_path / 'out.csv'))}",
            f"attach {literal(str(tmp_path / 'other.duckdb'))}",
            "install httpfs",
            "set enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                con.execute(statement)


def test_a_missing_warehouse_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="minerals refresh"):
        connect(tmp_path / "minerals.duckdb")


def test_engine_settings_are_applied(tmp_path: Path) -> None:
    engine = Engine(
        memory_limit="123MiB", threads=1, temp_directory=tmp_path / "spill", preserve_insertion_order=False
    )
    with open_writer(tmp_path / "x.duckdb", engine) as con:
        names = ("memory_limit", "threads", "temp_directory", "preserve_insertion_order")
        settings = [con.execute(f"select current_setting('{name}')").fetchone() for name in names]
    assert settings == [("123.0 MiB",), (1,), (str(tmp_path / "spill"),), (False,)]


def test_identifiers_and_literals_are_quoted() -> None:
    assert quoted("marts", 'a"b') == '"marts"."a""b"'
    assert quoted_list(["a", 'b"c']) == '"a", "b""c"'
    assert literal("it's") == "'it''s'"


def test_no_extension_is_fetched_or_loaded_by_itself_and_a_reader_cannot_change_that(tmp_path: Path) -> None:
    path = tmp_path / "new" / "home" / "x.duckdb"
    names = ("autoinstall_known_extensions", "autoload_known_extensions")
    with open_writer(path) as con:
        assert [con.execute(f"select current_setting('{name}')").fetchone() for name in names] == [
            (False,)
        ] * 2
        con.execute("set threads = 1")
    with connect(path) as con, pytest.raises(duckdb.Error, match="locked"):
        con.execute("set threads = 1")
