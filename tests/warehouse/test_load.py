"""Loading is idempotent and atomic, and adapts to the columns of its sources."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from warehouse.connect import open_writer
from warehouse.load import (
    FileLoad,
    load_file,
    load_refused,
    load_starter,
    remove,
    replace_rows,
)
from warehouse.raw_tables import duckdb_types, ensure_tables

TABLE = "usgs_mcs__salient"
COLUMNS = {"commodity": "VARCHAR", "value": "DOUBLE"}


@pytest.fixture
def con(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    writer = open_writer(tmp_path / "raw.duckdb")
    writer.execute("create schema raw.raw")
    writer.execute("set schema = 'raw.raw'")
    ensure_tables(writer, {TABLE: COLUMNS})
    return writer


def parsed(path: Path, archive_id: str, values: list[float], mode: str | None = "live") -> Path:
    frame = pl.DataFrame({"value": values}).with_columns(
        commodity=pl.lit("Cobalt"),
        _archive_id=pl.lit(archive_id),
        _partition=pl.lit("2025"),
        _vintage=date(2025, 1, 31),
    )
    (frame.with_columns(_mode=pl.lit(mode)) if mode else frame).write_parquet(path)
    return path


def values(con: duckdb.DuckDBPyConnection) -> list[tuple[str, float, str]]:
    return con.execute(f"select _archive_id, value, _mode from {TABLE} order by all").fetchall()


def test_the_same_file_twice_is_the_same_as_once(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    file = parsed(tmp_path / "a.parquet", "aa", [1.0, 2.0])
    assert load_file(con, TABLE, file, "aa") == FileLoad(TABLE, 2, unchanged=False)
    assert load_file(con, TABLE, file, "aa") == FileLoad(TABLE, 2, unchanged=True)
    assert values(con) == [("aa", 1.0, "live"), ("aa", 2.0, "live")]


def test_a_better_parser_replaces_only_its_own_file(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    load_file(con, TABLE, parsed(tmp_path / "a.parquet", "aa", [1.0]), "aa")
    load_file(con, TABLE, parsed(tmp_path / "b.parquet", "bb", [5.0]), "bb")
    assert not load_file(con, TABLE, parsed(tmp_path / "a2.parquet", "aa", [3.0]), "aa").unchanged
    assert values(con) == [("aa", 3.0, "live"), ("bb", 5.0, "live")]


def test_starter_rows_are_replaced_as_a_whole(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    load_file(con, TABLE, parsed(tmp_path / "a.parquet", "aa", [1.0]), "aa")
    load_starter(con, TABLE, parsed(tmp_path / "s.parquet", "ss", [7.0, 8.0], mode=None))
    assert load_starter(con, TABLE, parsed(tmp_path / "s2.parquet", "tt", [9.0], mode=None)).row_count == 1
    assert values(con) == [("aa", 1.0, "live"), ("tt", 9.0, "starter")]


def test_a_file_behind_the_starter_is_loaded_and_removed_with_it(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    load_starter(con, TABLE, parsed(tmp_path / "s.parquet", "aa", [7.0], mode=None))
    load_file(con, TABLE, parsed(tmp_path / "a.parquet", "aa", [1.0, 7.0]), "aa")
    assert values(con) == [("aa", 1.0, "live"), ("aa", 7.0, "live"), ("aa", 7.0, "starter")]
    remove(con, TABLE, "aa")
    assert values(con) == [("aa", 7.0, "starter")]
    assert [part[2] for part in parts(con)] == ["starter"]
    con.execute(f"delete from {TABLE}")
    assert not load_starter(con, TABLE, tmp_path / "s.parquet").unchanged, "missing rows are loaded again"
    assert values(con) == [("aa", 7.0, "starter")]


def parts(con: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return con.execute(
        "select table_name, _archive_id, _mode, _partition, _vintage, period, year"
        " from meta__part order by all"
    ).fetchall()


def test_the_catalogue_lists_the_rows_of_a_table(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    ensure_tables(con, {TABLE: {**COLUMNS, "year": "SMALLINT"}})
    for archive_id, years in (("aa", [2024, 2025, 2025]), ("bb", [2025])):
        file = parsed(tmp_path / f"{archive_id}.parquet", archive_id, [float(year) for year in years])
        pl.read_parquet(file).with_columns(year=pl.Series(years)).write_parquet(file)
        load_file(con, TABLE, file, archive_id)
    load_starter(con, TABLE, parsed(tmp_path / "s.parquet", "ss", [7.0, 8.0], mode=None))
    day = date(2025, 1, 31)
    held = [
        (TABLE, "aa", "live", "2025", day, None, 2024),
        (TABLE, "aa", "live", "2025", day, None, 2025),
        (TABLE, "bb", "live", "2025", day, None, 2025),
        (TABLE, "ss", "starter", "2025", day, None, None),
    ]
    assert parts(con) == held

    remove(con, TABLE, "bb")
    load_starter(con, TABLE, parsed(tmp_path / "t.parquet", "tt", [9.0], mode=None))
    held = [*held[:2], (TABLE, "tt", "starter", "2025", day, None, None)]
    assert parts(con) == held

    con.execute("alter table meta__part drop column year")
    ensure_tables(con, {TABLE: {**COLUMNS, "year": "SMALLINT"}})
    assert parts(con) == held, "a catalogue with other columns is rebuilt"
    assert ensure_tables(con, {TABLE: {**COLUMNS, "year": "DATE"}}) == [TABLE]
    assert parts(con) == []


def test_a_file_that_does_not_fit_leaves_the_table_as_it_was(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    load_file(con, TABLE, parsed(tmp_path / "a.parquet", "aa", [1.0]), "aa")
    bad = tmp_path / "bad.parquet"
    pl.read_parquet(tmp_path / "a.parquet").with_columns(value=pl.lit("many")).write_parquet(bad)
    with pytest.raises(duckdb.ConversionException):
        load_file(con, TABLE, bad, "aa")
    assert values(con) == [("aa", 1.0, "live")]
    assert load_file(con, TABLE, tmp_path / "a.parquet", "aa").unchanged


def test_a_new_column_is_null_in_old_rows_and_a_dropped_one_is_removed(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    load_file(con, TABLE, parsed(tmp_path / "a.parquet", "aa", [1.0]), "aa")
    assert ensure_tables(con, {TABLE: {"value": "DOUBLE", "note": "VARCHAR"}}) == []
    assert con.execute(f"select * exclude (_vintage, _partition) from {TABLE}").fetchall() == [
        (1.0, "aa", "live", None)
    ]


def test_a_widened_column_keeps_rows_and_an_incompatible_one_requires_a_new_load(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    file = parsed(tmp_path / "a.parquet", "aa", [1.5])
    load_file(con, TABLE, file, "aa")
    assert ensure_tables(con, {TABLE: {"commodity": "VARCHAR", "value": "VARCHAR"}}) == []
    assert con.execute(f"select value from {TABLE}").fetchall() == [("1.5",)]
    assert ensure_tables(con, {TABLE: {"commodity": "DOUBLE", "value": "VARCHAR"}}) == [TABLE]
    assert con.execute(f"select count(*) from {TABLE}").fetchone() == (0,)
    ensure_tables(con, {TABLE: COLUMNS})
    assert not load_file(con, TABLE, file, "aa").unchanged


def test_declared_types_are_compared_by_meaning(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    load_file(con, TABLE, parsed(tmp_path / "a.parquet", "aa", [1.0]), "aa")
    ensure_tables(con, {TABLE: {"commodity": "text", "value": "float8"}})
    assert len(values(con)) == 1


def test_refused_rows_are_kept_whole_with_their_reason(con: duckdb.DuckDBPyConnection) -> None:
    refused = pl.DataFrame(
        {"commodity": ["Cobalt", "Tin"], "value": [-1.0, None], "_reason": ["negative", "null"]}
    )
    assert load_refused(con, "usgs_mcs", TABLE, "aa", refused) == 2
    load_refused(con, "usgs_mcs", TABLE, "aa", refused.head(1))
    assert con.execute(
        """
        select source_id, table_name, archive_id, reason, "row"->>'commodity', "row"->'value'
        from meta__quarantine
        """
    ).fetchall() == [("usgs_mcs", TABLE, "aa", "negative", "Cobalt", "-1.0")]
    assert load_refused(con, "usgs_mcs", TABLE, "aa", refused.head(0)) == 0
    assert con.execute("select count(*) from meta__quarantine").fetchone() == (0,)


def test_a_source_status_replaces_the_previous_one(con: duckdb.DuckDBPyConnection) -> None:
    for mode in ("starter", "live"):
        replace_rows(
            con, "meta__source_status", pl.DataFrame({"source_id": ["usgs_mcs"], "mode": [mode]}), "source_id"
        )
    assert con.execute("select source_id, mode, licence from meta__source_status").fetchall() == [
        ("usgs_mcs", "live", None)
    ]


def test_polars_types_have_duckdb_names() -> None:
    schema = {"a": pl.String(), "b": pl.Int16(), "c": pl.Float64(), "d": pl.Date(), "e": pl.Boolean()}
    assert duckdb_types(schema) == {
        "a": "VARCHAR",
        "b": "SMALLINT",
        "c": "DOUBLE",
        "d": "DATE",
        "e": "BOOLEAN",
    }


def test_a_withdrawn_file_is_removed_and_restored(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    file = parsed(tmp_path / "a.parquet", "aa", [1.0])
    load_file(con, TABLE, file, "aa")
    load_file(con, TABLE, parsed(tmp_path / "b.parquet", "bb", [5.0]), "bb")
    remove(con, TABLE, "aa")
    remove(con, TABLE, "aa")
    assert values(con) == [("bb", 5.0, "live")]
    assert not load_file(con, TABLE, file, "aa").unchanged
    assert values(con) == [("aa", 1.0, "live"), ("bb", 5.0, "live")]
