"""The real dbt project on the starter's real figures, without Dagster: land, run dbt, look at the tables."""

import os
import subprocess
from pathlib import Path

from orchestration import landing
from orchestration.dbt_project import DBT_EXECUTABLE, PROJECT_DIR
from orchestration.settings import Settings
from orchestration.sources import modules, visit
from orchestration.writer import engine


def land_starter(home: Path) -> None:
    """Fill `raw.duckdb` of a home with the starter, as an offline refresh does."""
    config = Settings(home=home, offline=True)
    sources = {name: module.SOURCE for name, module in modules().items()}
    outcomes = {name: visit(module, config) for name, module in modules().items()}
    with landing.open_raw(config.raw_path, engine(config)) as con:
        landing.declare(con, sources.values())
        landing.land_meta(con, list(outcomes.values()), sources, landing.starter_files(config.starter_dir))
        for name, source in sources.items():
            for table in source.tables:
                landing.land_table(con, table.name, outcomes[name], config.starter_dir)


def dbt(home: Path, *arguments: str, project: Path = PROJECT_DIR) -> subprocess.CompletedProcess[str]:
    """Run dbt on a home; its artifacts and logs go to the home's `target`."""
    target = home / "target"
    folders = ("--project-dir", project, "--profiles-dir", project, "--target-path", target)
    environment = {**os.environ, "MINERALS_HOME": str(home), "DBT_LOG_PATH": str(target)}
    command = [DBT_EXECUTABLE, "--quiet", *arguments, *folders]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def build(home: Path) -> None:
    """Land the starter and build everything, dbt's own tests included.

    Raises:
        AssertionError: A model, data test or unit test failed; the message is dbt's.
    """
    land_starter(home)
    built = dbt(home, "build")
    assert built.returncode == 0, built.stdout + built.stderr
