"""The project's data tests, which a refresh runs without dbt, have the same SQL and results as in dbt."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_project.warehouse import dbt


def results(home: Path) -> dict[str, Any]:
    """The results of the data tests by unique id."""
    ran = json.loads((home / "target" / "run_results.json").read_bytes())["results"]
    return {one["unique_id"]: one for one in ran if one["unique_id"].startswith("test.")}


def test_every_data_test_of_the_project_runs(built: Path, manifest: dict[str, Any]) -> None:
    ran = results(built)
    assert len(ran) > 1000
    assert ran.keys() == {key for key in manifest["nodes"] if key.startswith("test.")}
    assert {one["status"] for one in ran.values()} <= {"pass", "warn"}


@pytest.mark.long
def test_the_sql_and_the_outcome_of_each_test_are_dbts(built: Path, tmp_path: Path) -> None:
    home = shutil.copytree(built, tmp_path / "home")
    tested = dbt(home, "test", "--exclude-resource-types", "unit_test")
    assert tested.returncode == 0, tested.stdout + tested.stderr
    ours, theirs = results(built), results(home)
    assert ours.keys() == theirs.keys()
    for name, one in ours.items():
        assert one["compiled_code"].split() == theirs[name]["compiled_code"].split(), name
        for fact in ("status", "failures", "message"):
            assert one[fact] == theirs[name][fact], name
