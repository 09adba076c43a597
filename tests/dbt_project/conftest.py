"""One build of the dbt project on the starter for all tests, shared by the workers of a run."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from filelock import FileLock

from tests.dbt_project.warehouse import build

Ask = Callable[..., list[tuple[Any, ...]]]
"""Rows of one question to the built tables."""


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A home whose `build.duckdb` holds the whole project on the starter."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    home = shared / "built"
    with FileLock(shared / "built.lock"):
        if not (shared / "built.done").exists():
            build(home)
            (shared / "built.done").touch()
    return home


@pytest.fixture(scope="session")
def ask(home: Path) -> Iterator[Ask]:
    """Ask the built tables."""
    with duckdb.connect(str(home / "build.duckdb"), read_only=True) as con:
        yield lambda question, *values: con.execute(question, list(values)).fetchall()


@pytest.fixture(scope="session")
def manifest(home: Path) -> dict[str, Any]:
    """dbt's own account of the project that was built."""
    account: dict[str, Any] = json.loads((home / "target" / "manifest.json").read_bytes())
    return account
