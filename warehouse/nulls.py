"""dbt's `not_null` tests, one query a table: as a query each they take a quarter of a build's time."""

from collections.abc import Collection, Iterator, Mapping
from itertools import groupby
from typing import Any

import duckdb

from warehouse.connect import quoted

TEST = "not_null"

Result = dict[str, Any]
"""A result in the shape of dbt's `run_results.json`."""


def tests(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The `not_null` tests of a manifest by unique id."""
    return {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == TEST
    }


def run(
    con: duckdb.DuckDBPyConnection,
    manifest: Mapping[str, Any],
    built: Collection[str],
    chosen: Collection[str],
) -> Iterator[Result]:
    """Run the tests of the tables that were built; those of others are skipped.

    Args:
        con: A connection on the build, with the raw layer attached as `landing`.
        manifest: dbt's manifest.
        built: Unique ids of the models and seeds that are as they should be.
        chosen: Names of the tests to run.
    """
    tables = {**manifest["nodes"], **manifest.get("sources", {})}
    wanted = [
        (node["attached_node"], key, node) for key, node in tests(manifest).items() if node["name"] in chosen
    ]
    for table, of_table in groupby(sorted(wanted, key=lambda test: test[:2]), key=lambda test: test[0]):
        columns = [(key, node["column_name"]) for _, key, node in of_table]
        if table not in built and table not in manifest.get("sources", {}):
            yield from ({"unique_id": key, "status": "skipped", "failures": None} for key, _ in columns)
            continue
        relation = tables[table]["relation_name"]
        listed = ", ".join(f"count(*) - count({quoted(column)})" for _, column in columns)
        for (key, column), empty in zip(
            columns, con.execute(f"select {listed} from {relation}").fetchall()[0], strict=True
        ):
            yield {
                "unique_id": key,
                "status": "fail" if empty else "pass",
                "failures": empty,
                "message": f"{empty:,} rows with an empty {column}" if empty else None,
                "compiled_code": f"select * from {relation} where {quoted(column)} is null",
            }
