"""Whether anything changed: a fingerprint of everything that a publication is built from.

The marks are set only after the publication and its brief are complete, so the next refresh repeats an
interrupted one.
"""

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path

from ingest.refresh import SourceOutcome
from orchestration.dbt.manifest import project_fingerprint
from orchestration.settings import PROJECT_ROOT, Settings

_CODE = ("warehouse", "orchestration/brief", "orchestration/pipeline/raw_layer.py", "docs/limitations.md")
_NOT_CODE = frozenset({"__pycache__", "data"})
"""Folders without code: compiled Python, and the home in its default location."""


def fingerprint(outcomes: Collection[SourceOutcome]) -> str:
    """Hash of the parsed files, the status of the sources, the dbt project and the code that publishes.

    All files of the code count, not only Python: the brief, sheets, feeds and query book are SQL, templates
    and words.
    """
    digest = hashlib.sha256(project_fingerprint().encode())
    for name in _CODE:
        for path in _files(PROJECT_ROOT / name):
            digest.update(f"{path.relative_to(PROJECT_ROOT)}\0".encode() + path.read_bytes() + b"\0")
    for outcome in sorted(outcomes, key=lambda outcome: outcome.source_id):
        # Readers must see when a publisher stops responding, even if no figure changed.
        digest.update(f"{outcome.source_id} {outcome.mode} {bool(outcome.problems)}\n".encode())
    files = [file for outcome in outcomes for file in outcome.tables]
    for file in sorted(files, key=lambda file: (file.table, str(file.path))):
        facts = file.path.stat()
        digest.update(f"{file.table} {file.archive_id} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.name not in _NOT_CODE:
        for inner in sorted(path.iterdir()):
            yield from _files(inner)


def is_published(settings: Settings, inputs: str) -> bool:
    """Whether the publication was built from the current inputs, and the brief from the publication."""
    marks = (_published(settings), _brief_built(settings))
    return settings.published_path.exists() and all(
        mark.exists() and mark.read_text() == inputs for mark in marks
    )


def mark_published(settings: Settings, inputs: str) -> None:
    """Save the fingerprint of the inputs of the new publication."""
    _published(settings).write_text(inputs)


def mark_brief_built(settings: Settings) -> None:
    """Save that the new brief was built from the current publication."""
    if _published(settings).exists():
        _brief_built(settings).write_text(_published(settings).read_text())


def _published(settings: Settings) -> Path:
    return settings.home / ".published_inputs"


def _brief_built(settings: Settings) -> Path:
    return settings.home / ".drawn_inputs"
