"""US Department of Energy, OSTI: its answers as documented."""

from datetime import datetime
from typing import Any
from zlib import crc32

from tests.ingest.servers import Asked, Reply, Routes, json_reply


def osti_record(
    number: int, title: str, day: str = "2025-05-22", kind: str = "Journal Article"
) -> dict[str, Any]:
    """A record as the search returns it."""
    return {
        "osti_id": f"{number}",
        "title": title,
        "authors": ["Zhao, Huan [Oak Ridge National Laboratory (ORNL), Oak Ridge, TN (United States)]"],
        "publication_date": f"{day}T00:00:00Z",
        "description": "An abstract that belongs to its publisher.",
        "subjects": [],
        "doi": "10.1515/nanoph-2025-0180",
        "product_type": kind,
        "research_orgs": ["Oak Ridge National Laboratory (ORNL), Oak Ridge, TN (United States)"],
        "sponsor_orgs": ["USDOE"],
    }


def routes(_now: datetime) -> Routes:
    """Twenty records of each search, of two years."""

    def answer(asked: Asked) -> Reply:
        word = asked.params["title"]
        return json_reply(
            [
                osti_record(
                    crc32(f"{word} {n}".encode()),
                    f"Recovery of {word} from brine, part {n}",
                    f"{2026 - n // 10}-03-01",
                )
                for n in range(20)
            ],
            validators=False,
        )

    return {"/records": answer}
