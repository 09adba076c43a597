"""Which models a build can leave alone: those whose inputs are what they were at the last good build.

The inputs of a model are the dbt project (with its seeds), the raw tables that it is made of, and the day
where its SQL asks for it. What they were is noted after a good build, and the note goes before the next one
begins: after a build that failed, everything is built.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import orjson

from orchestration.pipeline.failures import open_build
from orchestration.settings import Settings
from warehouse.files import replace_file
from warehouse.raw_tables import RAW_PARTITIONS

Manifest = Mapping[str, Any]
Inputs = dict[str, str]
"""The state of each input by its name: ``project``, ``day``, and the raw tables."""

PROJECT, DAY = "project", "day"

NIGHT = "night"
"""What each night notes of itself, as the status of the sources: an input that is never what it was."""

_ASKS_FOR_DAY = re.compile(r"\b(current_date|current_timestamp|localtimestamp|now\s*\(|today\s*\()", re.I)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.S)


def read_inputs(settings: Settings, project: str) -> Inputs:
    """The inputs as they are now; of a raw table its files, their content and their order."""
    with open_build(settings) as con:
        [(day, engine)] = con.execute("select current_date::varchar, version()").fetchall()
        tables = con.execute(
            f"""
            select table_name, string_agg(facts, ' ' order by facts)
            from (
                select table_name, hash(landed)::varchar as facts from landing.raw.meta__landing as landed
                union all
                select table_name, concat_ws(' ', count(*), sum(hash(part)), bit_xor(hash(part)))
                from landing.raw.{RAW_PARTITIONS} as part
                group by table_name
            )
            group by table_name
            """
        ).fetchall()
    made_by = " ".join([project, engine, version("dbt-core"), version("dbt-duckdb")])
    return {PROJECT: made_by, DAY: str(day), **dict(tables)}


def note(settings: Settings, inputs: Inputs) -> None:
    """Save what a good build was made of."""
    replace_file(_note(settings), orjson.dumps(inputs).decode())


def take_note(settings: Settings) -> Inputs | None:
    """What the last build was made of, if it was good; the note is gone then."""
    path = _note(settings)
    if not path.exists():
        return None
    noted: Inputs = orjson.loads(path.read_bytes())
    path.unlink()
    return noted


def outdated(settings: Settings, manifest: Manifest, then: Inputs | None, now: Inputs) -> set[str] | None:
    """Unique ids of the models and seeds to build; None if that is all of them."""
    if then is None or then[PROJECT] != now[PROJECT]:
        return None
    nodes = {
        key: node for key, node in manifest["nodes"].items() if node["resource_type"] in {"model", "seed"}
    }
    compiled = settings.dbt_target_path / "compiled"
    sql = {key: _sql(node, compiled) for key, node in nodes.items() if node["resource_type"] == "model"}
    changed = {name for name in then.keys() | now.keys() if then.get(name) != now.get(name)} | {NIGHT}
    with open_build(settings) as con:
        held = {(schema, name) for schema, name in con.execute(_HELD).fetchall()}
        first = {key for key, node in nodes.items() if (node["schema"], node["alias"]) not in held}
        first |= {key for key, text in sql.items() if text is None}
        first |= {key for key, text in sql.items() if _reads(nodes[key], text or "") & changed}
        late = _with_descendants(first, nodes)
        if DAY in changed:
            asking = [key for key, text in sql.items() if key not in late and _asks_for_day(text)]
            differ = {key for key in asking if _differs(con, nodes[key], sql[key] or "")}
            late = _with_descendants(first | differ, nodes)
    return late


_HELD = """
    select schema_name, table_name from duckdb_tables()
    union
    select schema_name, view_name from duckdb_views()
"""


def _reads(node: Mapping[str, Any], sql: str) -> set[str]:
    """The raw tables that a model reads itself; of the catalogue of parts, the tables that its SQL names."""
    named = {key.rpartition(".")[2] for key in node["depends_on"]["nodes"] if key.startswith("source.")}
    if RAW_PARTITIONS in named:
        of = set(re.findall(r"\btable_name = '(\w+)'", sql))
        named = named - {RAW_PARTITIONS} | (of or {NIGHT})
    return {NIGHT if name.startswith("meta__") else name for name in named}


def _asks_for_day(sql: str | None) -> bool:
    return bool(_ASKS_FOR_DAY.search(_COMMENT.sub("", sql or "")))


def _differs(con: duckdb.DuckDBPyConnection, node: Mapping[str, Any], sql: str) -> bool:
    """Whether a model whose other inputs are the same has other rows today."""
    if node["config"]["materialized"] != "table":
        return True
    held = node["relation_name"]
    query = (
        f"with now as ({sql}) select exists((from now except all from {held}) union all"
        f" (from {held} except all from now))"
    )
    try:
        return bool(con.execute(query).fetchall()[0][0])
    except duckdb.Error:
        return True


def _with_descendants(first: Iterable[str], nodes: Mapping[str, Mapping[str, Any]]) -> set[str]:
    children: dict[str, list[str]] = defaultdict(list)
    for key, node in nodes.items():
        for parent in node["depends_on"].get("nodes", []):
            children[parent].append(key)
    found: set[str] = set()
    left = list(first)
    while left:
        if (key := left.pop()) not in found:
            found.add(key)
            left += children[key]
    return found


def _sql(node: Mapping[str, Any], compiled: Path) -> str | None:
    path = compiled / node["package_name"] / node["original_file_path"]
    return path.read_text() if path.exists() else None


def _note(settings: Settings) -> Path:
    return settings.home / ".built_inputs"
