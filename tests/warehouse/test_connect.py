"""Files keep the published storage version; analysts have read access only."""

from pathlib import Path

import duckdb
import pytest

from warehouse.connect import (
    Engine,
    connect,
    fetch,
    literal,
    open_writer,
    opened,
    quoted,
    quoted_list,
    sentence,
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


def test_without_spilling_a_query_may_write_no_temporary_file(tmp_path: Path) -> None:
    limits = []
    for spills in (True, False):
        with open_writer(tmp_path / f"{spills}.duckdb", Engine(spills=spills)) as con:
            limits += con.execute("select current_setting('max_temp_directory_size')").fetchall()
    assert limits[0] != limits[1] == ("0 bytes",)


def test_a_result_has_column_names_and_all_rows() -> None:
    with duckdb.connect() as con:
        query = "select i as mineral_id, $1 as share from range(3) r(i) order by 1"
        assert fetch(con, query, [0.5]) == (["mineral_id", "share"], [(0, 0.5), (1, 0.5), (2, 0.5)])


def test_an_error_of_the_engine_is_one_sentence() -> None:
    with duckdb.connect() as con:
        with pytest.raises(duckdb.Error) as caught:
            con.execute("select error('No  mineral\nof this name.')")
        assert sentence(caught.value) == "No mineral of this name."
        with pytest.raises(duckdb.Error) as caught:
            con.execute("select nothing_here from range(3)")
    assert "LINE 1" in str(caught.value)
    assert sentence(caught.value).startswith("Binder Error:")
    assert "LINE 1" not in sentence(caught.value)


def test_no_progress_bar_is_drawn_on_a_terminal(tmp_path: Path) -> None:
    """DuckDB's own bar would be among the lines of an answer that takes more than two seconds."""
    path = tmp_path / "minerals.duckdb"
    with open_writer(path) as con:
        assert _draws_a_bar(con) is False
    for sealed in (True, False):
        with connect(path, sealed=sealed) as con:
            assert _draws_a_bar(con) is False
    with opened() as con:
        assert _draws_a_bar(con) is False


def _draws_a_bar(con: duckdb.DuckDBPyConnection) -> object:
    (found,) = con.execute("select current_setting('enable_progress_bar')").fetchall()[0]
    return found
