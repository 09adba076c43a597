"""Patches of Dagster."""

from dagster import DagsterInstance, DagsterRun
from dagster._core.execution.plan.instance_concurrency_context import InstanceConcurrencyContext

from orchestration.instance import patches
from orchestration.instance.home import prepare
from orchestration.resources import WRITER_POOL
from orchestration.settings import Settings


def test_who_waits_for_the_writer_rests_meanwhile(settings: Settings) -> None:
    patches.patch_pool_polling()
    with DagsterInstance.from_config(str(prepare(settings))) as kept:
        nightly, by_hand = (InstanceConcurrencyContext(kept, DagsterRun("refresh")) for _ in range(2))
        with nightly, by_hand:
            assert nightly.claim(WRITER_POOL, "dbt_build")
            assert not by_hand.claim(WRITER_POOL, "dbt_build")
            assert 0 < by_hand.interval_to_next_pending_claim_check() <= 15
            nightly.free_step("dbt_build")
