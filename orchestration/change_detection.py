"""Whether there is anything to do: a fingerprint of all that a publication is made from.

The marks are set only when a publication and its brief are out, so the next night makes up for one that broke
off, however it did.
"""

import hashlib
from collections.abc import Collection
from pathlib import Path

from ingest.refresh import SourceOutcome
from orchestration.dbt.manifest import project_fingerprint
from orchestration.settings import PROJECT_ROOT, Settings

_CODE = ("warehouse", "orchestration/pipeline/raw_layer.py")


def fingerprint(outcomes: Collection[SourceOutcome]) -> str:
    """Hash of the parsed files, the sources' standing, the dbt project and the code that publishes."""
    digest = hashlib.sha256(project_fingerprint().encode())
    for name in _CODE:
        root = PROJECT_ROOT / name
        for path in sorted([*root.glob("*.py"), *root.glob("macros/*.sql")] if root.is_dir() else [root]):
            digest.update(path.read_bytes())
    for outcome in sorted(outcomes, key=lambda outcome: outcome.source_id):
        # A publisher that went silent is news to readers, even where no figure changed.
        digest.update(f"{outcome.source_id} {outcome.mode} {bool(outcome.problems)}\n".encode())
    files = [file for outcome in outcomes for file in outcome.tables]
    for file in sorted(files, key=lambda file: (file.table, str(file.path))):
        facts = file.path.stat()
        digest.update(f"{file.table} {file.archive_id} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def is_published(settings: Settings, inputs: str) -> bool:
    """Whether what stands published was made from these inputs, and the brief from what stands published."""
    marks = (_published(settings), _drawn(settings))
    return settings.published_path.exists() and all(
        mark.exists() and mark.read_text() == inputs for mark in marks
    )


def mark_published(settings: Settings, inputs: str) -> None:
    """Remember what the publication just made was made from."""
    _published(settings).write_text(inputs)


def mark_brief_built(settings: Settings) -> None:
    """Remember that the brief just drawn is of what stands published."""
    if _published(settings).exists():
        _drawn(settings).write_text(_published(settings).read_text())


def _published(settings: Settings) -> Path:
    return settings.home / ".published_inputs"


def _drawn(settings: Settings) -> Path:
    return settings.home / ".drawn_inputs"
