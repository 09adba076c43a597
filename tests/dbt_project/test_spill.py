"""Models larger than the memory limit of DuckDB spill to disk, and the models after them still run."""

import shutil
from pathlib import Path

import pytest

from orchestration.dbt.manifest import PROJECT_DIR
from tests.dbt_project.warehouse import dbt
from warehouse.connect import create

LARGE = """
{{ config(materialized='table') }}
select md5(range::varchar) as a, md5((range + 1)::varchar) as b from range(1500000) order by a
"""


@pytest.mark.long
def test_models_run_on_after_one_has_spilled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINERALS_MEMORY_LIMIT", "100MB")
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    shutil.copy(PROJECT_DIR / "profiles.yml", project)
    (project / "dbt_project.yml").write_text("{name: spill, version: '1.0', profile: minerals}")
    for name in ("first", "second"):
        (project / "models" / f"{name}.sql").write_text(LARGE)
    for name in ("raw.duckdb", "build.duckdb"):
        create(tmp_path / name)
    ended = dbt(tmp_path, "run", "--threads", "1", project=project)
    assert ended.returncode == 0, ended.stdout + ended.stderr
