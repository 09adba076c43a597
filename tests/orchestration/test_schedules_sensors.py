import multiprocessing
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetKey,
    DagsterInstance,
    DagsterRunStatus,
    DefaultSensorStatus,
    MaterializeResult,
    RunRequest,
    ScheduleEvaluationContext,
    SensorResult,
    SkipReason,
    asset,
    build_run_status_sensor_context,
    build_schedule_context,
    build_sensor_context,
    job,
    materialize,
    op,
)
from dagster._core.test_utils import create_run_for_test, instance_for_test
from dagster._utils.schedules import schedule_execution_time_iterator

from orchestration import schedules, sensors
from orchestration.alerts import Alert
from orchestration.pipeline import history
from orchestration.settings import read_settings

# the day of the change to or from daylight saving time
MORNING = datetime(2026, 3, 8, 6, 30, tzinfo=ZoneInfo("America/New_York"))

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Alert]:
    """The alerts, recorded instead of delivered."""
    kept: list[Alert] = []
    monkeypatch.setattr(sensors, "send", lambda alert, _: kept.append(alert) or [])
    return kept


@pytest.fixture
def kept_instance() -> Iterator[DagsterInstance]:
    """An instance with files, as schedules need it."""
    with instance_for_test() as kept:
        yield kept


def at_dawn(instance: DagsterInstance) -> ScheduleEvaluationContext:
    return build_schedule_context(instance, scheduled_execution_time=MORNING)


def test_nightly_asks_the_heavy_sources_once_a_day(kept_instance: DagsterInstance) -> None:
    request = schedules.nightly(at_dawn(kept_instance))
    assert isinstance(request, RunRequest)
    assert request.run_key == "nightly-2026-03-08"
    assert request.run_config == {"resources": {"refresh": {"config": {"include_heavy": True}}}}


def test_nightly_runs_at_half_past_six_in_new_york_all_year() -> None:
    here = ZoneInfo("America/New_York")
    ticks = schedule_execution_time_iterator(
        datetime(2026, 3, 7, tzinfo=here).timestamp(),
        schedules.nightly.cron_schedule,
        schedules.nightly.execution_timezone,
        ascending=True,
    )
    first = [next(ticks).astimezone(here) for _ in range(3)]
    assert [(tick.day, tick.hour, tick.minute) for tick in first] == [(7, 6, 30), (8, 6, 30), (9, 6, 30)]


def test_deep_refresh_asks_for_everything() -> None:
    request = schedules.deep_refresh(build_schedule_context(scheduled_execution_time=MORNING))
    assert isinstance(request, RunRequest)
    assert request.run_config == {
        "resources": {"refresh": {"config": {"include_heavy": True, "wide_window": True}}}
    }


@pytest.fixture
def dropped(home: Path) -> Path:
    """A file dropped in a minute ago."""
    file = home / "drop_in" / "usgs_mcs" / "mcs2027.csv"
    file.parent.mkdir(parents=True)
    file.write_text("a")
    os.utime(file, (time.time() - 60,) * 2)
    return file


@pytest.mark.usefixtures("dropped")
@pytest.mark.parametrize("status", [DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTED])
def test_drop_in_waits_while_a_refresh_is_under_way(
    instance: DagsterInstance, status: DagsterRunStatus
) -> None:
    run = create_run_for_test(instance, job_name=history.JOB, status=status)
    found = sensors.drop_in(build_sensor_context(instance=instance))
    assert isinstance(found, SkipReason)
    assert "under way" in str(found.skip_message)
    instance.delete_run(run.run_id)
    assert isinstance(sensors.drop_in(build_sensor_context(instance=instance)), SensorResult)


@pytest.mark.usefixtures("dropped")
def test_a_killed_refresh_does_not_block_the_sensor(instance: DagsterInstance, home: Path) -> None:
    tags = {history.TURN: str(home)}
    create_run_for_test(instance, job_name=history.JOB, status=DagsterRunStatus.STARTED, tags=tags)
    with history.turn(read_settings()):
        # The lock of another process: a process may acquire its own lock again.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, context) as pool:  # a Pool hangs where SIGTERM is ignored
            assert pool.submit(history.has_turn, read_settings()).result()
    assert not history.has_turn(read_settings())
    assert isinstance(sensors.drop_in(build_sensor_context(instance=instance)), SensorResult)


@pytest.mark.parametrize(
    ("running", "runs"),
    [({"offline": True}, True), ({"include_heavy": True, "wide_window": True}, False), ({}, False)],
)
def test_nightly_is_skipped_only_if_publishers_are_already_being_contacted(
    kept_instance: DagsterInstance, running: dict[str, object], runs: bool
) -> None:
    config = schedules.options(**running)
    create_run_for_test(
        kept_instance, job_name=history.JOB, status=DagsterRunStatus.STARTED, run_config=config
    )
    assert isinstance(schedules.nightly(at_dawn(kept_instance)), RunRequest if runs else SkipReason)


def test_drop_in_starts_one_run_for_one_state(home: Path, instance: DagsterInstance) -> None:
    def look(cursor: str | None = None) -> SensorResult | SkipReason:
        found = sensors.drop_in(build_sensor_context(instance=instance, cursor=cursor))
        assert isinstance(found, SensorResult | SkipReason)
        return found

    assert isinstance(look(), SkipReason)
    file = home / "drop_in" / "usgs_mcs" / "mcs2027.csv"
    file.parent.mkdir(parents=True)
    file.write_text("a")
    arriving = look()
    assert isinstance(arriving, SkipReason)
    assert "arriving" in str(arriving.skip_message)
    past = time.time() - 60
    os.utime(file, (past, past))
    found = look()
    assert isinstance(found, SensorResult)
    [request] = found.run_requests or []
    assert request.run_config == {"resources": {"refresh": {"config": {"offline": True}}}}
    assert isinstance(look(found.cursor), SkipReason)
    file.write_text("ab")
    os.utime(file, (past, past))
    changed = look(found.cursor)
    assert isinstance(changed, SensorResult)
    within = file.parent / "2027" / "Salient_Commodity.zip"
    within.parent.mkdir()
    within.write_text("c")
    os.utime(within, (past, past))
    assert isinstance(look(changed.cursor), SensorResult), "a folder may name the partition"


def test_alert_sensors_run_where_a_target_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {sensor.default_status for sensor in sensors.alerting()} == {DefaultSensorStatus.STOPPED}
    monkeypatch.setenv("MINERALS_ALERT_LOG", "true")
    assert {sensor.default_status for sensor in sensors.alerting()} == {DefaultSensorStatus.RUNNING}


def test_a_failed_run_is_reported(instance: DagsterInstance, sent: list[Alert]) -> None:
    @op
    def fetch() -> None:
        raise RuntimeError("the disk is full")

    @job
    def nightly_refresh() -> None:
        fetch()

    failed = nightly_refresh.execute_in_process(instance=instance, raise_on_error=False)
    context = build_run_status_sensor_context(
        sensor_name="alert_run_failure",
        dagster_instance=instance,
        dagster_run=failed.dagster_run,
        dagster_event=failed.get_run_failure_event(),
    ).for_run_failure()
    run_failure, _ = sensors.alerting()
    run_failure(context)
    [alert] = sent
    assert alert.title == "nightly_refresh failed at fetch"
    assert failed.run_id in alert.text


def test_failed_checks_are_reported_once_and_together(instance: DagsterInstance, sent: list[Alert]) -> None:
    @asset(
        key=["source", "comtrade"],
        check_specs=[
            AssetCheckSpec(name, asset=AssetKey(["source", "comtrade"])) for name in ("reached", "period")
        ],
    )
    def comtrade() -> MaterializeResult:
        return MaterializeResult(
            check_results=[
                AssetCheckResult(
                    check_name=name,
                    passed=False,
                    severity=AssetCheckSeverity.WARN,
                    metadata={"what_to_do": "Look at the publisher's page."},
                )
                for name in ("reached", "period")
            ]
        )

    _, check_failure = sensors.alerting()

    def look(cursor: str | None) -> str:
        found = check_failure.evaluate_tick(build_sensor_context(instance=instance, cursor=cursor))
        return found.cursor or cursor or ""

    materialize([comtrade], instance=instance)
    began = look(None)
    assert sent == [], "failures before the sensor was switched on are not reported"
    materialize([comtrade], instance=instance)
    after = look(began)
    [alert] = sent
    assert alert.title == "2 checks failed"
    assert alert.severity == "warning"
    assert "source/comtrade: reached (WARN)" in alert.text
    assert "Look at the publisher's page." in alert.text
    assert look(after) == after
    assert len(sent) == 1
