"""UN Comtrade: its answers as documented."""

from datetime import datetime
from typing import Any

from tests.ingest.servers import Asked, Reply, Route, Routes, json_reply

KEY = "comtrade-k3y/with+signs"
TRADE_ROW: dict[str, Any] = {
    "typeCode": "C", "freqCode": "A", "refPeriodId": 20250101, "refYear": 2025, "refMonth": 52,
    "period": "2025",
    "reporterCode": 484, "reporterISO": "MEX", "flowCode": "M", "partnerCode": 156, "partnerISO": "CHN",
    "partner2Code": 0, "classificationCode": "H6", "classificationSearchCode": "HS",
    "isOriginalClassification": True, "cmdCode": "250410", "cmdDesc": None, "aggrLevel": 6, "isLeaf": True,
    "customsCode": "C00", "mosCode": "0", "motCode": 0, "qtyUnitCode": 8, "qtyUnitAbbr": "kg", "qty": 10.0,
    "isQtyEstimated": False, "altQtyUnitCode": -1, "altQtyUnitAbbr": "N/A", "altQty": None,
    "isAltQtyEstimated": False, "netWgt": 10.0, "isNetWgtEstimated": False, "grossWgt": None,
    "isGrossWgtEstimated": False, "cifvalue": 25.0, "fobvalue": None, "primaryValue": 25.0,
    "legacyEstimationFlag": 0, "isReported": True, "isAggregate": False,
}  # fmt: skip
PARTNERS = (0, 156, 152, 36)


def trade_rows(params: dict[str, str], freq: str) -> list[dict[str, Any]]:
    """Both flows of every requested code and partner; without a reporter, the partners' own reports."""
    reporters = params.get("reporterCode", "156,842").split(",")
    partners = params.get("partnerCode", ",".join(map(str, PARTNERS))).split(",")
    period = params["period"]
    return [
        TRADE_ROW
        | {"freqCode": freq, "period": period, "refYear": int(period[:4]), "reporterCode": int(reporter)}
        | {"partnerCode": int(partner), "flowCode": flow, "cmdCode": code}
        for code in params["cmdCode"].split(",")
        for reporter in reporters
        for partner in partners
        for flow in params["flowCode"].split(",")
        if flow in ("M", "X") and reporter != partner
    ]


def routes(_now: datetime) -> Routes:
    """The preview, silently cut off at 500 rows, and the service with a key; responses state their time."""
    asked_before: list[str] = []

    def service(freq: str, cap: int, key: str | None) -> Route:
        def answer(asked: Asked) -> Reply:
            if asked.headers.get("Ocp-Apim-Subscription-Key") != key:
                return Reply(b'{"statusCode": 401, "message": "Access denied"}', 401, validators=False)
            asked_before.append(asked.path)
            rows = trade_rows(asked.params, freq)[:cap]
            elapsed = f"0.{len(asked_before)} secs"
            return json_reply(
                {"elapsedTime": elapsed, "count": len(rows), "data": rows, "error": ""}, validators=False
            )

        return answer

    return {
        "/public/v1/preview/C/A/HS": service("A", 500, None),
        "/public/v1/preview/C/M/HS": service("M", 500, None),
        "/data/v1/get/C/A/HS": service("A", 100_000, KEY),
        "/data/v1/get/C/M/HS": service("M", 100_000, KEY),
    }
