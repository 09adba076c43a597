"""Results of checks outside dbt in a publication."""

from collections.abc import Iterator

from dagster import (
    AssetCheckKey,
    AssetCheckResult,
    AssetCheckSpec,
    AssetKey,
    DagsterInstance,
    Definitions,
    MaterializeResult,
    asset,
    define_asset_job,
)

from orchestration.assets.publication import _latest


def test_a_check_planned_by_another_run_keeps_its_last_outcome(instance: DagsterInstance) -> None:
    @asset(check_specs=[AssetCheckSpec("reached", asset="source")])
    def source() -> Iterator[MaterializeResult[None]]:
        yield MaterializeResult(check_results=[AssetCheckResult(check_name="reached", passed=True)])

    job = Definitions(assets=[source], jobs=[define_asset_job("all")]).resolve_job_def("all")
    key = AssetCheckKey(AssetKey("source"), "reached")
    instance.create_run_for_job(job)
    assert list(_latest(instance, [key])) == []
    job.execute_in_process(instance=instance)
    instance.create_run_for_job(job)
    assert instance.event_log_storage.get_latest_asset_check_execution_by_key([key])[key].event is not None
    (latest,) = _latest(instance, [key])
    assert (latest.check_id, latest.passed) == ("source.reached", True)
