"""The generic tests, which nights run apart from dbt, ask what dbt would ask."""

import json
from pathlib import Path
from typing import Any

from warehouse import rules


def test_the_sql_of_each_generic_test_is_dbts_own(built: Path, manifest: dict[str, Any]) -> None:
    results = json.loads((built / "target" / "run_results.json").read_bytes())["results"]
    compiled = {one["unique_id"]: one["compiled_code"] for one in results if one.get("compiled_code")}
    sql, tests = rules.Sql(manifest), rules.tests(manifest)
    assert len(tests) > 900
    ours = {key: " ".join(sql(node).split()) for key, node in tests.items()}
    assert ours == {key: " ".join(compiled[key].split()) for key in tests}


def test_no_generic_test_asks_for_more_than_rows_that_break_it(manifest: dict[str, Any]) -> None:
    for name, node in rules.tests(manifest).items():
        asked = {key: node["config"][key] for key in ("fail_calc", "warn_if", "error_if", "limit")}
        assert asked == {"fail_calc": "count(*)", "warn_if": "!= 0", "error_if": "!= 0", "limit": None}, name
