"""The sources there are, and a visit to one: how it is asked, and what it leaves for the steps after it."""

import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import cast

from filelock import FileLock
from pydantic import TypeAdapter

from ingest import sources
from ingest.contracts import Source, SourceModule
from ingest.fetching import Ask
from ingest.http import Http
from ingest.refresh import Folders, SourceOutcome, refresh_source
from orchestration.downloads import teller
from orchestration.settings import Settings

_OUTCOME = TypeAdapter(SourceOutcome)


@cache
def modules() -> dict[str, SourceModule]:
    """Every module of `ingest.sources` that declares a SOURCE, by source id."""
    found = [
        importlib.import_module(f"{sources.__name__}.{entry.name}")
        for entry in pkgutil.iter_modules(sources.__path__)
    ]
    declared = [cast("SourceModule", module) for module in found if hasattr(module, "SOURCE")]
    return {module.SOURCE.id: module for module in sorted(declared, key=lambda module: module.SOURCE.id)}


def is_heavy(source: Source, settings: Settings) -> bool:
    """Whether a source is left out of a light refresh. With its publisher's key at hand it need not be."""
    return source.heavy and not (source.key_env and source.key_env in settings.keys)


def open_http(settings: Settings) -> Http:
    """A session that keeps the keys out of every message."""
    return Http(secrets=list(settings.keys.values()), pace=settings.pace, patience=settings.patience)


def visit(
    module: SourceModule,
    settings: Settings,
    ask: Ask | None = None,
    not_asked: str = "no network was asked for",
) -> SourceOutcome:
    """Bring one source up to date, without ``ask`` from what is at hand, and leave the outcome on file."""
    folders = Folders(settings.archive_dir, settings.parsed_dir, settings.starter_dir, settings.drop_in_dir)
    settings.outcomes_dir.mkdir(parents=True, exist_ok=True)
    with FileLock(settings.outcomes_dir / f".{module.SOURCE.id}.lock"):  # two refreshes at once take turns
        outcome = refresh_source(module, folders, datetime.now(UTC), ask, not_asked)
        _leave(settings.outcomes_dir, outcome)
    return outcome


def asking(
    source: Source, settings: Settings, http: Http, periods: Sequence[date] = (), *, deep: bool = False
) -> Ask:
    """How this installation asks a publisher."""
    return Ask(
        http=http,
        base_url=settings.source_urls.get(source.id),
        key=settings.keys.get(source.key_env or ""),
        periods=tuple(periods),
        full=deep,
        progress=teller(source.id),
    )


def outcomes(settings: Settings, source_ids: Iterable[str] | None = None) -> dict[str, SourceOutcome]:
    """What the last visits left; a source never visited is served from what is at hand."""
    wanted = modules() if source_ids is None else {name: modules()[name] for name in source_ids}
    return {
        name: _left(settings.outcomes_dir, name) or visit(module, settings) for name, module in wanted.items()
    }


def _leave(folder: Path, outcome: SourceOutcome) -> None:
    part = folder / f".{outcome.source_id}.part"
    part.write_bytes(_OUTCOME.dump_json(outcome, indent=2))
    part.replace(folder / f"{outcome.source_id}.json")


def _left(folder: Path, source_id: str) -> SourceOutcome | None:
    """The outcome on file, unless it is of an older shape or the parsed files it names are gone."""
    try:
        outcome = _OUTCOME.validate_json((folder / f"{source_id}.json").read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return outcome if all(file.path.exists() for file in outcome.tables) else None
