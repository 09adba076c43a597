"""Writing to the warehouse: the lock and DuckDB's limits."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from orchestration.settings import Settings
from warehouse.connect import Engine
from warehouse.lock import writer_lock


def hold_writer_lock(
    settings: Settings, step: str, report: Callable[[str], None]
) -> AbstractContextManager[None]:
    """Hold the writer lock of the home for a step; while waiting, report its holder to ``report``."""
    return writer_lock(
        settings.home, f"minerals, {step}", wait_seconds=settings.lock_timeout_seconds, on_wait=report
    )


def duckdb_limits(settings: Settings) -> Engine:
    """DuckDB's limits from the settings."""
    return Engine(
        settings.memory_limit, settings.threads, settings.spill_dir, settings.preserve_insertion_order
    )
