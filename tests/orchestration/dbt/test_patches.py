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
    ), "without the patch dbt parses again; otherwise the patch is unnecessary"
