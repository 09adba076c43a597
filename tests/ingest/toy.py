"""A minimal invented source: one CSV file per month, served below ``/toy``."""

from collections.abc import Iterable
from pathlib import Path

import dataframely as dy
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table
from ingest.fetch import Download, FetchContext, RemoteFile
from ingest.gates import Gates
from ingest.http import Policy


class Price(dy.Schema):
    period = dy.Date(primary_key=True)
    price = dy.Float64(min=0)


SOURCE = Source(
    id="toy",
    title="Toy prices",
    publisher="Nobody",
    homepage="https://example.invalid",
    licence="CC0-1.0",
    citation="Nobody (2026)",
    cadence="monthly",
    lag_days=30,
    tables=(Table("toy__price", Price, "one month"),),
)
POLICY = Policy(interval_s=0, connect_s=1, read_s=1, attempts=2)
GATES = Gates("csv", min_bytes=20, min_rows={"toy__price": 2}, max_age_days=400)
MONTHS = ("2026-09", "2026-10")


def prices(*cells: str, year: int = 2026) -> bytes:
    """A file of the toy source: one row per month from January on, with these prices."""
    rows = [f"{year}-{month:02d}-01,{cell}" for month, cell in enumerate(cells, 1)]
    return "\n".join(["period,price", *rows, ""]).encode()


def plan(context: FetchContext) -> Iterable[RemoteFile]:
    months = [f"{month:%Y-%m}" for month in context.options.periods] or MONTHS
    return [RemoteFile(month, f"{month}.csv", context.url(f"{month}.csv")) for month in months]


def fetch(context: FetchContext, part: RemoteFile) -> Download | None:
    return context.download(part)


def partition_of(name: str) -> str | None:
    return name.removesuffix(".csv")


def parse(path: Path, facts: FileFacts) -> Frames:
    frame = pl.read_csv(path, schema={"period": pl.Date, "price": pl.Float64}, has_header=True)
    if frame.is_empty():
        raise ParseError(f"{facts.name}: no rows")
    return {"toy__price": frame}
