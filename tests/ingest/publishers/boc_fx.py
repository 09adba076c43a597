"""Bank of Canada: its answers as documented."""

from datetime import date, datetime, timedelta

import orjson

from tests.ingest.servers import Asked, Reply, Routes


def fx_answer(start: date, end: date, rate: str = "1.3712") -> bytes:
    """Business days from start to end."""
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    observed = [{"d": f"{day}", "FXUSDCAD": {"v": rate}} for day in days if day.weekday() < 5]
    return orjson.dumps({"terms": {"url": "https://www.bankofcanada.ca/terms/"}, "observations": observed})


def routes(_now: datetime) -> Routes:
    def observations(asked: Asked) -> Reply:
        start, end = (date.fromisoformat(asked.params[name]) for name in ("start_date", "end_date"))
        return Reply(fx_answer(start, end))

    return {"/observations/FXUSDCAD/json": observations}
