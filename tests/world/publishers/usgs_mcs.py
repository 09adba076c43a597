"""USGS's data releases on ScienceBase: the real files if available, else the starter's figures.

A later edition is that of 2026 with the same figures for later years.
"""

import csv
import io
import re
from functools import cache
from hashlib import md5
from pathlib import Path
from typing import Any

import polars as pl

from tests.ingest.publishers.usgs_mcs import PARENT
from tests.ingest.servers import Asked, Reply, Route, Routes, json_reply
from tests.world.truth import World

SHARED = Path(__file__).parents[4] / "shared" / "data" / "usgs_mcs"
STARTER = Path(__file__).parents[3] / "ingest" / "starter"
NEWEST_REAL = 2026
UPLOADED = "{edition}-02-06T15:00:00Z"
DAY_OUT = (2, 6)
HEADER = (
    "MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes,"
    "Is critical mineral {before},Other notes"
)
OF_2025 = ("World_Data.zip", "Salient_Commodity.zip", "Industry_Trends.zip")


def editions(world: World) -> list[int]:
    """Published editions, newest first."""
    newest = world.now.year if world.now.timetuple()[1:3] > DAY_OUT else world.now.year - 1
    return list(range(newest, NEWEST_REAL - 2, -1))


@cache
def release(edition: int) -> bytes:
    """The long file of an edition from 2026 on."""
    real = SHARED / "mcs2026_whole" / "MCS2026_Commodities_Data.csv"
    content = real.read_bytes() if real.is_file() else of_starter()
    return content if edition == NEWEST_REAL else moved_on(content, edition - NEWEST_REAL)


def moved_on(content: bytes, years: int) -> bytes:
    """A long file with every year shifted."""
    rows = list(csv.reader(io.StringIO(content.decode("cp1252"))))
    at = rows[0].index("Year")

    def later(text: str) -> str:
        return re.sub(r"\b20\d\d\b", lambda found: f"{int(found[0]) + years}", text)

    def later_short(text: str) -> str:
        return re.sub(r"(?<=\u2013)\d\d$", lambda found: f"{int(found[0]) + years:02d}", later(text))

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([later(name) for name in rows[0]])
    for row in rows[1:]:
        row[at] = later_short(row[at])
        if row[1] == "Import Sources":
            row[4] = later(row[4])
        writer.writerow(row)
    return out.getvalue().encode("cp1252")


def of_starter() -> bytes:
    """The edition of 2026 in the publisher's format, rebuilt from the starter's figures."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER.format(before=NEWEST_REAL - 1).split(","))
    edition = pl.col("edition") == f"{NEWEST_REAL}"
    kinds = {"nir": "Net import reliance", "sales": "Sold"}
    for row in _starter("salient").filter(edition).iter_rows(named=True):
        kind = kinds.get(row["kind"], row["kind"].capitalize())
        cells = ["United States", kind, row["statistic"].split("#")[0], row["unit"], row["year"]]
        writer.writerow(_line("Salient Statistics\u2014United States", row, cells))
    for row in _starter("world").filter(edition).iter_rows(named=True):
        cells = [row["country"], row["measure"].capitalize(), row["statistic"], row["unit"], row["year"]]
        writer.writerow(_line("World Production and Reserves", row, cells))
    for row in _starter("import_sources").filter(edition).iter_rows(named=True):
        span = f"{row['period_start']}\u2013{row['period_end'] % 100:02d}"
        cells = [row["country"], "Import sources", row["form"], "percent", span]
        writer.writerow(_line("Import Sources", row | {"is_estimated": False}, cells))
    return out.getvalue().encode("cp1252", "replace")


def _starter(table: str) -> pl.DataFrame:
    return pl.read_parquet(STARTER / f"usgs_mcs__{table}.parquet")


def _line(section: str, row: dict[str, Any], cells: list[Any]) -> list[Any]:
    notes = "Estimated" if row["is_estimated"] else ""
    if row.get("qualifier") == "s":
        notes = f"{notes} Less than \u00bd unit."
    if row.get("excludes_usa"):
        notes = f"{notes} Excludes U.S. production."
    return [row["commodity"].upper(), section, row["commodity"], *cells, row["value_text"], notes, "No", ""]


@cache
def files(edition: int) -> dict[str, bytes]:
    """All files of an edition by name; for 2025 none if the real files are not available."""
    if edition == NEWEST_REAL - 1:
        folder = SHARED / "mcs2025"
        return {name: (folder / name).read_bytes() for name in OF_2025 if (folder / name).is_file()}
    found = {f"MCS{edition}_Commodities_Data.csv": release(edition)}
    found["MCS_metadata.xml"] = b"<metadata/>"
    if edition == NEWEST_REAL:
        others = sorted((SHARED / "mcs2026" / "industry_trends").glob("*.csv"))
        found |= {path.name: path.read_bytes() for path in others}
    return found


def routes(world: World) -> Routes:
    """Nested items: the parent of all editions, an edition, and the item with its files."""
    held = {f"{edition}data": (edition, files(edition)) for edition in editions(world)}

    def item(asked: Asked, holder: str) -> dict[str, Any]:
        edition, content = held[holder]
        address = f"http://{asked.headers['Host']}/catalog/file/get/{holder}"
        return {
            "id": holder,
            "title": f"Data release of {edition}",
            "files": [
                {
                    "name": name,
                    "title": None,
                    "contentType": "text/csv" if name.endswith("csv") else "application/zip",
                    "pathOnDisk": f"__disk__{name}",
                    "checksum": {"value": md5(body, usedforsecurity=False).hexdigest(), "type": "MD5"},
                    "size": len(body),
                    "dateUploaded": UPLOADED.format(edition=edition),
                    "url": f"{address}?f=__disk__{name}",
                    "downloadUri": f"{address}?f=__disk__{name}",
                }
                for name, body in content.items()
            ],
        }

    def items(asked: Asked) -> Reply:
        parent = asked.params["parentId"]
        if parent == PARENT:
            title = "U.S. Geological Survey Mineral Commodity Summaries {} Data Release"
            found = [
                {"id": f"{edition}", "title": title.format(edition), "files": []}
                for edition in editions(world)
            ]
        else:
            found = [item(asked, f"{parent}data")] if f"{parent}data" in held else []
        offset, most = int(asked.params.get("offset", 0)), int(asked.params.get("max", 20))
        page = {"total": len(found), "items": found[offset : offset + most]}
        return json_reply(page, validators=False)

    def file(holder: str) -> Route:
        def answer(asked: Asked) -> Reply:
            name = asked.params.get("name") or asked.params.get("f", "").removeprefix("__disk__")
            body = held[holder][1].get(name)
            if body is None:
                return Reply(b"no such file", 404, "text/plain", validators=False)
            return Reply(body, content_type="text/csv", validators=False)

        return answer

    return {"/catalog/items": items} | {f"/catalog/file/get/{holder}": file(holder) for holder in held}
