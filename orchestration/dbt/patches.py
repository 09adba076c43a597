"""Three patches of dbt as we run it (`orchestration.dbt.process`). Seen in dbt 1.11.

None of them changes a table, an artifact or a log line. Together they save a quarter of a build's CPU.
`forget_places` may be removed when dbt parses a project again only for settings that its templates use,
`drop_unwanted_events` when its loggers check an event's level before formatting it, and `encode_at_once` when
its artifacts are no longer encoded in chunks.
"""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.artifacts.schemas import base
from dbt_common.events.base_types import EventMsg
from dbt_common.events.logger import PRINT_EVENT_NAMES, _Logger
from dbt_common.utils.encoding import JSONEncoder

NAMES = ("database", "schema")
"""The connection fields that templates can use: no model reads a path or a setting."""

_write_line: Callable[[_Logger, EventMsg], None] = _Logger.write_line


def apply() -> None:
    """Apply all patches; applying them twice is harmless."""
    forget_places()
    drop_unwanted_events()
    encode_at_once()


def forget_places() -> None:
    """Let dbt reuse its partial parse for a warehouse in any location.

    dbt parses the whole project again if any connection setting changed. Ours include the home's paths, the
    memory limit and the threads, so every home would need its own parse.
    """
    DuckDBCredentials._connection_keys = lambda _: NAMES  # type: ignore[method-assign]


def drop_unwanted_events() -> None:
    """Skip events below the logger's level: nine of ten, each of which would be searched for secrets."""
    _Logger.write_line = _write_wanted_line  # type: ignore


def encode_at_once() -> None:
    """Let dbt encode an artifact in one call, which runs in C; in chunks, it runs in Python."""
    base.write_json = _write_json  # type: ignore


def _write_wanted_line(logger: _Logger, event: EventMsg) -> None:
    level = logging.getLevelNamesMapping().get(event.info.level.upper(), logging.DEBUG)
    inner = logger._python_logger
    if inner is None or event.info.name in PRINT_EVENT_NAMES or inner.isEnabledFor(level):
        _write_line(logger, event)


def _write_json(path: str, data: dict[str, Any]) -> bool:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(data, cls=JSONEncoder), encoding="utf-8")
    return True
