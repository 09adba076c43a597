"""WITS: its answers as documented."""

from datetime import datetime
from typing import Any

from tests.ingest.servers import ANY, Asked, Reply, Routes, json_reply

WITS_PATH = "/SDMX/V21/rest/data/DF_WITS_Tariff_TRAINS/"


def wits_answer(reporter: str, products: list[str], year: str) -> dict[str, Any]:
    """SDMX-JSON: an MFN rate for each product, and a preferential rate for the first."""

    def coded(dimensions: dict[str, list[str]]) -> list[dict[str, Any]]:
        return [
            {"id": name, "values": [{"id": code, "name": f"name of {code}"} for code in codes]}
            for name, codes in dimensions.items()
        ]

    # The service declares the partner before the product, but puts it after the product in the keys, as
    # recorded.
    series = {f"0:0:{at}:0:0": {"observations": {"0": [2.5, 0, 0, 0, 1, 0]}} for at in range(len(products))}
    series["0:0:0:1:0"] = {"observations": {"0": [0, 1, 0, None, 1, 0]}}
    keys = {"FREQ": ["A"], "REPORTER": [reporter], "PARTNER": ["000", "484"], "PRODUCTCODE": products}
    attributes = {"TARIFFTYPE": ["MFN", "PREF"], "NOMENCODE": ["H6"], "MIN_RATE": ["0"]}
    attributes |= {"MAX_RATE": ["2.5", "5"], "TOTALNOOFLINES": ["3"]}
    return {
        "header": {"id": "x", "prepared": "2026-11-23T00:00:00"},
        "structure": {
            "dimensions": {
                "series": coded(keys | {"DATATYPE": ["reported"]}),
                "observation": coded({"TIME_PERIOD": [year]}),
            },
            "attributes": {"observation": coded(attributes)},
        },
        "dataSets": [{"action": "Information", "series": series}],
    }


def routes(now: datetime, newest: int | None = None) -> Routes:
    """Rates up to the newest year; for later years the service's message that there are none."""
    last = newest or now.year - 2

    def reply(asked: Asked) -> Reply:
        year = asked.params["startperiod"]
        if int(year) > last:
            return Reply(b"<Error>NoRecordsFound</Error>", 404, "text/xml", validators=False)
        _, reporter, _, products, _ = asked.path.removeprefix(WITS_PATH).split(".")
        return json_reply(wits_answer(reporter, products.split("+"), year), validators=False)

    return {ANY: reply}
