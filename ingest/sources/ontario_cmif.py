"""Ontario Critical Minerals Innovation Fund: recipients, projects and approved amounts.

One small CSV with one line per project, for all intakes. It states Canadian dollars and no year. In the
publisher's file, apostrophes and dashes are lost to a wrong encoding and kept as printed; its last line has
no line end.
Source: Government of Ontario, data.ontario.ca, data set critical-minerals-innovation-fund-recipients.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import dataframely as dy
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.fetch import FetchContext, RemoteFile
from ingest.formats.csv import read_csv_text, records
from ingest.gates import Gates
from ingest.http import Policy
from ingest.probe import Probe, parsed


class Recipient(dy.Schema):
    """A project for which funding was approved."""

    intake = dy.Int16(primary_key=True, min=1, metadata=about("Round of the fund"))
    recipient = dy.String(primary_key=True, min_length=1, metadata=about("Company as printed"))
    project = dy.String(primary_key=True, min_length=1, metadata=about("Project as printed"))
    amount_cad = dy.Float64(min=0, metadata=about("Funding approved", "CAD"))


RECIPIENT: Final = Table("ontario_cmif__recipient", Recipient, "intake, recipient, project")

SOURCE: Final = Source(
    id="ontario_cmif",
    title="Critical Minerals Innovation Fund recipients",
    publisher="Government of Ontario",
    homepage="https://data.ontario.ca/dataset/critical-minerals-innovation-fund-recipients",
    licence="Open Government Licence - Ontario",
    citation="Government of Ontario, Critical Minerals Innovation Fund Recipients",
    cadence="irregular",
    lag_days=0,
    drop_in="the CSV of recipients as published",
    tables=(RECIPIENT,),
    base_url="https://data.ontario.ca",
    note="Amounts approved in Canadian dollars; neither the year of approval nor payments are stated.",
)

# The publisher's catalogue: the data set and its one resource.
DATASET: Final = "5c36faae-157f-4821-8c52-ff4018714981"
RESOURCE: Final = "0c5066b8-5e07-4883-a461-ae8a6a3d207c"
FILE: Final = "cmif_recipients.csv"
DAYS_BETWEEN: Final = 7
POLICY: Final = Policy(interval_s=1, read_s=60, max_bytes=4 << 20)
GATES: Final = Gates("csv")

_HEADER: Final = ["CMIF Intake", "Company Name", "Project Name", "Approved Funding Amount ($)"]


def parse(path: Path, facts: FileFacts) -> Frames:
    """One row per project.

    Raises:
        ParseError: another header, a ragged line, no line, or an intake or amount that is not a number.
    """
    # the publisher's last line has no line end, so a truncated number there cannot be detected
    header, lines = read_csv_text(facts.name, path.read_bytes().rstrip() + b"\n")
    if header != _HEADER:
        raise ParseError(f"{facts.name}: columns are {header[:6]} where {_HEADER} were expected.")
    if not lines:
        raise ParseError(f"{facts.name}: has no recipient.")
    rows = [
        {
            "intake": int(_number(record[_HEADER[0]], facts.name)),
            "recipient": record[_HEADER[1]],
            "project": record[_HEADER[2]],
            "amount_cad": _number(record[_HEADER[3]], facts.name),
        }
        for record in records(header, lines)
    ]
    return {RECIPIENT.name: pl.DataFrame(rows, schema=RECIPIENT.dtypes)}


def _number(cell: str, name: str) -> float:
    try:
        return float(cell.replace("$", "").replace(",", ""))
    except ValueError:
        raise ParseError(f"{name}: {cell!r} was found instead of a number.") from None


def plan(context: FetchContext) -> Iterator[RemoteFile]:
    """The list of recipients, once a week."""
    remote = _list(context)
    if not context.is_recent(remote, DAYS_BETWEEN):
        yield remote


def _list(context: FetchContext) -> RemoteFile:
    url = context.url("dataset", DATASET, "resource", RESOURCE, "download", FILE)
    return RemoteFile("recipients", FILE, url)


def partition_of(_name: str) -> str | None:
    """The source has one partition: a file is the whole list."""
    return "recipients"


def probe(context: FetchContext) -> Probe:
    """Request the list itself, which is small."""
    remote = _list(context)
    parsed(parse, context.get(remote.url).content, remote, SOURCE)
    return Probe()
