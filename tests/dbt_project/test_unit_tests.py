"""The default suite runs every dbt unit test, since a nightly refresh runs none."""

import json
from pathlib import Path
from typing import Any


def test_every_unit_test_of_the_project_ran_and_holds(built: Path, manifest: dict[str, Any]) -> None:
    results = json.loads((built / "target" / "run_results.json").read_bytes())["results"]
    outcomes = {one["unique_id"]: one["status"] for one in results}
    assert len(manifest["unit_tests"]) > 50
    assert {name: outcomes.get(name) for name in manifest["unit_tests"]} == dict.fromkeys(
        manifest["unit_tests"], "pass"
    )
