"""What a section of the brief consists of, and how it is read from the published file."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import altair as alt
import duckdb

from warehouse.book import questions

Rows = list[dict[str, Any]]
SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True, slots=True)
class Query:
    """One data set of a section, embedded once for chart, table and download; see `query_text`.

    The table shows the first ``shown`` rows without the columns ``left_out``; the download has all.
    """

    name: str
    title: str
    shown: int = 40
    left_out: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class ChartDesign:
    """A chart over named data sets; ``alt_text`` is the text for screen readers."""

    id: str
    caption: str
    alt_text: str
    draw: Callable[[], alt.TopLevelMixin]
    source_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Design:
    """A section as designed: the question, its figures, and the function that writes its finding."""

    id: str
    title: str
    queries: Sequence[Query]
    charts: Sequence[ChartDesign]
    finding: Callable[[Mapping[str, Rows]], str]
    caveat: str
    controls: Literal["what_if"] | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """The rows of a query as the page shows them."""

    name: str
    title: str
    rows: Rows
    shown: int
    left_out: Collection[str] = ()

    @property
    def columns(self) -> list[str]:
        """Names of the table's columns; empty without rows."""
        return [column for column in (self.rows[0] if self.rows else ()) if column not in self.left_out]

    @staticmethod
    def is_number(value: object) -> bool:
        """Whether a value is a number, and so aligned right."""
        return isinstance(value, int | float) and not isinstance(value, bool)

    @staticmethod
    def cell(value: object, column: str = "") -> str:
        """A value for display: null is empty, thousands are separated except in years; up to 3 decimals."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, int):
            return str(value) if "year" in column.split("_") else f"{value:,}"
        if isinstance(value, float):
            return f"{value:,.3f}".rstrip("0").rstrip(".") if abs(value) < 1000 else f"{value:,.0f}"
        return str(value)


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as embedded in the page."""

    id: str
    caption: str
    alt: str
    spec: dict[str, Any]
    source_line: str


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its data."""

    id: str
    title: str
    finding: str
    caveat: str
    datasets: list[Dataset] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    controls: str | None = None


def query_text(name: str) -> str:
    """``sql/<name>.sql``, or else the question of that name in the query book."""
    own = SQL / f"{name}.sql"
    if own.exists():
        return own.read_text(encoding="utf-8")
    [text] = [question.sql for question in questions() if question.name == name]
    return text


def fetch_rows(con: duckdb.DuckDBPyConnection, name: str) -> Rows:
    """Rows of a query as dictionaries; the variable `today` must be set in ``con``."""
    result = con.execute(query_text(name))
    columns = [column[0] for column in result.description or []]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def source_line(con: duckdb.DuckDBPyConnection, source_ids: Sequence[str]) -> str:
    """The publishers of a chart's figures and their vintages; sources without data are left out."""
    found = con.execute(
        "select coalesce(citation, source_id), vintage from meta.source_status"
        " where source_id in (select unnest(?)) and vintage is not null order by source_id",
        [list(source_ids)],
    ).fetchall()
    parts = [f"{citation.rstrip('.')} (vintage of {vintage:%-d %B %Y})" for citation, vintage in found]
    return f"Source: {'; '.join(parts)}. Own calculations." if parts else "Own calculations."


def read_section(con: duckdb.DuckDBPyConnection, design: Design) -> Section:
    """Run a section's queries and write its finding from the results."""
    rows = {query.name: fetch_rows(con, query.name) for query in design.queries}
    return Section(
        id=design.id,
        title=design.title,
        finding=design.finding(rows),
        caveat=design.caveat,
        datasets=[
            Dataset(query.name, query.title, rows[query.name], query.shown, query.left_out)
            for query in design.queries
        ],
        charts=[
            Chart(
                chart.id,
                chart.caption,
                chart.alt_text,
                chart.draw().to_dict(),
                source_line(con, chart.source_ids),
            )
            for chart in design.charts
        ],
        controls=design.controls,
    )
