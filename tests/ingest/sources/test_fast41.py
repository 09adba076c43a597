"""Mining projects of the Permitting Dashboard: milestones, other sectors, a retired address, dates."""

import re
from datetime import date
from pathlib import Path

import pytest

from ingest.contracts import FileFacts, Frames, ParseError, accept
from ingest.sources import fast41
from ingest.sources.fast41 import MILESTONE, PROJECT, parse, stated_vintage
from tests.ingest import publishers
from tests.ingest.live import NOW, refresh, rows
from tests.ingest.publishers.fast41 import FAST41_TABLE, fast41_csv, fast41_line
from tests.ingest.servers import Reply, serve

RETIRED = b"\n" * 24_008
"""The response from the address of the data set q7va-8c67, with status 200."""
SPECIMENS = {
    FileFacts("mcm3-xbid.csv", "dashboard", date(2026, 9, 12)): fast41_csv(
        [fast41_line("Silver Peak Lithium", n) for n in range(1, 30)]
    )
}


def read(folder: Path, content: bytes) -> Frames:
    path = folder / "dashboard.csv"
    path.write_bytes(content)
    return parse(path, FileFacts(path.name, "dashboard", date(2026, 9, 12)))


def test_a_project_is_one_row_and_each_of_its_milestones_is_one(tmp_path: Path) -> None:
    lines = [
        fast41_line("Silver Peak Lithium", 1, **{"Milestone Complete": "true", "Milestone NA": "false"}),
        fast41_line("Silver Peak Lithium", 2, **{"Milestone Details": "two\nlines, basic_html"}),
        fast41_line("A bridge", 1, **{"Project Sector": "Surface Transportation"}),
    ]
    found = read(tmp_path, fast41_csv(lines))
    projects, milestones = found[PROJECT.name], found[MILESTONE.name]
    assert accept(PROJECT, projects).refused.is_empty()
    assert accept(MILESTONE, milestones).refused.is_empty()
    assert projects.select("name", "state", "latitude", "longitude", "cost_usd").rows() == [
        ("Silver Peak Lithium", "NV", 37.7517, -117.639, 1.537e9)
    ]
    assert milestones.select("is_complete", "target_date", "baseline_date").rows() == [
        (True, date(2027, 2, 15), date(2027, 2, 1)),
        (False, date(2027, 3, 15), date(2027, 3, 1)),
    ]


def test_an_alternative_date_is_the_target(tmp_path: Path) -> None:
    line = fast41_line("A mine", 1, **{"Milestone Alternative Completion Date": "05/02/2028"})
    assert read(tmp_path, fast41_csv([line]))[MILESTONE.name]["target_date"].to_list() == [date(2028, 5, 2)]


def test_a_project_without_a_milestone_is_kept(tmp_path: Path) -> None:
    found = read(tmp_path, fast41_csv([fast41_line("A mine", 1, **{"Milestone ID": ""})]))
    assert (found[PROJECT.name].height, found[MILESTONE.name].height) == (1, 0)


def test_a_cost_that_is_not_a_number_refuses_only_its_project(tmp_path: Path) -> None:
    lines = [fast41_line("A"), fast41_line("B", **{"Total Estimated Project Cost": "about a billion"})]
    assert accept(PROJECT, read(tmp_path, fast41_csv(lines))[PROJECT.name]).rows["name"].to_list() == ["A"]


WHOLE = fast41_csv([fast41_line("A mine", n) for n in range(1, 9)])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (RETIRED, "its data set is retired: no column 'Action ID'"),
        (fast41_csv([]), "has no project in the sector Mining"),
        (WHOLE[: len(WHOLE) // 2], "cut short"),
        (WHOLE.replace(b"Project Sector,", b"Sector,"), "no column 'Project Sector'."),
        (WHOLE.replace(b"02/15/2027", b"2/30/27   "), "is not a date"),
    ],
)
def test_another_answer_is_refused_in_one_sentence(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=re.escape(message)):
        read(tmp_path, content)


def test_the_retired_address_leaves_the_projects_in_force(tmp_path: Path) -> None:
    with serve(publishers.fast41.routes(NOW)) as server:
        before = refresh(fast41, tmp_path, server)
        server.routes = {FAST41_TABLE: Reply(RETIRED, content_type="text/csv", validators=False)}
        after = refresh(fast41, tmp_path, server, NOW.replace(month=12))
    assert (before.mode, before.problems) == ("live", ())
    assert after.problems
    assert rows(after, PROJECT.name).height == rows(before, PROJECT.name).height == 20
    assert rows(after, MILESTONE.name).height == 120


def test_the_day_of_the_table_is_its_own(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(WHOLE)
    assert stated_vintage(path) == date(2026, 9, 12)
