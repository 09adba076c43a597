"""dbt's data tests run without dbt: the same rows, each with its check's name."""

from typing import Any

import duckdb
import pytest

from warehouse import data_tests

MACROS = {
    "macro.dbt.default__test_unique": "{% macro default__test_unique(model, column_name) %}"
    "select {{ column_name }} from {{ model }} group by all having count(*) > 1{% endmacro %}",
    "macro.minerals.default__test_not_null": "{% macro default__test_not_null(model, column_name) -%}"
    "select * from {{ model }} where {{ column_name }} is null{%- endmacro %}",
    "macro.minerals.test_within": "{% test within(model, columns, low) %}select * from {{ model }} where"
    "{% for column in columns %} {{ column }} < {{ low }}{% endfor %}{% endtest %}",
    "macro.dbt.default__test_relationships": "{% macro default__test_relationships(model, column_name, to,"
    " field) %}select {{ column_name }} from {{ model }} where {{ column_name }} not in"
    " (select {{ field }} from {{ to }}){% endmacro %}",
    "macro.minerals.names": "{% macro names() %}{{ return(['iso3', 'year']) }}{% endmacro %}",
    "macro.minerals.year": "{% macro year() %}{{ adapter.dispatch('year')() }}{% endmacro %}",
    "macro.minerals.duckdb__year": "{% macro duckdb__year() %}2025{% endmacro %}",
}


def rule(kind: str, table: str, *, reads: str = "", config: Any = None, **given: Any) -> dict[str, Any]:
    tables = [f"model.minerals.{name}" for name in filter(None, [table, reads])]
    return {
        "resource_type": "test",
        "test_metadata": {"name": kind, "kwargs": {"model": "{{ ref('x') }}", **given}},
        "attached_node": tables[0],
        "column_name": given.get("column_name"),
        "config": config or {"severity": "ERROR"},
        "depends_on": {"nodes": tables},
    }


def table(name: str) -> dict[str, Any]:
    return {"resource_type": "model", "name": name, "relation_name": f'"core"."{name}"'}


MANIFEST = {
    "macros": {name: {"macro_sql": sql} for name, sql in MACROS.items()},
    "nodes": {
        "model.minerals.flows": table("flows"),
        "model.minerals.places": table("places"),
        "model.minerals.gone": table("gone"),
        "test.minerals.empty": rule("not_null", "flows", column_name="iso3"),
        "test.minerals.filled": rule("not_null", "flows", column_name="year"),
        "test.minerals.filled_now": rule(
            "not_null", "flows", column_name="iso3", config={"severity": "warn", "where": "year > 2024"}
        ),
        "test.minerals.late": rule(
            "within", "flows", columns=["year"], low=2025, config={"severity": "warn"}
        ),
        "test.minerals.once": rule("unique", "flows", column_name="year"),
        "test.minerals.known": rule(
            "relationships", "flows", reads="places", column_name="iso3", to="ref('places')", field="iso3"
        ),
        "test.minerals.other": rule("not_null", "gone", column_name="x"),
        "test.minerals.leaps": {
            "resource_type": "test",
            "raw_code": "{{ config(severity='warn', warn_if='> 1') }}\n-- few\nselect {{ names() | first }}"
            " from {{ ref('flows') }} where year < {{ year() }} and {{ var('day', 'true') }}",
            "config": {"severity": "warn", "warn_if": "> 1", "error_if": "!= 0"},
            "depends_on": {"nodes": ["model.minerals.flows"]},
        },
    },
}
OF_FLOWS = [key for key in MANIFEST["nodes"] if key.startswith("test.") and not key.endswith(".other")]


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(
        "create schema core; create table core.places as select 'CAN' as iso3; create table core.flows as"
        " select * from (values ('CAN', 2024), (null, 2024), ('XXX', 2025)) as t (iso3, year)"
    )
    return con


def outcomes(con: duckdb.DuckDBPyConnection, *unfit: str) -> dict[str, data_tests.Result]:
    return {
        one["unique_id"].removeprefix("test.minerals."): one
        for one in data_tests.run(con, MANIFEST, OF_FLOWS, set(unfit))
    }


def test_each_rule_has_its_outcome_and_its_rows(con: duckdb.DuckDBPyConnection) -> None:
    found = outcomes(con)
    assert {name: (one["status"], one["failures"]) for name, one in found.items()} == {
        "empty": ("fail", 1),
        "filled": ("pass", 0),
        "filled_now": ("pass", 0),
        "late": ("warn", 2),
        "once": ("fail", 1),
        "known": ("fail", 1),
        "leaps": ("warn", 2),
    }
    assert found["empty"]["message"] == "Got 1 result, configured to fail if != 0"
    assert found["leaps"]["message"] == "Got 2 results, configured to warn if > 1"
    assert con.execute(found["empty"]["compiled_code"]).fetchall() == [(None, 2024)]
    assert con.execute(found["known"]["compiled_code"]).fetchall() == [("XXX",)]
    con.execute("delete from core.flows where iso3 is null")
    assert outcomes(con)["leaps"]["status"] == "pass", "as many as allowed"


def test_parallel_tests_give_the_same_results_in_the_same_order(con: duckdb.DuckDBPyConnection) -> None:
    def found(threads: int) -> list[data_tests.Result]:
        ran = data_tests.run(con, MANIFEST, OF_FLOWS, {"model.minerals.places"}, threads)
        return [{**one, "execution_time": None} for one in ran]

    assert found(4) == found(1)
    assert [one["unique_id"] for one in found(4)] == OF_FLOWS


def test_tests_of_a_failed_table_are_skipped(con: duckdb.DuckDBPyConnection) -> None:
    found = outcomes(con, "model.minerals.places")
    assert found["known"]["status"] == "skipped"
    assert found["empty"]["status"] == "fail"
    assert {one["status"] for one in outcomes(con, "model.minerals.flows").values()} == {"skipped"}


def test_a_column_that_is_missing_breaks_its_own_rule_only(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("alter table core.flows rename column year to of_year")
    found = outcomes(con)
    assert (found["filled"]["status"], found["empty"]["status"]) == ("error", "fail")
    assert "year" in found["filled"]["message"]
