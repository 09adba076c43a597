"""Dagster's SQLite event log with connections that stay open. Seen in Dagster 1.13.27.

A refresh records some 2,900 events, most of them check results. Dagster creates a new SQLAlchemy engine for
each statement, so every statement is compiled again and its file opened and closed, which takes most of the
time of recording. This class may go when Dagster keeps its SQLite engines open.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, QueuePool, create_engine

OPEN_FILES = 8
"""SQLite files that stay open. Each run has its own, and an index covers all runs."""

BUSY_TIMEOUT_SECONDS = 30


class EventLog(SqliteEventLogStorage):
    """The event log below DAGSTER_HOME. `home.prepare` writes its folder into `dagster.yaml`."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "EventLog":
        """Create the log as `dagster.yaml` configures it."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection

    def _engine(self, shard: str) -> Engine:
        """The engine of a run's file or of the index, with its tables created. The caller holds the lock."""
        if shard not in self._engines:
            while len(self._engines) >= OPEN_FILES:
                self._engines.pop(next(iter(self._engines))).dispose()
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=QueuePool,
                pool_size=1,
                # The lock lets one thread in at a time.
                connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
            )
            self._initdb(engine)
            self._engines[shard] = engine
        return self._engines[shard]

    def dispose(self) -> None:
        """Close every file."""
        with self._db_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()
        super().dispose()
