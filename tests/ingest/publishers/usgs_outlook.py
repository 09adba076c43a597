"""USGS, World Minerals Outlook: its answers as documented."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.ingest.servers import Reply, Routes, json_reply

OUTLOOK_HEADER = (
    "Mineral_Commodity,Year,Note,Quantity,Data_type,Unit_MEAS,Form,Geographic_Region,Figure_Use,"
    "Data Sources,,,"
)
OUTLOOK_ITEM = "67b8b168d34e1a2e835b7e6c"


def outlook(last: int = 2029, growth: float = 25.0) -> bytes:
    """A release: seven years of output, capacity in the last, the world's in five more."""
    now, rows = last - 5, []

    def row(kind: tuple[str, str, str, str], where: str, year: int, note: str, cell: object) -> None:
        commodity, measure, unit, form = kind
        rows.append(f'{commodity},{year},"{note}",{cell},{measure},{unit},"{form}",{where},Figure 2,Cited,,,')

    for commodity, form, unit, capacity_unit, share in (
        ("Cobalt", "Ore, Cobalt content", "Metric tons", "thousand metric tons", 1000),
        ("Lithium", "Brine and mine, lithium content", "metric tons", "thousand metric tons", 1000),
        ("Gallium", "Primary gallium metal", "Kilograms", "metric tons", 1000),
        ("Helium", "Grade A and gaseous helium", "million cubic meters", "Million cubic meters", 1),
    ):
        made, can_make = (commodity, "Production", unit, form), (commodity, "Capacity", capacity_unit, form)
        for year in range(now - 6, now + 1):
            for place, country in enumerate(("Canada", "China", "Congo (Kinshasa)", "South Korea"), start=4):
                cell = "<0.5" if commodity == "Helium" and country == "South Korea" else place * share
                row(made, country, year, "estimated", cell)
            row(made, "World", year, "rounded", 22 * share)
        row(made, "United States", now, "reported", "W")
        row(can_make, "Canada", now, "estimated", 6.5)
        row(can_make, "World", now, "estimated", 40)
        for ahead in range(1, 6):
            row(can_make, "World", now + ahead, "outlook", 40 * (1 + growth / 100 * ahead / 5))
    sponge = ("Titanium", "Capacity", "Thousand metric tons", "Titanium sponge")
    row(sponge, "World", now, "estimated, operating", 351)
    row(sponge, "World", now, "estimated, idled", 139)
    return "\n".join([OUTLOOK_HEADER, *rows, ""]).encode()


def outlook_routes(releases: Mapping[str, tuple[str, str, bytes]]) -> Routes:
    """ScienceBase's search and files: item to title, day of upload and table."""

    def item(name: str) -> dict[str, Any]:
        title, uploaded, _ = releases[name]
        files = [
            {"name": f"{name[:3]}_outlook.csv", "dateUploaded": f"{uploaded}T15:00:00Z"},
            {"name": "metadata.xml", "dateUploaded": f"{uploaded}T15:00:00Z"},
        ]
        return {"id": name, "title": title, "files": files}

    found = {"total": len(releases) + 1, "items": [item(name) for name in releases]}
    found["items"].append({"id": "other", "title": "Minerals in the news", "files": []})
    tables = {
        f"/catalog/file/get/{name}": Reply(content, content_type="text/csv", validators=False)
        for name, (_, _, content) in releases.items()
    }
    items = {f"/catalog/item/{name}": json_reply(item(name), validators=False) for name in releases}
    return {"/catalog/items": json_reply(found, validators=False)} | items | tables


def routes(_now: datetime) -> Routes:
    """One release."""
    return outlook_routes({OUTLOOK_ITEM: ("World Minerals Outlook to 2029", "2025-08-29", outlook())})
