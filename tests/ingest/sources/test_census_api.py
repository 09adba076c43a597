"""US Census Bureau: annual imports by HTS10 and country."""

import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from ingest.contracts import FileFacts, ParseError, accept
from ingest.scope import headings
from ingest.sources import census_api
from ingest.sources.census_api import API_NAMES, IMPORTS_ANNUAL, parse
from ingest.starter.compile import HERE
from tests.ingest.live import NOW, refresh, rows
from tests.ingest.servers import Asked, Reply, serve

ROWS = [["1220", "8105206000", 14752907, 14752000, 411918, 28837], ["5700", "8112921000", 10, 0, 0, 0]]
HEADER = ["CTY_CODE", "GEN_VAL_YR", "CON_VAL_YR", "DUT_VAL_YR", "CAL_DUT_YR", "I_COMMODITY", "SUMMARY_LVL"]


def read(folder: Path, content: object, partition: str = "2024/81") -> pl.DataFrame:
    path = folder / "81.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return parse(path, FileFacts("81.json", partition, date(2026, 2, 19)))[IMPORTS_ANNUAL.name]


def test_rows_without_a_header_are_in_the_known_order(tmp_path: Path) -> None:
    verdict = accept(IMPORTS_ANNUAL, read(tmp_path, ROWS))
    assert verdict.refused.is_empty()
    assert verdict.rows.rows() == [(2024, *ROWS[0]), (2024, *ROWS[1])]


def test_the_api_header_places_the_columns(tmp_path: Path) -> None:
    texts = [[row[0], *map(str, row[2:]), row[1], "DET"] for row in ROWS]
    assert_frame_equal(read(tmp_path, [HEADER, *texts]), read(tmp_path, ROWS))


@given(values=st.lists(st.integers(0, 10**12), min_size=4, max_size=4))
def test_integers_are_kept_to_the_dollar(tmp_path_factory: pytest.TempPathFactory, values: list[int]) -> None:
    (row,) = read(tmp_path_factory.mktemp("census"), [["5700", "8105206000", *values]]).rows()
    assert list(row[3:]) == values


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["5700", "81052060", 1, 1, 0, 0], "hts10|regex"),
        (["5700", "8105206000", -1, 1, 0, 0], "general_value_usd|min"),
        (["5700", "8105206000", 1, 1, 2, 0], "dutiable_within_consumption"),
        (["5700", "8105206000", "n/a", 1, 0, 0], "general_value_usd|nullability"),
        ([None, "8105206000", 1, 1, 0, 0], "cty_code|nullability"),
    ],
)
def test_bad_rows_go_to_quarantine_with_a_reason(tmp_path: Path, row: list[object], reason: str) -> None:
    verdict = accept(IMPORTS_ANNUAL, read(tmp_path, [*ROWS, row]))
    assert verdict.rows.height == 2
    assert verdict.refused["_reason"].to_list() == [reason]


@pytest.mark.parametrize(
    ("content", "partition", "sentence"),
    [
        (ROWS, "2024", "year/chapter"),
        (ROWS, "2024/72", "not in chapter 72"),
        (json.dumps(ROWS)[:-20], "2024/81", "cut off"),
        ([], "2024/81", "not a JSON array"),
        ({"error": "missing key"}, "2024/81", "not a JSON array"),
        ("<html>Missing Key</html>", "2024/81", "not readable as JSON"),
        ([ROWS[0], ROWS[1][:5]], "2024/81", "not of 6 values"),
        ([ROWS[0], "8105206000"], "2024/81", "not of 6 values"),
        ([HEADER[:3], ["5700", 1, 1]], "2024/81", "are missing"),
    ],
)
def test_another_file_is_refused_in_a_sentence(
    tmp_path: Path, content: object, partition: str, sentence: str
) -> None:
    with pytest.raises(ParseError, match=sentence) as error:
        read(tmp_path, content, partition)
    assert str(error.value).startswith("81.json: ")


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        ({"MONTH": "06"}, "the answer states MONTH 06, but all of 2024 was requested"),
        ({"YEAR": "2023"}, "the answer states YEAR 2023, but all of 2024 was requested"),
        ({"time": "2024-06"}, "the answer states time 2024-06, but all of 2024 was requested"),
    ],
)
def test_an_answer_of_another_period_is_refused_with_the_period_it_states(
    tmp_path: Path, stated: dict[str, str], sentence: str
) -> None:
    texts = [[row[0], *map(str, row[2:]), row[1], "DET"] for row in ROWS]
    due = {"YEAR": "2024", "MONTH": "12", "time": "2024-12"}
    good = [[*HEADER, *due], *([*row, *due.values()] for row in texts)]
    assert read(tmp_path, good).height == 2
    with pytest.raises(ParseError, match=sentence):
        read(tmp_path, [good[0], good[1], [*texts[1], *(due | stated).values()]])


def test_country_groups_are_not_added_to_their_countries(tmp_path: Path) -> None:
    texts = [[row[0], *map(str, row[2:]), row[1], "DET"] for row in ROWS]
    groups = [[code, *texts[0][1:-1], "CGP"] for code in ("-", "0020", "1XXX")]
    assert_frame_equal(read(tmp_path, [HEADER, groups[0], *texts, *groups[1:]]), read(tmp_path, ROWS))


LINES = st.tuples(
    st.sampled_from(["1220", "2010", "5700", "5701", "-", "0014"]),
    st.integers(0, 10**8 - 1).map("81{:08d}".format),
    st.integers(0, 10**11),
)


@given(st.lists(LINES, min_size=1, max_size=4000, unique_by=lambda line: line[:2]), st.permutations(range(6)))
def test_every_line_of_a_chapter_is_read_wherever_its_columns_stand(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str, int]], order: list[int]
) -> None:
    """A chapter as the service returns it: text in every cell, predicates repeated, the code twice.

    A new country code is kept, so that the warehouse can report it.
    """
    names = [list(API_NAMES)[at] for at in order]
    body = []
    for country, code, value in lines:
        figures = {name: f"{value if name.endswith('VAL_YR') else 0}" for name in API_NAMES}
        cells = figures | {"CTY_CODE": country, "I_COMMODITY": code}
        body.append([*(cells[name] for name in names), "HS10", "DET", code, "2024", "12"])
    header = [*names, "COMM_LVL", "SUMMARY_LVL", "I_COMMODITY", "YEAR", "MONTH"]
    found = read(tmp_path_factory.mktemp("census"), [header, *body])
    columns = ["cty_code", "hts10", "general_value_usd", "consumption_value_usd"]
    assert sorted(found.select(columns).rows()) == sorted((*line, line[2]) for line in lines)


class Service:
    """The API over each chapter; ``slow`` prefixes never finish, nor do those that begin with ``dead``."""

    def __init__(self, *slow: str, dead: str = "none") -> None:
        self.slow, self.dead = set(slow), dead
        self.asked: list[str] = []
        chapters = sorted({heading[:2] for heading in headings()})
        self.codes = [
            f"{chapter}{third}{end:07d}" for chapter in chapters for third in "379" for end in range(25)
        ]

    def __call__(self, asked: Asked) -> Reply:
        prefix, year = asked.params["I_COMMODITY"].removesuffix("*"), asked.params["YEAR"]
        self.asked.append(f"{year}/{prefix}")
        if prefix in self.slow or prefix.startswith(self.dead):
            return Reply(b"timeout", 504, "text/plain", validators=False)
        found = [code for code in self.codes if code.startswith(prefix)]
        if not found:
            return Reply(status=204, validators=False)
        names = [*asked.params["get"].split(","), "COMM_LVL", "SUMMARY_LVL", "I_COMMODITY", "YEAR", "MONTH"]
        cells = dict.fromkeys(names, "7") | {"CTY_CODE": "5700", "YEAR": year, "MONTH": "12"}
        body = [list((cells | {"I_COMMODITY": code}).values()) for code in found]
        return Reply(json.dumps([list(cells), *body]).encode(), validators=False)


def test_a_slow_chapter_is_split_and_none_of_its_lines_is_lost(tmp_path: Path) -> None:
    chapters = {heading[:2] for heading in headings()}
    service = Service(min(chapters), "81", "813")
    with serve({"/imports/hs": service}) as server:
        outcome = refresh(census_api, tmp_path, server, key="secret")
    assert outcome.problems == ()
    assert sorted(rows(outcome, IMPORTS_ANNUAL.name).filter(year=2025)["hts10"]) == service.codes
    finer = [*(f"2025/81{digit}" for digit in range(10)), *(f"2025/813{digit}" for digit in range(10))]
    assert [asked for asked in service.asked if asked.startswith("2025/81")] == ["2025/81", *finer]


def test_a_chapter_that_is_always_slow_delays_no_other_and_comes_last_the_next_night(tmp_path: Path) -> None:
    chapters = sorted({heading[:2] for heading in headings()})
    first, parts = chapters[0], 2 * len(chapters)
    service = Service(first, dead=f"{first}3")
    with serve({"/imports/hs": service}) as server:
        night = refresh(census_api, tmp_path, server, key="secret")
        assert ["9 answers are kept" in problem for problem in night.problems] == [True, True]
        assert len({record.partition for record in night.records}) == parts - 2
        service.asked.clear()
        later = refresh(census_api, tmp_path, server, NOW + timedelta(days=8), key="secret")
        assert service.asked.index(f"2025/{first}") == parts - 2
        assert len(later.problems) == 2
        service.dead = "none"
        service.asked.clear()
        last = refresh(census_api, tmp_path, server, NOW + timedelta(days=9), key="secret")
    assert last.problems == ()
    asked = {asked.split("/")[1] for asked in service.asked}
    assert {prefix[:3] for prefix in asked} == {f"{first}3"}  # rows that have arrived are not requested again
    assert sorted(set(rows(last, IMPORTS_ANNUAL.name).filter(year=2025)["hts10"])) == service.codes


def test_a_night_that_asks_only_for_what_failed_leaves_the_source_live(tmp_path: Path) -> None:
    """Its other chapters were confirmed within the week, so no older data than before are served."""
    service = Service(dead="81")
    with serve({"/imports/hs": service}) as server:
        first = refresh(census_api, tmp_path, server, key="secret")
        service.asked.clear()
        second = refresh(census_api, tmp_path, server, NOW + timedelta(days=1), key="secret")
        assert {asked[5:7] for asked in service.asked} == {"81"}
        service.dead = ""  # no more responses arrive
        week = refresh(census_api, tmp_path, server, NOW + timedelta(days=8), key="secret")
    assert (first.mode, len(first.problems)) == ("live", 2)
    assert (second.mode, len(second.problems)) == ("live", 2)
    assert second.fetched_at == first.fetched_at == NOW
    assert (week.mode, week.fetched_at) == ("archived", NOW)


def test_a_request_for_all_periods_ignores_recent_confirmations(tmp_path: Path) -> None:
    service = Service()
    hour = timedelta(hours=1)
    with serve({"/imports/hs": service}) as server:
        refresh(census_api, tmp_path, server, key="secret")
        whole = sorted(service.asked)
        service.asked.clear()
        refresh(census_api, tmp_path, server, NOW + hour, key="secret")
        assert service.asked == []
        refresh(census_api, tmp_path, server, NOW + 2 * hour, key="secret", wide_window=True)
        assert sorted(service.asked) == whole
        service.asked.clear()
        # a round that continues from an earlier night repeats none of its requests
        refresh(
            census_api, tmp_path, server, NOW + 3 * hour, key="secret", wide_window=True, since=NOW + 2 * hour
        )
        assert service.asked == []
        refresh(
            census_api, tmp_path, server, NOW + 4 * hour, key="secret", wide_window=True, since=NOW + 3 * hour
        )
        assert sorted(service.asked) == whole


@pytest.mark.parametrize(("year", "total", "mexico"), [(2024, 167.2e6, 118.7e6), (2025, 177.9e6, 130.2e6)])
def test_fluorspar_and_its_first_supplier(year: int, total: float, mexico: float) -> None:
    """Imports for consumption of HTS 2529.21 and 2529.22, counted by hand in the files behind the starter."""
    kept = pl.read_parquet(HERE / f"{IMPORTS_ANNUAL.name}.parquet").filter(year=year)
    fluorspar = kept.filter(pl.col("hts10").str.contains("^25292[12]"))
    by_country = fluorspar.group_by("cty_code").agg(pl.col("consumption_value_usd").sum())
    assert by_country["consumption_value_usd"].sum() == pytest.approx(total, rel=1e-3)
    assert by_country.sort("consumption_value_usd").row(-1) == ("2010", pytest.approx(mexico, rel=1e-3))
