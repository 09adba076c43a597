"""The project's data tests, which nights run without dbt, have the same SQL and results as in dbt."""

import json
from pathlib import Path
from typing import Any

import duckdb

from warehouse import rules


def test_the_sql_and_the_outcome_of_each_test_are_dbts(built: Path, manifest: dict[str, Any]) -> None:
    results = json.loads((built / "target" / "run_results.json").read_bytes())["results"]
    theirs = {one["unique_id"]: one for one in results if one["unique_id"].startswith("test.")}
    assert len(theirs) > 1000
    with duckdb.connect(str(built / "build.duckdb"), read_only=True) as con:
        con.execute(f"attach '{built / 'raw.duckdb'}' as landing (read_only)")
        ours = {one["unique_id"]: one for one in rules.run(con, manifest, list(theirs), set())}
    for name, one in ours.items():
        assert one["compiled_code"].split() == theirs[name]["compiled_code"].split(), name
        for fact in ("status", "failures", "message"):
            assert one[fact] == theirs[name][fact], name
