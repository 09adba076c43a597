"""Parse any file of this source into frames of its raw tables."""

import gzip
import zlib
from pathlib import Path
from typing import Any

import orjson

from ingest.contracts import FileFacts, Frames, ParseError
from ingest.formats.csv import read_csv_table
from ingest.formats.json_text import read_json
from ingest.sources.usitc_hts.product_lists import LISTS, products_of
from ingest.sources.usitc_hts.releases import kept_releases, releases_of
from ingest.sources.usitc_hts.schedule import lines_of
from ingest.sources.usitc_hts.schemas import LINE, PRODUCT, RELEASE


def parse(path: Path, facts: FileFacts) -> Frames:
    """Read a file of this source; its name shows its kind.

    Args:
        path: a schedule (JSON, may be gzipped), a release list (JSON), or a CSV of dates or products.
        facts: for a schedule, ``partition`` is the release (``2026_rev_5``).

    Raises:
        ParseError: the file is none of these, or incomplete.
    """
    name = facts.name.lower()
    if name.endswith(".csv"):
        return _parse_csv(path, facts.name)
    rows = json_rows(path, facts.name)
    if "release" in name and not any("htsno" in row for row in rows[:1]):
        return {RELEASE.name: releases_of(rows, facts.name)}
    return {LINE.name: lines_of(rows, facts.partition, facts.name)}


def _parse_csv(path: Path, name: str) -> Frames:
    frame = read_csv_table(path, name, null_values=["NA", ""], comment_prefix="#")
    if frame.is_empty():
        raise ParseError(f"{name}: no rows")
    columns = frozenset(frame.columns)
    if {"revision", "effective_date"} <= columns:
        return {RELEASE.name: kept_releases(frame)}
    for kind in LISTS:
        if kind.columns == columns:
            return {PRODUCT.name: products_of(frame, kind)}
    raise ParseError(f"{name}: columns {sorted(columns)} match no known list")


def json_rows(path: Path, name: str) -> list[dict[str, Any]]:
    """Records of a JSON list, which may be gzipped; raises `ParseError`."""
    raw = path.read_bytes()
    try:
        text = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
        rows = read_json(text)
    except (EOFError, OSError, zlib.error) as error:
        raise ParseError(f"{name}: the gzip stream is damaged or cut off ({error})") from error
    except orjson.JSONDecodeError as error:
        kind = "an HTML page" if text.lstrip()[:1] == b"<" else "not JSON"
        raise ParseError(f"{name}: {kind} instead of a JSON list of the schedule") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ParseError(f"{name}: the JSON is not a list of records")
    return rows
