"""Feeds and calendar: stable ids, identical bytes for identical figures, and the entries."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import duckdb
import icalendar
import jsonschema
import pytest
from lxml import etree

from tests.orchestration.small_publication import contracts
from tests.warehouse.conftest import build, fill, publish_small
from warehouse.feed import FEEDS, write
from warehouse.feed.entries import FOLDER

SOURCE = (
    "insert into meta.source_status values ('census_api', '2026-01-01', '2026-02-25', 'Census', '2026-04-07')"
)
ATOM = "{http://www.w3.org/2005/Atom}"


def published(path: Path, *statements: str, built: str = "2026-03-01 03:15:00") -> Path:
    """A published file with the tables that the feed reads; contract columns without a value are null."""
    with duckdb.connect(str(path)) as con:
        con.execute("create schema core; create schema marts; create schema meta")
        con.execute(f"create table meta.build_info as select timestamp '{built}' as built_at")
        for table in ("policy_calendar", "revisions"):
            columns = ", ".join(f"{name} {kind}" for name, kind in contracts()[table].items())
            con.execute(f"create table marts.{table} ({columns})")
        con.execute(
            """
            create table meta.source_status (source_id varchar, newest_period date, vintage date,
                citation varchar, expected_next date);
            create table meta.data_quality (check_id varchar, table_name varchar, passed boolean,
                message varchar, last_run timestamp);
            create table core.fct_tariff (hts8 varchar, valid_from date, hts_release varchar,
                mineral_ids varchar, mfn_rate_text varchar, special_rate_text varchar,
                footnote_chapter99_codes varchar, source_id varchar);
            create table core.fct_reference_price (source_id varchar, series_id varchar, mineral_id varchar,
                stage varchar, period date, period_type varchar, basis varchar, usd_per_kg double);
            create table core.dim_facility (facility_id varchar, source_id varchar, name varchar,
                country_iso3 varchar, subdivision varchar, stage varchar, phase varchar, is_on_hold boolean,
                commodities varchar, url varchar, vintage date);
            """
        )
        for statement in statements:
            con.execute(statement)
    return path


def event(status: str = "in_force", next_date: str = "2026-03-31") -> str:
    return (
        "insert into marts.policy_calendar (event_id, title, kind, announced, next_date, status,"
        " last_known_status, known_through, source_id, minerals) values"
        f" ('chn_x', 'China: licences for x', 'export_control', '2026-02-01', '{next_date}', '{status}',"
        f" '{status}', '2026-02-20', 'policy_events', 'cobalt')"
    )


def facilities(vintage: str, *stated: str, source_id: str = "nrcan_projects") -> str:
    """A list of facilities, each given as ``name: phase stage``, followed by ``!`` if it is on hold."""
    rows = []
    for facility in stated:
        name, _, state = facility.partition(": ")
        phase, _, stage = state.rstrip("!").partition(" ")
        rows.append(
            f"('{source_id}:{name.lower()}', '{source_id}', '{name}', 'CAN', 'Yukon', '{stage}', '{phase}',"
            f" {state.endswith('!')}, 'Tungsten', null, '{vintage}')"
        )
    return f"insert into core.dim_facility values {', '.join(rows)}"


def entries(folder: Path) -> dict[str, dict[str, object]]:
    return {item["tags"][0]: item for item in json.loads((folder / "feed.json").read_bytes())["items"]}


def written(folder: Path, file: Path, earlier: Path | None = None, before: Path | None = None) -> Path:
    folder.mkdir()
    write(folder, file, earlier, before)
    return folder


@pytest.mark.parametrize(
    ("measure", "unit", "old", "new", "title", "detail"),
    [
        (
            "imports_t",
            "t",
            270000,
            310000,
            "imports revised by more than 10 %",
            "270,000 to 310,000 t (+15 %)",
        ),
        (
            "exports_t",
            "t",
            1.2e6,
            13.6e6,
            "exports revised by more than 10 %",
            "1,200,000 to 13,600,000 t (+1,033 %)",
        ),
        (
            "production_t",
            "t",
            0.032,
            0.0636,
            "production revised by more than 10 %",
            "0.032 to 0.0636 t (+99 %)",
        ),
        (
            *("net_import_reliance_pct", "%", 48, 64),
            *("net import reliance revised by more than 10 points", "48 to 64 % (+16 points)"),
        ),
        (
            *("net_import_reliance_pct", "%", -263.3, -24.2),
            *("net import reliance revised by more than 10 points", "-263 to -24 % (+239 points, computed)"),
        ),
        ("net_import_reliance_pct", "%", -1.32, -1.09, None, None),
        ("imports_t", "t", 100, 109, None, None),
    ],
)
def test_a_revision_is_named_by_its_measure_in_its_own_unit(  # noqa: PLR0917
    tmp_path: Path, measure: str, unit: str, old: float, new: float, title: str | None, detail: str | None
) -> None:
    pct = 100 * (new - old) / abs(old)
    file = published(
        tmp_path / "new.duckdb",
        "insert into marts.revisions (table_name, key, vintage_to, mineral_id, measure, unit, old_value,"
        " new_value, change_pct, source_id) values ('core.fct_net_import_reliance', 'clays|2024',"
        f" '2026-02-06', 'clays', '{measure}', '{unit}', {old}, {new}, {pct}, 'usgs_mcs')",
    )
    found = entries(written(tmp_path / "feed", file, None)).get("revision")
    if title is None:
        assert found is None
    else:
        assert found is not None
        assert found["title"] == f"Clays: 1 figure of {title}"
        assert found["content_text"] == f"clays 2024: {detail}"


def test_each_kind_of_change_is_an_entry(tmp_path: Path) -> None:
    quality = (
        "insert into meta.data_quality values ('a_check', 'marts.x', {}, 'two rows', '2026-03-01 03:10')"
    )
    old = published(
        tmp_path / "old.duckdb",
        event(),
        quality.format("true"),
        facilities("2026-01-20", "Mactung: advanced mine"),
    )
    new = published(
        tmp_path / "new.duckdb",
        event("ended"),
        quality.format("false"),
        SOURCE,
        facilities("2026-02-20", "Mactung: operating mine"),
        *(
            "insert into marts.revisions (table_name, key, vintage_to, mineral_id, measure, unit, old_value,"
            " new_value, change_pct, source_id) values ('core.fct_production', 'a|2024', '2026-02-06',"
            f" 'cobalt', 'production_t', 't', 100, {100 + change}, {change}, 'usgs_mcs')"
            for change in (50, 5)
        ),
        "insert into core.fct_tariff values"
        " ('26050000', '2026-01-01', '2026_basic', 'cobalt', 'Free', '', '', 'usitc_hts'),"
        " ('26050000', '2026-02-24', '2026_rev_4', 'cobalt', '5%', '', '', 'usitc_hts')",
        "insert into core.fct_reference_price values"
        " ('wb', 's', 'cobalt', 'refined_metal', '2025-01-01', 'year', 'metal', 20),"
        " ('wb', 's', 'cobalt', 'refined_metal', '2024-01-01', 'year', 'metal', 10)",
    )
    found = entries(written(tmp_path / "feed", new, old))
    assert found.keys() == {file.stem for file in FOLDER.glob("*.sql")}
    assert found["revision"]["title"] == "Cobalt: 1 figure of production revised by more than 10 %"
    assert found["revision"]["_minerals"]["from"] == "100.0"  # type: ignore[index]
    assert found["deadline"]["title"] == "30 days to 31 March 2026: China: licences for x"
    assert found["price_jump"]["title"] == "Cobalt (refined): +100 % in a year, to 20 USD/kg in 2025"
    assert found["tariff"]["content_text"] == "26050000 (cobalt): Free to 5%"
    assert found["facility_changed"]["title"] == "Mactung (Yukon, CAN): now operating, mine"
    assert found["facility_changed"]["_minerals"]["from"] == "advanced, mine"  # type: ignore[index]
    assert found["status_changed"]["_minerals"]["to"] == "ended"  # type: ignore[index]
    atom = ET.fromstring((tmp_path / "feed" / "feed.atom").read_bytes())  # noqa: S314
    assert len(atom.findall(f"{ATOM}entry")) == len(found)


def facility_items(folder: Path) -> list[dict[str, str]]:
    items = json.loads((folder / "feed.json").read_bytes())["items"]
    return [item for item in items if item["tags"] == ["facility_changed"]]


def test_two_vintages_of_a_list_of_projects_are_compared(tmp_path: Path) -> None:
    """Changed, suspended, new and removed facilities; unchanged ones and a second run make no entry."""
    before = facilities(
        "2026-01-20", "A: advanced mine", "B: operating mine", "C: advanced processing", "D: operating mine"
    )
    after = facilities(
        "2026-02-20", "A: operating mine", "B: operating mine!", "D: operating mine", "E: advanced mine"
    )
    old = published(tmp_path / "old.duckdb", before)
    new = published(tmp_path / "new.duckdb", after)
    first = written(tmp_path / "first", new, old)
    found = facility_items(first)
    assert {item["title"] for item in found} == {
        "A (Yukon, CAN): now operating, mine",
        "B (Yukon, CAN): now operating, mine, on hold",
        "C (Yukon, CAN): listed no more",
        "E (Yukon, CAN): newly listed, advanced, mine",
    }
    again = written(tmp_path / "again", published(tmp_path / "same.duckdb", after), new, first)
    assert {item["id"] for item in facility_items(again)} == {item["id"] for item in found}
    assert facility_items(written(tmp_path / "other", new, old)) == found


def test_a_list_that_was_not_held_before_or_has_no_new_day_makes_no_entry(tmp_path: Path) -> None:
    old = published(tmp_path / "old.duckdb", facilities("2026-01-20", "A: advanced mine"))
    same_day = published(
        tmp_path / "new.duckdb",
        facilities("2026-01-20", "A: operating mine"),
        facilities("2026-09-12", "F: permitting mine", source_id="fast41"),
    )
    assert facility_items(written(tmp_path / "feed", same_day, old)) == []


def test_a_list_without_phases_makes_one_entry(tmp_path: Path) -> None:
    """A release of thousands of sites would push all other entries out of the feed."""
    sites = [f"S{n}: not_stated mine" for n in range(400)]
    old = published(tmp_path / "old.duckdb", facilities("2025-09-01", *sites[:300], source_id="icmm_sites"))
    new = published(tmp_path / "new.duckdb", facilities("2026-07-01", *sites[5:], source_id="icmm_sites"))
    found = facility_items(written(tmp_path / "feed", new, old))
    assert [item["title"] for item in found] == [
        "Sites of icmm_sites: 100 newly listed, 5 listed no more, 0 of another kind"
    ]


@pytest.mark.parametrize(
    ("today", "days"), [("2026-03-01", 1), ("2026-03-24", 2), ("2026-03-30", 3), ("2026-04-01", 0)]
)
def test_a_deadline_is_announced_30_7_and_1_days_before(tmp_path: Path, today: str, days: int) -> None:
    file = published(tmp_path / "new.duckdb", event(), built=f"{today} 03:15:00")
    items = json.loads((written(tmp_path / "feed", file) / "feed.json").read_bytes())["items"]
    assert sum(item["tags"] == ["deadline"] for item in items) == days


def test_the_same_figures_give_the_same_bytes_and_no_new_entry(tmp_path: Path) -> None:
    one = published(tmp_path / "one.duckdb", event())
    two = published(tmp_path / "two.duckdb", event(), built="2026-03-02 04:00:00")
    first = written(tmp_path / "first", one)
    again = written(tmp_path / "again", two, one, first)
    elsewhere = written(tmp_path / "elsewhere", two)
    for name in FEEDS:
        assert (
            (first / name).read_bytes() == (again / name).read_bytes() == (elsewhere / name).read_bytes()
        ), name


def test_the_price_of_phosphorus_is_not_that_of_a_metal(tmp_path: Path) -> None:
    new = published(
        tmp_path / "new.duckdb",
        "insert into core.fct_reference_price values"
        " ('wb', 's', 'phosphate', 'refined_metal', '2025-01-01', 'year', 'metal', 20),"
        " ('wb', 's', 'phosphate', 'refined_metal', '2024-01-01', 'year', 'metal', 10)",
    )
    [entry] = entries(written(tmp_path / "feed", new)).values()
    assert entry["title"] == "Phosphate (refined): +100 % in a year, to 20 USD/kg in 2025"


def test_an_entry_stays_when_the_next_publication_has_no_news(tmp_path: Path) -> None:
    before = published(tmp_path / "before.duckdb", event())
    new = published(tmp_path / "new.duckdb", event("ended"))
    first = written(tmp_path / "first", new, before)
    second = written(tmp_path / "second", published(tmp_path / "next.duckdb", event("ended")), new, first)
    assert "status_changed" in entries(second)
    assert (first / "feed.atom").read_bytes() == (second / "feed.atom").read_bytes()


def test_the_calendar_is_read_by_a_calendar_program(tmp_path: Path) -> None:
    file = published(
        tmp_path / "new.duckdb",
        event(),
        SOURCE,
    )
    calendar = icalendar.Calendar.from_ical((written(tmp_path / "feed", file) / "calendar.ics").read_bytes())
    days = {str(one["summary"]): one.decoded("dtstart") for one in calendar.walk("VEVENT")}
    assert days == {
        "China: licences for x": date(2026, 3, 31),
        "Next figures of census_api are due": date(2026, 4, 7),
    }
    stamps = [one.decoded("dtstamp") for one in calendar.walk("VEVENT")]
    assert all(isinstance(stamp, datetime) for stamp in stamps)
    assert len({str(one["uid"]) for one in calendar.walk("VEVENT")}) == len(days)


def test_every_publication_has_its_feeds(home: Path) -> None:
    first = publish_small(home, build())
    fill(home, value=20.0)
    second = publish_small(home, build(day=2))
    for folder in (first.folder, second.folder):
        assert all((folder / name).is_file() for name in FEEDS)
    assert list(_ids(first.folder)) == list(_ids(second.folder))


def _ids(folder: Path) -> Iterator[str]:
    for item in json.loads((folder / "feed.json").read_bytes())["items"]:
        yield item["id"]


@pytest.fixture(params=["with entries", "without"])
def feeds(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The three files of a publication whose words need escaping, and of one without news."""
    if request.param == "without":
        return written(tmp_path / "feed", published(tmp_path / "new.duckdb"))
    awkward = event().replace("China: licences for x", 'Ünïcode & <b>, "quotes"; a\\b, ' + "long " * 30)
    old = published(tmp_path / "old.duckdb", facilities("2026-01-20", "Mactung: advanced mine"))
    new = published(
        tmp_path / "new.duckdb", awkward, SOURCE, facilities("2026-02-20", "Mactung: operating mine")
    )
    return written(tmp_path / "feed", new, old)


def atom_faults(content: bytes) -> list[str]:
    schema = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
    schema.validate(etree.fromstring(content))
    return [str(fault) for fault in schema.error_log]


def json_feed_faults(content: bytes) -> list[str]:
    schema = json.loads(Path(__file__).with_name("json_feed.schema.json").read_bytes())
    return [
        fault.message for fault in jsonschema.Draft202012Validator(schema).iter_errors(json.loads(content))
    ]


def calendar_faults(content: bytes) -> list[str]:
    """The requirements of RFC 5545 on every calendar and event: sections 3.1, 3.4 and 3.6."""
    lines = content.split(b"\r\n")
    faults = [f"bare line end: {line!r}" for line in lines if b"\n" in line or b"\r" in line]
    faults += [f"longer than 75 bytes: {line!r}" for line in lines if len(line) > 75]
    calendar = icalendar.Calendar.from_ical(content)
    faults += [f"no {name}" for name in ("prodid", "version") if name not in calendar]
    for one in calendar.walk("VEVENT"):
        faults += [f"no {name}: {one['uid']}" for name in ("uid", "dtstamp", "dtstart") if name not in one]
        if one.errors or one.decoded("dtend") <= one.decoded("dtstart"):
            faults.append(f"{one['uid']}: {one.errors}")
    return faults


def test_the_feeds_keep_to_their_specifications(feeds: Path) -> None:
    assert atom_faults((feeds / "feed.atom").read_bytes()) == []
    assert json_feed_faults((feeds / "feed.json").read_bytes()) == []
    assert calendar_faults((feeds / "calendar.ics").read_bytes()) == []


@pytest.mark.parametrize(
    ("whole", "broken"),
    [
        (b"<published>", b"<issued>"),
        (b"T00:00:00+00:00</updated>", b"</updated>"),
        (b"<id>urn:uuid:", b"<id>"),
        (b'<category term="new_period"/>', b"<category/>"),
    ],
)
def test_a_feed_that_breaks_rfc_4287_is_detected(tmp_path: Path, whole: bytes, broken: bytes) -> None:
    content = (
        written(tmp_path / "feed", published(tmp_path / "new.duckdb", SOURCE)) / "feed.atom"
    ).read_bytes()
    tags = (whole, broken), (whole.replace(b"<", b"</"), broken.replace(b"<", b"</"))
    feed = content
    for old, new in tags if whole == b"<published>" else tags[:1]:
        assert old in content
        feed = feed.replace(old, new)
    assert atom_faults(feed)


def test_a_json_feed_or_calendar_that_breaks_its_specification_is_detected(tmp_path: Path) -> None:
    folder = written(tmp_path / "feed", published(tmp_path / "new.duckdb", SOURCE))
    feed, calendar = ((folder / name).read_bytes() for name in ("feed.json", "calendar.ics"))
    assert json_feed_faults(feed.replace(b'"content_text"', b'"content"'))
    assert json_feed_faults(feed.replace(b"T00:00:00+00:00", b""))
    assert calendar_faults(calendar.replace(b"\r\n", b"\n"))
    assert calendar_faults(calendar.replace(b"PRODID:-", b"PRODID:" + b"-" * 80))
