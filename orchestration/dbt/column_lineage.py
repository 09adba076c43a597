"""From which columns a model's columns come, read off the SQL that dbt compiled."""

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
"""Columns by catalog where there is one, schema, table and name. Their types do not matter here."""


class Project:
    """The tables of a dbt project with the columns that each is made of.

    Args:
        manifest: dbt's manifest.
        compiled: Where dbt leaves the SQL of its models, `target/compiled/<project>`.
        folder: dbt's project, for the headers of its seeds.
        raw: The columns of each raw table, which dbt does not know.
        dialect: What the SQL is written in, by sqlglot's name.
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
        """A model's columns with those they are made of; None where its SQL is missing or not read."""
        if unique_id not in self._found:
            node = self._tables[unique_id]
            schema: Schema = {}
            for upstream in map(self._tables.__getitem__, node["depends_on"]["nodes"]):
                # Spark knows schemas and no catalog above them
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
    """Each column of a select with the columns it is made of among those of ``schema``; None if not read."""
    try:
        parsed = parse_one(sql, dialect=dialect)
        query = cast("exp.Query", qualify(parsed, dialect=dialect, schema=schema))
        scope = build_scope(query)
        # Neither trimmed nor copied: either would copy the query for each column.
        ends = partial(lineage, sql=query, schema={}, scope=scope, trim_selects=False, copy=False)
        return TableColumnLineage(
            {column: sorted(set(_sources(ends(column)))) for column in query.named_selects}
        )
    except (SqlglotError, ValueError):
        return None


def _sources(node: Any) -> Iterator[TableColumnDep]:
    """The columns of tables that a column's lineage ends in."""
    for part in node.walk():
        if isinstance(part.source, exp.Table) and part.source.db:
            key = AssetKey([part.source.db, part.source.name])
            yield TableColumnDep(key, part.name.split(".")[-1].strip('"'))
