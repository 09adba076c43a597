"""Patches of Dagster."""

from collections.abc import Iterator

import pytest
from dagster import (
    AssetExecutionContext,
    AssetSpec,
    DagsterInstance,
    DagsterRun,
    MaterializeResult,
    materialize,
    multi_asset,
)
from dagster._core.execution.plan.instance_concurrency_context import InstanceConcurrencyContext

from orchestration.instance import patches
from orchestration.instance.home import prepare
from orchestration.resources import WRITER_POOL
from orchestration.settings import Settings


def test_a_run_waiting_for_the_writer_sleeps(settings: Settings) -> None:
    patches.patch_pool_polling()
    with DagsterInstance.from_config(str(prepare(settings))) as kept:
        nightly, by_hand = (InstanceConcurrencyContext(kept, DagsterRun("refresh")) for _ in range(2))
        with nightly, by_hand:
            assert nightly.claim(WRITER_POOL, "dbt_build")
            assert not by_hand.claim(WRITER_POOL, "dbt_build")
            assert 0 < by_hand.interval_to_next_pending_claim_check() <= 15
            nightly.free_step("dbt_build")


def test_a_step_lists_its_tables_once(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = []
    dagsters_own = patches._output_keys
    monkeypatch.setattr(patches, "_output_keys", lambda step: listed.append(step) or dagsters_own(step))
    patches.keep_output_keys()

    @multi_asset(specs=[AssetSpec("raw"), AssetSpec("core", deps=["raw"]), AssetSpec("mart", deps=["core"])])
    def build(context: AssetExecutionContext) -> Iterator[MaterializeResult[None]]:
        step = context.get_step_execution_context()
        assert step.get_output_asset_keys() == dagsters_own(step) == context.selected_asset_keys
        for name in ("raw", "core", "mart"):
            yield MaterializeResult(name)

    with DagsterInstance.ephemeral() as kept:
        made = materialize([build], instance=kept).get_asset_materialization_events()
    assert [event.asset_key.path for event in made] == [["raw"], ["core"], ["mart"]]
    assert len(listed) == 1
