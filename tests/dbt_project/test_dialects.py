"""Every model and test of the dbt project, compiled for DuckDB and for Spark, is valid SQL of that engine."""

import contextlib
import importlib.util
import os
from pathlib import Path

import pytest
import sqlglot
from sqlglot.errors import SqlglotError

from tests.conftest import REPOSITORY
from tests.dbt_project.dialects import foreign_to_spark
from tests.dbt_project.warehouse import dbt, sql_of_tests


def compiled(target: Path) -> dict[str, str]:
    """The statements that dbt wrote to a target folder, by file."""
    root = target / "compiled" / "minerals"
    folders = [root / "models", root / "tests"]
    return {str(path.relative_to(root)): path.read_text() for one in folders for path in one.rglob("*.sql")}


@pytest.fixture(scope="module")
def for_spark(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The project compiled for Spark, without starting an engine or installing PySpark."""
    home = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_TARGET", "spark")
        if not importlib.util.find_spec("pyspark"):
            # dbt-spark requires pyspark to be importable, although only a connection uses it
            (home / "stand_in" / "pyspark").mkdir(parents=True)
            (home / "stand_in" / "pyspark" / "__init__.py").touch()
            patch.setenv("PYTHONPATH", f"{home / 'stand_in'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
        done = dbt(home, "compile", "--no-introspect", "--no-populate-cache")
        assert done.returncode == 0, done.stdout + done.stderr
    return compiled(home / "target")


def test_every_statement_parses_in_duckdb(built: Path) -> None:
    statements = compiled(built / "target") | sql_of_tests(built)
    assert len(statements) > 1200
    for name, sql in statements.items():
        try:
            sqlglot.parse_one(sql, dialect="duckdb")
        except SqlglotError as error:
            pytest.fail(f"{name}: {error}")


@pytest.mark.long
def test_every_statement_is_spark_sql(for_spark: dict[str, str]) -> None:
    assert len(for_spark) > 500
    foreign = {}
    for name, sql in for_spark.items():
        try:
            foreign[name] = foreign_to_spark(sql)
        except SqlglotError as error:
            foreign[name] = [str(error)]
    assert not {name: found for name, found in foreign.items() if found}


def test_models_leave_the_dialect_to_one_folder() -> None:
    """Dispatched macros are in `macros/dialects`, and no model depends on the target."""
    files = [*REPOSITORY.glob("dbt_project/models/**/*.sql"), *REPOSITORY.glob("dbt_project/macros/*.sql")]
    assert len(files) > 100
    asking = [
        path.name
        for path in files
        for word in ("target.type", "adapter.dispatch")
        if word in path.read_text()
    ]
    assert not asking


@pytest.mark.parametrize(
    "statement",
    [
        "select * exclude (a) from t",
        "select * replace (1 as a) from t",
        "select a from t union all by name select a from u",
        "select list_contains(x, 1) from t",
        "select string_agg(a, ';' order by a) from t",
        "select starts_with(a, 'b') from t",
        "select arg_max(a, b) from t",
        "select sum(a) filter (a > 1) from t",
        "select sum(a order by b) from t",
        "select [1, 2]",
        "select {'a': 1}",
        "select a::varchar from t",
        "select strftime(a, '%Y') from t",
        "select distinct on (a) * from t",
        "select list_filter(x, lambda y: y > 1)",
        "select generate_series(1, 2)",
        "select a // b from t",
        "select t.a from t group by t.a qualify row_number() over (order by count(distinct t.b) > 1) = 1",
        "select a > 1 as b, sum(case when b then c end) over (partition by d) as e from t",
        "select d from t where (a, b) not in (select (c, d) from u)",
        "select sum(a) over w - b as c from t window w as (partition by d)",
    ],
)
def test_what_only_duckdb_knows_is_found(statement: str) -> None:
    assert sqlglot.parse_one(statement, dialect="duckdb")
    with contextlib.suppress(SqlglotError):
        assert foreign_to_spark(statement)
