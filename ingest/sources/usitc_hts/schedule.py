"""Lines of a full schedule, each with the rates that apply to it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from ingest.contracts import ParseError
from ingest.sources.usitc_hts.facts import FIELDS, MIN_ROWS
from ingest.sources.usitc_hts.rate_text import clean_text, free_programs, parse_rate
from ingest.sources.usitc_hts.schemas import LINE


@dataclass(frozen=True, slots=True)
class _Node:
    """What a row passes down to the rows below it."""

    indent: int
    code: str
    description: str
    general: str
    special: str
    other: str
    rates_from: str | None
    additional: str | None
    chapter99: tuple[str, ...]


_ROOT = _Node(-1, "", "", "", "", "", None, None, ())
_CHAPTER99 = re.compile(r"\b(99\d\d)\.(\d\d)\.(\d\d)\b", re.ASCII)


def lines_of(
    rows: Sequence[Mapping[str, Any]], release: str, name: str, min_rows: int = MIN_ROWS
) -> pl.DataFrame:
    """Numbered lines of a full schedule, with rates inherited by indent.

    Args:
        rows: records of the export in the publisher's order.
        release: release to which they belong.
        name: file name, for messages.
        min_rows: minimum rows of a full schedule.

    Raises:
        ParseError: too few rows, fields missing, an indent that is not a number, or numbers out of order.
    """
    if len(rows) < min_rows:
        raise ParseError(f"{name}: {len(rows)} rows, but a full schedule has at least {min_rows}")
    missing = {field for row in rows for field in FIELDS if field not in row}
    if missing:
        raise ParseError(f"{name}: rows lack the fields {sorted(missing)}")
    try:
        return pl.DataFrame(_records(rows, release, name), schema=LINE.dtypes)
    except (AttributeError, TypeError, pl.exceptions.PolarsError) as error:
        raise ParseError(f"{name}: a field of a row is not text ({error})") from None


def _records(rows: Iterable[Mapping[str, Any]], release: str, name: str) -> Iterator[dict[str, Any]]:
    stack = [_ROOT]
    last = ""
    for row in rows:
        node = _node(row, stack, name)
        stack.append(node)
        if not node.code:
            continue
        if node.code <= last:
            raise ParseError(
                f"{name}: {node.code} follows {last}, the rows are not in the order of the schedule"
            )
        last = node.code
        yield _record(node, row, release)


def _node(row: Mapping[str, Any], stack: list[_Node], name: str) -> _Node:
    """The row as a node. Indents may jump, so the stack drops every row that is not above this one."""
    try:
        indent = int(row["indent"])
    except (TypeError, ValueError) as error:
        raise ParseError(
            f"{name}: '{row['indent']}' is not an indent (line {row['htsno'] or 'unnumbered'})"
        ) from error
    while len(stack) > 1 and stack[-1].indent >= indent:
        stack.pop()
    above = stack[-1]
    code = str(row["htsno"] or "").replace(".", "").strip()
    general, special, other = (clean_text(row[column] or "") for column in ("general", "special", "other"))
    own = bool(general or special)
    notes = " ".join(str(note.get("value") or "") for note in row["footnotes"] or ())
    additional = clean_text(row.get("additionalDuties") or row.get("addiitionalDuties") or "")
    return _Node(
        indent=indent,
        code=code,
        description=" > ".join(filter(None, (above.description, _words(row.get("description"))))),
        general=general if own else above.general,
        special=special if own else above.special,
        other=other or above.other,
        rates_from=(code or above.code) if own or (other and not above.general) else above.rates_from,
        additional=additional or above.additional,
        chapter99=tuple(sorted({*above.chapter99, *("".join(found) for found in _CHAPTER99.findall(notes))})),
    )


def _words(text: object) -> str:
    """The description of a line without its final colon."""
    return clean_text(str(text or "")).removesuffix(":")


def _record(node: _Node, row: Mapping[str, Any], release: str) -> dict[str, Any]:
    general, other = parse_rate(node.general), parse_rate(node.other)
    return {
        "release": release,
        "hts_code": node.code,
        "indent": node.indent,
        "description": node.description or None,
        "units": ";".join(clean_text(unit) for unit in row["units"] or ()),
        "general_text": node.general or None,
        "special_text": node.special or None,
        "other_text": node.other or None,
        "rates_from": node.rates_from,
        "additional_duties_text": node.additional,
        "chapter99_codes": ";".join(node.chapter99) or None,
        "general_ad_valorem_pct": general.ad_valorem_pct,
        "general_specific_usd_per_kg": general.specific_usd_per_kg,
        "general_parse_status": general.status,
        "other_ad_valorem_pct": other.ad_valorem_pct,
        "other_specific_usd_per_kg": other.specific_usd_per_kg,
        "other_parse_status": other.status,
        "special_programs": ";".join(free_programs(node.special)) or None,
    }
