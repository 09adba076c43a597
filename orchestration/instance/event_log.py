"""Dagster's SQLite event log with persistent connections and batched writes. Seen in Dagster 1.13.27.

A refresh records some 2,900 events, most of them check results. Dagster creates a new SQLAlchemy engine for
each statement, so every statement is compiled again and the file is opened and closed, which takes most of
the recording time. For each event it inspects the database's tables and columns, and it records a batch event
by event, in several transactions each. This class may be removed when Dagster does neither.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, QueuePool, create_engine

if TYPE_CHECKING:
    from dagster import EventLogEntry

OPEN_FILES = 8
"""Number of SQLite files that stay open. Each run has its own file, and an index covers all runs."""

BUSY_TIMEOUT_SECONDS = 30


class EventLog(SqliteEventLogStorage):
    """The event log below DAGSTER_HOME. `home.prepare` writes its folder into `dagster.yaml`."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        self._seen: set[tuple[str, ...]] = set()
        self._batch: dict[str, Connection] = {}
        self._batch_of: int | None = None
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "EventLog":
        """Create the log as `dagster.yaml` configures it."""
        return cls(inst_data=inst_data, **config_value)

    def store_event_batch(self, events: "Sequence[EventLogEntry]") -> None:
        """Record events in one transaction per file: all of them, or none if one fails."""
        with self._db_lock, ExitStack() as files:
            self._batch_of = threading.get_ident()
            try:
                for shard in sorted({event.run_id for event in events} | {INDEX_SHARD_NAME}):
                    self._batch[shard] = files.enter_context(self._engine(shard).begin())
                super().store_event_batch(events)
            finally:
                self._batch, self._batch_of = {}, None

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table; a positive answer is cached."""
        return self._once((table_name,), lambda: super(EventLog, self).has_table(table_name))

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        ask = super()._has_asset_key_col_on_connection
        return self._once(("asset_keys", column_name), lambda: ask(conn, column_name))

    def _once(self, what: tuple[str, ...], ask: Callable[[], bool]) -> bool:
        if what not in self._seen and ask():
            self._seen.add(what)
        return what in self._seen

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        if self._batch_of == threading.get_ident():
            yield self._batch[shard]
            return
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
                # The lock admits one thread at a time.
                connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
            )
            self._initdb(engine)
            self._engines[shard] = engine
        return self._engines[shard]

    def dispose(self) -> None:
        """Close all files."""
        with self._db_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()
        super().dispose()
