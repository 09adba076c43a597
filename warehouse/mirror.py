"""A publication as files that need no database: Parquet tables and a Frictionless data package."""

import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import starmap
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connect import literal, quoted, quoted_list
from warehouse.dictionary import tables
from warehouse.files import link_or_copy

RUN_TABLES = frozenset({"build_info", "data_quality", "source_status"})
"""Tables of `meta` about a single run; all others are byte-identical if no figure changed."""

PACKAGE = "datapackage.json"
FIRST = ("mineral_id", "source_id", "period", "year")
"""Key columns that come first in the sort order of files, since queries filter by them."""

LARGE = 10 * 122_880
"""Rows from which DuckDB writes a file with all cores; smaller tables are written in parallel."""

Stored = Mapping[str, Mapping[str, Any]]
"""For each table, as ``schema.table``: ``bytes`` and ``hash`` of its file, ``fingerprint`` of its content."""

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


def write_mirror(con: duckdb.DuckDBPyConnection, folder: Path, earlier: Path | None = None) -> set[str]:
    """Write ``<schema>/<table>.parquet`` for every published table, and `datapackage.json` next to them.

    Rows are sorted by the table's key, so that the same rows give the same bytes, starting with the columns
    that queries filter by. An unchanged table is linked from the earlier mirror.

    Args:
        con: A connection on the publication that may write files.
        folder: An empty or absent folder.
        earlier: The mirror of an earlier publication, if any.

    Returns:
        Unchanged tables, as ``schema.table``.
    """
    known = _stored(earlier) if earlier else {}

    def write(schema: str, table: str, grain: str | None) -> tuple[str, Mapping[str, Any]]:
        name, target = f"{schema}.{table}", folder / schema / f"{table}.parquet"
        statement = (
            f"copy (from {quoted(schema, table)} order by {_order(grain)})"
            " to {} (format parquet, compression zstd)"
        )
        with con.cursor() as cursor:
            fingerprint = _fingerprint(cursor, schema, table, statement)
            if earlier and name in known and known[name]["fingerprint"] == fingerprint:
                link_or_copy(earlier / schema / target.name, target)
                return name, known[name]
            cursor.execute(statement.format(literal(str(target))))
        size = target.stat().st_size
        return name, {"bytes": size, "hash": _sha256(target), "fingerprint": fingerprint}

    large, small = (
        con.execute(
            "select schema_name, table_name, grain from meta.table_dictionary"
            f" where row_count {compared} {LARGE} order by row_count desc"
        ).fetchall()
        for compared in (">", "<=")
    )
    for schema, *_ in {*large, *small}:
        (folder / schema).mkdir(parents=True, exist_ok=True)
    [(cores,)] = con.execute("select current_setting('threads')").fetchall()
    with ThreadPoolExecutor(cores) as pool:
        stored = dict([*starmap(write, large), *pool.map(lambda table: write(*table), small)])
    package = data_package(con, stored)
    (folder / PACKAGE).write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n")
    return {name for name, facts in stored.items() if facts is known.get(name)}


def data_package(con: duckdb.DuckDBPyConnection, stored: Stored) -> dict[str, Any]:
    """The Frictionless descriptor of Parquet files: fields, units, keys and licences.

    Args:
        con: A connection on the publication.
        stored: For each table, as ``schema.table``, the properties of its file.
    """
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
        "resources": [
            _resource(con, schema, table, stored[f"{schema}.{table}"]) for schema, table in tables(con)
        ],
    }


def _order(grain: str | None) -> str:
    """The sort columns of a table: its key, filter columns first; without a key, all columns."""
    if grain is None:
        return "all"
    key = grain.split(", ")
    return quoted_list([name for name in FIRST if name in key] + [name for name in key if name not in FIRST])


def _stored(mirror: Path) -> Stored:
    """File properties stated in an earlier mirror, for files that still match them."""
    try:
        resources = json.loads((mirror / PACKAGE).read_bytes())["resources"]
    except FileNotFoundError:
        return {}
    return {
        resource["name"]: {name: resource[name] for name in ("bytes", "hash", "fingerprint")}
        for resource in resources
        if "fingerprint" in resource
        and (file := mirror / resource["path"]).is_file()
        and file.stat().st_size == resource["bytes"]
    }


def _fingerprint(con: duckdb.DuckDBPyConnection, schema: str, table: str, statement: str) -> str:
    """Hash of what determines a table's file: rows in any order, columns, statement, DuckDB's version."""
    columns = con.execute(f"describe {quoted(schema, table)}").fetchall()
    rows = con.execute(
        f"select count(*), sum(hash({quoted_list([name for name, *_ in columns])})), version()"
        f" from {quoted(schema, table)}"
    ).fetchall()
    return hashlib.md5(repr((statement, columns, rows)).encode(), usedforsecurity=False).hexdigest()


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"


def _licences(con: duckdb.DuckDBPyConnection) -> list[dict[str, str]]:
    """Each publisher's licence, which also applies to derived figures."""
    licences = con.execute(
        "select licence, string_agg(source_id, ', ' order by source_id) from meta.source_status"
        " where licence is not null and vintage is not null group by licence order by licence"
    ).fetchall()
    return [{"name": licence, "title": f"{licence} ({source_ids})"} for licence, source_ids in licences]


def _sources(con: duckdb.DuckDBPyConnection) -> list[dict[str, str]]:
    """The publishers of the files that there are; those that were not asked have published nothing here."""
    cited = con.execute(
        """
        with publishers as (
            select source_id, string_agg(distinct publisher, '; ' order by publisher) as publisher
            from meta.archive
            group by source_id
        )

        select source_id, coalesce(publisher, source_id), coalesce(citation, source_id), licence
        from meta.source_status
        left join publishers using (source_id)
        where vintage is not null
        order by source_id
        """
    ).fetchall()
    return [dict(zip(("name", "title", "citation", "licence"), row, strict=True)) for row in cited]


def _resource(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, stored: Mapping[str, Any]
) -> dict[str, Any]:
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
        **stored,
        "description": description or "",
        "schema": {"fields": [_field(*column) for column in columns], **key},
    }


def _field(name: str, data_type: str, description: str | None, unit: str | None) -> dict[str, str]:
    measured = {"unit": unit} if unit else {}
    return {"name": name, "type": _json_type(data_type), "description": description or "", **measured}


def _json_type(data_type: str) -> str:
    """The Frictionless Table Schema type for a DuckDB type."""
    if data_type.endswith("[]"):
        return "array"
    if data_type.lstrip("U") in _INTEGERS:
        return "integer"
    if data_type.startswith(("STRUCT", "MAP")):
        return "object"
    return "number" if data_type.startswith("DECIMAL") else _JSON_TYPES.get(data_type, "string")
