"""A refresh from the command line: first the sources, then the rest only if they brought anything new."""

import io
import json
import subprocess
import sys
from pathlib import Path
from threading import Event
from types import ModuleType

import pytest
from dagster import AssetKey, AssetRecordsFilter, DagsterEventType, DagsterInstance, Definitions
from rich.console import Console
from typer.testing import CliRunner

from orchestration import change_detection, jobs, runs
from orchestration.assets.sources import GROUP
from orchestration.cli import refresh
from orchestration.cli.app import app
from orchestration.cli.progress import show_progress
from orchestration.dbt import manifest
from orchestration.instance.home import prepare
from orchestration.pipeline import history, sources
from orchestration.pipeline.sources import modules, outcomes
from orchestration.settings import Settings
from tests.conftest import REPOSITORY
from tests.programs import MINERALS

OPTIONS = {
    "offline": True,
    "include_heavy": False,
    "force_rebuild": False,
    "sources": [],
    "wide_window": False,
}


@pytest.fixture
def published(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home whose publication was made from the starter, with only three sources."""
    three = {name: modules()[name] for name in ("comtrade", "imf_pcps", "worldbank_prices")}
    monkeypatch.setattr(sources, "modules", lambda: three)
    monkeypatch.setattr("orchestration.assets.sources.modules", lambda: three)
    settings.home.mkdir()
    settings.published_path.touch()
    change_detection.mark_published(settings, change_detection.fingerprint(outcomes(settings).values()))
    change_detection.mark_brief_built(settings)
    monkeypatch.setenv("DAGSTER_HOME", str(settings.dagster_home))
    prepare(settings)
    return settings


def night(settings: Settings, **other: object) -> str:
    return refresh.run_nightly_job(settings, OPTIONS | other, Console(file=io.StringIO()))


def test_a_night_without_news_runs_the_sources_and_names_the_publication_kept(
    published: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "_from_rows_on", lambda *_: pytest.fail("the full run starts without need"))
    assert night(published).startswith("Nothing changed since the last publication.")
    last = history.read(published).last
    assert last is not None
    assert last.how == "unchanged"
    with DagsterInstance.get() as instance:
        (run,) = instance.get_runs()
        assert run.is_success
        assert run.tags[runs.NOTHING_NEW].startswith("publication of 20")
        messages = [entry.message for entry in instance.all_logs(run.run_id)]
        assert any("stays" in words for words in messages)
        planned = instance.all_logs(run.run_id, of_type=DagsterEventType.ASSET_MATERIALIZATION_PLANNED)
        assert {entry.dagster_event.asset_key.path[0] for entry in planned} == {GROUP}
        observed = instance.fetch_observations(AssetRecordsFilter(runs.PUBLICATION), limit=1).records
        assert observed[0].asset_observation.metadata["run"].value == run.run_id
        assert not instance.fetch_materializations(AssetRecordsFilter(runs.PUBLICATION), limit=1).records


def test_dbt_parses_while_dagster_loads(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    began = Event()

    class Loading(ModuleType):
        RefreshFailedError = RuntimeError

        @property
        def run_nightly_job(self) -> object:
            assert began.wait(60), "the parse waits for the modules"
            return lambda *_: "Published."

    monkeypatch.setattr(manifest, "ensure_manifest", began.set)
    monkeypatch.setitem(sys.modules, "orchestration.cli.refresh", Loading("orchestration.cli.refresh"))
    result = CliRunner().invoke(app, ["refresh", "--offline"])
    assert result.exit_code == 0, result.output
    assert not home.exists() or not any(home.glob("*.duckdb"))


def test_with_news_or_on_request_everything_is_built(
    published: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class WentOnError(Exception):
        pass

    def go_on(*_: object) -> None:
        raise WentOnError

    monkeypatch.setattr(refresh, "_from_rows_on", go_on)
    with pytest.raises(WentOnError):
        night(published, force_rebuild=True)
    change_detection.mark_published(published, "other files")
    with pytest.raises(WentOnError):
        night(published)


def test_the_two_runs_together_are_the_nightly_job(settings: Settings, definitions: Definitions) -> None:
    whole = definitions.resolve_job_def(history.JOB).asset_layer.asset_graph
    asked = jobs.asking().asset_layer.asset_graph
    with show_progress(Console(file=io.StringIO())) as view:
        job, chosen = refresh._from_rows_on(settings, Console(file=io.StringIO()), view)
    made = job.get_subset(asset_selection=set(chosen)).asset_layer.asset_graph
    assert asked.executable_asset_keys | made.executable_asset_keys == whole.executable_asset_keys
    assert not asked.executable_asset_keys & made.executable_asset_keys
    assert asked.asset_check_keys | made.asset_check_keys == whole.asset_check_keys
    assert not asked.asset_check_keys & made.asset_check_keys
    assert AssetKey(["raw", "meta__archive"]) in made.executable_asset_keys


@pytest.mark.skipif(not MINERALS.exists(), reason="the project is not installed next to this checkout")
def test_processes_keep_their_bytecode(tmp_path: Path) -> None:
    """Even if the environment forbids it: otherwise each process would compile a thousand modules."""
    code = "import json, sys; print(json.dumps([sys.dont_write_bytecode, sys.pycache_prefix]))"
    ended = subprocess.run(
        [MINERALS.with_name("python"), "-c", code],
        env={"PYTHONDONTWRITEBYTECODE": "1", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ended.stdout) == [False, str(REPOSITORY / ".venv" / "pycache")]
