"""Export to another engine, and import of its results."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow.dataset as ds
import pytest

from warehouse.connect import open_writer
from warehouse.exchange import hand_over, take_back


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    path = tmp_path / "raw.duckdb"
    with open_writer(path) as con:
        con.execute(
            """
            create schema raw.raw;
            create table raw.raw.trade as select * from (values
                (date '2025-01-01', 'a', 1.5, 'x'::enum('x', 'y')),
                (date '2025-02-01', 'b', null, 'y'),
                (null, 'c', 2.5, null)
            ) as t (period, code, value_usd, status);
            create table raw.raw.refused ("row" json, reason varchar);
            """
        )
    return path


def read(folder: Path) -> pl.DataFrame:
    rows = ds.dataset(folder, format="parquet", partitioning="hive").to_table()
    return pl.DataFrame(pl.from_arrow(rows))


def test_every_raw_table_is_handed_over(raw: Path, tmp_path: Path) -> None:
    place = tmp_path / "exchange"
    assert dict(hand_over(raw, str(place))) == {"refused": 0, "trade": 3}
    trade = read(place / "raw" / "trade").sort("code")
    assert trade.rows() == [
        (date(2025, 1, 1), "a", 1.5, "x"),
        (date(2025, 2, 1), "b", None, "y"),
        (None, "c", 2.5, None),
    ]


def test_a_table_without_rows_has_its_columns(raw: Path, tmp_path: Path) -> None:
    dict(hand_over(raw, str(tmp_path)))
    assert read(tmp_path / "raw" / "refused").schema == {"row": pl.String, "reason": pl.String}


def test_a_large_table_is_cut_by_period(raw: Path, tmp_path: Path) -> None:
    dict(hand_over(raw, str(tmp_path), partition_rows=3))
    folders = sorted(path.name for path in (tmp_path / "raw" / "trade").iterdir())
    assert folders == ["period=2025-01-01", "period=2025-02-01", "period=__HIVE_DEFAULT_PARTITION__"]
    assert read(tmp_path / "raw" / "trade").height == 3


def test_earlier_files_are_removed(raw: Path, tmp_path: Path) -> None:
    dict(hand_over(raw, str(tmp_path), partition_rows=3))
    with open_writer(raw) as con:
        con.execute("delete from raw.raw.trade where code != 'a'")
    dict(hand_over(raw, tmp_path.as_uri()))
    assert read(tmp_path / "raw" / "trade").height == 1


def node(schema: str, name: str, **columns: str | None) -> dict[str, Any]:
    described = {
        column: {"data_type": kind, "description": f"What {column} is"} for column, kind in columns.items()
    }
    return {
        "resource_type": "model",
        "schema": schema,
        "name": name,
        "description": f"One row a {name}.",
        "columns": described,
    }


def test_results_replace_the_tables_with_types_and_comments(tmp_path: Path) -> None:
    for layer, table in (("marts", "answer"), ("core", "fct_x")):
        (tmp_path / "tables" / layer / table).mkdir(parents=True)
        pl.DataFrame({"year": [2024, 2025], "share": [0.5, None]}).write_parquet(
            tmp_path / "tables" / layer / table / "part-0.parquet"
        )
    nodes = [
        node("marts", "answer", year="smallint", share="double"),
        node("core", "fct_x", year=None),
        node("staging", "stg_x"),
    ]
    build = tmp_path / "build.duckdb"
    with open_writer(build) as con:
        con.execute("create schema marts")
        con.execute("create table marts.answer as select 1 as old")
    assert take_back(build, str(tmp_path), nodes) == {"marts.answer": 2, "core.fct_x": 2}
    with duckdb.connect(str(build), read_only=True) as con:
        assert con.execute("from marts.answer").fetchall() == [(2024, 0.5), (2025, None)]
        assert con.execute(
            "select column_name, data_type, comment from duckdb_columns() where table_name = 'answer'"
        ).fetchall() == [("year", "SMALLINT", "What year is"), ("share", "DOUBLE", "What share is")]
        assert con.execute("select comment from duckdb_tables() where table_name = 'fct_x'").fetchall() == [
            ("One row a fct_x.",)
        ]
