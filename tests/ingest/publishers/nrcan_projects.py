"""Natural Resources Canada, projects: its answers as documented."""

from datetime import datetime
from typing import Any

import orjson

from ingest.sources import nrcan_projects
from tests.ingest.servers import Reply, Routes

NRCAN_LAYERS = tuple(nrcan_projects.LAYERS)


def nrcan_feature(name: str, group: str, commodities: str, status: str = "Active") -> dict[str, Any]:
    """A record of the map service."""
    return {
        "type": "Feature",
        "id": 1,
        "geometry": {"type": "Point", "coordinates": [-100.134, 54.8557]},
        "properties": {
            "OBJECTID": 161,
            "PropertyNameEN": name,
            "OperatorOwnersEN": "Hudbay Minerals Inc.",
            "ProvincesEN": "Manitoba",
            "CommoditiesEN": commodities,
            "DevelopmentStageEN": "Advanced project",
            "ActivityStatusEN": status,
            "OperationGroupEN": group,
            "Website": "https://example.org",
        },
    }


def nrcan_answer(features: list[dict[str, Any]]) -> bytes:
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def routes(_now: datetime) -> Routes:
    """Four layers of a dozen records each."""
    return {
        f"/{number}/query": Reply(
            nrcan_answer(
                [
                    nrcan_feature(f"Property {number} {n}", group, "Tungsten, lithium (spodumene) and gold")
                    for n in range(12)
                ]
            ),
            content_type="application/geo+json",
        )
        for number, group in enumerate(NRCAN_LAYERS)
    }
