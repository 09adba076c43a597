"""The last outcome of each source, as one JSON file per source, for the following steps."""

from pathlib import Path

from pydantic import TypeAdapter

from ingest.refresh import SourceOutcome
from warehouse.files import replace_file

_OUTCOME = TypeAdapter(SourceOutcome)


def save_outcome(folder: Path, outcome: SourceOutcome) -> None:
    """Save an outcome for the following steps."""
    replace_file(folder / f"{outcome.source_id}.json", _OUTCOME.dump_json(outcome, indent=2))


def load_outcome(folder: Path, source_id: str) -> SourceOutcome | None:
    """The last outcome of a source; None if there is none or it has an outdated format."""
    try:
        return _OUTCOME.validate_json((folder / f"{source_id}.json").read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def load_usable_outcome(folder: Path, source_id: str) -> SourceOutcome | None:
    """As `load_outcome`, but None if a parsed file that it names is gone."""
    outcome = load_outcome(folder, source_id)
    return outcome if outcome and all(file.path.exists() for file in outcome.tables) else None
