"""dbt as our program: artifacts and log of dbt itself, and a project that is read once for all homes."""

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
PROFILE = """
tiny:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: "{{ env_var('MINERALS_HOME') }}/tiny.duckdb", threads: 1}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one model, whose database is in the home."""
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(
        "name: tiny\nversion: '1.0'\nprofile: tiny\nflags: {send_anonymous_usage_stats: false}\n"
    )
    (folder / "profiles.yml").write_text(PROFILE)
    (folder / "models" / "one.sql").write_text("select 1 as n\n")
    return folder


def build(dbt: list[str], project: Path, home: Path, target: Path) -> str:
    """Build the project for a home; gives what dbt wrote to its log, without the times."""
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
    """An artifact without what differs from run to run."""
    found = json.loads((target / name).read_text())
    del found["metadata"]

    def kept(value: Any) -> Any:
        if isinstance(value, dict):
            own = {"created_at", "timing", "execution_time", "elapsed_time", "thread_id", "args"} | PLACES
            return {key: kept(inner) for key, inner in value.items() if key not in own}
        return [kept(inner) for inner in value] if isinstance(value, list) else value

    return kept(found)


def test_artifacts_and_log_are_those_of_dbt_itself(project: Path, tmp_path: Path) -> None:
    ours = build([str(DBT_EXECUTABLE)], project, tmp_path / "ours", tmp_path / "a")
    its = build(DBT, project, tmp_path / "its", tmp_path / "b")
    assert "1 of 1 OK created" in its
    assert ours == its
    for name in ("manifest.json", "run_results.json"):
        assert artifact(tmp_path / "a", name) == artifact(tmp_path / "b", name)


def test_a_project_is_read_once_for_all_homes(project: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    build([str(DBT_EXECUTABLE)], project, tmp_path / "first", target)
    said = build([str(DBT_EXECUTABLE)], project, tmp_path / "second", target)
    assert "Unable to do partial parsing" not in said
    assert "Unable to do partial parsing because profile has changed" in build(
        DBT, project, tmp_path / "third", target
    ), "dbt by itself reads the project again: else the change is needless"


def test_a_build_writes_its_manifest_once_and_compiles_a_template_once(project: Path, tmp_path: Path) -> None:
    columns = "".join(f"{{name: n{i}, data_tests: [not_null]}}," for i in range(5))
    (project / "models" / "one.yml").write_text(f"models: [{{name: one, columns: [{columns}]}}]\n")
    (project / "models" / "one.sql").write_text("select " + ", ".join(f"1 as n{i}" for i in range(5)) + "\n")
    watch = """
import collections, sys
from dbt_common.clients.jinja import MacroFuzzEnvironment
from dbt.contracts.graph.manifest import WritableManifest
parsed, written = collections.Counter(), []
parse, write = MacroFuzzEnvironment._parse, WritableManifest.write
MacroFuzzEnvironment._parse = lambda env, source, *rest: parsed.update([source]) or parse(env, source, *rest)
WritableManifest.write = lambda artifact, path: written.append(path) or write(artifact, path)
import atexit
atexit.register(lambda: print(max(parsed[one] for one in parsed if "generic_test" in one), len(written)))
from orchestration.dbt.process import main
main()
"""
    home = tmp_path / "home"
    home.mkdir()
    command = [sys.executable, "-c", watch, "--quiet", "build", "--target-path", str(tmp_path / "target")]
    ran = subprocess.run(
        [*command, "--profiles-dir", str(project), "--project-dir", str(project)],
        env=os.environ | {"MINERALS_HOME": str(home), "DBT_LOG_PATH": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == ["1", "1"]
    assert len(artifact(tmp_path / "target", "manifest.json")["nodes"]) == 6
