"""Whether there is anything to do: a fingerprint of all that a publication is made from.

The mark is set only when a publication is out, so the next night makes up for one that broke off.
"""

import hashlib
from collections.abc import Collection
from pathlib import Path

from ingest.refresh import SourceOutcome
from orchestration.dbt_project import project_fingerprint
from orchestration.settings import PROJECT_ROOT, Settings

_CODE = ("warehouse", "orchestration/landing.py")


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
    """Whether what stands published was made from these inputs."""
    mark = _mark(settings)
    return settings.published_path.exists() and mark.exists() and mark.read_text() == inputs


def mark_published(settings: Settings, inputs: str) -> None:
    """Remember what the publication just made was made from."""
    _mark(settings).write_text(inputs)


def forget_published(settings: Settings) -> None:
    """Have the next refresh go all the way again, since something after the publication failed."""
    _mark(settings).unlink(missing_ok=True)


def _mark(settings: Settings) -> Path:
    return settings.home / ".published_inputs"
