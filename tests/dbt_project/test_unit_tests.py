"""The default suite runs every dbt unit test, since a nightly refresh runs none."""

import json
import shutil
from pathlib import Path
from typing import Any

from tests.dbt_project.warehouse import dbt


def test_every_unit_test_of_the_project_ran_and_holds(
    built: Path, manifest: dict[str, Any], tmp_path: Path
) -> None:
    home = shutil.copytree(built, tmp_path / "home")
    tested = dbt(home, "test", "--select", "test_type:unit")
    assert tested.returncode == 0, tested.stdout + tested.stderr
    results = json.loads((home / "target" / "run_results.json").read_bytes())["results"]
    outcomes = {one["unique_id"]: one["status"] for one in results}
    assert len(manifest["unit_tests"]) > 50
    assert {name: outcomes.get(name) for name in manifest["unit_tests"]} == dict.fromkeys(
        manifest["unit_tests"], "pass"
    )
