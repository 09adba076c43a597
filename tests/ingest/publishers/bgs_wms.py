"""British Geological Survey: its answers as documented."""

from datetime import datetime

from tests.ingest.servers import Asked, Reply, Routes, json_reply


def routes(now: datetime) -> Routes:
    """Features in pages, for the requested commodities."""

    def items(asked: Asked) -> Reply:
        offset, limit = int(asked.params["offset"]), int(asked.params["limit"])
        features = [
            {
                "type": "Feature",
                "geometry": None,
                "properties": {
                    "bgs_commodity_trans": asked.params["bgs_commodity_trans"],
                    "bgs_sub_commodity_trans": None,
                    "bgs_statistic_type_trans": asked.params["bgs_statistic_type_trans"],
                    "country_trans": "Canada",
                    "country_iso3_code": "CAN",
                    "year": f"{year}-01-01T00:00:00Z",
                    "quantity": 1961.5,
                    "units": "tonnes (metal content)",
                    "concat_figure_notes_code": None,
                    "data_precision_description": None,
                },
            }
            for year in range(1970, now.year - 1)
        ]
        page = features[offset : offset + limit]
        whole = {"type": "FeatureCollection", "features": page, "links": []}
        return json_reply(whole | {"numberMatched": len(features), "numberReturned": len(page)})

    return {"/collections/world-mineral-statistics/items": items}
