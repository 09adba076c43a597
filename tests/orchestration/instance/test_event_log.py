"""The event log with persistent connections writes the same records as Dagster's own, which can read them."""

import threading
from pathlib import Path

from dagster import DagsterInstance, asset, materialize
from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage

from orchestration.instance.event_log import OPEN_FILES, EventLog
from orchestration.instance.home import prepare
from orchestration.settings import Settings


@asset
def price() -> int:
    return 1


def _run(home: Path) -> str:
    with DagsterInstance.from_config(str(home)) as kept:
        assert isinstance(kept.event_log_storage, EventLog)
        return materialize([price], instance=kept).run_id


def test_more_runs_than_files_stay_open(settings: Settings) -> None:
    home = prepare(settings)
    with DagsterInstance.from_config(str(home)) as kept:
        runs = [materialize([price], instance=kept).run_id for _ in range(OPEN_FILES + 2)]
        counts = {run: len(kept.get_records_for_run(run).records) for run in runs}
        assert len(kept.event_log_storage._engines) <= OPEN_FILES  # type: ignore[attr-defined]
    assert len(set(counts.values())) == 1
    assert all(counts.values())


def test_dagsters_own_log_reads_it(settings: Settings) -> None:
    home = prepare(settings)
    run = _run(home)
    with DagsterInstance.from_config(str(home)) as kept:
        ours = [record.event_log_entry.message for record in kept.get_records_for_run(run).records]
        plain = SqliteEventLogStorage(str(home / "history" / "runs"))
        assert [record.event_log_entry.message for record in plain.get_records_for_run(run).records] == ours
        assert plain.get_asset_records([price.key])[0].asset_entry.last_run_id == run


def test_threads_share_it(settings: Settings) -> None:
    home = prepare(settings)
    with DagsterInstance.from_config(str(home)) as kept:
        result = materialize([price], instance=kept)
        before = len(kept.get_records_for_run(result.run_id).records)

        def tell() -> None:
            for _ in range(20):
                kept.report_engine_event("told", result.dagster_run)

        threads = [threading.Thread(target=tell) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(kept.get_records_for_run(result.run_id).records) == before + 80
