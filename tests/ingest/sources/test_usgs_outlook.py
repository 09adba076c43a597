"""World Minerals Outlook: units, bounds, idle plants, future years, the next release."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from ingest.contracts import FileFacts, ParseError, accept
from ingest.sources import usgs_outlook
from ingest.sources.usgs_outlook import HEADER, OUTLOOK, parse, partition_in, partition_of
from tests.ingest.live import refresh, rows
from tests.ingest.publishers.usgs_outlook import OUTLOOK_HEADER, OUTLOOK_ITEM, outlook, outlook_routes
from tests.ingest.servers import serve


def read(folder: Path, content: bytes) -> pl.DataFrame:
    path = folder / "outlook.csv"
    path.write_bytes(content)
    return parse(path, FileFacts(path.name, "2029", date(2025, 8, 29)))[OUTLOOK.name]


def test_a_line_keeps_its_unit_bound_and_note(tmp_path: Path) -> None:
    found = read(tmp_path, outlook())
    assert accept(OUTLOOK, found).refused.is_empty()
    assert found["outlook_to"].unique().to_list() == [2029]
    columns = ("data_year", "unit", "value", "qualifier", "value_low", "value_high", "is_outlook")
    canada = found.filter(commodity="Cobalt", region="Canada", measure="capacity").select(columns)
    assert canada.rows() == [(2024, "thousand metric tons", 6.5, "=", 6.5, 6.5, False)]
    korea = found.filter(commodity="Helium", region="South Korea", data_year=2024).select(columns)
    assert korea.rows() == [(2024, "million cubic meters", None, "<", 0.0, 0.5, False)]
    usa = found.filter(commodity="Lithium", region="United States").select(columns)
    assert usa.rows() == [(2024, "metric tons", None, "W", None, None, False)]
    years = found.filter(commodity="Cobalt", is_outlook=True)["data_year"].to_list()
    assert years == [2025, 2026, 2027, 2028, 2029]


def test_plants_that_stand_idle_are_rows_of_their_own(tmp_path: Path) -> None:
    found = read(tmp_path, outlook()).filter(commodity="Titanium").sort("plants")
    assert found.select("plants", "value").rows() == [("idled", 139.0), ("operating", 351.0)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (OUTLOOK_HEADER.replace("Quantity", "Amount").encode() + b"\n", "columns are"),
        ((",".join(HEADER) + "\n").encode(), "no future year"),
        (outlook().replace(b"outlook", b"estimated"), "no future year"),
        (outlook().replace(b",2019,", b",2019-20,", 1), "is not a year"),
        (outlook().replace(b"Cited,,,", b"Cited,,,7", 1), "without a name has values"),
        (outlook()[:-9], "the last line is incomplete"),
        (b"\n" * 24_008, "columns are"),
    ],
)
def test_another_file_is_refused_in_one_sentence(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        read(tmp_path, content)


def test_the_last_year_names_the_release(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(outlook(2031))
    assert partition_in(path) == "2031"
    assert partition_of("rare_earths_outlook_to_2029.csv") == "2029"
    assert partition_of("data.csv") is None


def test_the_next_release_is_read_from_its_own_item_with_its_own_years(tmp_path: Path) -> None:
    """Another item, another title and other years are handled without manual work."""
    first = {OUTLOOK_ITEM: ("World Minerals Outlook to 2029", "2025-08-29", outlook())}
    following = first | {"5f00c0de": ("World minerals outlook through 2031", "2027-03-01", outlook(2031))}
    with serve(outlook_routes(first)) as server:
        before = refresh(usgs_outlook, tmp_path, server)
        server.routes = outlook_routes(following)
        after = refresh(usgs_outlook, tmp_path, server, datetime(2027, 3, 20, tzinfo=UTC))
    assert (before.mode, before.problems) == ("live", ())
    assert (after.mode, after.problems, after.changed) == ("live", (), True)
    held = rows(after, OUTLOOK.name)
    assert set(held["outlook_to"]) == {2029, 2031}
    newest = held.filter(outlook_to=2031, is_outlook=True, commodity="Cobalt")
    assert newest["data_year"].to_list() == [2027, 2028, 2029, 2030, 2031]
    assert {record.partition for record in after.records} == {"2029", "2031"}


def test_after_an_empty_search_the_known_release_is_downloaded(tmp_path: Path) -> None:
    known = {OUTLOOK_ITEM: ("Data release", "2025-08-29", outlook())}
    with serve(outlook_routes(known)) as server:
        outcome = refresh(usgs_outlook, tmp_path, server)
    assert (outcome.mode, outcome.problems) == ("live", ())


def test_the_release_of_2025_shows_what_it_states(shared_data: Path) -> None:
    path = shared_data / "usgs_outlook" / "rare_earths_outlook_to_2029.csv"
    if not path.is_file():
        pytest.skip("the outlook is not among the real files next to this checkout")
    found = parse(path, FileFacts(path.name, "2029", date(2025, 8, 29)))[OUTLOOK.name]
    assert accept(OUTLOOK, found).refused.is_empty()
    assert found.height == 703
    canada = found.filter(commodity="Cobalt", region="Canada", data_year=2024).sort("measure")
    assert canada.select("measure", "value", "unit").rows() == [
        ("capacity", 6.5, "thousand metric tons"),
        ("production", 4500.0, "metric tons"),
    ]
