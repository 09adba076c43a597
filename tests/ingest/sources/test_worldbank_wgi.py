import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from ingest.contracts import FileFacts, ParseError, accept
from ingest.sources import worldbank_wgi
from ingest.sources.worldbank_wgi import INDICATOR, SHEETS, parse
from tests.ingest.live import refresh, rows
from tests.ingest.servers import ANY, Asked, Reply, serve

FACTS = FileFacts("wgi", "2023", date(2023, 9, 29))

HEAD = [
    ["Some indicator"],
    [],
    [None, None, 1996, 1996, 1998, 1998],
    ["Country/Territory", "Code", "Estimate", "Rank", "Estimate", "Rank"],
]
BODY = [["Aruba", "ABW", "#N/A", "#N/A", 0.5, 70], ["Chile", "CHL", 1.25, 80, "#N/A", "#N/A"]]


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, cells in sheets.items():
            page = book.add_worksheet(name)
            for at, row in enumerate(cells):
                page.write_row(at, 0, row)
    return path


def answered(tmp_path: Path, answer: object) -> Path:
    path = tmp_path / "wgi.json"
    path.write_text(json.dumps(answer))
    return path


def api_row(iso3: str, year: str, value: float | None) -> dict[str, Any]:
    return {
        "indicator": {"id": "GOV_WGI_GE.EST", "value": "Government Effectiveness: Estimate"},
        "country": {"id": iso3[:2], "value": iso3},
        "countryiso3code": iso3,
        "date": year,
        "value": value,
    }


def test_the_workbook_gives_estimates_under_their_years(tmp_path: Path) -> None:
    path = workbook(tmp_path / "wgi.xlsx", dict.fromkeys(SHEETS, HEAD + BODY))
    frame = parse(path, FACTS)[INDICATOR.name]
    assert accept(INDICATOR, frame).refused.is_empty()
    assert sorted(frame.filter(pl.col("indicator") == "GE").rows()) == [
        ("ABW", "GE", 1998, 0.5),
        ("CHL", "GE", 1996, 1.25),
    ]
    assert set(frame["indicator"]) == {"GE", "RL", "PV", "CC", "RQ", "VA"}


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([*HEAD[:2], HEAD[3], *BODY], "no years"),
        ([*HEAD[:3], *BODY], "no header"),
        ([*HEAD, ["Chile", "CHL", "high", 80, 1, 2]], "not numbers"),
        ([*HEAD[:2], [None, None, 1996, 1996, 1996, 1996], HEAD[3], *BODY], "a year twice"),
    ],
)
def test_a_sheet_of_another_shape_is_refused(tmp_path: Path, cells: list[list[Any]], message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse(workbook(tmp_path / "wgi.xlsx", dict.fromkeys(SHEETS, cells)), FACTS)


def test_a_workbook_without_its_sheets_or_cut_off_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "wgi.xlsx", {"RuleofLaw": HEAD + BODY})
    with pytest.raises(ParseError, match="sheets missing"):
        parse(path, FACTS)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(ParseError, match="not a readable workbook"):
        parse(path, FACTS)


def test_a_page_of_the_api(tmp_path: Path) -> None:
    path = answered(
        tmp_path, [{"page": 1, "pages": 1}, [api_row("USA", "2024", 1.2), api_row("CAN", "2024", None)]]
    )
    assert parse(path, FACTS)[INDICATOR.name].rows() == [("USA", "GE", 2024, 1.2)]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            [{"message": [{"id": "175", "key": "Invalid format", "value": "The indicator was not found."}]}],
            "not found",
        ),
        ([{"page": 1, "pages": 3}, [api_row("USA", "2024", 1.2)]], "one page of 3"),
        ([{"page": 1, "pages": 1}, None], "not an answer"),
        ([{"page": 1, "pages": 1}, [api_row("USA", "2024", None)]], "no estimate"),
        ([{"page": 1, "pages": 1}, [{"value": 1}]], "lacks"),
        ({"a": 1}, "not an answer"),
    ],
)
def test_an_error_served_as_success_is_refused(tmp_path: Path, answer: object, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse(answered(tmp_path, answer), FACTS)


class Service:
    """The API after its indicators were renamed; ``listed`` are the ids and names that source 3 lists."""

    def __init__(self, listed: dict[str, str]) -> None:
        self.listed = listed

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/source/3/indicator":
            entries = [{"id": name, "name": words} for name, words in self.listed.items()]
            return Reply(json.dumps([{"page": 1, "pages": 1}, entries]).encode())
        name = asked.path.rpartition("/")[2]
        if name not in self.listed:
            text = "The indicator was not found. It may have been deleted or archived."
            return Reply(json.dumps([{"message": [{"id": "175", "key": "Invalid", "value": text}]}]).encode())
        data = [
            api_row(f"{country}", str(year), 1.5) | {"indicator": {"id": name}, "method": "2027"}
            for country in ("USA", "CAN", "MEX", "XKX")
            for year in range(1996, 2026)
        ]
        return Reply(json.dumps([{"page": 1, "pages": 1, "lastupdated": "2027-03-18"}, data]).encode())


WORDS = worldbank_wgi.NAMES
RENAMED = {f"WGI27_{code}.EST": f"{words.title()}: Estimate" for code, words in WORDS.items()}
NUMBERED = {f"WGI.{at}": f"{words.title()}: Estimate" for at, words in enumerate(WORDS.values())}
SCORES = {f"WGI.S{at}": f"{words.title()}: Score (0-100)" for at, words in enumerate(WORDS.values())}


@pytest.mark.parametrize("listed", [RENAMED, NUMBERED | SCORES], ids=["renamed", "numbered"])
def test_indicators_renamed_again_are_found_in_the_list_of_their_source(
    tmp_path: Path, listed: dict[str, str]
) -> None:
    with serve({ANY: Service(listed)}) as server:
        outcome = refresh(worldbank_wgi, tmp_path, server)
        again = refresh(worldbank_wgi, tmp_path, server)
    assert outcome.problems == again.problems == ()
    assert again.note == "6 unchanged"
    found = rows(outcome, INDICATOR.name)
    assert found.height == 6 * 4 * 30
    assert set(found["indicator"]) == set(WORDS)
    assert found["year"].max() == 2025


def test_indicators_that_are_gone_are_named_in_one_sentence(tmp_path: Path) -> None:
    with serve({ANY: Service(SCORES)}) as server:
        outcome = refresh(worldbank_wgi, tmp_path, server)
    assert len(outcome.problems) == 6
    assert (
        "the World Bank no longer has GOV_WGI_GE.EST (message 175: The indicator was not found. It may "
        "have been deleted or archived.), and source 3 lists no estimate of government effectiveness"
    ) in "; ".join(outcome.problems)


def test_neither_workbook_nor_json(tmp_path: Path) -> None:
    path = tmp_path / "wgi.csv"
    path.write_text("Country,Country Code\n")
    with pytest.raises(ParseError, match="neither"):
        parse(path, FACTS)


def test_the_real_workbook(shared_data: Path) -> None:
    accepted = accept(
        INDICATOR, parse(shared_data / "world_bank_wgi/wgidataset_1996-2022.xlsx", FACTS)[INDICATOR.name]
    )
    assert accepted.refused.is_empty()
    frame = accepted.rows
    assert frame["indicator"].n_unique() == 6
    assert (frame["year"].min(), frame["year"].max()) == (1996, 2022)
    chosen = frame.filter((pl.col("iso3") == "ZWE") & (pl.col("year") == 1996)).sort("indicator")
    assert dict(chosen.select("indicator", "estimate").iter_rows())["RL"] == pytest.approx(-0.814238489)
    assert frame.filter(pl.col("year") == 2022)["iso3"].n_unique() > 200
