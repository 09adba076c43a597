"""Fixtures that query the dbt project as built on the starter."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

Ask = Callable[..., list[tuple[Any, ...]]]
"""Runs a query on the built tables and returns its rows."""


@pytest.fixture(scope="session")
def ask(built: Path) -> Iterator[Ask]:
    """Query the built tables."""
    with duckdb.connect(str(built / "build.duckdb"), read_only=True) as con:
        yield lambda question, *values: con.execute(question, list(values)).fetchall()


@pytest.fixture(scope="session")
def manifest(built: Path) -> dict[str, Any]:
    """dbt's manifest of the build."""
    account: dict[str, Any] = json.loads((built / "target" / "manifest.json").read_bytes())
    return account
