"""All figures on one mineral by subject: files of `warehouse/sheet/`, with the title as the first comment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connect import fetch

FOLDER = Path(__file__).parent / "sheet"
OVER_YEARS = Path(__file__).parent / "over_years"
"""Subjects with a row for each year: an area's imports from one supplier, reliance, output, prices."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One table of a sheet; without rows, the warehouse has no data on the subject."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]

    @property
    def without_rows(self) -> str:
        """What a table without rows says; a list of what is not known is empty if nothing is missing."""
        return "no gap is recorded" if self.name == "not_known" else "nothing is held"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A mineral and its subjects, in reading order."""

    mineral_id: str
    name: str
    note: str | None
    subjects: Sequence[Subject]

    def as_dict(self) -> dict[str, Any]:
        """The rows of each subject as dictionaries, for scripts."""
        return {
            "mineral_id": self.mineral_id,
            "name": self.name,
            "note": self.note,
            **{
                subject.name: [dict(zip(subject.columns, row, strict=True)) for row in subject.rows]
                for subject in self.subjects
            },
        }


def read_sheet(con: duckdb.DuckDBPyConnection, called: str, year: int | None = None) -> Sheet:
    """The sheet of a mineral by any of its names; with a year, the newest figures up to it.

    Raises:
        duckdb.InvalidInputException: No mineral has that name; the message lists the nearest.
    """
    found = con.execute(
        "select mineral_id, name, note from core.dim_mineral where mineral_id = mineral_called($1)", [called]
    ).fetchall()
    mineral_id, name, note = found[0]
    [subjects] = read_subjects(con, [mineral_id], year).values()
    return Sheet(mineral_id, name, note, subjects)


def read_subjects(
    con: duckdb.DuckDBPyConnection, mineral_ids: Sequence[str], year: int | None = None
) -> dict[str, list[Subject]]:
    """The subjects of each mineral's sheet, in reading order.

    Uses one query per subject for all minerals, since DuckDB takes longer to plan a query than to read its
    rows.
    """
    by_subject = [_read(con, file, mineral_ids, year) for file in sorted(FOLDER.glob("*.sql"))]
    return {one: [found[one] for found in by_subject] for one in mineral_ids}


def read_subject(con: duckdb.DuckDBPyConnection, name: str, mineral_id: str, year: int | None) -> Subject:
    """One subject of a mineral's sheet by name, such as prices."""
    [file] = FOLDER.glob(f"[0-9]*_{name}.sql")
    return _read(con, file, [mineral_id], year)[mineral_id]


def read_over_years(
    con: duckdb.DuckDBPyConnection, called: str, supplier: str = "CHN", area: str = "USA"
) -> Sheet:
    """The figures on a mineral by year, starting with the imports of an area from one supplier.

    Raises:
        duckdb.InvalidInputException: No mineral has that name; the message lists the nearest.
    """
    found = con.execute(
        "select mineral_id, name, note from core.dim_mineral where mineral_id = mineral_called($1)", [called]
    ).fetchall()
    mineral_id, name, note = found[0]
    asked = {"supplier": supplier, "area": area}
    subjects = [_read(con, file, [mineral_id], None, asked) for file in sorted(OVER_YEARS.glob("*.sql"))]
    return Sheet(mineral_id, name, note, [subject[mineral_id] for subject in subjects])


def _read(
    con: duckdb.DuckDBPyConnection,
    file: Path,
    mineral_ids: Sequence[str],
    year: int | None,
    asked: Mapping[str, str] | None = None,
) -> dict[str, Subject]:
    """One subject of each mineral; the first column of the query is the mineral."""
    text = file.read_text(encoding="utf-8")
    named = {"year": year} | dict(asked or {})
    values = {"minerals": list(mineral_ids)} | {name: named[name] for name in named if f"${name}" in text}
    (_, *columns), rows = fetch(con, text, values)
    if year and "$year" not in text and "year" in columns:
        at = 1 + columns.index("year")
        rows = [row for row in rows if row[at] is None or row[at] <= year]
    title = text.partition("\n")[0].removeprefix("-- ")
    held: dict[str, list[tuple[Any, ...]]] = {one: [] for one in mineral_ids}
    for mineral_id, *row in rows:
        held[mineral_id].append(tuple(row))
    name = file.stem.partition("_")[2]
    return {one: Subject(name, title, columns, own) for one, own in held.items()}


def data_to(con: duckdb.DuckDBPyConnection) -> str:
    """The newest period of each subject in one line, as every page states it."""
    rows = con.execute(Path(__file__).with_name("data_to.sql").read_text(encoding="utf-8")).fetchall()
    return "Data to: " + (", ".join(f"{subject} {newest}" for subject, newest in rows) or "not stated")
