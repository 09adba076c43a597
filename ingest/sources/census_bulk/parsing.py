"""One month's archive as frames of the raw tables."""

import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError
from ingest.formats.zips import DAMAGED, read_member
from ingest.sources.census_bulk.details import period_of, read_details
from ingest.sources.census_bulk.facts import (
    CONCORD,
    DETAILS,
    KEYS,
    MEASURES,
    MONTH_AT,
    SMALL_MEMBERS,
    Span,
    measure_span,
)
from ingest.sources.census_bulk.fixed_width import Bytes2D, cut, fixed_ints
from ingest.sources.census_bulk.schemas import CONCORDANCE, CONTROL, EXPORTS, IMPORTS
from ingest.sources.census_bulk.small_members import concordance, controls


def parse(path: Path, facts: FileFacts) -> Frames:
    """Read one month's archive.

    Returns:
        The details of the kept codes that have a value in the month, the concordance, and for imports the
        control totals with our sums.

    Raises:
        ParseError: Not such an archive, damaged, of a month other than in its name, or in another layout.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = {Path(info.filename).name.upper(): info for info in archive.infolist()}
            named = Counter(Path(info.filename).name.upper() for info in archive.infolist())
            if twice := [name for name in (*DETAILS.values(), *SMALL_MEMBERS) if named[name] > 1]:
                raise ParseError(f"{facts.name}: contains {twice[0]} more than once")
            flow = next((flow for flow, member in DETAILS.items() if member in members), None)
            if flow is None:
                raise ParseError(f"{facts.name}: contains neither {' nor '.join(DETAILS.values())}")
            details = read_details(path, members[DETAILS[flow]], flow, facts.name)
            small = {
                name: read_member(archive, info) for name, info in members.items() if name in SMALL_MEMBERS
            }
    except DAMAGED as error:
        raise ParseError(f"{facts.name}: the archive is damaged ({error})") from None
    period = period_of(details.month, facts.name)
    if facts.partition != f"{flow}-{period:%Y-%m}":
        raise ParseError(f"{facts.name}: states {flow} of {period:%Y-%m} instead of {facts.partition}")
    frames = {IMPORTS.name if flow == "imports" else EXPORTS.name: _decoded(details.kept, flow, period)}
    if CONCORD in small:
        frames[CONCORDANCE.name] = concordance(small[CONCORD], flow, period)
    if flow == "imports":
        frames[CONTROL.name] = controls(small, details, frames[IMPORTS.name], period)
    return frames


def _decoded(kept: Bytes2D, flow: str, period: date) -> pl.DataFrame:
    """The kept records in order. A number that cannot be read is null, which its schema refuses."""
    size = MONTH_AT[flow][0] - 1
    text = kept[:, :size].tobytes().decode("latin-1")
    keys = [text[start : start + size] for start in range(0, len(text), size)]
    numbers = {name: _numbers(_field(kept, measure_span(flow, name))) for name in MEASURES[flow]}
    records = pl.DataFrame({"keys": pl.Series(keys, dtype=pl.String), **numbers})
    columns = records.with_columns(pl.lit(period).alias("period"), *cut("keys", KEYS[flow]))
    return columns.drop("keys").sort(list(KEYS[flow]))


def _field(records: Bytes2D, span: Span) -> Bytes2D:
    return records[:, span[0] - 1 : span[1]]


def _numbers(cells: Bytes2D) -> pl.Series:
    values, readable = fixed_ints(cells)
    return pl.Series(values).set(pl.Series(~readable), None)
