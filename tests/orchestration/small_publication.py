"""Small published files for tests that read a publication."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import duckdb
import yaml

from tests.conftest import REPOSITORY

TODAY = "2026-03-01"
"""The build date of the small publication."""
SCRIPT = Path(__file__).with_name("small_publication.sql")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def small_publication(path: Path) -> Path:
    """A published file with a few rows of every table that the brief reads."""
    with duckdb.connect(str(path)) as con:
        for schema, table, select in small_tables():
            con.execute(f"create schema if not exists {schema}; create table {schema}.{table} as {select}")
    return path


def small_tables() -> Iterator[tuple[str, str, str]]:
    """Schema, name and SELECT of each table; contract columns missing from the script are null."""
    script = SCRIPT.read_text(encoding="utf-8")
    with duckdb.connect() as con:
        con.execute(script)
        for schema, table, select in re.findall(
            r"^create table (\w+)\.(\w+) as\n(.*?);$", script, re.DOTALL | re.MULTILINE
        ):
            present = {name for name, *_ in con.execute(f"describe {schema}.{table}").fetchall()}
            lacking = {name: kind for name, kind in contracts().get(table, {}).items() if name not in present}
            added = "".join(f", null::{kind} as {name}" for name, kind in lacking.items())
            yield schema, table, f"select *{added} from (\n{select}\n) as stated" if added else select


@cache
def contracts() -> dict[str, dict[str, str]]:
    """Type of each column of the marts, from the dbt project."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted((REPOSITORY / "dbt_project" / "models" / "marts").rglob("*.yml")):
        for model in yaml.load(path.read_text(encoding="utf-8"), LOADER).get("models", ()):  # noqa: S506
            found[model["name"]] = {column["name"]: column["data_type"] for column in model["columns"]}
    return found
