import duckdb
import pytest

from warehouse import nulls


def check_of(name: str, table: str, column: str) -> dict[str, object]:
    return {
        "resource_type": "test",
        "name": name,
        "test_metadata": {"name": "not_null"},
        "attached_node": f"model.minerals.{table}",
        "column_name": column,
    }


MANIFEST = {
    "nodes": {
        "model.minerals.flows": {"resource_type": "model", "relation_name": '"core"."flows"'},
        "model.minerals.gone": {"resource_type": "model", "relation_name": '"core"."gone"'},
        "test.minerals.a": check_of("not_null_flows_iso3", "flows", "iso3"),
        "test.minerals.b": check_of("not_null_flows_year", "flows", "year"),
        "test.minerals.c": check_of("not_null_gone_x", "gone", "x"),
        "test.minerals.d": {"resource_type": "test", "name": "unique", "test_metadata": {"name": "unique"}},
    }
}


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(
        "create schema core; create table core.flows as"
        " select * from (values ('CAN', 2024), (null, 2024), (null, 2025)) as t (iso3, year)"
    )
    return con


def test_each_column_has_its_outcome_and_its_rows(con: duckdb.DuckDBPyConnection) -> None:
    chosen = {"not_null_flows_iso3", "not_null_flows_year", "not_null_gone_x"}
    empty, filled, skipped = nulls.run(con, MANIFEST, {"model.minerals.flows"}, chosen)
    assert (empty["unique_id"], empty["status"], empty["failures"]) == ("test.minerals.a", "fail", 2)
    assert empty["message"] == "2 rows with an empty iso3"
    assert con.execute(empty["compiled_code"]).fetchall() == [(None, 2024), (None, 2025)]
    assert (filled["unique_id"], filled["status"], filled["message"]) == ("test.minerals.b", "pass", None)
    assert (skipped["unique_id"], skipped["status"]) == ("test.minerals.c", "skipped")


def test_only_the_chosen_ones_run(con: duckdb.DuckDBPyConnection) -> None:
    [one] = nulls.run(con, MANIFEST, {"model.minerals.flows"}, {"not_null_flows_year"})
    assert one["unique_id"] == "test.minerals.b"
