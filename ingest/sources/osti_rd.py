"""U.S. Department of Energy, OSTI: records of research that it funded, by mineral.

For each critical mineral, the newest records with its name in the title. Abstracts and authors are removed
before a file is archived. A catalogue of records as one list is also read, with its category as search term.
Source: Office of Scientific and Technical Information, www.osti.gov/api/v1.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import dataframely as dy
import orjson
import polars as pl

from ingest import scope
from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.fetch import Download, FetchContext, RemoteFile
from ingest.formats.csv import clean_text
from ingest.formats.json_text import read_json
from ingest.gates import Gates
from ingest.http import Answer, Policy
from ingest.probe import Probe, parsed


class Record(dy.Schema):
    """A record found by a search; a record found by two searches has two rows."""

    search_term = dy.String(
        primary_key=True, min_length=1, metadata=about("Search term, and the field searched")
    )
    osti_id = dy.String(
        primary_key=True, min_length=1, metadata=about("The publisher's number for the record")
    )
    title = dy.String(min_length=1, metadata=about("Title"))
    product_type = dy.String(
        min_length=1, metadata=about("Journal Article, Technical Report, Patent and so on")
    )
    published_on = dy.Date(metadata=about("Day of publication"))
    research_org = dy.String(nullable=True, metadata=about("Organisations that did the research"))
    sponsor_org = dy.String(nullable=True, metadata=about("Organisations that paid for it"))
    doi = dy.String(nullable=True, metadata=about("Digital object identifier"))


RECORD: Final = Table("osti_rd__record", Record, "search_term, osti_id")

SOURCE: Final = Source(
    id="osti_rd",
    title="Records of energy research on critical minerals",
    publisher="U.S. Department of Energy, Office of Scientific and Technical Information",
    homepage="https://www.osti.gov",
    licence="US government work; metadata only, abstracts belong to their publishers",
    citation="U.S. Department of Energy, Office of Scientific and Technical Information, OSTI.GOV",
    cadence="irregular",
    lag_days=90,
    drop_in="records from the OSTI API as JSON",
    tables=(RECORD,),
    base_url="https://www.osti.gov/api/v1",
    note="Research by the Department of Energy only, and only records with the mineral's name in the title.",
)

# The API: filters by date return an error, so the newest records are requested first.
ROWS: Final = 200
MOST_PAGES: Final = 5
YEARS: Final = 6
DAYS_BETWEEN: Final = 30
POLICY: Final = Policy(interval_s=1, read_s=90, max_bytes=32 << 20)
GATES: Final = Gates("json")

_KEPT: Final = (
    "osti_id",
    "title",
    "product_type",
    "publication_date",
    "research_orgs",
    "sponsor_orgs",
    "doi",
)


def parse(path: Path, facts: FileFacts) -> Frames:
    """One row per record and search term.

    Raises:
        ParseError: neither a search answer nor a list of records, or a record without number, title or date.
    """
    try:
        content = read_json(path.read_bytes())
    except orjson.JSONDecodeError:
        raise ParseError(f"{facts.name}: is not JSON, or is cut off.") from None
    if isinstance(content, dict) and {"search_term", "records"} <= content.keys():
        found = [(content["search_term"], record) for record in content["records"]]
    elif isinstance(content, list):
        found = [(_category(record), record) for record in content]
    else:
        raise ParseError(f"{facts.name}: is neither a search answer nor a list of records.")
    if not found:
        raise ParseError(f"{facts.name}: holds no record.")
    try:
        rows = [_row(term, record) for term, record in found]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ParseError(f"{facts.name}: a record lacks its number, title, kind or date.") from None
    frame = pl.DataFrame(rows, schema=RECORD.dtypes)
    return {RECORD.name: frame.unique(["search_term", "osti_id"], maintain_order=True)}


def _category(record: Any) -> str:
    category = record.get("commodity_category") if isinstance(record, dict) else None
    return f"category {category}" if category else "not stated"


def _row(term: str, record: dict[str, Any]) -> dict[str, Any]:
    return {
        "search_term": term,
        "osti_id": str(record["osti_id"]),
        "title": clean_text(record["title"]),
        "product_type": clean_text(record["product_type"]),
        "published_on": date.fromisoformat(record["publication_date"][:10]),
        "research_org": _joined(record.get("research_orgs")),
        "sponsor_org": _joined(record.get("sponsor_orgs")),
        "doi": record.get("doi") or None,
    }


def _joined(names: list[str] | None) -> str | None:
    return "; ".join(map(clean_text, names or [])) or None


def plan(context: FetchContext) -> Iterator[RemoteFile]:
    """One search per critical mineral, once a month."""
    return (remote for remote in _searches(context) if not context.is_recent(remote, DAYS_BETWEEN))


def _searches(context: FetchContext) -> Iterator[RemoteFile]:
    for mineral_id, word in scope.critical_names().items():
        query = (("title", word), ("sort", "publication_date desc"), ("rows", str(ROWS)))
        yield RemoteFile(mineral_id, f"{mineral_id}.json", context.url("records"), query)


def fetch(context: FetchContext, remote: RemoteFile) -> Download | None:
    """Fetch pages of a search until the records are older than the window, without abstracts and authors."""
    first_year = context.now.year - YEARS
    records: list[dict[str, Any]] = []
    answers: list[Answer] = []
    for page in range(1, MOST_PAGES + 1):
        answer = context.get_json(
            remote.url, (*remote.params, ("page", str(page))), Accept="application/json"
        )
        found = _records(answer.json(), remote.name)
        answers.append(answer)
        records += [record for record in found if int(record["publication_date"][:4]) >= first_year]
        if len(found) < ROWS or int(found[-1]["publication_date"][:4]) < first_year:
            break
    if not records:
        return None
    content = {"search_term": _term(remote), "records": [_metadata(record) for record in records]}
    return context.save_json(remote, content, answers)


def _term(remote: RemoteFile) -> str:
    return f"title: {dict(remote.params)['title']}"


def _records(content: Any, name: str) -> list[dict[str, Any]]:
    if not isinstance(content, list) or not all(isinstance(record, dict) for record in content):
        raise ParseError(f"{name}: the search answers without a list of records.")
    if any(not record.get("publication_date") for record in content):
        raise ParseError(f"{name}: a record has no publication date.")
    return content


def _metadata(record: dict[str, Any]) -> dict[str, Any]:
    return {field: record[field] for field in _KEPT if field in record}


def partition_of(name: str) -> str | None:
    """The mineral, if the name is a mineral's; any other file is a catalogue."""
    stem = Path(name).stem
    return stem if stem in scope.critical_names() else "catalogue"


def probe(context: FetchContext) -> Probe:
    """Request the two newest records for one mineral."""
    remote = next(_searches(context))
    query = tuple((key, "2" if key == "rows" else value) for key, value in remote.params)
    content = context.get(remote.url, query, Accept="application/json").content
    parsed(parse, content, remote, SOURCE)
    return Probe()
