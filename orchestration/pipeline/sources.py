"""The sources: which exist, which are heavy, and how one is refreshed, with its options and outcome."""

import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import cast

from filelock import FileLock

from ingest import sources
from ingest.archive import Archive
from ingest.contracts import Source, SourceModule
from ingest.fetch import FetchOptions
from ingest.http import Http
from ingest.refresh import Folders, SourceOutcome, refresh_source
from orchestration.pipeline.downloads import calls_callback, finish_calls, progress_callback
from orchestration.pipeline.outcomes import load_outcome, load_usable_outcome, save_outcome
from orchestration.settings import Settings


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
    """Whether a light refresh skips the source. With its publisher's key, it need not."""
    return source.heavy and not (source.key_env and source.key_env in settings.keys)


def open_http(settings: Settings) -> Http:
    """A session that removes the keys from every message."""
    return Http(secrets=list(settings.keys.values()), pace=settings.pace, patience=settings.patience)


def refresh_and_record(
    module: SourceModule,
    settings: Settings,
    options: FetchOptions | None = None,
    not_asked: str = "the refresh was offline",
) -> SourceOutcome:
    """Refresh one source and save its outcome; without ``options`` nothing is fetched."""
    folders = Folders(settings.archive_dir, settings.parsed_dir, settings.starter_dir, settings.drop_in_dir)
    with turn(settings, module.SOURCE.id):
        outcome = refresh_source(module, folders, datetime.now(UTC), options, not_asked)
        save_outcome(settings.outcomes_dir, outcome)
    finish_calls(module.SOURCE.id)
    return outcome


def turn(settings: Settings, source_id: str) -> FileLock:
    """The lock on one source's archive, which serializes simultaneous refreshes."""
    settings.outcomes_dir.mkdir(parents=True, exist_ok=True)
    return FileLock(settings.outcomes_dir / f".{source_id}.lock")


def fetch_options(
    source: Source, settings: Settings, http: Http, periods: Sequence[date] = (), *, is_wide: bool = False
) -> FetchOptions:
    """The options for fetching from a publisher in this installation."""
    return FetchOptions(
        http=http,
        base_url=settings.source_urls.get(source.id),
        key=settings.keys.get(source.key_env or ""),
        periods=tuple(periods),
        wide_window=is_wide,
        progress=progress_callback(source.id),
        calls=calls_callback(source.id),
        minutes=None if periods else settings.source_minutes or None,
    )


def withdraw(settings: Settings, archive_id: str, reason: str | None, *, undo: bool = False) -> str:
    """Withdraw a file or bring it back; takes effect with the next refresh.

    Returns:
        The result in one sentence.

    Raises:
        LookupError: No file's id begins like this, or several do, or there is nothing to do.
    """
    archive = Archive(settings.archive_dir)
    vintages = archive.named(archive_id)
    first = vintages[0]
    known = f"{first.name} of {first.vintage} ({first.source_id})"
    with turn(settings, first.source_id):
        if undo:
            if not any(record.withdrawn_at for record in vintages):
                raise LookupError(f"{known} is not withdrawn.")
            for record in vintages:
                archive.restore(record)
            return f"{known} is no longer withdrawn."
        if all(record.withdrawn_at for record in vintages):
            raise LookupError(f"{known} is withdrawn already, since {first.withdrawn_at:%Y-%m-%d}.")
        now = datetime.now(UTC)
        for record in vintages:
            archive.withdraw(record, reason, now)
    return f"{known} is withdrawn."


def problems(settings: Settings) -> dict[str, list[str]]:
    """The files that each source could not fetch or accept in the last refresh, one sentence per file."""
    found = {name: load_outcome(settings.outcomes_dir, name) for name in modules()}
    return {name: list(outcome.problems) for name, outcome in found.items() if outcome and outcome.problems}


def outcomes(settings: Settings, source_ids: Iterable[str] | None = None) -> dict[str, SourceOutcome]:
    """The last outcome of each source; a source without one is refreshed without fetching."""
    chosen = modules() if source_ids is None else {name: modules()[name] for name in source_ids}
    return {
        name: load_usable_outcome(settings.outcomes_dir, name) or refresh_and_record(module, settings)
        for name, module in chosen.items()
    }
