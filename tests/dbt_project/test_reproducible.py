"""The same inputs give the same tables to the last digit, in whatever order the models are built."""

import json
from collections.abc import Collection, Iterator
from pathlib import Path

import duckdb
import pytest

from tests.dbt_project.warehouse import dbt, load_starter
from warehouse.connect import literal, quoted
from warehouse.dictionary import tables

pytestmark = pytest.mark.long


def differing(first: Path, second: Path, names: Collection[str] = ()) -> dict[str, int]:
    """Rows that only one of two databases has, by table; empty if the databases agree.

    ``names`` are the tables to compare, without their schema; by default all.
    """
    with duckdb.connect() as con:
        for name, path in (("first", first), ("second", second)):
            con.execute(f"attach {literal(str(path))} as {name} (read_only)")
        con.execute("use second")
        theirs = tables(con)
        con.execute("use first")
        found = {}
        assert theirs == tables(con)
        compared = [table for table in theirs if not names or table[1] in names]
        assert compared
        for table in compared:
            one, other = (f"(from {quoted(name, *table)})" for name in ("first", "second"))
            apart = f"({one} except all {other}) union all ({other} except all {one})"
            found[".".join(table)] = con.execute(f"select count(*) from ({apart})").fetchall()[0][0]
    return {table: rows for table, rows in found.items() if rows}


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A second build, one model at a time."""
    again = tmp_path_factory.mktemp("again")
    load_starter(again)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MINERALS_THREADS", "1")
        built = dbt(again, "build", "--exclude-resource-types", "test", "unit_test")
        assert built.returncode == 0, built.stdout + built.stderr
        yield again


def test_two_builds_give_identical_tables(built: Path, again: Path) -> None:
    assert not differing(built / "build.duckdb", again / "build.duckdb")


def test_the_project_documents_itself_without_a_network(again: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    documented = dbt(again, "docs", "generate")
    assert documented.returncode == 0, documented.stdout + documented.stderr
    catalog = json.loads((again / "target" / "catalog.json").read_bytes())["nodes"]
    assert "net_import_reliance_pct" in catalog["model.minerals.import_dependency"]["columns"]
