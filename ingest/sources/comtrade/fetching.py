"""What is due, and how it is requested: many rows per call with a key, 500 rows of one period without."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from ingest.fetch import Download, FetchContext, RemoteFile
from ingest.gather import Wanted, gather
from ingest.http import Answer, FetchError, NotFoundError
from ingest.probe import Probe, first_found, new_fields, newest_of, parsed
from ingest.scope import codes
from ingest.sources.comtrade.facts import (
    AREAS,
    CLASSIC,
    FLOWS,
    FULL_MONTHS,
    FULL_MONTHS_KEYLESS,
    KEY_HEADER,
    KEYED,
    KEYED_ROWS,
    LAYOUT,
    MEXICO,
    MONTHS,
    MONTHS_BEHIND,
    MONTHS_PROBED,
    PREVIEW,
    PREVIEW_CODES,
    PREVIEW_ROWS,
    PROBED,
    RECHECK_DAYS,
    WORLD,
    WORLD_SINCE,
    YEARS,
)
from ingest.sources.comtrade.parsing import parse
from ingest.sources.comtrade.schemas import SOURCE, TRADE


class _Raw(msgspec.Struct):
    """An answer whose rows stay undecoded bytes."""

    data: list[msgspec.Raw] | None = None
    error: Any = None


class _Reporter(msgspec.Struct):
    reporter_code: str | int = msgspec.field(name="reporterCode")


def plan(context: FetchContext) -> Iterable[RemoteFile]:
    """The files that are due, in four kinds of partition without common rows.

    These are Mexico by month; for recent years, the areas' trade with all partners as stated by the areas and
    as stated by the partners; for earlier years, the areas' trade with the World.
    """
    months = context.options.periods or _months(context.now.date(), _window(context))
    parts = [_part(context, f"mexico/{month:%Y%m}", "M", reporterCode=MEXICO) for month in months]
    last_year = context.now.year - 1
    for year in range(last_year, last_year - YEARS, -1):
        parts += [_part(context, f"own/{year}/{area}", "A", reporterCode=area) for area in AREAS]
        parts.append(_part(context, f"mirror/{year}", "A", partnerCode=",".join(AREAS)))
    for year in range(last_year - YEARS, WORLD_SINCE - 1, -1):
        if not any(context.has(_part(context, f"own/{year}/{area}", "A")) for area in AREAS):
            parts.append(
                _part(context, f"world/{year}", "A", reporterCode=",".join(AREAS), partnerCode=WORLD)
            )
    return (remote for remote in parts if not context.is_recent(remote, RECHECK_DAYS[_kind(remote)]))


def fetch(context: FetchContext, remote: RemoteFile) -> Download | None:
    """Gather the answers for the bridge's codes, halving the codes while an answer may be cut off.

    A part that was never archived and has no row for the first codes counts as not published, since each
    reporter trades in some of them in every month. It is not stored, so that the next run asks again.

    Raises:
        NotFoundError: the period is not published.
        FetchError: a single code and flow may be cut off, or the service reports an error.
    """
    asked = asked_codes()
    size = len(asked) if context.options.key else PREVIEW_CODES[_kind(remote)]
    calls = [(FLOWS, *asked[start : start + size]) for start in range(0, len(asked), size)]

    def ask(wanted: Wanted) -> Answer:
        flows, *some = wanted
        answer = _ask(context, remote, some, flows)
        if wanted == calls[0] and not context.has(remote) and not _rows(answer, remote):
            raise NotFoundError(f"{remote.partition} has no rows")
        return answer

    def split(wanted: Wanted, answer: Answer | None) -> Sequence[Wanted]:
        rows = len(_rows(answer, remote)) if answer else 0
        return (
            _smaller(wanted, remote, rows) if not answer or may_be_cut_off(rows, _most_rows(context)) else ()
        )

    return joined(context, remote, gather(context, remote, calls, ask, split))


def calls(context: FetchContext, remote: RemoteFile) -> int:
    """The minimum number of calls for a part."""
    size = len(asked_codes()) if context.options.key else PREVIEW_CODES[_kind(remote)]
    return -(-len(asked_codes()) // size)


def may_be_cut_off(rows: int, asked: int = PREVIEW_ROWS) -> bool:
    """Whether a response has the maximum number of rows, so that more may exist."""
    return rows >= asked


def _smaller(wanted: Wanted, remote: RemoteFile, rows: int) -> Sequence[Wanted]:
    """Two halves of the codes; for a single code, its flows."""
    flows, *some = wanted
    half = len(some) // 2
    if half:
        return (flows, *some[:half]), (flows, *some[half:])
    if "," in flows:
        return [(flow, *some) for flow in flows.split(",")]
    if rows:
        raise FetchError(f"{remote.partition}: {some[0]} {flows} alone has {rows:,} rows, the cap")
    return ()


def _most_rows(context: FetchContext) -> int:
    return KEYED_ROWS if context.options.key else PREVIEW_ROWS


def joined(context: FetchContext, remote: RemoteFile, answers: Sequence[Answer]) -> Download:
    """One document from several answers: the rows unchanged, in an order independent of the requests."""
    rows = [bytes(row) for answer in answers for row in _rows(answer, remote)]
    if _kind(remote) == "mirror":
        rows = [row for row in rows if str(_reporter(row, remote)) not in AREAS]
    rows.sort()
    text = b'{"count":%d,"data":[%b],"error":"","partition":%b}' % (
        len(rows),
        b",\n".join(rows),
        msgspec.json.encode(remote.partition),
    )
    return context.save_document(remote, text, answers)


def _reporter(row: bytes, remote: RemoteFile) -> str | int:
    try:
        return msgspec.json.decode(row, type=_Reporter).reporter_code
    except msgspec.DecodeError as error:
        raise FetchError(f"{remote.partition}: a row has no reporter: {error}") from None


def asked_codes() -> tuple[str, ...]:
    """The bridge's codes as Comtrade knows them: six digits, and the headings that the bridge names."""
    return tuple(sorted({code[:6] for code in codes()}))


def _window(context: FetchContext) -> int:
    """How many months of Mexico's trade are requested."""
    if not context.options.wide_window:
        return MONTHS
    return FULL_MONTHS if context.options.key else FULL_MONTHS_KEYLESS


def _months(today: date, count: int = MONTHS) -> list[date]:
    latest = today.year * 12 + today.month - 1 - MONTHS_BEHIND
    return [date(at // 12, at % 12 + 1, 1) for at in range(latest, latest - count, -1)]


def _kind(remote: RemoteFile) -> str:
    return remote.partition.split("/")[0]


def _part(context: FetchContext, partition: str, freq: str, **query: str) -> RemoteFile:
    """A partition: its kind, followed by its period."""
    path = KEYED if context.options.key else PREVIEW
    name = f"comtrade_{partition.replace('/', '_')}.json"
    period = ("period", partition.split("/")[1])
    return RemoteFile(partition, name, context.url(path, "C", freq, "HS"), (*query.items(), period))


def _ask(context: FetchContext, remote: RemoteFile, codes: Sequence[str], flows: str) -> Answer:
    """One answer. If it has as many rows as requested, there may be more."""
    rows = ("maxRecords", f"{_most_rows(context)}")
    query = (*remote.params, ("cmdCode", ",".join(codes)), ("flowCode", flows), rows, *CLASSIC)
    headers = {KEY_HEADER: context.options.key} if context.options.key else {}
    return context.get_json(remote.url, query, **headers)


def _rows(answer: Answer, remote: RemoteFile) -> list[msgspec.Raw]:
    content = answer.json(_Raw)
    if content.error:
        raise FetchError(f"{remote.partition}: Comtrade answered with an error: {content.error}")
    return content.data or []


def partition_of(name: str) -> str | None:
    """The partition, from the file name of its answers."""
    stem = Path(name).stem
    return stem.removeprefix("comtrade_").replace("_", "/") if stem.startswith("comtrade_") else None


def probe(context: FetchContext) -> Probe:
    """Mexico's imports of one code from the World in the newest month available: one row."""
    months = _months(context.now.date())[:MONTHS_PROBED]
    parts = [
        _part(context, f"mexico/{month:%Y%m}", "M", reporterCode=MEXICO, partnerCode=WORLD)
        for month in months
    ]
    return first_found(partial(_looked_at, context), parts)


def _looked_at(context: FetchContext, remote: RemoteFile) -> Probe:
    headers = {KEY_HEADER: context.options.key} if context.options.key else {}
    answer = context.get(
        remote.url, (*remote.params, ("cmdCode", PROBED), ("flowCode", "M"), *CLASSIC), **headers
    )
    if answer.json(_Raw).data == []:
        raise NotFoundError(f"{remote.partition} has no row for {PROBED}")
    return check_shape(answer.content)


def check_shape(content: bytes) -> Probe:
    """Check an answer; raises `ParseError`."""
    frames = parsed(parse, content, RemoteFile("mexico/probe", "comtrade_probe.json", ""), SOURCE)
    (row, *_) = msgspec.json.decode(content)["data"]
    return Probe(newest_of(frames[TRADE.name]["period"]), notes=new_fields(row, LAYOUT))
