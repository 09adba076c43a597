"""Once a month, every source is fetched with a wide window: all periods that its publisher revises.

Trade figures of past years are revised in June and others at any time, beyond the usual nightly window.
"""

from datetime import date, datetime
from pathlib import Path

from ingest.refresh import SourceOutcome
from orchestration.settings import Settings

DAY = 12
"""Day of the month by which the revisions that come with a monthly release are published."""


def is_due(settings: Settings, source_id: str, today: date) -> bool:
    """Whether a source has not been refreshed with the wide window since the last due day.

    A source that was never refreshed is not due: its first refresh starts the count.
    """
    mark = _mark(settings, source_id)
    if not mark.exists():
        return False
    return date.fromisoformat(mark.read_text().strip()) < _last_day(today)


def going_on_since(settings: Settings, source_id: str, now: datetime) -> datetime:
    """When the current round began: now, or in an earlier night that did not complete it."""
    begun = _begun(settings, source_id)
    if begun.exists():
        since = datetime.fromisoformat(begun.read_text().strip())
        if since.date() >= _last_day(now.date()):
            return since
    begun.parent.mkdir(parents=True, exist_ok=True)
    begun.write_text(now.isoformat())
    return now


def note(settings: Settings, outcome: SourceOutcome, today: date, *, is_wide: bool) -> None:
    """Save the date of a complete refresh with the wide window, or of the first refresh."""
    mark = _mark(settings, outcome.source_id)
    if outcome.problems or outcome.is_unfinished or not (is_wide or not mark.exists()):
        return
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(today.isoformat())
    _begun(settings, outcome.source_id).unlink(missing_ok=True)


def _last_day(today: date) -> date:
    """The last day number `DAY` of a month that is not after today."""
    if today.day >= DAY:
        return today.replace(day=DAY)
    year, month = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
    return date(year, month, DAY)


def _mark(settings: Settings, source_id: str) -> Path:
    return settings.home / "deep" / source_id


def _begun(settings: Settings, source_id: str) -> Path:
    return settings.home / "deep" / f"{source_id}.begun"
