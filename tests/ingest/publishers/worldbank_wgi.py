"""World Bank, Worldwide Governance Indicators: its answers as documented."""

from datetime import datetime

from tests.ingest.servers import ANY, Asked, Reply, Routes, json_reply


def routes(now: datetime) -> Routes:
    """Estimates of a hundred countries; for other indicators an error with status 200."""

    def indicator(asked: Asked) -> Reply:
        code = asked.path.rsplit("/", 1)[-1]
        if not code.startswith("GOV_WGI_") or asked.params.get("source") != "3":
            value = "The indicator was not found. It may have been deleted or archived."
            return json_reply(
                [{"message": [{"id": "175", "key": "Invalid format", "value": value}]}], validators=False
            )
        rows = [
            {
                "indicator": {"id": code, "value": "Estimate"},
                "country": {"id": "XX", "value": "Country"},
                "countryiso3code": f"{chr(65 + n // 26)}{chr(65 + n % 26)}A",
                "date": f"{now.year - 2}",
                "value": 1.2 if n else None,
                "decimal": 1,
            }
            for n in range(110)
        ]
        head = {"page": 1, "pages": 1, "per_page": "20000", "total": len(rows), "lastupdated": "2026-03-18"}
        return json_reply([head, rows])

    return {ANY: indicator}
