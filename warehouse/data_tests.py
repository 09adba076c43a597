"""dbt's data tests, run on one connection after dbt has built the tables.

As dbt nodes they take nearly half of the build time, and in DuckDB alone a tenth of that. Their SQL is dbt's:
the manifest contains its macros, and they are rendered as dbt renders them.
"""

import contextlib
import re
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import groupby
from time import perf_counter
from types import SimpleNamespace
from typing import Any, NoReturn

import duckdb

from warehouse.connect import quoted

NOT_NULL = "not_null"
BROKEN = "!= 0"
"""The defaults of dbt's `warn_if` and `error_if`."""
PROJECT = "minerals"
LAYERS = ("raw", "seeds", "staging", "core", "marts", "meta")

Manifest = Mapping[str, Any]
Node = Mapping[str, Any]
Result = dict[str, Any]
"""A result in the shape of dbt's `run_results.json`."""


def generic_by_table(manifest: Manifest) -> dict[str, list[str]]:
    """Unique ids of the generic tests of each table, by the unique id of the table."""
    found = sorted(
        (node["attached_node"], key)
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "test" and node.get("test_metadata")
    )
    return {table: [key for _, key in pairs] for table, pairs in groupby(found, key=lambda pair: pair[0])}


def checked_table(node: Node, nodes: Mapping[str, Any]) -> str | None:
    """The id of the table to whose checks a test belongs: the most downstream one that it names first."""
    tested = [key for key in node["depends_on"].get("nodes", []) if key in nodes]
    attached = node.get("attached_node")
    return attached or max(tested, key=lambda key: layer(nodes[key]["schema"]), default=None)


def layer(schema: str) -> int:
    """How far downstream a schema is; one that is no layer comes last."""
    return LAYERS.index(schema) if schema in LAYERS else len(LAYERS)


def run(
    con: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    chosen: Collection[str],
    unfit: AbstractSet[str],
    threads: int = 1,
) -> Iterator[Result]:
    """Run tests in the background; yields results in the given order and skips tests of unfit tables.

    Args:
        con: A connection on the build, with the raw layer attached as `landing`.
        manifest: dbt's manifest.
        chosen: Unique ids of the tests.
        unfit: Unique ids of nodes that failed or were skipped, so that their tables are outdated.
        threads: Number of tests that run in parallel: most of a test's time is its planning, on one core.
    """
    sql = Sql(manifest)
    nodes = {key: manifest["nodes"][key] for key in chosen}
    fit = {key: node for key, node in nodes.items() if unfit.isdisjoint(node["depends_on"]["nodes"])}
    empty = _empty_values(con, sql, {key: node for key, node in fit.items() if _kind(node) == NOT_NULL})

    def result(key: str) -> Result:
        began = perf_counter()
        if key not in fit:
            return {"unique_id": key, "execution_time": 0.0, "status": "skipped", "failures": None}
        with con.cursor() as cursor:
            found = _outcome(cursor, sql(fit[key]), fit[key], empty.get(key))
        return {"unique_id": key, "execution_time": perf_counter() - began, **found}

    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(result, nodes)


class Sql:
    """The SQL of a manifest's tests, as dbt compiles it for DuckDB.

    The context has what tests use: `ref`, `source`, `config`, `var` and the project's macros. Variables have
    their defaults.
    """

    def __init__(self, manifest: Manifest) -> None:
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415  (a quiet night renders nothing)

        self._tables = {**manifest["nodes"], **manifest.get("sources", {})}
        self._sources = {
            key.removeprefix("macro."): one["macro_sql"] for key, one in manifest["macros"].items()
        }
        by_name = {
            (node["source_name"], node["name"]) if node["resource_type"] == "source" else node["name"]: node
            for node in self._tables.values()
            if node["resource_type"] != "test"
        }
        self._jinja = Environment(  # noqa: S701  (SQL, no HTML)
            extensions=["jinja2.ext.do"], undefined=StrictUndefined
        )
        self._jinja.globals = {
            **{
                name.partition(".")[2]: partial(self._call, name)
                for name in self._sources
                if name.startswith(f"{PROJECT}.")
            },
            "ref": lambda name: by_name[name]["relation_name"],
            "source": lambda *names: by_name[names]["relation_name"],
            "config": lambda **_: "",
            "var": lambda _, default=None: default,
            "adapter": SimpleNamespace(dispatch=lambda name: partial(self._call, self._dispatched(name))),
            "return": _return,
            "range": range,
            "none": None,
        }
        self._macro = cache(self._compiled)
        self._read = cache(lambda words: self._jinja.from_string("{{ " + words + " }}").render())

    def __call__(self, node: Node) -> str:
        """SQL for the rows that break the rule of a test."""
        if not node.get("test_metadata"):
            return self._jinja.from_string(node["raw_code"]).render().strip()
        given = dict(node["test_metadata"]["kwargs"])
        if "to" in given:
            given["to"] = self._read(given["to"])
        given["model"] = self.relation(node)
        return str(self._call(self._dispatched(f"test_{_kind(node)}"), **given)).strip()

    def relation(self, node: Node) -> str:
        """The relation that a generic test checks."""
        relation = str(self._tables[node["attached_node"]]["relation_name"])
        where = node["config"].get("where")
        return f"(select * from {relation} where {where}) dbt_subquery" if where else relation

    def _dispatched(self, name: str) -> str:
        """The macro to which dbt dispatches; the project's own take precedence over dbt's."""
        named = [f"{PROJECT}.duckdb__{name}", f"{PROJECT}.default__{name}", f"{PROJECT}.{name}"]
        return next(one for one in [*named, f"dbt.default__{name}"] if one in self._sources)

    def _call(self, name: str, *given: Any, **named: Any) -> Any:
        try:
            return self._macro(name)(*given, **named)
        except _Return as returned:
            return returned.value

    def _compiled(self, name: str) -> Any:
        text = re.sub(r"{%(-?)\s*test\s+", r"{%\1 macro test_", self._sources[name])
        text = re.sub(r"{%(-?)\s*endtest\b", r"{%\1 endmacro", text)
        return getattr(self._jinja.from_string(text).module, name.partition(".")[2])


class _Return(Exception):  # noqa: N818  (no error)
    """Raised by dbt's `return` to end a macro with a value."""

    def __init__(self, value: Any) -> None:
        self.value = value


def _return(value: Any) -> NoReturn:
    raise _Return(value)


def _kind(node: Node) -> str:
    """The kind of a generic test, such as `not_null`; empty for a singular one."""
    return str((node.get("test_metadata") or {}).get("name", ""))


def _empty_values(con: duckdb.DuckDBPyConnection, sql: Sql, nodes: Mapping[str, Node]) -> dict[str, int]:
    """Number of rows without a value for each not-null test, in one query per table."""
    found: dict[str, int] = {}
    by_rows = sorted((sql.relation(node), key) for key, node in nodes.items())
    for rows, pairs in groupby(by_rows, key=lambda pair: pair[0]):
        keys = [key for _, key in pairs]
        listed = ", ".join(f"count(*) - count({quoted(nodes[key]['column_name'])})" for key in keys)
        # if a column is missing, run each test alone to show which one fails
        with contextlib.suppress(duckdb.Error):
            found |= zip(keys, con.execute(f"select {listed} from {rows}").fetchall()[0], strict=True)
    return found


def _outcome(con: duckdb.DuckDBPyConnection, sql: str, node: Node, empty: int | None) -> Result:
    """The result that dbt would record for a test; ``empty`` if its rows are already counted."""
    config = node["config"]
    warn_if, error_if = config.get("warn_if", BROKEN), config.get("error_if", BROKEN)
    try:
        if empty is None:
            limit = f" limit {config['limit']}" if config.get("limit") else ""
            calc = config.get("fail_calc", "count(*)")
            empty = (
                con.execute(f"select {calc} from ({sql}{limit}) as dbt_internal_test").fetchall()[0][0] or 0
            )
        if warn_if == error_if == BROKEN:
            warns = fails = empty != 0  # saves a query per test, since nearly all tests have these defaults
        else:
            [(warns, fails)] = con.execute(f"select {empty} {warn_if}, {empty} {error_if}").fetchall()
    except duckdb.Error as error:
        return {"status": "error", "failures": None, "message": str(error), "compiled_code": sql}
    is_error = str(config.get("severity") or "error").lower() == "error"
    status = "fail" if fails and is_error else "warn" if warns else "pass"
    if status == "pass":
        return {"status": status, "failures": 0, "message": None, "compiled_code": sql}
    counted = f"Got {empty:,} result{'s' if empty != 1 else ''}, configured to {status} if "
    message = counted + (error_if if status == "fail" else warn_if)
    return {"status": status, "failures": empty, "message": message, "compiled_code": sql}
