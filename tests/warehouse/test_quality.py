"""Results of dbt are written to `meta.data_quality`, and blocking failures are named."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import duckdb
import pytest

from warehouse.quality import Check, blocking, check_ids, dbt_checks, record

MART = "model.minerals.mart"
GRAIN = "test.minerals.unique_grain_mart.1a2b"
SINGULAR = "test.minerals.assert_units_hold.3c4d"
UNIT = "unit_test.minerals.mart.sums"
MANIFEST: dict[str, Any] = {
    "nodes": {
        MART: {"resource_type": "model", "schema": "marts", "name": "mart", "config": {}},
        "model.minerals.fact": {"resource_type": "model", "schema": "core", "name": "fact", "config": {}},
        GRAIN: {
            "resource_type": "test",
            "attached_node": MART,
            "column_name": "area",
            "config": {"severity": "ERROR"},
            "depends_on": {"nodes": ["model.minerals.fact"]},
        },
        SINGULAR: {
            "resource_type": "test",
            "attached_node": None,
            "config": {"severity": "Warn"},
            "depends_on": {"nodes": ["model.minerals.fact", MART, "seed.minerals.gone"]},
        },
    },
    "unit_tests": {UNIT: {"resource_type": "unit_test", "config": {}, "depends_on": {"nodes": [MART]}}},
}
RAN = datetime(2026, 2, 1, 3, 15)


def results(*outcomes: dict[str, Any], day: int = 1) -> dict[str, Any]:
    return {
        "metadata": {"generated_at": f"2026-02-0{day}T03:15:00.000000Z"},
        "results": [{"message": None} | outcome for outcome in outcomes],
    }


def found(*outcomes: dict[str, Any]) -> list[Check]:
    return list(dbt_checks(results(*outcomes), MANIFEST))


def test_a_passed_test_of_a_column() -> None:
    (check,) = found({"unique_id": GRAIN, "status": "pass", "failures": 0, "message": "ignored"})
    assert check == Check(
        "unique_grain_mart.1a2b", "data_test", "marts.mart", "error", True, RAN, "area", 0, None
    )


def test_a_failed_test_that_only_warns_and_looks_at_two_tables() -> None:
    (check,) = found({"unique_id": SINGULAR, "status": "warn", "failures": 3, "message": "Got 3"})
    assert (check.table_name, check.severity, check.passed) == ("core.fact;marts.mart", "warn", False)
    assert (check.rows_failing, check.message, check.column_name) == (3, "Got 3", None)


@pytest.mark.parametrize(
    ("unique_id", "status", "severity"),
    [(GRAIN, "fail", "error"), (GRAIN, "warn", "warn"), (SINGULAR, "fail", "warn"), (UNIT, "fail", "error")],
)
def test_severity_is_the_tests_own_or_its_outcomes(unique_id: str, status: str, severity: str) -> None:
    (check,) = found({"unique_id": unique_id, "status": status})
    assert (check.severity, check.passed, check.message) == (severity, False, status)


@pytest.mark.parametrize(("status", "listed"), [("error", 1), ("skipped", 1), ("success", 0)])
def test_a_model_is_listed_only_if_it_did_not_build(status: str, listed: int) -> None:
    checks = found({"unique_id": MART, "status": status})
    assert [(check.kind, check.table_name) for check in checks] == [("model", "marts.mart")] * listed


def test_removed_checks_are_left_out() -> None:
    checks = found(
        {"unique_id": "test.minerals.gone.9z", "status": "fail"}, {"unique_id": UNIT, "status": "success"}
    )
    assert [(check.check_id, check.kind, check.passed) for check in checks] == [
        ("mart.sums", "unit_test", True)
    ]


def test_all_tests_of_a_project_are_known() -> None:
    assert check_ids(MANIFEST) == ["unique_grain_mart.1a2b", "assert_units_hold.3c4d", "mart.sums"]
    assert check_ids({"nodes": {}}) == []


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as memory:
        memory.execute("create schema meta")
        yield memory


def kept(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.execute(
        "select check_id, passed, last_run::date::varchar, last_passed::date::varchar from meta.data_quality"
    ).fetchall()


def check(name: str, day: int, *, passed: bool, severity: Any = "error", message: str | None = None) -> Check:
    ran = datetime(2026, 2, day)
    return Check(name, "data_test", "marts.mart", severity, passed, ran, None, None, message)


def test_a_check_that_did_not_run_keeps_its_last_outcome_as_long_as_it_is_known(
    con: duckdb.DuckDBPyConnection,
) -> None:
    record(con, [check("a", 1, passed=True), check("b", 1, passed=True)], ["a", "b"])
    record(con, [check("a", 2, passed=False)], ["a", "b"])
    assert kept(con) == [("a", False, "2026-02-02", "2026-02-01"), ("b", True, "2026-02-01", "2026-02-01")]
    record(con, [check("a", 3, passed=True)], ["a"])
    assert kept(con) == [("a", True, "2026-02-03", "2026-02-03")]


def test_failed_errors_block_and_skipped_ones_come_last(con: duckdb.DuckDBPyConnection) -> None:
    record(
        con,
        [
            check("a", 1, passed=False, message="skipped"),
            check("b", 1, passed=False, message="Got 2\nmore"),
            check("c", 1, passed=False, severity="warn", message="Got 1"),
            check("d", 1, passed=True),
        ],
        [],
    )
    assert blocking(con) == ["b on marts.mart: Got 2", "a on marts.mart: skipped"]
