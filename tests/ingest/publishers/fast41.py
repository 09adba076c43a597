"""US Permitting Council: its answers as documented."""

import csv
import io
from datetime import datetime
from zlib import crc32

from tests.ingest.servers import Reply, Routes

FAST41_HEADER = (
    "Project Canonical,Project ID,Project,Project Lead Agency,Project Lead Agency Bureau,Project Category,"
    "Project Status,Project Sector,Project Sector Type,Project Location Full Address,Project Location State,"
    "Project Location Street Address,Project Location City,Project Location County,Project Location Zipcode,"
    "Project Pause Start,Project Pause End,Project Location Latitude,Project Location Latlong,"
    "Project Location Longitude,Environmental and Community Outcomes Applicable Changes,"
    "Environmental and Community Outcomes Summary,Environmental and Community Outcomes Explanation,"
    "Environmental and Community Outcomes Category,Total Estimated Project Cost,Project FIN Date,"
    'Major Project,Project Original Completion Date,Project Url,"Project Large, Complex, or Significant",'
    "Project Reference Id,Project Sponsor,Action Canonical,Action ID,Action Type,Action Status,"
    "Action Responsible Agency,Action Description,Action Agency Status,Action Resp Agency Declined,"
    "Action Justification Paused Title,Action Justification Paused URL,Action Pause Start,Action Pause End,"
    "Action Identifier,Action Outcome,Action Conditional Target Date,Dependency Action,Dependency Action ID,"
    "Milestone ID,Milestone Type,Dependencies,Milestone Group,Milestone Short Description,Milestone Details,"
    "Milestone NA,Milestone Target Completion Date,Milestone Actual Completion Date,"
    "Milestone Baseline Completion Date,Dependency Milestone ID,Dependency Milestone,"
    "Action Optional Milestone,Action Milestone Classification,Action Final Milestone,"
    "Action Triggering Milestone,Action Triggering Milestone Weight,Milestone Complete,"
    "Milestone Current Target Date Value within 31 to 60 Days,Milestone Alternative Completion Date,"
    "Milestone Nonconformace Enabled,Milestone Reason for Date Change,Last Data Fetched,"
    "Action Reference Id,Unique id"
)
FAST41_TABLE = "/api/views/mcm3-xbid/rows.csv"


def fast41_line(project: str, milestone: int = 1, **cells: str) -> dict[str, str]:
    """A milestone of a mining project, by column of the export; columns that are not given are empty."""
    return {
        "Project Canonical": "true" if milestone == 1 else "false",
        "Project ID": f"{crc32(project.encode()) % 90_000 + 10_000}",
        "Project": project,
        "Project Lead Agency": "Department of the Interior",
        "Project Lead Agency Bureau": "Bureau of Land Management",
        "Project Category": "FAST-41 Transparency Projects",
        "Project Status": "In Progress",
        "Project Sector": "Mining",
        "Project Sector Type": "Mining",
        "Project Location State": "NV",
        "Project Location County": "Esmeralda",
        "Project Location Latitude": "37.7517",
        "Project Location Latlong": "POINT (-117.639 37.7517)",
        "Project Location Longitude": "-117.639",
        "Total Estimated Project Cost": "$1,537,000,000.00",
        "Project Url": "https://www.permits.performance.gov/permitting-project/x",
        "Project Sponsor": "A sponsor",
        "Action ID": "75286",
        "Action Type": "Environmental Impact Statement (EIS)",
        "Action Status": "In Progress",
        "Action Responsible Agency": "Bureau of Land Management",
        "Milestone ID": f"{crc32(project.encode()) % 90_000 + 10_000}{milestone:03d}",
        "Milestone Short Description": f"Step {milestone} (Agency Action)",
        "Milestone NA": "false",
        "Milestone Target Completion Date": f"0{milestone % 9 + 1}/15/2027",
        "Milestone Baseline Completion Date": f"0{milestone % 9 + 1}/01/2027",
        "Milestone Complete": "false",
        "Last Data Fetched": "09/12/2026",
        **cells,
    }


def fast41_csv(lines: list[dict[str, str]]) -> bytes:
    """The export of the whole dashboard."""
    names = next(csv.reader([FAST41_HEADER]))
    content = io.StringIO()
    writer = csv.DictWriter(content, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return content.getvalue().encode()


def routes(_now: datetime) -> Routes:
    """Mining projects of six steps each, among projects of another sector."""
    names = (
        "Resolution Copper",
        "Silver Peak Lithium",
        "A Nickel Refinery",
        "Stibnite Gold",
        "Graphite Creek",
    )
    lines = [
        fast41_line(f"{name} {n}", milestone) for name in names for n in range(4) for milestone in range(1, 7)
    ]
    lines += [fast41_line(f"Bridge {n}", **{"Project Sector": "Surface Transportation"}) for n in range(60)]
    return {FAST41_TABLE: Reply(fast41_csv(lines), content_type="text/csv")}
