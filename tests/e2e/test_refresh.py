"""The workflow of a user without a network: refresh, query, refresh again, roll back."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from dagster import AssetCheckKey, AssetKey, DagsterInstance
from dagster._core.execution.stats import StepEventStatus

from tests.programs import MINERALS
from tests.terminal import on_a_terminal

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not MINERALS.exists(), reason="the project is not installed next to this checkout"),
]


def minerals(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [MINERALS, *command], env=_environment(home), capture_output=True, text=True, check=False
    )


def started(home: Path, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [MINERALS, *command],
        env=_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _environment(home: Path) -> dict[str, str]:
    return {"MINERALS_HOME": str(home), "HOME": str(home), "PATH": os.environ["PATH"], "COLUMNS": "160"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after its first refresh from the starter."""
    folder = tmp_path_factory.mktemp("home")
    done, screen = on_a_terminal([MINERALS, "refresh", "--offline"], _environment(folder))
    (folder / "screen.txt").write_text(screen)
    assert done == 0, screen
    assert str(folder / "minerals.duckdb") in screen
    assert str(folder / "brief" / "index.html") in screen
    return folder


def test_the_first_refresh_shows_what_is_built_and_nothing_scrolls(home: Path) -> None:
    screen = (home / "screen.txt").read_text()
    seen = {int(done) for done, _ in re.findall(r"(\d+)/(\d{3,})", screen)}
    [total] = {int(total) for _, total in re.findall(r"(\d+)/(\d{3,})", screen)}
    assert len(seen) > 20, "the bar reaches its end"
    assert max(seen) == total
    assert re.search(r"(core|marts)\.\w+", screen), "the table being built is named"
    printed = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen)
    assert "START sql" not in printed
    frames = {line.strip() for line in re.split(r"[\r\n]+", printed)}
    lines = {line for line in frames if not re.search(r"\d:\d\d:\d\d$", line)}  # frames of the bar
    assert len(lines) < 80, "dbt's output is not printed"
    assert "no figures" in printed
    log = (home / "refresh.log").read_text()
    assert "START sql" in log
    completed = r"Completed (successfully|with \d+ warning)"
    assert re.search(completed, log)
    account = (home / "dbt" / "dbt.log").read_text()
    assert re.search(completed, account)
    assert not account.startswith("{"), "the log is readable text"


def rows(home: Path, query: str) -> Sequence[tuple[object, ...]]:
    with duckdb.connect(str(home / "minerals.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def test_every_layer_is_published(home: Path) -> None:
    found = rows(home, "select schema_name, count(*) from duckdb_tables() group by 1 order by 1")
    assert [schema for schema, _ in found] == ["core", "marts", "meta"]
    assert rows(home, "select count(*) > 100 from marts.import_dependency") == [(True,)]


def test_no_blocking_check_failed_and_every_check_is_recorded(home: Path) -> None:
    assert rows(home, "select check_id from meta.data_quality where not passed and severity = 'error'") == []
    kinds = dict(rows(home, "select kind, count(*) from meta.data_quality group by 1"))
    assert kinds.keys() == {"data_test", "asset_check"}, "unit tests run in `make test`, not in a refresh"
    columns = "select count(distinct column_name) > 50 from meta.data_quality where check_id like 'not_null%'"
    assert rows(home, columns) == [(True,)], (
        "each column has its own outcome, although one query covers a table"
    )


def test_every_figure_of_the_starter_has_its_file(home: Path) -> None:
    status = dict(rows(home, "select source_id, mode from meta.source_status"))
    assert status["usgs_mcs"] == "starter"
    assert set(status.values()) <= {"starter", "skipped"}
    assert rows(home, "select count(*) > 0 from meta.archive where mode = 'starter'") == [(True,)]


def test_unchanged_refresh_leaves_the_publication(home: Path) -> None:
    before = rows(home, "select build_id from meta.build_info")
    again = minerals(home, "refresh", "--offline")
    assert again.returncode == 0, again.stderr
    assert "Nothing changed" in again.stdout
    assert rows(home, "select build_id from meta.build_info") == before


def test_two_commands_to_a_first_answer(home: Path) -> None:
    answer = minerals(
        home,
        "query",
        "select mineral_id, top_supplier_iso3, net_import_reliance_pct from marts.import_dependency"
        " where area = 'USMCA' and net_import_reliance_pct > 50 order by all limit 5",
        "--format",
        "json",
    )
    assert answer.returncode == 0, answer.stderr
    assert isinstance(json.loads(answer.stdout), list)


def test_status_of_a_real_refresh(home: Path) -> None:
    shown = minerals(home, "status")
    assert shown.returncode == 0, shown.stderr
    assert "usgs_mcs" in shown.stdout
    assert "failed" not in shown.stderr


def test_full_refresh_publishes_the_same_figures_and_rolls_back(home: Path) -> None:
    first = rows(home, "select build_id from meta.build_info")
    full = minerals(home, "refresh", "--offline", "--full")
    assert full.returncode == 0, full.stderr
    second = rows(home, "select build_id from meta.build_info")
    assert first != second
    diff = json.loads((home / "publications" / str(second[0][0]) / "diff.json").read_bytes())
    assert diff == []
    back = minerals(home, "rollback")
    assert back.returncode == 0, back.stderr
    assert rows(home, "select build_id from meta.build_info") == first
    assert f'name="build-id" content="{first[0][0]}"' in (home / "brief" / "index.html").read_text()


def test_two_refreshes_at_once_both_end_green(home: Path) -> None:
    both = [started(home, "refresh", "--offline", "--full") for _ in range(2)]
    for refresh in both:
        output, _ = refresh.communicate(timeout=1500)
        assert refresh.returncode == 0, output
    assert len(list((home / "publications").iterdir())) >= 3


def test_a_failed_blocking_check_keeps_the_publication_and_shows_its_rows(home: Path, tmp_path: Path) -> None:
    home = shutil.copytree(home, tmp_path / "home", symlinks=True)
    before = rows(home, "select build_id from meta.build_info")
    with duckdb.connect(str(home / "raw.duckdb")) as con:
        con.execute("update raw.raw.worldbank_wgi__indicator set iso3 = null where iso3 = 'ZMB'")
    refused = minerals(home, "refresh", "--offline", "--full")
    assert refused.returncode == 1, refused.stdout
    assert "not_null_stg_worldbank_wgi__indicator_iso3" in refused.stderr
    assert "The previous publication stays in place" in refused.stderr
    assert "indicator " in refused.stderr, "the row"
    assert "wgidataset" in refused.stderr, "the file"
    morning = minerals(home, "status")
    assert "not_null_stg_worldbank_wgi__indicator_iso3" in morning.stdout, (
        "shown until the next successful refresh"
    )
    every = minerals(home, "failures", "not_null_stg_worldbank_wgi__indicator_iso3", "--format", "csv")
    assert len(every.stdout.splitlines()) > 2
    assert minerals(home, "failures").returncode == 1, "for scripts"
    assert rows(home, "select build_id from meta.build_info") == before
    with DagsterInstance.from_config(str(home / "dagster")) as instance:
        key = AssetCheckKey(
            AssetKey(["staging", "stg_worldbank_wgi__indicator"]),
            "rules_of_stg_worldbank_wgi__indicator",
        )
        record = instance.event_log_storage.get_latest_asset_check_execution_by_key([key])[key]
        found = record.event.dagster_event.asset_check_evaluation_data
        assert not found.passed
        assert found.blocking
        assert (
            "minerals failures not_null_stg_worldbank_wgi__indicator_iso3"
            in found.metadata["what_to_do"].value
        )
        assert found.metadata["failing_rows"].value.startswith(
            "| iso3 | indicator | year | estimate | _archive_id |"
        )
        (run,) = instance.get_runs(limit=1)
        taken = {step.step_key: step.status for step in instance.get_run_step_stats(run.run_id)}
        assert taken["dbt_build"] == StepEventStatus.FAILURE
        assert not taken.keys() & {"published__warehouse", "brief__page"}
