"""Refreshes, a backfill, materializations and readers at once: all succeed, and nobody sees a lock."""

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest

from ingest.archive import Archive
from tests.programs import answers, ask, free_port, running, until
from tests.reliability.conftest import Count
from tests.reliability.report import CaseCount
from tests.reliability.small_warehouse import BY_MONTH, MINERALS, RATES, Warehouse

pytestmark = pytest.mark.timeout(3600)

READERS = 16
SELECTOR = {"repositoryLocationName": "orchestration", "repositoryName": "__repository__"}
LAUNCH = """mutation ($run: ExecutionParams!) { launchRun(executionParams: $run) {
  ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
BACKFILL = """mutation ($asked: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $asked) {
  ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
RUNS = "{ runsOrError { ... on Runs { results { runId status tags { key value } } } } }"
ENDED = {"SUCCESS", "FAILURE", "CANCELED"}
ASKED = f"""select (select min(cad_per_usd) from {RATES}), (select max(cad_per_usd) from {RATES}),
  (select count(*) from {RATES}),
  (select row_count from meta.table_dictionary where schema_name || '.' || table_name = '{RATES}'),
  (select build_id from meta.build_info)"""


@pytest.fixture
def ui(base: Warehouse) -> Iterator[str]:
    """Dagster's UI and daemon on the small warehouse."""
    port, log = free_port(), base.home.with_name("ui.log")
    with running([*MINERALS, "ui", "--port", str(port)], base.environment(), log, base.checkout):
        until(lambda: answers(port), "the UI did not come up")
        yield f"http://127.0.0.1:{port}"


def launch(ui: str) -> str:
    """Materialize one source as a click in the UI does."""
    job = SELECTOR | {"jobName": "__ASSET_JOB", "assetSelection": [{"path": ["source", "boc_fx"]}]}
    launched = ask(ui, LAUNCH, run={"selector": job, "runConfigData": {}, "mode": "default"})
    return str(launched["launchRun"]["run"]["runId"])


def statuses(ui: str) -> dict[str, str]:
    """The status of each run."""
    return {run["runId"]: run["status"] for run in ask(ui, RUNS)["runsOrError"]["results"]}


def read(path: str, stop: Any, seen: Any) -> None:
    """Reconnect repeatedly and record every view and every error."""
    views, errors, reads = set(), [], 0
    while not stop.is_set():
        try:
            with duckdb.connect(path, read_only=True, config={"threads": 1}) as con:
                views.add(con.execute(ASKED).fetchall()[0])
        except duckdb.Error as error:
            errors.append(str(error))
        reads += 1
        time.sleep(0.2)
    seen.put((views, errors, reads))


def test_everybody_at_once(base: Warehouse, ui: str, tally: CaseCount, count: Count) -> None:
    """Two refreshes, a backfill, materializations from the UI and 16 readers at once, for ten minutes.

    Nobody sees a lock error, no read mixes two publications, no month is lost. A case is a run, a refresh or
    a read.
    """
    context = multiprocessing.get_context("spawn")
    stop, seen = context.Event(), context.Queue()
    path = str(base.home / "minerals.duckdb")
    readers = [context.Process(target=read, args=(path, stop, seen)) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    latest = time.monotonic() + count(60, 600)
    done: list[str] = []
    failed: list[str] = []

    def again_and_again(what: str, once: Callable[[int], None]) -> None:
        turn = 0
        while not turn or time.monotonic() < latest:
            turn += 1
            try:
                once(turn)
                done.append(what)
            except Exception as error:
                failed.append(f"{what}: {error}")
                return

    def refresh(turn: int) -> None:
        base.serve(f"1.{turn:02d}")
        base.refresh("--full")

    def materialize(_: int) -> None:
        run = launch(ui)
        until(lambda: statuses(ui)[run] in ENDED, "a materialization did not end")
        assert statuses(ui)[run] == "SUCCESS"

    months = sorted({f"20{name[-8:-6]}-{name[-6:-4]}-01" for name in base.servers[BY_MONTH].routes})
    ask(ui, BACKFILL, asked={"partitionNames": months, "assetSelection": [{"path": ["source", BY_MONTH]}]})
    users = [
        threading.Thread(target=again_and_again, args=("refresh one", refresh)),
        threading.Thread(target=again_and_again, args=("refresh two", refresh)),
        threading.Thread(target=again_and_again, args=("materialization", materialize)),
    ]
    for user in users:
        user.start()
    for user in users:
        user.join()
    until(lambda: set(statuses(ui).values()) <= ENDED, "a run did not end")
    stop.set()
    found = [seen.get(timeout=120) for _ in readers]
    with tally.case("users"):
        assert failed == []
    with tally.case("runs"):
        assert set(statuses(ui).values()) == {"SUCCESS"}
    with tally.case("months"):
        archived = {record.partition[-7:] for record in Archive(base.home / "archive").records(BY_MONTH)}
        assert {month[:7] for month in months} <= archived
    for views, errors, reads in found:
        with tally.case("reader"):
            assert errors == []
            for low, high, rows, stated_rows, _ in views:
                assert (low, rows) == (high, stated_rows)
        tally.many(reads)
    tally.many(len(done))
    assert len({build for views, _, _ in found for *_, build in views}) > 1
