"""Column lineage of the models, parsed from the SQL that dbt compiled."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

from dagster import AssetKey, TableColumnDep, TableColumnLineage
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

Schema = dict[str, Any]
"""Columns by catalog (if any), schema, table and name. Types are ignored."""


class Project:
    """The tables of a dbt project with their column lineage.

    Args:
        manifest: dbt's manifest.
        compiled: Where dbt writes the SQL of its models, `target/compiled/<project>`.
        folder: dbt's project, for the column names of its seeds.
        raw: The columns of each raw table, which dbt does not list.
        dialect: The SQL dialect, by sqlglot's name.
    """

    def __init__(
        self,
        manifest: Mapping[str, Any],
        compiled: Path,
        folder: Path,
        raw: Mapping[str, Iterable[str]],
        *,
        dialect: str = "duckdb",
    ) -> None:
        self._tables = {**manifest["nodes"], **manifest["sources"]}
        self._compiled, self._folder, self._raw, self._dialect = compiled, folder, raw, dialect
        self._found: dict[str, TableColumnLineage | None] = {}

    def lineage(self, unique_id: str) -> TableColumnLineage | None:
        """The source columns of each column of a model; None if its SQL is missing or cannot be parsed."""
        if unique_id not in self._found:
            node = self._tables[unique_id]
            schema: Schema = {}
            for upstream in map(self._tables.__getitem__, node["depends_on"]["nodes"]):
                # Spark has schemas, but no catalog above them
                held = schema.setdefault(upstream["database"], {}) if upstream["database"] else schema
                tables = held.setdefault(upstream["schema"], {})
                tables[upstream["name"]] = dict.fromkeys(self._columns(upstream), "unknown")
            path = self._compiled / node["original_file_path"]
            sql = path.read_text() if path.exists() else ""
            self._found[unique_id] = column_lineage(sql, schema, self._dialect)
        return self._found[unique_id]

    def _columns(self, table: Mapping[str, Any]) -> Iterable[str]:
        if table["resource_type"] == "source":
            return self._raw.get(table["name"], ())
        if table["resource_type"] == "seed":
            header, *_ = (self._folder / str(table["original_file_path"])).read_text().splitlines()
            return header.split(",")
        found = self.lineage(table["unique_id"])
        return list(found.deps_by_column if found else table["columns"])


def column_lineage(sql: str, schema: Schema, dialect: str = "duckdb") -> TableColumnLineage | None:
    """The source columns of each column of a select within ``schema``; None if it cannot be parsed."""
    try:
        parsed = parse_one(sql, dialect=dialect)
        query = cast("exp.Query", qualify(parsed, dialect=dialect, schema=schema))
        scope = build_scope(query)
        # Neither trimmed nor copied, since either would copy the query for each column.
        ends = partial(lineage, sql=query, schema={}, scope=scope, trim_selects=False, copy=False)
        return TableColumnLineage(
            {column: sorted(set(_sources(ends(column)))) for column in query.named_selects}
        )
    except (SqlglotError, ValueError):
        return None


def _sources(node: Any) -> Iterator[TableColumnDep]:
    """The table columns in which a column's lineage ends."""
    for part in node.walk():
        if isinstance(part.source, exp.Table) and part.source.db:
            key = AssetKey([part.source.db, part.source.name])
            yield TableColumnDep(key, part.name.split(".")[-1].strip('"'))
