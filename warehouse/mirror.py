"""A publication as files that need no database: Parquet tables and their Frictionless data package."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connect import literal, quoted
from warehouse.dictionary import tables

RUN_TABLES = frozenset({"build_info", "data_quality", "source_status"})
"""Tables of `meta` that tell of a run; all others are byte-identical when no figure has changed."""

_JSON_TYPES = {
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "TIMESTAMP WITH TIME ZONE": "datetime",
    "DOUBLE": "number",
    "FLOAT": "number",
    "JSON": "object",
}
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")


def write_mirror(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write ``<schema>/<table>.parquet`` for every published table, and `datapackage.json` beside them.

    Rows are sorted by all columns, so that the same rows give the same bytes.

    Args:
        con: A connection on the publication, free to write files.
        folder: An empty or absent folder.
    """
    for schema, table in tables(con):
        target = folder / schema / f"{table}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        con.execute(
            f"copy (select * from {quoted(schema, table)} order by all)"
            f" to {literal(str(target))} (format parquet, compression zstd)"
        )
    package = data_package(con, folder)
    (folder / "datapackage.json").write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n")


def data_package(con: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, Any]:
    """The Frictionless descriptor of the Parquet files in ``folder``: fields, units, keys and licences."""
    build_id, built_at, version = con.execute(
        "select build_id, built_at, version from meta.build_info"
    ).fetchall()[0]
    return {
        "profile": "data-package",
        "name": "critical-minerals-warehouse",
        "title": "North American critical minerals: trade, production, prices, tariffs and dependency",
        "id": build_id,
        "created": f"{built_at.isoformat(timespec='seconds')}Z",
        "version": version,
        "licenses": _licences(con),
        "sources": _sources(con),
        "resources": [_resource(con, folder, schema, table) for schema, table in tables(con)],
    }


def _licences(con: duckdb.DuckDBPyConnection) -> list[dict[str, str]]:
    """Each publisher's own licence; the figures derived from it carry it on."""
    licences = con.execute(
        "select licence, string_agg(source_id, ', ' order by source_id) from meta.source_status"
        " where licence is not null group by licence order by licence"
    ).fetchall()
    return [{"name": licence, "title": f"{licence} ({source_ids})"} for licence, source_ids in licences]


def _sources(con: duckdb.DuckDBPyConnection) -> list[dict[str, str]]:
    cited = con.execute(
        "select source_id, coalesce(citation, source_id) from meta.source_status order by source_id"
    ).fetchall()
    return [{"title": source_id, "citation": citation} for source_id, citation in cited]


def _resource(con: duckdb.DuckDBPyConnection, folder: Path, schema: str, table: str) -> dict[str, Any]:
    file = folder / schema / f"{table}.parquet"
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    facts = con.execute(
        "select description, grain from meta.table_dictionary where schema_name = $1 and table_name = $2",
        [schema, table],
    ).fetchone()
    description, grain = facts or (None, None)
    columns = con.execute(
        "select column_name, data_type, description, unit from meta.column_dictionary"
        " where schema_name = $1 and table_name = $2 order by position",
        [schema, table],
    ).fetchall()
    key: Mapping[str, Any] = {"primaryKey": grain.split(", ")} if grain else {}
    return {
        "name": f"{schema}.{table}",
        "path": f"{schema}/{table}.parquet",
        "profile": "tabular-data-resource",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": file.stat().st_size,
        "hash": f"sha256:{digest}",
        "description": description or "",
        "schema": {"fields": [_field(*column) for column in columns], **key},
    }


def _field(name: str, data_type: str, description: str | None, unit: str | None) -> dict[str, str]:
    measured = {"unit": unit} if unit else {}
    return {"name": name, "type": _json_type(data_type), "description": description or "", **measured}


def _json_type(data_type: str) -> str:
    """DuckDB's type by the name of Frictionless' Table Schema."""
    if data_type.endswith("[]"):
        return "array"
    if data_type.lstrip("U") in _INTEGERS:
        return "integer"
    if data_type.startswith(("STRUCT", "MAP")):
        return "object"
    return "number" if data_type.startswith("DECIMAL") else _JSON_TYPES.get(data_type, "string")
