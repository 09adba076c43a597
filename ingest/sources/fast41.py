"""US Permitting Council: mining projects of the Federal Permitting Dashboard and milestones of their permits.

The whole dashboard is one CSV with one line per milestone, which repeats the project's fields. Only projects
in the sector Mining are kept. It states no commodity. A retired address answers with status 200 and empty
lines.
Source: Federal Permitting Improvement Steering Council, data.permits.performance.gov, data set mcm3-xbid.
"""

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import dataframely as dy
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.fetch import FetchContext, RemoteFile
from ingest.formats.csv import clean_text, read_csv_text
from ingest.gates import Gates
from ingest.http import Policy
from ingest.probe import Probe, parsed

SECTOR: Final = "Mining"
STATUSES: Final = (
    "In Progress",
    "Planned",
    "Paused",
    "Complete",
    "Cancelled",
    "Class of Action Changed",
)
"""Status of a project. Complete refers to the tracked reviews and permits, not to construction."""


class Project(dy.Schema):
    """A mining project whose federal permits the dashboard tracks."""

    project_id = dy.String(primary_key=True, min_length=1, metadata=about("Project number on the dashboard"))
    name = dy.String(min_length=1, metadata=about("Title of the project"))
    category = dy.String(nullable=True, metadata=about("Covered or transparency project, as printed"))
    status = dy.String(min_length=1, metadata=about(f"Status of its permits: {', '.join(STATUSES)}"))
    sector_type = dy.String(nullable=True, metadata=about("Kind of mining project as printed"))
    state = dy.String(nullable=True, metadata=about("State, postal code"))
    county = dy.String(nullable=True, metadata=about("County as printed"))
    latitude = dy.Float64(nullable=True, min=13, max=72, metadata=about("Latitude, WGS 84", "degrees"))
    longitude = dy.Float64(nullable=True, min=-180, max=180, metadata=about("Longitude, WGS 84", "degrees"))
    sponsor = dy.String(nullable=True, metadata=about("Sponsor as printed"))
    lead_agency = dy.String(nullable=True, metadata=about("Agency that leads the review"))
    cost_usd = dy.Float64(
        nullable=True, min=0, max=1e13, metadata=about("Total estimated cost of the project", "USD")
    )
    url = dy.String(nullable=True, metadata=about("Page of the project on the dashboard"))


class Milestone(dy.Schema):
    """A step of a permit or review of a project."""

    milestone_id = dy.String(primary_key=True, min_length=1, metadata=about("Number on the dashboard"))
    project_id = dy.String(min_length=1, metadata=about("Project number on the dashboard"))
    action_id = dy.String(nullable=True, metadata=about("Number of the permit or review on the dashboard"))
    action = dy.String(nullable=True, metadata=about("Permit or review"))
    action_status = dy.String(nullable=True, metadata=about("Status of the permit or review as printed"))
    agency = dy.String(nullable=True, metadata=about("Responsible agency"))
    milestone = dy.String(nullable=True, metadata=about("Action required, as printed"))
    is_complete = dy.Bool(metadata=about("Marked as complete"))
    is_not_applicable = dy.Bool(metadata=about("Marked as not applicable"))
    target_date = dy.Date(
        nullable=True, metadata=about("Day on which it is due, by the alternative date if one is set")
    )
    baseline_date = dy.Date(nullable=True, metadata=about("Original due date"))
    actual_date = dy.Date(nullable=True, metadata=about("Day on which it was completed"))


PROJECT: Final = Table("fast41__project", Project, "project_id")
MILESTONE: Final = Table("fast41__milestone", Milestone, "milestone_id")

SOURCE: Final = Source(
    id="fast41",
    title="Federal Permitting Dashboard, mining projects",
    publisher="Federal Permitting Improvement Steering Council",
    homepage="https://www.permits.performance.gov",
    licence="US government work, public domain",
    citation="Federal Permitting Improvement Steering Council, Federal Permitting Dashboard, full data set",
    cadence="irregular",
    lag_days=30,
    drop_in="the projects and milestones of the Permitting Dashboard as exported (CSV)",
    tables=(PROJECT, MILESTONE),
    base_url="https://data.permits.performance.gov",
    note="Projects that applied or were designated, not all mines. No commodity or output is stated.",
)

# The publisher's portal. The data set q7va-8c67 is retired and returns 24,008 empty lines.
DATASET: Final = "mcm3-xbid"
QUERY: Final = (("accessType", "DOWNLOAD"),)
DAYS_BETWEEN: Final = 1
PROBED_BYTES: Final = 32 << 10
POLICY: Final = Policy(interval_s=1, read_s=180, max_bytes=256 << 20)
GATES: Final = Gates("csv", min_bytes=4 << 10, min_rows={PROJECT.name: 1})

_PROJECT: Final = {
    "project_id": "Project ID",
    "name": "Project",
    "category": "Project Category",
    "status": "Project Status",
    "sector_type": "Project Sector Type",
    "state": "Project Location State",
    "county": "Project Location County",
    "sponsor": "Project Sponsor",
    "lead_agency": "Project Lead Agency",
    "url": "Project Url",
}
_MILESTONE: Final = {
    "milestone_id": "Milestone ID",
    "project_id": "Project ID",
    "action_id": "Action ID",
    "action": "Action Type",
    "action_status": "Action Status",
    "agency": "Action Responsible Agency",
    "milestone": "Milestone Short Description",
}
_FLAGS: Final = {"is_complete": "Milestone Complete", "is_not_applicable": "Milestone NA"}
_TARGET, _ALTERNATIVE = "Milestone Target Completion Date", "Milestone Alternative Completion Date"
_BASELINE, _ACTUAL = "Milestone Baseline Completion Date", "Milestone Actual Completion Date"
_LATITUDE, _LONGITUDE = "Project Location Latitude", "Project Location Longitude"
_COST, _SECTOR, _STATED = "Total Estimated Project Cost", "Project Sector", "Last Data Fetched"
_NEEDED: Final = {
    *_PROJECT.values(),
    *_MILESTONE.values(),
    *_FLAGS.values(),
    *(_TARGET, _ALTERNATIVE, _BASELINE, _ACTUAL),
    *(_LATITUDE, _LONGITUDE, _COST, _SECTOR, _STATED),
}
_BOOLS: Final = {"true": True, "false": False}


def parse(path: Path, facts: FileFacts) -> Frames:
    """One row per mining project, and one row per milestone.

    Raises:
        ParseError: not the dashboard's table, cut off, no mining project, or an invalid date.
    """
    records = [record for record in _records(path, facts.name) if record[_SECTOR] == SECTOR]
    if not records:
        raise ParseError(f"{facts.name}: has no project in the sector {SECTOR}.")
    return _frames(records, facts.name)


def _records(path: Path, name: str) -> list[dict[str, str]]:
    header, lines = read_csv_text(name, path.read_bytes())
    _check(header, name)
    return [dict(zip(header, map(clean_text, line), strict=True)) for line in lines]


def _check(header: list[str], name: str) -> None:
    if missing := sorted(_NEEDED - set(header)):
        raise ParseError(
            f"{name}: is not the table of the Permitting Dashboard, or its data set is retired: "
            f"no column {missing[0]!r}{f' and {len(missing) - 1} others' if len(missing) > 1 else ''}."
        )


def _frames(records: list[dict[str, str]], name: str) -> Frames:
    projects: dict[str, dict[str, Any]] = {}
    milestones = []
    for record in records:
        projects.setdefault(record["Project ID"], _project(record))
        if record["Milestone ID"]:
            milestones.append(_milestone(record, name))
    return {
        PROJECT.name: pl.DataFrame(list(projects.values()), schema=PROJECT.dtypes),
        MILESTONE.name: pl.DataFrame(milestones, schema=MILESTONE.dtypes),
    }


def _project(record: Mapping[str, str]) -> dict[str, Any]:
    return {
        **{column: record[field] or None for column, field in _PROJECT.items()},
        "latitude": _number(record[_LATITUDE]),
        "longitude": _number(record[_LONGITUDE]),
        "cost_usd": _number(record[_COST].replace("$", "")),
    }


def _milestone(record: Mapping[str, str], name: str) -> dict[str, Any]:
    return {
        **{column: record[field] or None for column, field in _MILESTONE.items()},
        **{column: _BOOLS.get(record[field].casefold()) for column, field in _FLAGS.items()},
        "target_date": _day(record[_ALTERNATIVE], name) or _day(record[_TARGET], name),
        "baseline_date": _day(record[_BASELINE], name),
        "actual_date": _day(record[_ACTUAL], name),
    }


def _number(cell: str) -> float | None:
    """A number; a cell that is not a number refuses only its row."""
    try:
        return float(cell.replace(",", "")) if cell else None
    except ValueError:
        return math.nan


def _day(cell: str, name: str) -> date | None:
    """A date in the format of the export (MM/DD/YYYY) or of the API."""
    if not cell:
        return None
    try:
        if re.match(r"\d{4}-", cell):
            return date.fromisoformat(cell[:10])
        return datetime.strptime(cell[:10], "%m/%d/%Y").date()
    except ValueError:
        raise ParseError(f"{name}: {cell!r} is not a date.") from None


def plan(context: FetchContext) -> Iterator[RemoteFile]:
    """The whole table, once a day."""
    remote = _table(context)
    if not context.is_recent(remote, DAYS_BETWEEN):
        yield remote


def _table(context: FetchContext) -> RemoteFile:
    url = context.url("api/views", DATASET, "rows.csv")
    return RemoteFile("dashboard", f"{DATASET}.csv", url, QUERY)


def partition_of(_name: str) -> str | None:
    """The source has one partition: a file is the whole dashboard."""
    return "dashboard"


def stated_vintage(path: Path) -> date | None:
    """The day on which the portal compiled the table."""
    days = [_day(record[_STATED], path.name) for record in _records(path, path.name)]
    return max((day for day in days if day), default=None)


def probe(context: FetchContext) -> Probe:
    """Read the beginning of the table, with projects of any sector."""
    remote = _table(context)
    head = context.peek(remote.url, remote.params, 0, PROBED_BYTES).content
    parsed(_beginning, head, remote, SOURCE)
    return Probe()


def _beginning(path: Path, facts: FileFacts) -> Frames:
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    lines = list(csv.reader(io.StringIO(text, newline="")))
    header = [clean_text(field) for field in lines[0]] if lines else []
    _check(header, facts.name)
    whole = [line for line in lines[1:-1] if len(line) == len(header)]
    if not whole:
        raise ParseError(f"{facts.name}: has a header and no complete line.")
    return _frames([dict(zip(header, map(clean_text, line), strict=True)) for line in whole], facts.name)
