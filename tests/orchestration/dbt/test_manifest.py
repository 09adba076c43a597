"""The manifest is parsed once for each state of the project, and written atomically."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from orchestration.dbt import manifest as module
from orchestration.dbt.manifest import (
    DBT_EXECUTABLE,
    DbtParseError,
    being_parsed,
    ensure_manifest,
    load_manifest,
    project_fingerprint,
    seed_partial_parse,
)
from orchestration.dbt.process import PARENT, mark_as_parent
from tests.programs import until


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dbt project with one model, in place of ours."""
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(
        "name: tiny\nversion: '1.0'\nprofile: tiny\nflags: {send_anonymous_usage_stats: false}\n"
    )
    (folder / "profiles.yml").write_text(
        "tiny: {target: duckdb, outputs: {duckdb: {type: duckdb, path: ':memory:', threads: 1}}}\n"
    )
    (folder / "models" / "one.sql").write_text("select 1 as n\n")
    monkeypatch.setattr(module, "PROJECT_DIR", folder)
    monkeypatch.setattr(module, "MANIFESTS", folder / "target" / "manifests")
    monkeypatch.setattr(module, "project_fingerprint", lambda: project_fingerprint(folder))
    return folder


def test_fingerprint_follows_content_and_names(project: Path) -> None:
    first = project_fingerprint(project)
    assert project_fingerprint(project) == first
    (project / "target").mkdir()
    (project / "target" / "x.sql").write_text("select 1")
    assert project_fingerprint(project) == first, "files written by dbt do not count"
    (project / "models" / "one.sql").rename(project / "models" / "two.sql")
    second = project_fingerprint(project)
    assert second != first
    (project / "models" / "two.sql").write_text("select 2 as n\n")
    assert project_fingerprint(project) not in {first, second}


@pytest.mark.long
def test_manifest_is_parsed_once_for_each_state(project: Path) -> None:
    with being_parsed():
        pass
    [first] = (project / "target" / "manifests").glob("*.json")
    written = first.stat().st_mtime_ns
    assert ensure_manifest() == first
    assert "model.tiny.one" in json.loads(first.read_bytes())["nodes"]
    assert first.stat().st_mtime_ns == written
    seeds_a_target_once(first, project / "elsewhere")
    (project / "models" / "two.sql").write_text("select * from {{ ref('one') }}\n")
    second = ensure_manifest()
    assert "model.tiny.two" in json.loads(second.read_bytes())["nodes"]
    assert not first.exists(), "outdated manifests are deleted"


def seeds_a_target_once(manifest: Path, target: Path) -> None:
    target.mkdir()
    seed_partial_parse(manifest, target)
    record = target / "partial_parse.msgpack"
    assert record.stat().st_size > 0
    record.write_bytes(b"of a build here")
    seed_partial_parse(manifest, target)
    assert record.read_bytes() == b"of a build here", "its own record is newer"


def test_simultaneous_requests_parse_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[Path] = []

    def slow(parsed_manifest: Path) -> None:
        parsed.append(parsed_manifest)
        time.sleep(0.3)
        parsed_manifest.write_text("{}")

    monkeypatch.setattr(module, "_parse", slow)
    askers = [threading.Thread(target=ensure_manifest) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(parsed) == 1
    assert project.exists()


@pytest.mark.long
def test_a_project_that_does_not_parse_shows_dbts_message(project: Path) -> None:
    (project / "models" / "two.sql").write_text("select * from {{ ref('gone') }}\n")
    with pytest.raises(DbtParseError, match="node named 'gone' which was not found"):
        ensure_manifest()
    assert not list((project / "target" / "manifests").glob("*.json"))


def test_a_singular_test_belongs_to_the_most_downstream_table(tmp_path: Path) -> None:
    models = {
        f"model.m.{name}": {"resource_type": "model", "schema": schema, "depends_on": {"nodes": []}}
        for name, schema in (("stg", "staging"), ("fct", "core"), ("mart", "marts"))
    }
    test = {
        "resource_type": "test",
        "schema": "main",
        "depends_on": {"nodes": ["source.m.raw", *models]},
        "config": {"meta": {"dagster": {"ref": {"name": "stg"}}}},
    }
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"nodes": {**models, "test.m.sums": test}, "child_map": {}, "parent_map": {}}))
    loaded = load_manifest(path)["nodes"]["test.m.sums"]
    assert loaded["attached_node"] == "model.m.mart"
    assert loaded["config"]["meta"] == {}


def test_the_rules_of_a_table_are_one_check_by_severity(tmp_path: Path) -> None:
    model = {"resource_type": "model", "schema": "core", "depends_on": {"nodes": []}}
    nodes: dict[str, Any] = {"model.m.flows": model, "model.m.places": model}
    for name, severity, parents in (
        ("not_null_flows_year", "ERROR", ["model.m.flows"]),
        ("relationships_flows_iso3", "ERROR", ["model.m.flows", "model.m.places"]),
        ("within_flows_share", "warn", ["model.m.flows"]),
    ):
        nodes[f"test.m.{name}.1a"] = {
            "resource_type": "test",
            "name": name,
            "test_metadata": {"name": name.split("_flows")[0]},
            "attached_node": "model.m.flows",
            "config": {"severity": severity},
            "depends_on": {"nodes": parents},
        }
    parents = {name: node["depends_on"]["nodes"] for name, node in nodes.items()}
    children = {name: [child for child in nodes if name in parents[child]] for name in nodes}
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"nodes": nodes, "child_map": children, "parent_map": parents}))
    loaded = load_manifest(path)
    blocks, warns = (loaded["nodes"][f"test.minerals.rules_of_flows{end}"] for end in ("", "_warn"))
    assert blocks["tests"] == ["test.m.not_null_flows_year.1a", "test.m.relationships_flows_iso3.1a"]
    assert blocks["depends_on"]["nodes"] == ["model.m.flows", "model.m.places"]
    assert "relationships_flows_iso3" in blocks["meta"]["description"]
    assert (warns["tests"], warns["config"]["severity"]) == (["test.m.within_flows_share.1a"], "warn")
    assert {*loaded["nodes"]} == {"model.m.flows", "model.m.places", blocks["unique_id"], warns["unique_id"]}
    assert loaded["child_map"]["model.m.flows"] == [blocks["unique_id"], warns["unique_id"]]
    assert loaded["child_map"]["model.m.places"] == [blocks["unique_id"]]


def test_a_failed_background_parse_is_raised_where_it_is_needed(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise DbtParseError("no such node")

    monkeypatch.setattr(module, "_parse", refuse)
    with being_parsed():
        pass
    with pytest.raises(DbtParseError, match="no such node"):
        ensure_manifest()
    assert project.exists()


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has ended")
def test_dbt_ends_with_the_program_that_started_it(project: Path) -> None:
    endless = "select max(hash(a.range, b.range)) as n from range(1000000) as a, range(1000000) as b"
    (project / "models" / "one.sql").write_text("{{ config(materialized='table') }} " + endless)
    script = f"import subprocess; subprocess.run(['{DBT_EXECUTABLE}', 'run', '--profiles-dir', '.'])"
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=project)
    until((project / "logs" / "dbt.log").exists, "dbt does not begin")
    [child] = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
    parent.kill()
    parent.wait()
    until(lambda: not is_running(child), "dbt goes on")


def is_running(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_only_a_dbt_started_in_the_block_knows_its_parent() -> None:
    with mark_as_parent():
        assert os.environ[PARENT] == str(os.getpid())
    assert PARENT not in os.environ
