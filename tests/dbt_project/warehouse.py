"""The real dbt project on the starter, without Dagster: load the rows, run dbt, query the tables."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from orchestration.dbt.manifest import DBT_EXECUTABLE, PROJECT_DIR, ensure_manifest, parse_record
from orchestration.pipeline import failures, raw_layer
from orchestration.pipeline.sources import modules, refresh_and_record
from orchestration.pipeline.writer import duckdb_limits
from orchestration.settings import Settings
from tests.dbt_project import dbt_server
from warehouse import data_tests


def load_starter(home: Path) -> None:
    """Fill `raw.duckdb` of a home with the starter, as an offline refresh does."""
    settings = Settings(home=home, offline=True)
    sources = {name: module.SOURCE for name, module in modules().items()}
    outcomes = {name: refresh_and_record(module, settings) for name, module in modules().items()}
    with raw_layer.open_raw(settings.raw_path, duckdb_limits(settings)) as con:
        raw_layer.declare(con, sources.values())
        raw_layer.load_meta(
            con, list(outcomes.values()), sources, raw_layer.starter_files(settings.starter_dir)
        )
        for name, source in sources.items():
            for table in source.tables:
                raw_layer.load_table(con, table.name, outcomes[name], settings.starter_dir)


def dbt(home: Path, *arguments: str, project: Path = PROJECT_DIR) -> subprocess.CompletedProcess[str]:
    """Run dbt on a home; its artifacts and logs go to the home's `target`.

    Our own project is parsed once for all homes; other projects and engines are parsed by dbt.
    """
    target = home / "target"
    target.mkdir(exist_ok=True)
    folders = ("--project-dir", str(project), "--profiles-dir", str(project), "--target-path", str(target))
    command = ["--quiet", *arguments, *folders]
    environment = {**os.environ, "MINERALS_HOME": str(home), "DBT_LOG_PATH": str(target)}
    if environment.get("DBT_TARGET", "duckdb") != "duckdb":
        command = [str(DBT_EXECUTABLE), *command]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    record = None
    if project == PROJECT_DIR:
        manifest = ensure_manifest()
        shutil.copyfile(manifest, target / "manifest.json")
        record = parse_record(manifest)
    return dbt_server.ran(command, environment, record, target / "output.txt")


def build(home: Path) -> None:
    """Load the starter, build everything, and run the data tests as a refresh does.

    Raises:
        AssertionError: A model or data test failed; the message is dbt's.
    """
    load_starter(home)
    built = dbt(home, "build", "--exclude-resource-types", "test", "unit_test")
    assert built.returncode == 0, built.stdout + built.stderr
    failed = [one for one in check(home) if one["status"] in {"fail", "error"}]
    assert not failed, failed


def check(home: Path) -> list[data_tests.Result]:
    """Run the data tests on a build, add them to dbt's results, and return them."""
    target = home / "target"
    left = json.loads((target / "run_results.json").read_bytes())
    manifest = json.loads((target / "manifest.json").read_bytes())
    tests = [key for key, node in manifest["nodes"].items() if node["resource_type"] == "test"]
    with failures.open_build(Settings(home=home)) as con:
        ran = list(data_tests.run(con, manifest, tests, set()))
    (target / "run_results.json").write_text(json.dumps({**left, "results": [*left["results"], *ran]}))
    return ran


def sql_of_tests(home: Path) -> dict[str, str]:
    """The SQL of each data test of a build, by unique id."""
    ran = json.loads((home / "target" / "run_results.json").read_bytes())["results"]
    return {one["unique_id"]: one["compiled_code"] for one in ran if one["unique_id"].startswith("test.")}
