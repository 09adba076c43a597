"""Results of dbt and of the asset checks, stored in `meta.data_quality`; blocking ones prevent publishing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import duckdb
import polars as pl

Severity = Literal["error", "warn"]

DATA_QUALITY = {
    "check_id": ("VARCHAR", "Name of the check, as dbt or the asset graph calls it."),
    "kind": (
        "VARCHAR",
        "What was checked: `data_test`, `unit_test`, `model` (it did not build) or `asset_check`.",
    ),
    "table_name": ("VARCHAR", "Tables that the check covers, `schema.table`, separated by `;`."),
    "column_name": ("VARCHAR", "Column that the check covers, if it is a single one."),
    "severity": ("VARCHAR", "`error` refuses the publication when the check fails, `warn` only warns."),
    "passed": ("BOOLEAN", "Whether the check passed when it last ran."),
    "rows_failing": ("BIGINT", "Rows that broke the rule; null where the check does not count rows."),
    "message": ("VARCHAR", "Message of the check; null if it passed without one."),
    "last_run": ("TIMESTAMP", "When the check last ran, UTC."),
    "last_passed": ("TIMESTAMP", "When the check last passed, UTC; null if it never did."),
}


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check. ``run_at`` is UTC without a zone."""

    check_id: str
    kind: Literal["data_test", "unit_test", "model", "asset_check"]
    table_name: str
    severity: Severity
    passed: bool
    run_at: datetime
    column_name: str | None = None
    rows_failing: int | None = None
    message: str | None = None


_CHECK_SCHEMA: Mapping[str, pl.DataType] = {
    **dict.fromkeys(Check.__dataclass_fields__, pl.String()),
    "passed": pl.Boolean(),
    "rows_failing": pl.Int64(),
    "run_at": pl.Datetime("us"),
}


def dbt_checks(run_results: Mapping[str, Any], manifest: Mapping[str, Any]) -> Iterator[Check]:
    """The tests of one dbt invocation, and the models that did not build.

    Args:
        run_results: dbt's `run_results.json`.
        manifest: dbt's `manifest.json` of the same project.
    """
    nodes = {**manifest["nodes"], **manifest.get("unit_tests", {})}
    run_at = datetime.fromisoformat(run_results["metadata"]["generated_at"]).replace(tzinfo=None)
    kinds: Mapping[str, Any] = {"test": "data_test", "unit_test": "unit_test"}
    for result in run_results["results"]:
        node = nodes.get(result["unique_id"])
        if node is None:
            continue
        passed = result["status"] in {"pass", "success"}
        kind = kinds.get(node["resource_type"], "model")
        if kind == "model" and result["status"] not in {"error", "skipped"}:
            continue
        only_warns = str(node["config"].get("severity") or "error").lower() == "warn"
        yield Check(
            check_id=short_id(result["unique_id"]),
            kind=kind,
            table_name=_tables(node, nodes),
            column_name=node.get("column_name"),
            severity="warn" if only_warns or result["status"] == "warn" else "error",
            passed=passed,
            rows_failing=result.get("failures"),
            message=None if passed else (result.get("message") or result["status"]),
            run_at=run_at,
        )


def record(con: duckdb.DuckDBPyConnection, checks: Iterable[Check], known_ids: Sequence[str]) -> None:
    """Write `meta.data_quality`: this run's checks, and earlier results of checks that did not run.

    Args:
        con: Writer on `build.duckdb`.
        checks: This run's outcomes.
        known_ids: The checks that the dbt project still has (`check_ids`).
    """
    con.register("outcome", pl.DataFrame([asdict(check) for check in checks], schema=_CHECK_SCHEMA))
    con.register("known", pl.DataFrame({"check_id": known_ids}, schema={"check_id": pl.String}))
    columns = ", ".join(f"{name} {kind}" for name, (kind, _) in DATA_QUALITY.items())
    con.execute(f"create table if not exists meta.data_quality ({columns})")
    con.execute(
        """
        create or replace table meta.data_quality as
        select
            outcome.* exclude (run_at),
            outcome.run_at as last_run,
            case when outcome.passed then outcome.run_at else earlier.last_passed end as last_passed,
        from outcome
        left join meta.data_quality as earlier on outcome.check_id = earlier.check_id
        union all by name
        select earlier.*
        from meta.data_quality as earlier
        semi join known on earlier.check_id = known.check_id
        anti join outcome on earlier.check_id = outcome.check_id
        order by check_id
        """
    )
    con.unregister("outcome")
    con.unregister("known")


def check_ids(manifest: Mapping[str, Any]) -> list[str]:
    """The names of all tests of a dbt project."""
    tests = [key for key, node in manifest["nodes"].items() if node["resource_type"] == "test"]
    return [short_id(key) for key in [*tests, *manifest.get("unit_tests", {})]]


def blocking(con: duckdb.DuckDBPyConnection) -> list[str]:
    """One line for each check that prevents publishing; those skipped after another's failure come last."""
    return [
        f"{check_id} on {table}: {message}"
        for check_id, table, message in con.execute(
            """
            select check_id, table_name, split_part(message, chr(10), 1)
            from meta.data_quality
            where not passed and severity = 'error'
            order by message = 'skipped', check_id
            """
        ).fetchall()
    ]


def short_id(unique_id: str) -> str:
    """``test.minerals.not_null_x.1a2b`` without the first two parts."""
    return unique_id.split(".", 2)[2]


def _tables(node: Mapping[str, Any], nodes: Mapping[str, Any]) -> str:
    """The relations of a node: its own, or those that it tests."""
    if node["resource_type"] not in {"test", "unit_test"}:
        return f"{node['schema']}.{node['name']}"
    attached = [node["attached_node"]] if node.get("attached_node") else node["depends_on"]["nodes"]
    return ";".join(f"{nodes[key]['schema']}.{nodes[key]['name']}" for key in attached if key in nodes)
