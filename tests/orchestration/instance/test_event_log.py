"""The event log with persistent connections writes the same records as Dagster's own, and reads them."""

import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from dagster import (
    AssetCheckKey,
    AssetCheckResult,
    AssetCheckSpec,
    DagsterInstance,
    EventLogEntry,
    MaterializeResult,
    asset,
    materialize,
)
from dagster._check import CheckError
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


@pytest.mark.long
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

        def report() -> None:
            for _ in range(20):
                kept.report_engine_event("reported", result.dagster_run)

        threads = [threading.Thread(target=report) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(kept.get_records_for_run(result.run_id).records) == before + 80


@asset(check_specs=[AssetCheckSpec("is_positive", asset="checked")])
def checked() -> Iterator[MaterializeResult[None]]:
    yield MaterializeResult(check_results=[AssetCheckResult(passed=True, check_name="is_positive")])


def messages_of(home: Path) -> tuple[list[str], list[str]]:
    """Messages of a run, read through the home's log and through Dagster's own."""
    with DagsterInstance.from_config(str(home)) as kept:
        run = materialize([price, checked], instance=kept).run_id
        key = AssetCheckKey(checked.key, "is_positive")
        (check,) = kept.event_log_storage.get_asset_check_execution_history(key, limit=1)
        assert (check.run_id, check.status.value) == (run, "SUCCEEDED")
        planned = kept.event_log_storage.get_latest_planned_materialization_info(price.key)
        assert planned
        assert planned.run_id == run
        ours = [record.event_log_entry.message for record in kept.get_records_for_run(run).records]
    plain = SqliteEventLogStorage(str(home / "history" / "runs"))
    return ours, [record.event_log_entry.message for record in plain.get_records_for_run(run).records]


def test_a_batch_is_recorded_as_its_events_are(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DAGSTER_EVENT_BATCH_SIZE", raising=False)
    one_by_one, _ = messages_of(prepare(settings))
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")
    batches: list[int] = []
    whole = EventLog.store_event_batch

    def store(log: EventLog, events: Sequence[EventLogEntry]) -> None:
        batches.append(len(events))
        whole(log, events)

    monkeypatch.setattr(EventLog, "store_event_batch", store)
    batched, by_dagster = messages_of(prepare(settings))
    assert max(batches) > 1
    assert batched == by_dagster
    assert sorted(map(without_numbers, batched)) == sorted(map(without_numbers, one_by_one))


def test_a_batch_that_fails_leaves_nothing(settings: Settings) -> None:
    with DagsterInstance.from_config(str(prepare(settings))) as kept:
        log = kept.event_log_storage
        run = materialize([price], instance=kept).run_id
        before = [record.event_log_entry for record in kept.get_records_for_run(run).records]
        with pytest.raises(CheckError, match="EventLogEntry"):
            log.store_event_batch([*before, SimpleNamespace(run_id=run)])  # type: ignore[list-item]
        assert len(kept.get_records_for_run(run).records) == len(before)
        log.store_event_batch(before)
        assert len(kept.get_records_for_run(run).records) == 2 * len(before)


def without_numbers(message: str) -> str:
    """A message without times and ids, which differ between runs."""
    return re.sub(r"[0-9a-f-]{8,}|[\d.]+(m?s\b)?", "", message)
