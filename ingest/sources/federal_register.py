"""Federal Register: the documents that affect trade in critical minerals, by quarter.

Each search is paged by following ``next_page_url`` to its end, within the API of the same host only; a
quarter is closed a fortnight after its end. Source: Office of the Federal Register,
https://www.federalregister.gov/developers/documentation/api/v1.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import dataframely as dy
import orjson
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.fetch import Download, FetchContext, RemoteFile
from ingest.formats.json_text import read_json
from ingest.gates import Gates
from ingest.http import Answer, FetchError, NotFoundError, Policy
from ingest.probe import Probe, changed, newest_of, parsed

TERMS: Final = ('"critical minerals"', '"section 232"', '"section 301"', "USMCA")
TYPES: Final = ("RULE", "PRORULE", "NOTICE", "PRESDOCU")
FIELDS: Final = (
    "document_number",
    "publication_date",
    "title",
    "type",
    "subtype",
    "effective_on",
    "signing_date",
    "executive_order_number",
    "citation",
    "agencies",
    "docket_ids",
    "html_url",
)
PER_PAGE: Final = 100
MOST_PAGES: Final = 20  # or twice the number from the service's own count, if that is more
COUNTED_TO: Final = 10_000  # the service counts no further
SINCE: Final = date(2025, 1, 1)
SINCE_FULL: Final = date(2017, 1, 1)
CLOSED_AFTER: Final = timedelta(days=14)
PROBED: Final = "USMCA"
DAYS_PROBED: Final = timedelta(days=120)


class Document(dy.Schema):
    """A published document and the searches that found it."""

    publication_date = dy.Date(primary_key=True, metadata=about("Day of publication"))
    document_number = dy.String(
        primary_key=True,
        min_length=1,
        metadata=about("Number, unique within a day (and overall from 2016 on)"),
    )
    title = dy.String(metadata=about("Title"))
    type = dy.String(metadata=about("Rule, Proposed Rule, Notice or Presidential Document"))
    subtype = dy.String(nullable=True, metadata=about("Executive Order, Proclamation and others"))
    effective_on = dy.Date(nullable=True, metadata=about("Effective date"))
    signing_date = dy.Date(nullable=True, metadata=about("Date of the president's signature"))
    executive_order_number = dy.String(nullable=True, metadata=about("Number of an executive order"))
    citation = dy.String(nullable=True, metadata=about("Volume and page of the Federal Register"))
    agencies = dy.String(metadata=about("Agencies, joined with a semicolon"))
    docket_ids = dy.String(metadata=about("Dockets, joined with a semicolon"))
    html_url = dy.String(nullable=True, metadata=about("Address of the document"))
    terms = dy.String(min_length=1, metadata=about("Search terms that found it, joined with a semicolon"))


DOCUMENT: Final = Table("federal_register__document", Document, "document")

SOURCE: Final = Source(
    id="federal_register",
    title="Documents on critical minerals, sections 232 and 301, and USMCA",
    publisher="Office of the Federal Register",
    homepage="https://www.federalregister.gov",
    licence="US federal government work, public domain",
    citation="Office of the Federal Register, FederalRegister.gov API v1",
    cadence="daily",
    lag_days=1,
    drop_in=(
        "search results of one quarter as archived (searches with term and results), named "
        "documents-2026-Q1.json"
    ),
    tables=(DOCUMENT,),
    base_url="https://www.federalregister.gov/api/v1",
)
POLICY: Final = Policy(interval_s=1, read_s=30, deadline_s=120, max_bytes=16 << 20)
GATES: Final = Gates("json")


def parse(path: Path, facts: FileFacts) -> Frames:
    """One row per document, whichever searches found it.

    Raises:
        ParseError: Not the search results of a quarter.
    """
    schema: dict[str, Any] = dict.fromkeys(DOCUMENT.columns, pl.String)
    try:
        searches = read_json(path.read_bytes())["searches"]
        found = [(search["term"], document) for search in searches for document in search["results"] or []]
        rows = pl.DataFrame([_row(term, document) for term, document in found], schema=schema, orient="row")
    except (orjson.JSONDecodeError, KeyError, TypeError, pl.exceptions.PolarsError):
        raise ParseError(
            f"{facts.name}: is not a set of search results (searches with term and results)"
        ) from None
    days = ["publication_date", "effective_on", "signing_date"]
    documents = rows.with_columns(pl.col(days).str.to_date("%Y-%m-%d", strict=False))
    keys = ["publication_date", "document_number"]
    rest = [pl.col(name).first() for name in DOCUMENT.columns if name not in (*keys, "terms")]
    terms = pl.col("terms").unique().sort().str.join(";")
    return {DOCUMENT.name: documents.group_by(keys, maintain_order=True).agg(*rest, terms).sort(keys)}


def _row(term: str, document: Any) -> dict[str, Any]:
    """A document as text. Malformed fields are null, so that the other documents of the quarter are kept."""
    document = document if isinstance(document, Mapping) else {}
    row = {name: _text(document.get(name)) for name in FIELDS}
    return row | {
        "document_number": _text(document.get("document_number")),
        "agencies": _joined(document.get("agencies")),
        "docket_ids": _joined(document.get("docket_ids")),
        "terms": term.strip('"'),
    }


def _text(value: Any) -> str | None:
    return None if value is None or isinstance(value, list | dict) else str(value)


def _joined(entries: Any) -> str:
    """The names in a list, whose entries are text or have a name under one of three keys."""
    if not isinstance(entries, list):
        return _text(entries) or ""
    kinds = ("slug", "name", "raw_name")
    named = [
        next((entry[kind] for kind in kinds if entry.get(kind)), None) if isinstance(entry, dict) else entry
        for entry in entries
    ]
    return ";".join(text for name in named if (text := _text(name)))


def plan(context: FetchContext) -> Iterable[RemoteFile]:
    """The quarters not fetched since they closed; all quarters with a wide window."""
    today = context.now.date()
    start = SINCE_FULL if context.options.wide_window else SINCE
    asked = {_quarter(month) for month in context.options.periods}
    for first, last in _quarters(start, today):
        name, url = _quarter(first), context.url("documents.json")
        remote = RemoteFile(name, f"documents-{name}.json", url, _between(first, last))
        taken = context.confirmed_at(remote)
        is_after_close = taken is not None and last + CLOSED_AFTER < taken.date()
        closed = is_after_close and not context.options.wide_window
        if name in asked if asked else not closed:
            yield remote


def fetch(context: FetchContext, remote: RemoteFile) -> Download | None:
    """Search the quarter for each term and save all results in one document."""
    if context.is_unchanged(remote):
        return None
    answers: list[Answer] = []
    searches = []
    for term in TERMS:
        pages = list(_pages(context, remote, term))
        results = [document for page in pages for document in page.json().get("results") or []]
        stated = max((page.json().get("count") or 0 for page in pages), default=0)
        if len(results) < min(stated, COUNTED_TO):
            raise FetchError(
                f"{remote.partition}: {len(results):,} of {stated:,} documents on {term} received"
            )
        answers += pages
        searches.append({"term": term, "results": results})
    return context.save_json(remote, {"quarter": remote.partition, "searches": searches}, answers)


def calls(_context: FetchContext, _part: RemoteFile) -> int:
    """The minimum number of calls for a quarter: one per term."""
    return len(TERMS)


def _pages(context: FetchContext, remote: RemoteFile, term: str) -> Iterator[Answer]:
    """The pages of one search, by the service's own links as long as they stay within its API."""
    try:
        answer = context.get_json(remote.url, (("conditions[term]", term), *remote.params))
    except NotFoundError:  # some users report this for a search without hits
        return
    seen = set()
    stated = min(answer.json().get("count") or 0, COUNTED_TO)
    most_pages = max(MOST_PAGES, 2 * stated // PER_PAGE)
    for _ in range(most_pages):
        yield answer
        following = answer.json().get("next_page_url")
        if not following or following in seen:
            return
        api, target = urlsplit(context.base_url), urlsplit(following)
        within = target.path.startswith(f"{api.path.rstrip('/')}/") and ".." not in target.path
        if target[:2] != api[:2] or not within:
            raise FetchError(f"the next page of {term} leads away from {api.netloc}{api.path}")
        seen.add(following)
        try:
            answer = context.get_json(following)
        except NotFoundError as error:  # not a missing quarter: it is partly read
            raise FetchError(f"a page of {term} in {remote.partition} is missing: {error}") from None
    raise FetchError(f"{term} in {remote.partition} has more than {most_pages} pages: narrow the search")


def _between(first: date, last: date) -> tuple[tuple[str, str], ...]:
    return (
        ("conditions[publication_date][gte]", f"{first}"),
        ("conditions[publication_date][lte]", f"{last}"),
        *(("conditions[type][]", kind) for kind in TYPES),
        *(("fields[]", name) for name in FIELDS),
        ("order", "oldest"),
        ("per_page", f"{PER_PAGE}"),
    )


def _quarter(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def _quarters(start: date, today: date) -> Iterator[tuple[date, date]]:
    """First and last day of each quarter that has begun."""
    first = start
    while first <= today:
        following = (first + timedelta(days=100)).replace(day=1)
        yield first, following - timedelta(days=1)
        first = following


def partition_of(name: str) -> str | None:
    """The quarter, from the file name of its search results."""
    stem = Path(name).stem
    return stem.removeprefix("documents-") if stem.startswith("documents-") else None


def probe(context: FetchContext) -> Probe:
    """Read the newest document of one search, and check that the link to the next page would be followed."""
    today = context.now.date()
    params = changed(_between(today - DAYS_PROBED, today), order="newest", per_page="1")
    remote = RemoteFile("probe", "documents-probe.json", context.url("documents.json"), params)
    check_shape([context.get(remote.url, (("conditions[term]", PROBED), *remote.params)).json()])
    return check_shape([answer.json() for answer in islice(_pages(context, remote, PROBED), 2)])


def check_shape(pages: list[Any]) -> Probe:
    """Check the pages of a search; raises `ParseError`."""
    results = [document for page in pages for document in page.get("results") or []]
    search = orjson.dumps({"searches": [{"term": PROBED, "results": results}]})
    frames = parsed(parse, search, RemoteFile("probe", "documents-probe.json", ""), SOURCE)
    return Probe(newest_of(frames[DOCUMENT.name]["publication_date"]))
