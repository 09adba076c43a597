"""Searches of the Federal Register: paging within its host, quarters that close, documents found twice."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.contracts import FileFacts, ParseError, accept
from ingest.refresh import SourceOutcome
from ingest.sources import federal_register
from tests.ingest.live import NOW, refresh, rows
from tests.ingest.servers import Asked, Reply, json_reply, serve

FACTS = FileFacts("documents-2026-Q4.json", "2026-Q4", date(2026, 11, 23))
PATH = "/documents.json"


def document(number: str, day: str = "2026-10-05", **more: Any) -> dict[str, Any]:
    agencies = [{"raw_name": "DEPARTMENT OF COMMERCE", "slug": "commerce-department"}]
    facts = {"title": f"Notice {number}", "type": "Notice", "agencies": agencies}
    return {"document_number": number, "publication_date": day, **facts, **more}


class Register:
    """The service: results by term and dates, two per page, with a link to the next page."""

    def __init__(self) -> None:
        self.documents = {"USMCA": [document(f"2026-{number}") for number in range(5)]}
        self.next_host = ""

    def __call__(self, asked: Asked) -> Reply:
        params = asked.params
        term, page = params["conditions[term]"].strip('"'), int(params.get("page", "1"))
        first, last = (params[f"conditions[publication_date][{end}]"] for end in ("gte", "lte"))
        found = [
            entry for entry in self.documents.get(term, []) if first <= entry["publication_date"] <= last
        ]
        if not found:
            return Reply(b'{"description": "none", "count": 0}')
        content: dict[str, Any] = {"count": len(found), "results": found[2 * page - 2 : 2 * page]}
        if 2 * page < len(found):
            host = self.next_host or f"http://{asked.headers['Host']}"
            dates = f"conditions[publication_date][gte]={first}&conditions[publication_date][lte]={last}"
            content["next_page_url"] = f"{host}{PATH}?conditions[term]={term}&{dates}&page={page + 1}"
        return json_reply(content)


def test_pages_are_followed_and_quarters_kept_apart(tmp_path: Path) -> None:
    register = Register()
    register.documents["critical minerals"] = [document("2026-0"), document("2025-1", "2025-02-03")]
    with serve({PATH: register}) as server:
        outcome = refresh(federal_register, tmp_path, server)
    found = rows(outcome, "federal_register__document").sort("document_number")
    assert found["document_number"].to_list() == ["2025-1", *(f"2026-{number}" for number in range(5))]
    assert dict(found.select("document_number", "terms").rows())["2026-0"] == "USMCA;critical minerals"
    assert (outcome.mode, outcome.newest_period, len(outcome.records)) == ("live", date(2026, 10, 5), 8)


def test_closed_quarters_are_not_requested_again_and_open_ones_only_confirmed(tmp_path: Path) -> None:
    with serve({PATH: Register()}) as server:
        refresh(federal_register, tmp_path, server)
        asked, bodies = len(server.asked), server.body_bytes
        second = refresh(federal_register, tmp_path, server, NOW + timedelta(hours=20))
        assert server.body_bytes == bodies
        assert len(server.asked) - asked == len(federal_register.TERMS) + 2
    assert (second.changed, second.note) == (False, "1 unchanged")


def test_a_quarter_last_downloaded_while_open_is_downloaded_in_full_once_closed(tmp_path: Path) -> None:
    """The machine was off from the middle of a quarter until months after the quarter's end."""
    register = Register()
    with serve({PATH: register}) as server:
        refresh(federal_register, tmp_path, server)
        register.documents["USMCA"].append(document("2026-9", "2026-12-30"))
        later = refresh(federal_register, tmp_path, server, NOW + timedelta(days=200))
        third = refresh(federal_register, tmp_path, server, NOW + timedelta(days=201))
    assert "2026-9" in rows(later, "federal_register__document")["document_number"].to_list()
    assert third.note == "1 unchanged"


def test_closed_quarters_are_requested_again_if_all_periods_are_wanted(tmp_path: Path) -> None:
    register = Register()
    with serve({PATH: register}) as server:
        refresh(federal_register, tmp_path, server, wide_window=True)
        register.documents["USMCA"].append(document("2018-9", "2018-05-04"))
        again = refresh(federal_register, tmp_path, server, NOW + timedelta(hours=1), wide_window=True)
    assert again.note == "new: documents-2018-Q2.json; 39 unchanged"


def test_a_new_document_is_a_new_vintage_of_its_quarter(tmp_path: Path) -> None:
    register = Register()
    with serve({PATH: register}) as server:
        refresh(federal_register, tmp_path, server)
        register.documents["USMCA"].append(document("2026-9", "2026-11-24"))
        outcome = refresh(federal_register, tmp_path, server, NOW + timedelta(days=1))
    assert (outcome.changed, outcome.note) == (True, "new: documents-2026-Q4.json")
    assert [record.partition for record in outcome.records].count("2026-Q4") == 2


class Controller:
    """The current service: a hundred results per page, and the next page under another path, by a cursor."""

    def __init__(self, documents: int, *, missing_page: int | None = None, short_by: int = 0) -> None:
        self.documents, self.missing_page, self.short_by = documents, missing_page, short_by

    def __call__(self, asked: Asked) -> Reply:
        params = asked.params
        in_quarter = params["conditions[publication_date][gte]"] == "2026-10-01"
        if params["conditions[term]"] != "USMCA" or not in_quarter:
            return Reply(b'{"description": "none", "count": 0, "results": null}')
        size, page = int(params["per_page"]), int(params.get("page", "1"))
        if page == self.missing_page:
            return Reply(b"gone", 404, "text/plain")
        assert (page == 1) == ("search_after_cursor" not in params)
        held = range(size * (page - 1), min(size * page, self.documents - self.short_by))
        results = [document(f"2026-{number:05d}") for number in held]
        content: dict[str, Any] = {"count": self.documents, "total_pages": 50, "results": results}
        if size * page < self.documents:
            cursor = {"format": "json", "page": page + 1, "search_after_cursor": f"WzE3ODkz{page}X0"}
            query = urlencode([pair for pair in asked.query if pair[0] not in cursor] + list(cursor.items()))
            content["next_page_url"] = f"http://{asked.headers['Host']}/api/v1/documents?{query}"
        return json_reply(content)


def asked_of(controller: Controller, home: Path) -> SourceOutcome:
    with serve({f"/api/v1{PATH}": controller, "/api/v1/documents": controller}) as server:
        server.url += "/api/v1"
        return refresh(federal_register, home, server)


def test_next_pages_below_another_path_are_followed_to_the_end(tmp_path: Path) -> None:
    found = rows(asked_of(Controller(2345), tmp_path), "federal_register__document")
    assert sorted(found["document_number"]) == [f"2026-{number:05d}" for number in range(2345)]


@pytest.mark.parametrize(
    ("controller", "sentence"),
    [
        (Controller(250, missing_page=2), "a page of USMCA in 2026-Q4 is missing"),
        (Controller(250, short_by=7), "2026-Q4: 243 of 250 documents on USMCA received"),
    ],
    ids=["missing", "short"],
)
def test_a_quarter_half_read_is_a_problem(tmp_path: Path, controller: Controller, sentence: str) -> None:
    outcome = asked_of(controller, tmp_path)
    assert [sentence in problem for problem in outcome.problems] == [True]
    assert "2026-Q4" not in {record.partition for record in outcome.records}


@pytest.mark.parametrize(
    "path", ["/documents?x=1", "/api/v2/documents?x=1", "/api/v1/../v2/documents?x=1", "/api/v1x?x=1"]
)
def test_a_next_page_outside_the_api_is_not_followed(tmp_path: Path, path: str) -> None:
    def astray(asked: Asked) -> Reply:
        link = f"http://{asked.headers['Host']}{path}"
        return json_reply({"count": 300, "results": [document("2026-1")], "next_page_url": link})

    with serve({f"/api/v1{PATH}": astray}) as server:
        server.url += "/api/v1"
        outcome = refresh(federal_register, tmp_path, server)
    assert all("leads away from" in problem for problem in outcome.problems)
    assert not outcome.records


@pytest.mark.parametrize("host", ["http://elsewhere.invalid", "http://127.0.0.1:1"])
def test_a_next_page_elsewhere_is_not_followed(tmp_path: Path, host: str) -> None:
    register = Register()
    register.next_host = host
    with serve({PATH: register}) as server:
        outcome = refresh(federal_register, tmp_path, server)
    assert "leads away from" in outcome.note
    assert "2026-Q4" not in {record.partition for record in outcome.records}
    assert len(outcome.records) == 7


def test_endless_pages_are_abandoned(tmp_path: Path) -> None:
    register = Register()
    register.documents["USMCA"] = [document(f"2026-{number}") for number in range(100)]
    with serve({PATH: register}) as server:
        outcome = refresh(federal_register, tmp_path, server)
    assert "more than 20 pages" in outcome.note


def test_a_search_without_hits_may_be_a_404(tmp_path: Path) -> None:
    with serve({}) as server:
        outcome = refresh(federal_register, tmp_path, server)
    assert rows(outcome, "federal_register__document").is_empty()
    assert outcome.problems == ()


def parsed(tmp_path: Path, *documents: dict[str, Any]) -> pl.DataFrame:
    path = tmp_path / "a.json"
    path.write_bytes(orjson.dumps({"searches": [{"term": "USMCA", "results": documents}]}))
    return federal_register.parse(path, FACTS)["federal_register__document"]


def test_a_document_is_read_in_full(tmp_path: Path) -> None:
    order = document(
        "2026-1",
        subtype="Executive Order",
        signing_date="2026-10-01",
        effective_on="2026-10-08",
        executive_order_number=14272,
        citation="91 FR 1",
        agencies=[{"raw_name": "EXECUTIVE OFFICE"}, {"name": "Trade Office", "raw_name": "X"}],
        docket_ids=["USTR-2026-1", "USTR-2026-2"],
        html_url="https://www.federalregister.gov/d/2026-1",
    )
    frame = parsed(tmp_path, order)
    row = frame.row(0, named=True)
    assert (row["executive_order_number"], row["effective_on"]) == ("14272", date(2026, 10, 8))
    assert (row["agencies"], row["docket_ids"]) == (
        "EXECUTIVE OFFICE;Trade Office",
        "USTR-2026-1;USTR-2026-2",
    )
    assert accept(federal_register.DOCUMENT, frame).refused.is_empty()


def test_a_number_used_on_two_days_is_two_documents(tmp_path: Path) -> None:
    assert parsed(tmp_path, document("E5-1", "2026-10-05"), document("E5-1", "2026-10-06")).height == 2


WORD = st.none() | st.text(max_size=5)
ODD = WORD | st.integers(0, 10**9) | st.lists(WORD, max_size=3)
AGENCY = WORD | st.fixed_dictionaries({}, optional={"name": ODD, "slug": ODD})


@settings(max_examples=30)
@given(
    odd=st.fixed_dictionaries(
        {"agencies": ODD | st.lists(AGENCY, max_size=3), "docket_ids": ODD},
        optional=dict.fromkeys(("title", "type", "subtype", "citation", "effective_on"), ODD),
    ),
    at=st.integers(0, 400),
)
def test_one_odd_document_leaves_the_others_of_its_quarter(
    tmp_path_factory: pytest.TempPathFactory, odd: dict[str, Any], at: int
) -> None:
    documents = [document(f"2026-{number:05d}", docket_ids=["A-1", "B-2"]) for number in range(400)]
    documents.insert(at, document("2026-99999") | odd)
    frame = parsed(tmp_path_factory.mktemp("register"), *documents)
    assert frame.height == 401
    others = frame.filter(pl.col("document_number") != "2026-99999")
    assert set(others.select("agencies", "docket_ids").rows()) == {("commerce-department", "A-1;B-2")}


def test_null_agencies_and_dockets_are_read_as_none(tmp_path: Path) -> None:
    frame = parsed(
        tmp_path,
        document("2026-1", agencies=None, docket_ids=[None, "C-1"]),
        document("2026-2", docket_ids=None),
    )
    assert frame.select("agencies", "docket_ids").rows() == [("", "C-1"), ("commerce-department", "")]
    assert accept(federal_register.DOCUMENT, frame).refused.is_empty()


def test_a_document_without_a_number_is_quarantined_and_the_others_are_kept(tmp_path: Path) -> None:
    nameless = {name: value for name, value in document("x").items() if name != "document_number"}
    verdict = accept(federal_register.DOCUMENT, parsed(tmp_path, document("2026-1"), nameless))
    assert verdict.rows["document_number"].to_list() == ["2026-1"]
    assert verdict.refused.height == 1


@pytest.mark.parametrize("entry", [None, "2026-2", ["2026-2"]])
def test_an_entry_that_is_no_document_is_quarantined_and_the_others_are_kept(
    tmp_path: Path, entry: Any
) -> None:
    frame = parsed(tmp_path, document("2026-1"), entry, document("2026-3"))
    verdict = accept(federal_register.DOCUMENT, frame)
    assert verdict.rows["document_number"].to_list() == ["2026-1", "2026-3"]
    assert verdict.refused.height == 1


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"searches": [{"term": "USMCA"}]}', b"<html>"])
def test_another_file_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(ParseError, match="is not a set of search results"):
        federal_register.parse(path, FACTS)
