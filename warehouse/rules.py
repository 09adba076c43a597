"""dbt's generic tests (`not_null`, `unique_grain`, ...) on what dbt built, run on one connection.

As nodes of dbt they take a third of a build's time, of which DuckDB needs a tenth. Their SQL is that of dbt's
own macros, which the manifest holds.
"""

import contextlib
import re
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import groupby
from typing import Any

import duckdb
from jinja2 import Environment, StrictUndefined

from warehouse.connect import quoted

NOT_NULL = "not_null"

Manifest = Mapping[str, Any]
Node = Mapping[str, Any]
Result = dict[str, Any]
"""A result in the shape of dbt's `run_results.json`."""


def tests(manifest: Manifest) -> dict[str, Node]:
    """The generic tests of a manifest by unique id."""
    return {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "test" and node.get("test_metadata")
    }


def by_table(manifest: Manifest) -> dict[str, list[str]]:
    """Unique ids of the generic tests of each table, by the unique id of the table."""
    of_tables = sorted((node["attached_node"], key) for key, node in tests(manifest).items())
    return {table: [key for _, key in pairs] for table, pairs in groupby(of_tables, key=lambda pair: pair[0])}


def run(
    con: duckdb.DuckDBPyConnection, manifest: Manifest, tables: Collection[str], unfit: AbstractSet[str]
) -> Iterator[Result]:
    """Run the tests of tables; those that read an unfit one are skipped.

    Args:
        con: A connection on the build, with the raw layer attached as `landing`.
        manifest: dbt's manifest.
        tables: Unique ids of the tables whose tests run.
        unfit: Unique ids of what failed or was skipped, so that it is not of this build.
    """
    sql = Sql(manifest)
    for table, keys in by_table(manifest).items():
        if table not in tables:
            continue
        nodes = {key: manifest["nodes"][key] for key in keys}
        fit = {key: node for key, node in nodes.items() if unfit.isdisjoint(node["depends_on"]["nodes"])}
        skipped = [key for key in keys if key not in fit]
        yield from ({"unique_id": key, "status": "skipped", "failures": None} for key in skipped)
        empty = _empty_values(con, sql, {key: node for key, node in fit.items() if _kind(node) == NOT_NULL})
        for key, node in fit.items():
            yield {"unique_id": key, **_outcome(con, sql(node), node, empty.get(key))}


class Sql:
    """The SQL of a manifest's generic tests, as dbt would compile it for DuckDB."""

    def __init__(self, manifest: Manifest) -> None:
        self._tables = {**manifest["nodes"], **manifest.get("sources", {})}
        self._sources = manifest["macros"]
        self._jinja = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701  (SQL, no HTML)
        self._macros: dict[str, Any] = {}

    def __call__(self, node: Node) -> str:
        """The rows that break the rule of a test."""
        given = dict(node["test_metadata"]["kwargs"])
        if "to" in given:
            name = re.findall(r"'(\w+)'", given["to"])[-1]
            [given["to"]] = {
                self._tables[key]["relation_name"]
                for key in node["depends_on"]["nodes"]
                if self._tables[key]["name"] == name
            }
        given["model"] = self.relation(node)
        return str(self._macro(_kind(node))(**given)).strip()

    def relation(self, node: Node) -> str:
        """The rows that a test looks at."""
        relation = str(self._tables[node["attached_node"]]["relation_name"])
        where = node["config"].get("where")
        return f"(select * from {relation} where {where}) dbt_subquery" if where else relation

    def _macro(self, kind: str) -> Any:
        """The macro that dbt dispatches a kind of test to; the project's own goes before dbt's."""
        if kind not in self._macros:
            name = next(
                name
                for name in (
                    f"minerals.default__test_{kind}",
                    f"minerals.test_{kind}",
                    f"dbt.default__test_{kind}",
                )
                if f"macro.{name}" in self._sources
            )
            text = self._sources[f"macro.{name}"]["macro_sql"]
            text = re.sub(r"{%(-?)\s*test\s+", r"{%\1 macro test_", text)
            text = re.sub(r"{%(-?)\s*endtest\b", r"{%\1 endmacro", text)
            self._macros[kind] = getattr(self._jinja.from_string(text).module, name.partition(".")[2])
        return self._macros[kind]


def _kind(node: Node) -> str:
    return str(node["test_metadata"]["name"])


def _empty_values(con: duckdb.DuckDBPyConnection, sql: Sql, nodes: Mapping[str, Node]) -> dict[str, int]:
    """Rows without a value by test, for the tests of one table, in one query a set of rows."""
    found: dict[str, int] = {}
    by_rows = sorted((sql.relation(node), key) for key, node in nodes.items())
    for rows, pairs in groupby(by_rows, key=lambda pair: pair[0]):
        keys = [key for _, key in pairs]
        listed = ", ".join(f"count(*) - count({quoted(nodes[key]['column_name'])})" for key in keys)
        # Where a column is missing, each test runs alone and shows whose it is.
        with contextlib.suppress(duckdb.Error):
            found |= zip(keys, con.execute(f"select {listed} from {rows}").fetchall()[0], strict=True)
    return found


def _outcome(con: duckdb.DuckDBPyConnection, sql: str, node: Node, empty: int | None) -> Result:
    """What dbt would record of a test; ``empty`` where its rows are counted already."""
    try:
        count = con.execute(f"select count(*) from ({sql})").fetchall()[0][0] if empty is None else empty
    except duckdb.Error as error:
        return {"status": "error", "failures": None, "message": str(error), "compiled_code": sql}
    warns = str(node["config"].get("severity") or "error").lower() == "warn"
    status = "pass" if not count else "warn" if warns else "fail"
    said = (
        f"{count:,} row{'s' if count != 1 else ''} with an empty {node['column_name']}"
        if _kind(node) == NOT_NULL
        else None
    )
    return {
        "status": status,
        "failures": count,
        "message": (said or f"Got {count:,} result{'s' if count != 1 else ''}") if count else None,
        "compiled_code": sql,
    }
