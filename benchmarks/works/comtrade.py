"""A paged JSON API in Comtrade's format, served on loopback by a separate process, to loaded rows."""

import atexit
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.harness import ROOT, Contender, Facts, Goal, Place, Task, Work
from benchmarks.peers import landed_by_dlt, quiet_dlt

ROWS, PARTITION = 500, "mexico/202501"
PARTNERS = [("CHN", "China"), ("CAN", "Canada"), ("DEU", "Germany"), ("JPN", "Japan"), ("AUS", "Australia")]
KEY = ("freqCode", "period", "reporterCode", "partnerCode", "flowCode", "cmdCode")


def row(number: int, chance: random.Random) -> dict[str, Any]:
    """One row of the API with 47 fields; its number determines its key."""
    iso, name = PARTNERS[number % 5]
    value = round(chance.lognormvariate(10, 2), 3)
    weight = round(chance.lognormvariate(8, 2), 2) if chance.random() < 0.9 else 0.0
    return {
        "typeCode": "C", "freqCode": "M", "refPeriodId": 20250101, "refYear": 2025, "refMonth": 1,
        "period": "202501", "reporterCode": 484, "reporterISO": "MEX", "reporterDesc": "Mexico",
        "flowCode": "MX"[number % 2], "flowDesc": "Flow", "partnerCode": 4 + number % 250,
        "partnerISO": iso, "partnerDesc": name, "partner2Code": 0, "partner2ISO": "W00",
        "partner2Desc": "World", "classificationCode": "H6", "classificationSearchCode": "HS",
        "isOriginalClassification": True, "cmdCode": f"{280000 + number // 250:06d}",
        "cmdDesc": "Lithium oxide and hydroxide, whether or not chemically defined", "aggrLevel": 6,
        "isLeaf": True, "customsCode": "C00", "customsDesc": "TOTAL CPC", "mosCode": "0", "motCode": 0,
        "motDesc": "TOTAL MOT", "qtyUnitCode": 8, "qtyUnitAbbr": "kg", "qty": weight,
        "isQtyEstimated": False, "altQtyUnitCode": -1, "altQtyUnitAbbr": "N/A", "altQty": 0.0,
        "isAltQtyEstimated": False, "netWgt": weight, "isNetWgtEstimated": False, "grossWgt": None,
        "isGrossWgtEstimated": False, "cifvalue": value, "fobvalue": None, "primaryValue": value,
        "legacyEstimationFlag": 0, "isReported": True, "isAggregate": False,
    }  # fmt: skip


def make(folder: Path, pages: int) -> Facts:
    """Write the responses, one file each."""
    chance, size = random.Random(5), 0
    for page in range(pages):
        rows = [row(page * ROWS + at, chance) for at in range(ROWS)]
        body = json.dumps({"elapsedTime": "0.1 secs", "count": ROWS, "data": rows, "error": ""}).encode()
        (folder / f"{page}.json").write_bytes(body)
        size += len(body)
    return {"rows": pages * ROWS, "bytes": size}


def serve(folder: Path) -> None:
    """Serve ``/<page>`` from memory until killed; prints the port to stdout."""
    bodies = {f"/{path.stem}": path.read_bytes() for path in folder.glob("[0-9]*.json")}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = bodies[self.path]
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Suppress the request log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


def addresses(place: Place) -> list[str]:
    """Start the server for this contender and return the address of each page."""
    command = [sys.executable, "-m", "benchmarks.works.comtrade", str(place.data)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    atexit.register(server.kill)
    port = int(server.stdout.readline()) if server.stdout else 0
    return [f"http://127.0.0.1:{port}/{page}" for page in range(place.scale)]


def ours(place: Place) -> Task:
    from datetime import UTC, datetime  # noqa: PLC0415

    from benchmarks import loading  # noqa: PLC0415
    from ingest.archive import Archive, State  # noqa: PLC0415
    from ingest.fetch import FetchContext, FetchOptions, RemoteFile  # noqa: PLC0415
    from ingest.http import Http  # noqa: PLC0415
    from ingest.sources import comtrade  # noqa: PLC0415

    pages = addresses(place)
    ask = FetchOptions(Http(pace=0), pages[0])
    now = datetime.now(UTC)
    context = FetchContext("comtrade", pages[0], comtrade.POLICY, Archive(place.scratch), State(), now, ask)
    take = loading.taker(comtrade, PARTITION, place)
    part = RemoteFile(PARTITION, "comtrade_mexico_202501.json", pages[0])

    def task() -> Facts:
        answers = [context.get(page) for page in pages]
        return {"rows": take(comtrade.joined(context, part, answers).path)["comtrade__trade_rows"]}

    return task


def answers_of(pages: list[str]) -> Iterator[bytes]:
    import requests  # noqa: PLC0415

    with requests.Session() as session:
        for page in pages:
            yield session.get(page, timeout=60).content


def loads(place: Place) -> Task:
    """Only requests and orjson; no rows are built."""
    import orjson  # noqa: PLC0415

    pages = addresses(place)
    return lambda: {"rows": sum(len(orjson.loads(body)["data"]) for body in answers_of(pages))}


def polars(place: Place) -> Task:
    import duckdb  # noqa: PLC0415
    import orjson  # noqa: PLC0415
    import polars as pl  # noqa: PLC0415

    pages = addresses(place)

    def task() -> Facts:
        frames = [
            pl.DataFrame(orjson.loads(body)["data"], infer_schema_length=None) for body in answers_of(pages)
        ]
        rows = pl.concat(frames, how="diagonal_relaxed")  # noqa: F841 (DuckDB reads it by name)
        with duckdb.connect(str(place.scratch / "landed.duckdb")) as con:
            con.execute("create table trade as select * from rows")
            return {"rows": con.execute("select count(*) from trade").fetchone()[0]}

    return task


def dlt(place: Place) -> Task:
    quiet_dlt(place)
    import orjson  # noqa: PLC0415

    pages = addresses(place)

    def task() -> Facts:
        found = (orjson.loads(body)["data"] for body in answers_of(pages))
        return landed_by_dlt(place, found, table_name="trade")

    return task


WORK = Work(
    id="comtrade",
    title="Paged JSON API: {scale:,} pages of 500 rows of 47 fields from a loopback server, to DuckDB",
    make=make,
    scales={"small": 10, "default": 200, "full": 200},
    unit="pages",
    contenders=(
        Contender("ours", "ours: fetch, archive, parse, check, land", "ours", ours),
        Contender("loads", "limit: requests and orjson, nothing built", "limit", loads),
        Contender("polars", "requests, polars per page, DuckDB", "peer", polars),
        Contender("dlt", "requests, dlt's DuckDB destination", "peer", dlt, "dlt", runs=1),
    ),
    goals=(
        Goal("of the limit", "ours", "loads", at_most=3),
        Goal("dlt over ours", "dlt", "ours", at_least=20),
    ),
    same=("rows",),
    notes="Ours also archives the responses with fsync and checks every row against its contract.",
)

if __name__ == "__main__":
    serve(Path(sys.argv[1]))
