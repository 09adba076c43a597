"""Three patches of Dagster in this process. Seen in Dagster 1.13.27.

`disable_sqlite_fsync` may be removed when Dagster lets an instance choose SQLite's `synchronous` setting,
`patch_pool_polling` when `interval_to_next_pending_claim_check` returns the time until the next claim, and
`keep_output_keys` when a step no longer lists all its tables once for each of them.
"""

import sqlite3
import time
from collections.abc import Set as AbstractSet

from dagster import AssetKey
from dagster._core.execution.context.system import StepExecutionContext
from dagster._core.execution.plan.instance_concurrency_context import InstanceConcurrencyContext
from sqlalchemy import event
from sqlalchemy.engine import Engine

_output_keys = StepExecutionContext.get_output_asset_keys


def apply() -> None:
    """Apply all patches; applying them twice is harmless."""
    disable_sqlite_fsync()
    patch_pool_polling()
    keep_output_keys()


def disable_sqlite_fsync() -> None:
    """Let the operating system decide when to write Dagster's records to disk.

    A refresh writes thousands of records, one transaction each, and an fsync for each would take longer than
    the refresh. A power cut can lose records of runs, but no figures: these are stored elsewhere.
    """
    if not event.contains(Engine, "connect", _set_synchronous_off):
        event.listen(Engine, "connect", _set_synchronous_off)


def patch_pool_polling() -> None:
    """Make a step that waits for its pool sleep between attempts to claim it.

    Dagster sleeps for the smaller of zero and the time until the next claim, so it never sleeps: a
    materialization that waits for the nightly run would occupy a whole core (dagster-io/dagster, pull request
    20367).
    """
    InstanceConcurrencyContext.interval_to_next_pending_claim_check = _until_next_claim  # type: ignore


def keep_output_keys() -> None:
    """Let a step list its tables once: for each table made Dagster lists them all, which takes a second."""
    StepExecutionContext.get_output_asset_keys = _kept_output_keys  # type: ignore


def _kept_output_keys(step: StepExecutionContext) -> AbstractSet[AssetKey]:
    kept: dict[str, AbstractSet[AssetKey]] = vars(step)
    if "output_asset_keys" not in kept:
        kept["output_asset_keys"] = _output_keys(step)
    return kept["output_asset_keys"]


def _until_next_claim(waiting: InstanceConcurrencyContext) -> float:
    """Seconds until a waiting step may claim its pool again."""
    claims = [waiting._pending_timeouts[step] for step in waiting.pending_claim_steps()]
    return max(0.0, min(claims, default=0.0) - time.time())


def _set_synchronous_off(connection: object, _: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = off")
