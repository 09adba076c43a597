"""The patches of dbt: same artifacts and log as without them, and one parse of a project for all homes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestration.dbt.manifest import DBT_EXECUTABLE

PLACES = {"root_path", "build_path", "compiled_path"}
DBT = [sys.executable, "-c", "from dbt.cli.main import cli; cli()"]
WATCHED = [
    sys.executable,
    "-c",
    """
import atexit, collections, json, os
from pathlib import Path
from dbt.contracts.graph.manifest import WritableManifest
from dbt_common.clients.jinja import MacroFuzzEnvironment
from orchestration.dbt.process import main

parsed, written = collections.Counter(), []
parse, write = MacroFuzzEnvironment._parse, WritableManifest.write
MacroFuzzEnvironment._parse = lambda env, text, *rest: parsed.update([text]) or parse(env, text, *rest)
WritableManifest.write = lambda artifact, path: written.append(path) or write(artifact, path)

def note():
    most = max(count for text, count in parsed.items() if "_dbt_generic_test_kwargs" in text)
    cost = {"manifests written": len(written), "a test's template compiled": most}
    Path(os.environ["MINERALS_HOME"], "cost.json").write_text(json.dumps(cost))

atexit.register(note)
main()
""",
]
"""dbt with our patches, recording what it does more than once."""
PROFILE = """
tiny:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: "{{ env_var('MINERALS_HOME') }}/tiny.duckdb", threads: 1}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one model of five tested columns, whose database is in the home."""
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(
        "name: tiny\nversion: '1.0'\nprofile: tiny\nflags: {send_anonymous_usage_stats: false}\n"
    )
    (folder / "profiles.yml").write_text(PROFILE)
    names = [f"n{i}" for i in range(5)]
    (folder / "models" / "one.sql").write_text("select " + ", ".join(f"1 as {name}" for name in names) + "\n")
    columns = ", ".join(f"{{name: {name}, data_tests: [not_null]}}" for name in names)
    (folder / "models" / "one.yml").write_text(f"models: [{{name: one, columns: [{columns}]}}]\n")
    return folder


def build(dbt: list[str], project: Path, home: Path, target: Path) -> str:
    """Build the project for a home; returns dbt's log without times."""
    home.mkdir(exist_ok=True)
    environment = os.environ | {
        "MINERALS_HOME": str(home),
        "DBT_LOG_PATH": str(home),
        "DBT_LOG_LEVEL_FILE": "info",
        "DBT_LOG_FORMAT_FILE": "text",
    }
    command = [*dbt, "build", "--target-path", str(target), "--profiles-dir", str(project)]
    subprocess.run([*command, "--project-dir", str(project)], env=environment, check=True)
    lines = (home / "dbt.log").read_text().splitlines()
    return "\n".join(line.partition("  ")[2].partition(" in ")[0] for line in lines)


def artifact(target: Path, name: str) -> Any:
    """An artifact without the parts that differ from run to run."""
    found = json.loads((target / name).read_text())
    del found["metadata"]

    def kept(value: Any) -> Any:
        if isinstance(value, dict):
            own = {"created_at", "timing", "execution_time", "elapsed_time", "thread_id", "args"} | PLACES
            return {key: kept(inner) for key, inner in value.items() if key not in own}
        return [kept(inner) for inner in value] if isinstance(value, list) else value

    return kept(found)


@pytest.mark.long
def test_a_build_is_that_of_dbt_itself_at_less_cost(project: Path, tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    ours = build(WATCHED, project, tmp_path / "ours", a)
    its = build(DBT, project, tmp_path / "its", b)
    assert "1 of 6 OK created" in its
    assert ours == its
    for name in ("manifest.json", "run_results.json"):
        assert artifact(a, name) == artifact(b, name)
    assert json.loads((tmp_path / "ours" / "cost.json").read_text()) == {
        "manifests written": 1,
        "a test's template compiled": 1,
    }
    again = "Unable to do partial parsing because profile has changed"
    assert "Unable to do partial parsing" not in build([str(DBT_EXECUTABLE)], project, tmp_path / "second", a)
    assert again in build(DBT, project, tmp_path / "third", b), (
        "without the patch dbt parses again; otherwise the patch is unnecessary"
    )
