"""Sources and raw tables in Dagster: the outcome of a refresh, which tables are loaded, and when none is."""

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dataframely as dy
import duckdb
import polars as pl
import pytest
from dagster import (
    AssetKey,
    DagsterInstance,
    ExecuteInProcessResult,
    MonthlyPartitionsDefinition,
    materialize,
)
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from ingest.contracts import FileFacts, Frames, Source, Table
from ingest.fetch import Download, FetchContext, RemoteFile
from ingest.gates import Gates
from ingest.http import Policy, UnreachableError
from orchestration import change_detection
from orchestration.assets import raw
from orchestration.assets import sources as source_assets
from orchestration.pipeline import sources
from orchestration.resources import RefreshOptions
from orchestration.settings import Settings
from warehouse.lock import writer_lock

pytestmark = pytest.mark.usefixtures("home")


class Trade(dy.Schema):
    """A month of trade with one figure."""

    period = dy.Date(primary_key=True, metadata={"description": "First day of the month"})
    value_usd = dy.Int64(metadata={"unit": "USD", "description": "Value"})


class Publisher:
    """A source module with monthly partitions that counts its calls and can be made to fail."""

    POLICY = Policy()
    GATES = Gates("csv")

    def __init__(self, source_id: str = "census_bulk") -> None:
        self.SOURCE = Source(
            id=source_id,
            title="Trade",
            publisher="Bureau of Tests",
            homepage="https://example.org/",
            licence="public domain",
            citation="Bureau of Tests",
            cadence="monthly",
            lag_days=40,
            tables=(Table(f"{source_id}__trade", Trade, "month"),),
            heavy=True,
        )
        self.asked: list[date] = []
        self.due = date(2026, 7, 1)
        self.struck = False

    def plan(self, context: FetchContext) -> list[RemoteFile]:
        months = context.options.periods or (self.due,)
        parts = [RemoteFile(f"{month:%Y-%m}", f"{month:%Y-%m}.csv", "") for month in months]
        return [part for part in parts if not context.has(part)]

    def fetch(self, context: FetchContext, part: RemoteFile) -> Download:
        if self.struck:
            raise UnreachableError("example.org: no answer")
        month = date.fromisoformat(f"{part.partition}-01")
        self.asked.append(month)
        path = context.archive.incoming(self.SOURCE.id) / part.name
        path.write_text(f"period,value_usd\n{month},{month.year * 100 + month.month}\n")
        return Download(path, part, date(2026, 9, 3), ())

    def parse(self, path: Path, facts: FileFacts) -> Frames:
        assert facts.name == f"{facts.partition}.csv"
        return {f"{self.SOURCE.id}__trade": pl.read_csv(path, try_parse_dates=True)}


@pytest.fixture
def publisher(home: Path, monkeypatch: pytest.MonkeyPatch) -> Publisher:
    """The only source."""
    assert not home.exists()
    only: Any = Publisher()
    for module in (sources, source_assets, raw):
        monkeypatch.setattr(module, "modules", lambda: {only.SOURCE.id: only})
    monkeypatch.delenv("MINERALS_OFFLINE")
    return only  # type: ignore[no-any-return]


def run(
    instance: DagsterInstance,
    tags: dict[str, str] | None = None,
    selection: Sequence[AssetKey] | None = None,
    **options: Any,
) -> ExecuteInProcessResult:
    return materialize(
        [*source_assets.assets(), raw.assets()],
        instance=instance,
        tags=tags,
        selection=selection,
        resources={"refresh": RefreshOptions(**options)},
        raise_on_error=False,
    )


def facts_of(result: ExecuteInProcessResult, *key: str) -> dict[str, Any]:
    [event] = [
        event for event in result.get_asset_materialization_events() if event.asset_key == AssetKey(list(key))
    ]
    return {name: value.value for name, value in event.materialization.metadata.items()}


def passed(result: ExecuteInProcessResult) -> dict[tuple[str, str], bool]:
    return {
        (check.asset_key.to_user_string(), check.check_name): check.passed
        for check in result.get_asset_check_evaluations()
    }


def raw_rows(settings: Settings, query: str) -> Sequence[tuple[Any, ...]]:
    with duckdb.connect(str(settings.raw_path), read_only=True) as con:
        return con.execute(query).fetchall()


@pytest.mark.usefixtures("publisher")
def test_a_fetch_is_loaded_with_its_origin(settings: Settings, instance: DagsterInstance) -> None:
    result = run(instance, include_heavy=True)
    visited = facts_of(result, "source", "census_bulk")
    assert (visited["mode"], visited["rows"], visited["newest_period"]) == ("live", 1, "2026-07-01")
    landed = facts_of(result, "raw", "census_bulk__trade")
    assert (landed["rows"], landed["rows_delta"], landed["vintage"]) == (1, 1, "2026-09-03")
    assert raw_rows(
        settings,
        "select t.value_usd, a.source_id, a.name, t._mode from raw.raw.census_bulk__trade as t"
        " join raw.raw.meta__archive as a on t._archive_id = a.archive_id",
    ) == [(202607, "census_bulk", "2026-07.csv", "live")]
    assert raw_rows(settings, "select source_id, mode, newest_period from raw.raw.meta__source_status") == [
        ("census_bulk", "live", date(2026, 7, 1))
    ]


def test_a_heavy_source_is_fetched_only_on_request(publisher: Publisher, instance: DagsterInstance) -> None:
    assert facts_of(run(instance), "source", "census_bulk")["mode"] == "skipped"
    assert publisher.asked == []
    assert facts_of(run(instance, sources=["census_bulk"]), "source", "census_bulk")["mode"] == "live"


def test_a_failing_publisher_warns_and_never_fails(
    publisher: Publisher, settings: Settings, instance: DagsterInstance
) -> None:
    run(instance, include_heavy=True)
    publisher.struck = True
    publisher_next = run(instance, include_heavy=True, sources=[])
    assert publisher_next.success
    assert publisher.asked == [date(2026, 7, 1)]
    publisher.due = date(2026, 8, 1)
    struck = run(instance, include_heavy=True)
    assert struck.success
    assert passed(struck)["source/census_bulk", "reached"] is False
    assert facts_of(struck, "source", "census_bulk")["mode"] == "archived"
    assert raw_rows(settings, "select mode from raw.raw.meta__source_status") == [("archived",)]


def months(first: date, last: date) -> dict[str, str]:
    return {ASSET_PARTITION_RANGE_START_TAG: str(first), ASSET_PARTITION_RANGE_END_TAG: str(last)}


def test_24_months_are_one_run_and_resume_from_the_archive(
    publisher: Publisher, settings: Settings, instance: DagsterInstance
) -> None:
    first_year = run(instance, tags=months(date(2023, 1, 1), date(2023, 12, 1)))
    assert first_year.success
    both = run(instance, tags=months(date(2023, 1, 1), date(2024, 12, 1)))
    assert both.success
    assert len(publisher.asked) == 24, "archived files are not requested again"
    assert facts_of_partitions(both) == 24
    assert raw_rows(settings, "select count(*), sum(value_usd) from raw.raw.census_bulk__trade") == [
        (24, sum(year * 100 + month for year in (2023, 2024) for month in range(1, 13)))
    ]


def test_an_empty_backfill_leaves_its_months_missing(publisher: Publisher, instance: DagsterInstance) -> None:
    january, march = date(2025, 1, 1), date(2025, 3, 1)
    alone = [AssetKey(["source", "census_bulk"])]
    offline = run(instance, tags=months(january, march), selection=alone, offline=True)
    assert not offline.success
    [failure] = [event for event in offline.all_events if event.is_step_failure]
    message = failure.step_failure_data.error.message if failure.step_failure_data.error else ""
    assert (
        "census_bulk has no data for 3 of 3 months (2025-01, 2025-02, 2025-03): the run was started offline"
        in message
    )
    assert partitions_made(instance) == set()

    assert run(instance, tags=months(january, january), selection=alone).success
    publisher.struck = True
    assert not run(instance, tags=months(january, march), selection=alone).success
    assert partitions_made(instance) == {str(january)}
    publisher.struck = False
    assert run(instance, tags=months(january, march), selection=alone).success
    assert partitions_made(instance) == {"2025-01-01", "2025-02-01", "2025-03-01"}


def test_materialize_all_loads_the_available_months(
    publisher: Publisher, settings: Settings, instance: DagsterInstance
) -> None:
    june, july = date(2026, 6, 1), date(2026, 7, 1)
    assert run(instance, tags=months(june, june)).success
    publisher.struck = True
    result = run(instance, tags=months(july, july))
    assert result.success
    assert facts_of(result, "source", "census_bulk")["months_missing"] == ["2026-07"]
    assert raw_rows(settings, "select value_usd from raw.raw.census_bulk__trade") == [(202606,)]


def partitions_made(instance: DagsterInstance) -> set[str]:
    return instance.get_materialized_partitions(AssetKey(["source", "census_bulk"]))


def facts_of_partitions(result: ExecuteInProcessResult) -> int:
    key = AssetKey(["source", "census_bulk"])
    events = [event for event in result.get_asset_materialization_events() if event.asset_key == key]
    return len({event.partition for event in events})


@pytest.mark.usefixtures("publisher")
def test_nothing_new_is_observed_and_ends_the_run(settings: Settings, instance: DagsterInstance) -> None:
    run(instance, include_heavy=True)
    settings.published_path.touch()
    change_detection.mark_published(
        settings, change_detection.fingerprint(sources.outcomes(settings).values())
    )
    change_detection.mark_brief_built(settings)
    again = run(instance, include_heavy=True)
    assert again.success
    made = {event.asset_key.path[0] for event in again.get_asset_materialization_events()}
    assert made == {"source"}
    observed = {event.asset_key for event in again.get_asset_observation_events()}
    assert AssetKey(["raw", "census_bulk__trade"]) in observed
    full = run(instance, include_heavy=True, force_rebuild=True)
    assert facts_of(full, "raw", "census_bulk__trade")["rows_delta"] == 0


@pytest.mark.usefixtures("publisher")
def test_a_new_month_is_not_read_as_unchanged(settings: Settings, instance: DagsterInstance) -> None:
    run(instance, include_heavy=True)
    before = change_detection.fingerprint(sources.outcomes(settings).values())
    run(instance, tags=months(date(2026, 6, 1), date(2026, 6, 1)))
    assert change_detection.fingerprint(sources.outcomes(settings).values()) != before


@pytest.mark.usefixtures("publisher")
def test_a_load_waits_for_the_writer(settings: Settings, instance: DagsterInstance) -> None:
    begun, done = threading.Event(), threading.Event()

    def hold() -> None:
        with writer_lock(settings.home, "another refresh"):
            begun.set()
            done.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    assert begun.wait(20)
    threading.Timer(1.0, done.set).start()
    began = datetime.now(UTC)
    assert run(instance, include_heavy=True).success
    assert (datetime.now(UTC) - began).total_seconds() >= 1.0
    holder.join()


@pytest.mark.usefixtures("publisher")
def test_a_jump_in_rows_warns(instance: DagsterInstance) -> None:
    assert passed(run(instance, include_heavy=True))["raw/census_bulk__trade", "row_count"]
    jumped = run(instance, tags=months(date(2024, 1, 1), date(2024, 12, 1)))
    assert jumped.success
    assert passed(jumped)["raw/census_bulk__trade", "row_count"] is False


@pytest.mark.usefixtures("publisher")
def test_trade_is_partitioned_by_month_in_one_run() -> None:
    [assets] = [built for built in source_assets.assets() if built.node_def.name == "trade_sources"]
    assert isinstance(assets.partitions_def, MonthlyPartitionsDefinition)
    assert assets.backfill_policy is not None
    assert assets.backfill_policy.max_partitions_per_run is None


def test_real_sources_land_from_the_starter(settings: Settings, instance: DagsterInstance) -> None:
    result = materialize(
        [*source_assets.assets(), raw.assets()],
        instance=instance,
        selection=["source/worldbank_prices", "raw/worldbank_prices__monthly", "raw/meta__archive"],
        resources={"refresh": RefreshOptions()},
    )
    assert result.success
    assert facts_of(result, "source", "worldbank_prices")["mode"] == "starter"
    assert facts_of(result, "raw", "worldbank_prices__monthly")["rows"] > 1000
    stray = raw_rows(
        settings,
        "select count(*) from raw.raw.worldbank_prices__monthly where _archive_id not in"
        " (select archive_id from raw.raw.meta__archive)",
    )
    assert stray == [(0,)]


def test_a_night_that_stopped_before_its_brief_is_completed_by_the_next(settings: Settings) -> None:
    settings.home.mkdir()
    settings.published_path.touch()
    change_detection.mark_published(settings, "these")
    assert not change_detection.is_published(settings, "these")
    change_detection.mark_brief_built(settings)
    assert change_detection.is_published(settings, "these")
    change_detection.mark_published(settings, "those")
    assert not change_detection.is_published(settings, "those")
