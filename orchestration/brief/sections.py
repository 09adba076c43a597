"""What a section of the brief is, and how it is read from the published file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import altair as alt
import duckdb

Row = Mapping[str, Any]
Rows = list[dict[str, Any]]
SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True, slots=True)
class Query:
    """One data set of a section: ``sql/<name>.sql``, embedded in the page once for chart, table and download."""

    name: str
    title: str
    shown: int = 40


@dataclass(frozen=True, slots=True)
class ChartDesign:
    """A chart over named data sets; ``alt_text`` says in words what a screen reader should hear."""

    id: str
    caption: str
    alt_text: str
    draw: Callable[[], alt.TopLevelMixin]


@dataclass(frozen=True, slots=True)
class Design:
    """A section as written: the question, where its figures come from, and how its finding reads."""

    id: str
    title: str
    queries: Sequence[Query]
    charts: Sequence[ChartDesign]
    finding: Callable[[Mapping[str, Rows], date], str]
    caveat: str
    source_ids: Sequence[str]
    controls: Literal["what_if"] | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows of a query as the page shows them."""

    name: str
    title: str
    rows: Rows
    shown: int

    @property
    def columns(self) -> list[str]:
        return list(self.rows[0]) if self.rows else []

    @staticmethod
    def is_number(value: object) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool)

    @staticmethod
    def cell(value: object) -> str:
        """A value for the eye: empty for null, thousands separated, at most three digits behind the point."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, int):
            return f"{value:,}"
        if isinstance(value, float):
            return f"{value:,.3f}".rstrip("0").rstrip(".") if abs(value) < 1000 else f"{value:,.0f}"
        return str(value)


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as the page embeds it."""

    id: str
    caption: str
    alt: str
    spec: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its figures."""

    id: str
    title: str
    finding: str
    caveat: str
    source_line: str
    datasets: list[Dataset] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    controls: str | None = None


def fetch_rows(
    con: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, object] | None = None
) -> Rows:
    """Run ``sql/<name>.sql`` and return its rows as dictionaries."""
    text = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    result = con.execute(text, dict(parameters) if parameters else None)
    columns = [column[0] for column in result.description or []]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def source_line(con: duckdb.DuckDBPyConnection, source_ids: Sequence[str]) -> str:
    """Who published the figures of a section, and which vintage stands in the file."""
    found = con.execute(
        "select citation, vintage from meta.source_status where source_id in (select unnest(?)) order by source_id",
        [list(source_ids)],
    ).fetchall()
    parts = [f"{citation} (vintage {vintage})" if vintage else str(citation) for citation, vintage in found]
    return "Source: " + "; ".join(parts) + "."


def read_section(con: duckdb.DuckDBPyConnection, design: Design, day: date) -> Section:
    """Query a section's data sets and write its finding from them."""
    rows = {query.name: fetch_rows(con, query.name) for query in design.queries}
    return Section(
        id=design.id,
        title=design.title,
        finding=design.finding(rows, day),
        caveat=design.caveat,
        source_line=source_line(con, design.source_ids),
        datasets=[
            Dataset(query.name, query.title, rows[query.name], query.shown) for query in design.queries
        ],
        charts=[
            Chart(chart.id, chart.caption, chart.alt_text, chart.draw().to_dict()) for chart in design.charts
        ],
        controls=design.controls,
    )
