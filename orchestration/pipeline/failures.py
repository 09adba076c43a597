"""The failures of a build: check, table, rows and files.

They are read from dbt's artifacts (`run_results.json`, `manifest.json`) and from the databases of the build,
so no publication is needed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import orjson

from orchestration.pipeline.writer import duckdb_limits
from orchestration.settings import Settings
from warehouse.connect import fetch, literal, opened, quoted
from warehouse.data_tests import checked_table, layer
from warehouse.quality import short_id

SHOWN_ROWS = 5
SHOWN_COLUMNS = 14
SHOWN_FILES = 3

LONGEST = 300
"""Number of characters of a message by dbt or DuckDB that is shown."""

FILE_COLUMNS = ("_archive_id", "archive_id")
CORRECTIONS = "seed.minerals.corrections"
_FAILED = frozenset({"error", "fail", "runtime error", "warn"})

Row = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class File:
    """A publisher's file; ``path`` if it is a drop-in that still exists.

    If the rows name only a source, its newest files are given and ``is_certain`` is false.
    """

    archive_id: str
    source_id: str
    name: str
    vintage: str
    mode: str
    path: str | None = None
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed check, or a table that did not build.

    ``table`` is the table that the rows name, otherwise the one that was checked. ``seeds`` are the files to
    which a missing code must be added. ``may_be_misprint`` is true if corrections of publishers' figures
    apply to the table.
    """

    check: str
    kind: str
    table: str
    message: str
    blocking: bool = True
    rows_failing: int | None = None
    rows: list[Row] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    seeds: list[str] = field(default_factory=list)
    may_be_misprint: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The failures of a build, blocking ones first, and the numbers of skipped checks and tables."""

    failures: list[Failure]
    skipped_checks: list[str]
    skipped_tables: list[str]


def find(settings: Settings) -> Found:
    """The failures of the last build, from dbt's artifacts; none if there are no artifacts."""
    target = settings.dbt_target_path
    try:
        results = _artifact(target / "run_results.json")["results"]
        manifest = _artifact(target / "manifest.json")
    except FileNotFoundError:
        return Found([], [], [])
    nodes = {**manifest["nodes"], **manifest.get("unit_tests", {})}
    known = [(result, nodes[result["unique_id"]]) for result in results if result["unique_id"] in nodes]
    failures = [
        _failure(result, node, nodes, settings) for result, node in known if result["status"] in _FAILED
    ]
    skipped = [node for result, node in known if result["status"] == "skipped"]
    return Found(
        sorted(failures, key=_order),
        [node["name"] for node in skipped if node["resource_type"] == "test"],
        [node["name"] for node in skipped if node["resource_type"] in {"model", "seed"}],
    )


def _artifact(path: Path) -> Any:
    try:
        return orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        raise RuntimeError(
            f"{path} is cut short, as after a full disk: make room and run `minerals refresh`."
        ) from None


def all_rows(settings: Settings, check: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and every row that a check of the last build selects.

    Raises:
        LookupError: No check of that name ran, or it selected no rows.
    """
    try:
        results = _artifact(settings.dbt_target_path / "run_results.json")["results"]
    except FileNotFoundError:
        results = []
    ran = {result["unique_id"].split(".")[2]: result for result in results} | {
        short_id(result["unique_id"]): result for result in results
    }
    sql = (ran.get(check) or {}).get("compiled_code")
    if not sql or ran[check]["unique_id"].startswith("unit_test."):
        raise LookupError(f"No check {check} with rows ran in the last build.")
    with open_build(settings) as con:
        return fetch(con, sql)


def open_build(settings: Settings, *, sealed: bool = False) -> duckdb.DuckDBPyConnection:
    """Open the last build, published or not, with the raw layer attached under the name that dbt uses.

    Raises:
        FileNotFoundError: Nothing has been built yet.
    """
    if not settings.build_path.exists():
        raise FileNotFoundError(
            f"There is no build at {settings.build_path} yet: run `minerals refresh` first."
        )
    con = opened(str(settings.build_path), read_only=True, config=duckdb_limits(settings).config())
    if settings.raw_path.exists():
        con.execute(f"attach {literal(str(settings.raw_path))} as landing (read_only)")
    if sealed:
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
    return con


def _failure(
    result: Mapping[str, Any], node: Mapping[str, Any], nodes: Mapping[str, Any], settings: Settings
) -> Failure:
    kind = {"test": "data_test", "unit_test": "unit_test"}.get(node["resource_type"], "model")
    rows = _rows(settings, result.get("compiled_code"), SHOWN_ROWS) if kind == "data_test" else []
    tested = (checked_table(node, nodes) or "") if kind != "model" else result["unique_id"]
    read = [tested, *node["depends_on"]["nodes"]] if kind != "model" else [tested]
    tables = {_table(nodes[key]): key for key in read if key in nodes}
    table = _named(rows, tables) or next(iter(tables), "(no table)")
    message = _first_words(result.get("message") or "")
    if rows:
        message = _what_is_wrong(node, rows)
    return Failure(
        check=short_id(result["unique_id"]) if kind == "unit_test" else node["name"],
        kind=kind,
        table=table,
        message=message,
        blocking=result["status"] != "warn",
        rows_failing=result.get("failures"),
        rows=rows,
        files=_files(settings, table, rows),
        seeds=seeds_of_codes(node, nodes, tables.get(table)) if rows else [],
        may_be_misprint=bool(rows) and CORRECTIONS in upstream(tables.get(table, ""), nodes),
    )


def _order(failure: Failure) -> tuple[bool, int]:
    """Blocking failures first, then the most upstream ones, which cause the others."""
    return not failure.blocking, layer(failure.table.partition(".")[0])


def _what_is_wrong(node: Mapping[str, Any], rows: Sequence[Row]) -> str:
    """The broken rule: for a generic test its name and columns, otherwise the description."""
    generic = (node.get("test_metadata") or {}).get("name")
    empty = [row["empty_columns"] for row in rows if row.get("empty_columns")]
    if empty:
        return f"Empty: {', '.join(sorted(set(', '.join(filter(None, empty)).split(', '))))}"
    if generic == "not_null":
        return f"Empty: {node['column_name']}"
    described = str(node.get("description") or "").strip()
    if described:
        return _first_words(described)
    if generic:
        of = f" of {node['column_name']}" if node.get("column_name") else ""
        return f"They break the rule {generic}{of}"
    comment = re.search(r"^--\s*(.+(?:\n--.*)*)", node.get("raw_code") or "", re.MULTILINE)
    return _first_words(re.sub(r"\n--\s*", " ", comment[1])) if comment else "They break the rule"


def _table(node: Mapping[str, Any]) -> str:
    """The name of a node's table, ``schema.name``."""
    return f"{node['schema']}.{node['name']}"


def seeds_of_codes(node: Mapping[str, Any], nodes: Mapping[str, Any], table: str | None) -> list[str]:
    """The seeds behind the code lists with which a test compares a table."""
    lists = [key for key in node["depends_on"]["nodes"] if key in nodes and key != table]
    lists = [key for key in lists if nodes[key]["name"].startswith("dim_") or key.startswith("seed.")]
    behind = {
        seed
        for key in lists
        for seed in (key, *nodes[key]["depends_on"].get("nodes", []))
        if seed.startswith("seed.")
    }
    return sorted(f"dbt_project/seeds/{seed.split('.')[-1]}.csv" for seed in behind)


def upstream(key: str, nodes: Mapping[str, Any]) -> set[str]:
    """The unique ids of a table and of everything upstream of it."""
    found, todo = set(), [key]
    while todo:
        if (one := todo.pop()) not in found and one in nodes:
            found.add(one)
            todo += nodes[one]["depends_on"].get("nodes", [])
    return found


def _named(rows: Sequence[Row], tables: Iterable[str]) -> str | None:
    """The table named in the first row."""
    by_name = {table.partition(".")[2]: table for table in tables}
    return next((by_name[value] for row in rows[:1] for value in row.values() if value in by_name), None)


def _rows(settings: Settings, sql: str | None, most: int) -> list[Row]:
    if not sql or not settings.build_path.exists():
        return []
    try:
        with open_build(settings) as con:
            con.execute(f"create temp view failing as {sql.strip().rstrip(';')}")
            names = [name for name, *_ in con.execute("describe failing").fetchall()][:SHOWN_COLUMNS]
            listed = ", ".join(f"{quoted(name)}::varchar" for name in names)
            found = con.execute(f"select {listed} from failing limit {most}").fetchall()
    except duckdb.Error:
        return []
    return [dict(zip(names, row, strict=True)) for row in found]


def _files(settings: Settings, table: str, rows: Sequence[Row]) -> list[File]:
    """The files of the rows: those named by the rows, by their table, or by their source."""
    if not settings.raw_path.exists() or not rows:
        return []
    try:
        with open_build(settings) as con:
            ids = _ids(rows, FILE_COLUMNS) or list(_ids_in_table(con, table, rows))
            sources = _ids(rows, ("source_id",)) or re.findall(r"^staging\.stg_(\w+?)__", table)
            found = con.execute(
                "select archive_id, source_id, name, coalesce(vintage::varchar, 'not stated'), mode"
                " from landing.raw.meta__archive"
                " where archive_id in (select unnest($1))"
                " or (len($1) = 0 and source_id in (select unnest($2)))"
                " order by mode = 'drop_in' desc, vintage desc nulls last, name limit $3",
                [ids, sources, SHOWN_FILES],
            ).fetchall()
    except duckdb.Error:
        return []
    return [
        File(archive_id, source_id, name, vintage, mode, _dropped(settings, source_id, name, mode), bool(ids))
        for archive_id, source_id, name, vintage, mode in found
    ]


def _ids(rows: Sequence[Row], columns: Sequence[str]) -> list[str]:
    found = [part for row in rows for name in columns for part in re.split(r"[;, ]+", row.get(name) or "")]
    return list(dict.fromkeys(filter(None, found)))


def _ids_in_table(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> Iterator[str]:
    """Ids of the files of those table rows that have the values of the failing rows."""
    schema, _, name = table.partition(".")
    relation = quoted("landing", schema, name) if schema in {"staging", "seeds"} else quoted(schema, name)
    columns = {column for column, *_ in con.execute(f"describe {relation}").fetchall()}
    held = next((column for column in FILE_COLUMNS if column in columns), None)
    if held is None:
        return
    for row in rows:
        known = {key: value for key, value in row.items() if key in columns}
        if not known:
            continue
        same = " and ".join(f"{quoted(key)}::varchar is not distinct from ?" for key in known)
        query = f"select distinct {quoted(held)} from {relation} where {same} limit {SHOWN_FILES}"
        for (ids,) in con.execute(query, list(known.values())).fetchall():
            yield from filter(None, re.split(r"[;, ]+", ids or ""))


def _dropped(settings: Settings, source_id: str, name: str, mode: str) -> str | None:
    if mode != "drop_in":
        return None
    return next((str(path) for path in (settings.drop_in_dir / source_id).rglob(name)), None)


def _first_words(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[:LONGEST].rsplit(' ', 1)[0]} ..."
