"""Federal Register: its answers as documented."""

from datetime import datetime, timedelta
from typing import Any

from tests.ingest.servers import Asked, Reply, Routes, json_reply


def routes(now: datetime) -> Routes:
    """One recent document, found by two searches, on two pages."""
    day = f"{now.date() - timedelta(days=3)}"
    agencies = [{"raw_name": "DEPARTMENT OF COMMERCE", "slug": "commerce-department"}]
    facts = {"publication_date": day, "title": "Notice", "type": "Notice", "agencies": agencies}

    def documents(asked: Asked) -> Reply:
        params = asked.params
        inside = params.get("conditions[publication_date][gte]", day) <= day
        inside &= day <= params.get("conditions[publication_date][lte]", day)
        if not inside or params["conditions[term]"] not in ("USMCA", '"critical minerals"'):
            return json_reply({"count": 0, "description": "none"})
        second = params.get("search_after") == "1"
        content: dict[str, Any] = {
            "count": 2,
            "results": [{"document_number": f"2026-{second + 1}", **facts}],
        }
        if not second:
            term = "USMCA" if params["conditions[term]"] == "USMCA" else "%22critical+minerals%22"
            query = f"conditions%5Bterm%5D={term}&search_after=1"
            content["next_page_url"] = f"http://{asked.headers['Host']}/documents.json?{query}"
        return json_reply(content)

    return {"/documents.json": documents}
