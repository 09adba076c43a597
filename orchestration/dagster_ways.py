"""Ways of Dagster that are set right in each process: it waits for no disk, and rests while it waits."""

import sqlite3
import time

from dagster._core.execution.plan.instance_concurrency_context import InstanceConcurrencyContext
from sqlalchemy import event
from sqlalchemy.engine import Engine


def spare_the_disk() -> None:
    """Have SQLite leave it to the system when Dagster's records reach the disk.

    A refresh writes thousands of them, one transaction each, and waiting for the disk each time would take
    longer than the refresh. A power cut can cost records of runs; no figure is kept there.
    """
    if not event.contains(Engine, "connect", _without_waiting):
        event.listen(Engine, "connect", _without_waiting)


def rest_in_queues() -> None:
    """Have a step that waits for its pool sleep between its claims.

    Dagster sleeps for the least of zero and the time left, which is never: a materialization that waits for
    the nightly run would take a whole core from it (dagster-io/dagster, pull request 20367).
    """
    InstanceConcurrencyContext.interval_to_next_pending_claim_check = _until_next_claim  # type: ignore


def _until_next_claim(waiting: InstanceConcurrencyContext) -> float:
    """Seconds until a waiting step may claim its pool again."""
    claims = [waiting._pending_timeouts[step] for step in waiting.pending_claim_steps()]
    return max(0.0, min(claims, default=0.0) - time.time())


def _without_waiting(connection: object, _: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = off")
