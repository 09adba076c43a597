"""Parse a file of a release into rows of the tables that it fills."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError
from ingest.formats.csv import read_csv_text, records
from ingest.formats.zips import DAMAGED, read_member
from ingest.sources.usgs_mcs import parsing_policy
from ingest.sources.usgs_mcs.facts import FEWEST, FIGURE_2_HEADER, LONG_HEADER, SALIENT_HEADER, WORLD_HEADER
from ingest.sources.usgs_mcs.parsing_long import read_long
from ingest.sources.usgs_mcs.parsing_wide import read_figure_2, read_salient, read_world
from ingest.sources.usgs_mcs.schemas import IMPORT_RANKS, SALIENT, SLIPPED, SOURCE, WORLD, Rows


def parse(path: Path, facts: FileFacts) -> Frames:
    """Rows of the tables that a file of a release fills; tables without rows are absent.

    Args:
        path: a CSV of a release, or a zip of such CSVs.
        facts: ``partition`` is the edition, such as "2026", and must agree with the edition that the file
        itself states.

    Raises:
        ParseError: no known header, a line with more or fewer fields than the header, no final line end,
        fewer commodities or years than a release has, or an edition other than the partition's.
    """
    if zipfile.is_zipfile(path):
        rows: Rows = {}
        for name, content in _members(path, facts.name):
            for table, found in read_file(name, content, facts.partition).items():
                rows.setdefault(table, []).extend(found)
        is_release = True
    else:
        rows = read_file(facts.name, path.read_bytes(), facts.partition)
        is_release = rows.keys() != {SALIENT.name}
        if any(row["statistic"].startswith(SLIPPED) for row in rows.get(SALIENT.name, [])):
            raise ParseError(
                f"{facts.name}: its headings are shifted: a figure has an empty heading or a "
                "reliance is above 100 %, so no figure in it can be trusted"
            )
    if not rows:
        raise ParseError(f"{facts.name}: it has no header from the Summaries")
    for table, found in rows.items():
        column, fewest = FEWEST[table]
        held = len({row[column] for row in found})
        if is_release and held < fewest:
            counted = "commodities" if column == "commodity" else f"rows by {column}"
            raise ParseError(f"{facts.name}: cut short, {table} has only {held} {counted}")
    if stray := {row["edition"] for found in rows.values() for row in found} - {facts.partition}:
        raise ParseError(f"{facts.name}: states edition {min(stray)}, but its partition is {facts.partition}")
    return frames_of(rows)


def frames_of(rows: Rows) -> Frames:
    """Frames of the tables that have rows, typed by their schemas."""
    return {
        table.name: pl.DataFrame(
            rows[table.name], schema={name: column.dtype for name, column in table.schema.columns().items()}
        )
        for table in SOURCE.tables
        if table.name in rows
    }


def _members(path: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """CSV files in a zip, by name."""
    try:
        with zipfile.ZipFile(path) as archive:
            for member in sorted(archive.infolist(), key=lambda member: member.filename):
                if member.filename.lower().endswith(".csv"):
                    yield f"{name}/{member.filename}", read_member(archive, member)
    except DAMAGED as error:
        raise ParseError(f"{name}: the zip cannot be read ({error})") from error


def read_file(name: str, content: bytes, edition: str) -> Rows:
    """Rows of one CSV, by the format that its header shows; none for an unknown header.

    ``edition`` is the file's partition, for the tables that do not state the edition.
    """
    header, lines = read_csv_text(name, content)
    joined = ",".join(header)
    if re.fullmatch(LONG_HEADER, joined):
        return read_long(records(header, lines))
    if match := re.fullmatch(WORLD_HEADER, joined):
        return {WORLD.name: read_world(lines, int(match[1]), int(match[2]))}
    if match := re.fullmatch(FIGURE_2_HEADER, joined):
        century, start, end = match.groups()
        return {IMPORT_RANKS.name: read_figure_2(lines, int(century + start), int(century + end))}
    if re.fullmatch(SALIENT_HEADER, joined):
        return {SALIENT.name: read_salient(name, header, lines)}
    return parsing_policy.read(header, lines, edition)


def partition_in(path: Path) -> str | None:
    """The edition that the rows of a file state; names such as World_Data.zip do not state it."""
    found = _members(path, path.name) if zipfile.is_zipfile(path) else [(path.name, path.read_bytes())]
    unstated = ""
    editions = {
        row["edition"]
        for name, content in found
        for rows in read_file(name, content, unstated).values()
        for row in rows
    } - {unstated}
    return editions.pop() if len(editions) == 1 else None
