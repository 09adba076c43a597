"""The same raw tables give the same marts on Spark, and its results are published like DuckDB's own."""

import importlib.util
import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.dbt_project.equality import HEAD, Compared, compare
from tests.dbt_project.warehouse import dbt
from warehouse.exchange import hand_over, take_back

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
def spark_home(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose `build.duckdb` was made by Spark from the raw tables of `built`."""
    there = tmp_path_factory.mktemp("spark")
    exchange = there / "exchange"
    dict(hand_over(built / "raw.duckdb", str(exchange)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_TARGET", "spark")
        patch.setenv("MINERALS_EXCHANGE", str(exchange))
        built = dbt(there, "build", "--exclude-resource-types", "test", "unit_test")
        assert built.returncode == 0, built.stdout + built.stderr
    manifest = json.loads((there / "target" / "manifest.json").read_bytes())
    take_back(there / "build.duckdb", str(exchange), manifest["nodes"].values())
    return there


@pytest.fixture(scope="module")
def compared(built: Path, spark_home: Path) -> list[Compared]:
    # core.fct_trade_input notes the state of the run that made it, not a figure
    found = compare(built / "build.duckdb", spark_home / "build.duckdb")
    return [one for one in found if one.table != "core.fct_trade_input"]


def test_every_table_is_equal_row_for_row(
    compared: list[Compared], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print("", HEAD, *compared, sep="\n")  # noqa: T201
    assert len(compared) > 80
    assert not [str(one) for one in compared if one.rows != one.other_rows or one.unmatched]
    assert not [str(one) for one in compared if one.largest > 1e-9]


def test_tables_come_back_with_their_types_and_comments(built: Path, spark_home: Path) -> None:
    """Marts have the types of their contract; the rest may be wider, as an engine counts."""
    described = []
    for place in (built, spark_home):
        with duckdb.connect(str(place / "build.duckdb"), read_only=True) as con:
            described.append(
                con.execute(
                    "select table_name, column_name, column_index, comment,"
                    " case schema_name when 'marts' then data_type end"
                    " from duckdb_columns() where schema_name in ('core', 'marts', 'meta') order by all"
                ).fetchall()
            )
    here, there = described
    assert here == there
