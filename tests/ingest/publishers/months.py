"""The months that a publisher has."""

from datetime import date, datetime


def latest_months(now: datetime, count: int, behind: int) -> list[date]:
    """The first days of ``count`` months, newest first; the newest is ``behind`` months before this one."""
    latest = now.year * 12 + now.month - 1 - behind
    return [date(at // 12, at % 12 + 1, 1) for at in range(latest, latest - count, -1)]
