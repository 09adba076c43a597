"""A refresh with Spark as its engine publishes the same tables as DuckDB from the same raw tables."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_project.equality import HEAD, Compared, compare
from tests.dbt_project.warehouse import dbt
from tests.programs import MINERALS

MISSING = [
    *(["Java (apt-get install openjdk-17-jre-headless)"] if not shutil.which("java") else []),
    *(["PySpark (make spark)"] if not importlib.util.find_spec("pyspark") else []),
]
pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(bool(MISSING), reason=f"Spark cannot run without {' and '.join(MISSING)}"),
]


@pytest.fixture(scope="module")
def spark_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after a refresh from the starter with models built by Spark."""
    there = tmp_path_factory.mktemp("spark")
    environment = {"DBT_TARGET": "spark", "MINERALS_HOME": str(there), "HOME": str(there)}
    done = subprocess.run(
        [MINERALS, "refresh", "--offline"],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return there


@pytest.fixture(scope="module")
def duckdb_home(spark_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with models built by DuckDB from the same raw tables."""
    here = tmp_path_factory.mktemp("duckdb")
    shutil.copy(spark_home / "raw.duckdb", here)
    made = dbt(here, "build", "--exclude-resource-types", "test", "unit_test")
    assert made.returncode == 0, made.stdout + made.stderr
    return here


@pytest.fixture(scope="module")
def compared(duckdb_home: Path, spark_home: Path) -> list[Compared]:
    # core.fct_trade_input records the state of the run that built it, not a figure
    found = compare(duckdb_home / "build.duckdb", spark_home / "minerals.duckdb")
    return [one for one in found if one.table != "core.fct_trade_input"]


def test_every_table_is_equal_row_for_row(
    compared: list[Compared], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print("", HEAD, *compared, sep="\n")  # noqa: T201
    assert len(compared) > 80
    assert not [str(one) for one in compared if one.rows != one.other_rows or one.unmatched]
    assert not [str(one) for one in compared if one.largest > 1e-9]


def test_tables_come_back_with_their_types_and_comments(duckdb_home: Path, spark_home: Path) -> None:
    """Marts have the types of their contract. Other tables may have wider types of the engine."""
    here, there = described(duckdb_home / "build.duckdb"), described(spark_home / "minerals.duckdb")
    assert here
    assert here <= there


def described(built: Path) -> set[tuple[Any, ...]]:
    with duckdb.connect(str(built), read_only=True) as con:
        return set(
            con.execute(
                "select table_name, column_name, column_index, comment,"
                " case schema_name when 'marts' then data_type end"
                " from duckdb_columns() where schema_name in ('core', 'marts', 'meta')"
            ).fetchall()
        )
