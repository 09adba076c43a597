"""Five patches of dbt as we run it (`orchestration.dbt.process`). Seen in dbt 1.11.

None of them changes a table, an artifact or a log line. Together they save a quarter of a build's CPU.
`forget_places` may be removed when dbt parses a project again only for settings that its templates use,
`drop_unwanted_events` when its loggers check an event's level before formatting it, `encode_at_once` when its
artifacts are no longer encoded in chunks, `compile_once` when its templates are cached, and
`write_manifest_once` when a build no longer writes its manifest before it begins.
"""

import json
import logging
from collections.abc import Callable, Collection
from pathlib import Path
from types import CodeType
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.artifacts.schemas import base
from dbt.parser import manifest as parser
from dbt.task import runnable  # noqa: F401  (it has a `write_manifest` of its own once it is imported)
from dbt_common.clients.jinja import MacroFuzzEnvironment
from dbt_common.events.base_types import EventMsg
from dbt_common.events.logger import PRINT_EVENT_NAMES, _Logger
from dbt_common.utils.encoding import JSONEncoder

NAMES = ("database", "schema")
"""The connection fields that templates can use: no model reads a path or a setting."""

_write_line: Callable[[_Logger, EventMsg], None] = _Logger.write_line
_compile: Callable[..., Any] = MacroFuzzEnvironment.compile
_compiled: dict[tuple[type, str], CodeType] = {}


def apply(command: Collection[str] = ()) -> None:
    """Apply all patches for a command line of dbt; applying them twice is harmless."""
    forget_places()
    drop_unwanted_events()
    encode_at_once()
    compile_once()
    if "build" in command:
        write_manifest_once()


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


def compile_once() -> None:
    """Let dbt compile a template once: those of its generic tests are a dozen texts, compiled 1,300 times."""
    MacroFuzzEnvironment.compile = _compile_new  # type: ignore


def write_manifest_once() -> None:
    """Let a build write its manifest at its end only: the one before it lacks all that is compiled."""
    parser.write_manifest = lambda *_, **__: None


def _compile_new(env: MacroFuzzEnvironment, source: Any, *rest: Any, **named: Any) -> Any:
    if rest or named or not isinstance(source, str):
        return _compile(env, source, *rest, **named)
    key = (type(env), source)
    if key not in _compiled:
        _compiled[key] = _compile(env, source)
    return _compiled[key]


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
