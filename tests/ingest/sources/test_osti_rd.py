"""Research records: one search per mineral, pages that end with the time window, no abstract archived."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest

from ingest.contracts import FileFacts, ParseError, accept
from ingest.scope import critical_names
from ingest.sources import osti_rd
from ingest.sources.osti_rd import MOST_PAGES, RECORD, ROWS, parse, partition_of
from tests.ingest import publishers
from tests.ingest.live import NOW, refresh, rows
from tests.ingest.publishers.osti_rd import osti_record
from tests.ingest.servers import Asked, Reply, json_reply, serve

SEARCH = {"search_term": "title: lithium", "records": [osti_record(n, "Lithium") for n in range(3)]}
SPECIMENS = {FileFacts("lithium.json", "lithium", date(2026, 3, 1)): orjson.dumps(SEARCH)}


def read(folder: Path, content: Any) -> pl.DataFrame:
    path = folder / "lithium.json"
    path.write_bytes(content if isinstance(content, bytes) else orjson.dumps(content))
    return parse(path, FileFacts(path.name, "lithium", date(2026, 3, 1)))[RECORD.name]


def test_a_record_keeps_its_facts_and_not_its_abstract(tmp_path: Path) -> None:
    found = read(tmp_path, SEARCH)
    assert accept(RECORD, found).refused.is_empty()
    assert found.head(1).select("search_term", "osti_id", "product_type", "published_on").rows() == [
        ("title: lithium", "0", "Journal Article", date(2025, 5, 22))
    ]
    assert {"description", "authors"}.isdisjoint(found.columns)


def test_a_catalogue_says_by_which_category_it_was_gathered(tmp_path: Path) -> None:
    record = osti_record(1, "Recovery of dysprosium")
    found = read(
        tmp_path, [record | {"commodity_category": "HREE"}, record | {"commodity_category": "HREE"}, record]
    )
    assert found["search_term"].to_list() == ["category HREE", "not stated"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "holds no record"),
        ({"message": "error"}, "neither a search answer nor a list"),
        ([{"osti_id": "1"}], "lacks its number, title, kind or date"),
        (["a"], "lacks its number, title, kind or date"),
        (b"\n" * 24_008, "is not JSON"),
    ],
)
def test_another_answer_is_refused_in_one_sentence(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(ParseError, match=re.escape(message)):
        read(tmp_path, content)


def test_each_mineral_is_searched_and_no_abstract_is_archived(tmp_path: Path) -> None:
    with serve(publishers.osti_rd.routes(NOW)) as server:
        outcome = refresh(osti_rd, tmp_path, server)
    assert (outcome.mode, outcome.problems) == ("live", ())
    held = rows(outcome, RECORD.name)
    assert held["search_term"].n_unique() == len(critical_names())
    archived = [file.read_bytes() for file in (tmp_path / "archive").rglob("*.json")]
    assert archived
    assert not any(b"An abstract" in content or b"Zhao" in content for content in archived)


def test_pages_end_with_the_window(tmp_path: Path) -> None:
    """Six years: the third page has no more records in the window."""

    def answer(asked: Asked) -> Reply:
        page = int(asked.params["page"])
        day = f"{2027 - 3 * page}-02-01"
        found = [osti_record(1000 * page + n, f"{asked.params['title']} {n}", day) for n in range(ROWS)]
        return json_reply(found, validators=False)

    with serve({"/records": answer}) as server:
        outcome = refresh(osti_rd, tmp_path, server)
        pages = {int(asked.params["page"]) for asked in server.asked}
    assert outcome.problems == ()
    assert max(pages) == 3 <= MOST_PAGES
    years = rows(outcome, RECORD.name)["published_on"].dt.year().unique().sort().to_list()
    assert years == [2021, 2024]


def test_a_file_is_a_search_or_a_catalogue() -> None:
    assert (partition_of("lithium.json"), partition_of("document_catalog.json")) == ("lithium", "catalogue")


def test_the_catalogue_at_hand(shared_data: Path) -> None:
    path = shared_data / "osti_rd" / "document_catalog.json"
    if not path.is_file():
        pytest.skip("the catalogue is not among the real files next to this checkout")
    found = parse(path, FileFacts(path.name, "catalogue", date(2026, 1, 1)))[RECORD.name]
    assert accept(RECORD, found).refused.is_empty()
    assert found.height == 1_133
