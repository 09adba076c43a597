"""US International Trade Commission: its answers as documented."""

from datetime import datetime
from functools import cache

import orjson

from tests.ingest.servers import Asked, Reply, Routes, json_reply

SCHEDULE_ROWS = 31_000


@cache
def schedule(rows: int = SCHEDULE_ROWS) -> bytes:
    """A whole schedule: rates on the 8-digit lines, empty on the 10-digit lines below."""
    found = []
    for n in range(rows // 2):
        code = f"{1 + n // 10_000:02d}{n // 100 % 100:02d}.{n % 100:02d}"
        line = {
            "description": "",
            "superior": None,
            "units": ["kg"],
            "special": "",
            "other": "25%",
            "footnotes": [],
        }
        rest = {"quotaQuantity": None, "additionalDuties": None, "addiitionalDuties": None}
        found += [
            line | rest | {"htsno": f"{code}.10", "indent": "1", "general": "5.5%"},
            line | rest | {"htsno": f"{code}.10.00", "indent": "2", "general": "", "other": ""},
        ]
    return orjson.dumps(found)


def routes(_now: datetime) -> Routes:
    """The releases, and the schedule as a whole or one heading of it."""

    def part(asked: Asked) -> Reply:
        heading = asked.params["from"]
        if heading != asked.params["to"]:
            return Reply(schedule(), validators=False)
        lines = [line for line in orjson.loads(schedule()) if line["htsno"].startswith(heading)]
        return json_reply(lines, validators=False)

    releases = [
        {
            "name": "2026HTSRev17",
            "title": "Revision 17 (2026)",
            "status": "current",
            "releaseStartDate": "09/28/2026",
        },
        {
            "name": "2026HTSRev16",
            "title": "Revision 16 (2026)",
            "status": "",
            "releaseStartDate": "08/10/2026",
        },
    ]
    current = {"name": "2026HTSRev17", "title": "Revision 17 (2026)", "description": "Current"}
    return {
        "/currentRelease": json_reply(current, validators=False),
        "/releaseList": json_reply(releases),
        "/exportList": part,
    }
