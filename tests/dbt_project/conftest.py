"""Questions to the build of the dbt project on the starter."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

Ask = Callable[..., list[tuple[Any, ...]]]
"""Rows of one question to the built tables."""


@pytest.fixture(scope="session")
def ask(built: Path) -> Iterator[Ask]:
    """Ask the built tables."""
    with duckdb.connect(str(built / "build.duckdb"), read_only=True) as con:
        yield lambda question, *values: con.execute(question, list(values)).fetchall()


@pytest.fixture(scope="session")
def manifest(built: Path) -> dict[str, Any]:
    """dbt's own account of the project that was built."""
    account: dict[str, Any] = json.loads((built / "target" / "manifest.json").read_bytes())
    return account
