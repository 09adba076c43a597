"""How the warehouse stands, and answers laid out for a terminal."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.settings import Settings
from orchestration.terminal import plain
from warehouse.connect import connect

if TYPE_CHECKING:
    from warehouse.explain import Explanation

SHOWN_ROWS = 60
SOURCE_COLUMNS = (
    "source_id",
    "mode",
    "vintage",
    "age_days",
    "newest_period",
    "expected_next",
    "fetched_at",
    "note",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """The morning look: sources with their age, checks that fail, the publication and what it changed."""

    build_id: str
    built_at: str
    path: str
    bytes: int
    source_rows: list[tuple[Any, ...]]
    checks: int
    failed_checks: list[tuple[Any, ...]]
    changes: list[dict[str, Any]]

    @property
    def source_columns(self) -> list[str]:
        """Columns of ``source_rows``."""
        return list(SOURCE_COLUMNS)

    def as_dict(self) -> dict[str, Any]:
        """For scripts."""
        rows = [dict(zip(SOURCE_COLUMNS, row, strict=True)) for row in self.source_rows]
        failed = [
            dict(zip(("check_id", "severity", "message"), row, strict=True)) for row in self.failed_checks
        ]
        return {**asdict(self), "source_rows": rows, "failed_checks": failed}


def look(settings: Settings) -> Standing:
    """Read the standing from the publication; what the last visit to a source found goes before it.

    Raises:
        FileNotFoundError: Nothing is published yet.
    """
    with connect(settings.published_path) as con:
        build_id, built_at = con.execute("select build_id, built_at from meta.build_info").fetchall()[0]
        sources = con.execute(
            f"select {', '.join(SOURCE_COLUMNS)} from meta.source_status order by source_id"
        ).fetchall()
        checks = con.execute("select count(*) from meta.data_quality").fetchall()[0][0]
        failed = con.execute(
            "select check_id, severity, message from meta.data_quality"
            " where not passed order by severity, check_id"
        ).fetchall()
    return Standing(
        build_id=build_id,
        built_at=str(built_at),
        path=str(settings.published_path),
        bytes=settings.published_path.stat().st_size,
        source_rows=[_as_visited(row, settings.outcomes_dir) for row in sources],
        checks=checks,
        failed_checks=failed,
        changes=_changes(settings.home / "publications" / build_id / "diff.json"),
    )


def show(standing: Standing, console: Console) -> None:
    """Lay the standing out."""
    console.print(
        f"[bold]Publication {standing.build_id}[/bold], built {standing.built_at} UTC, "
        f"{standing.bytes / 1e6:.1f} MB",
        highlight=False,
        soft_wrap=True,
    )
    console.print(plain(f"{standing.path}\n"), soft_wrap=True)
    sources = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    for name in ("source", "served", "vintage", "age", "newest", "next due"):
        sources.add_column(name, no_wrap=True)
    sources.add_column("note", no_wrap=True, overflow="ellipsis", ratio=1)
    for source_id, mode, vintage, age, newest, due, _, note in standing.source_rows:
        colour = "green" if mode in {"live", "archived"} else "yellow" if mode == "starter" else "red"
        days = "" if age is None else f"{age} d"
        sources.add_row(source_id, plain(mode, colour), *map(_cell, (vintage, days, newest, due, note)))
    console.print(sources)
    passed = standing.checks - len(standing.failed_checks)
    console.print(f"\n[bold]Checks[/bold] {passed} of {standing.checks} passed", highlight=False)
    for check_id, severity, message in standing.failed_checks:
        colour = "red" if severity == "error" else "yellow"
        told = plain(f" {check_id}  {message or ''}")
        console.print(Text("  ").append(severity, colour).append_text(told), soft_wrap=True)
    console.print("\n[bold]Changed[/bold] against the publication before", highlight=False)
    for change in standing.changes:
        console.print(
            f"  {change['table']}: {change['added']:,} added, {change['removed']:,} removed, "
            f"{change['changed']:,} changed",
            highlight=False,
        )
    if not standing.changes:
        console.print("  nothing, or this is the first")


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    """An answer as a table; figures to the right, and no more rows than a person reads."""
    laid = Table(box=None, pad_edge=False, header_style="bold")
    for place, name in enumerate(columns):
        figures = any(
            isinstance(row[place], int | float) and not isinstance(row[place], bool) for row in rows
        )
        laid.add_column(plain(name), justify="right" if figures else "left", overflow="fold")
    for row in rows[:SHOWN_ROWS]:
        laid.add_row(*map(_cell, row))
    if len(rows) > SHOWN_ROWS:
        laid.caption = f"{SHOWN_ROWS} of {len(rows):,} rows; --format csv writes all"
    return laid


def show_explanation(explanation: "Explanation", console: Console) -> None:
    """Lay out where figures come from: formulas, the rows behind, the files behind those."""
    console.print(Text(explanation.mart, "bold").append_text(plain(f"  {explanation.description}\n")))
    for figure in explanation.figures:
        facts = Table("column", "figure", "what it is", box=None, pad_edge=False, header_style="bold")
        for column, value in figure.items():
            facts.add_row(column, _cell(value), _cell(explanation.formulas.get(column, "key")))
        console.print(facts, "")
    for found in explanation.inputs:
        console.print(
            f"[bold]{found.table}[/bold]: {found.row_count} rows feed {found.feeds}", highlight=False
        )
        if found.rows:
            console.print(table(list(found.rows[0]), [list(row.values()) for row in found.rows]), "")
    console.print("[bold]Publishers' files[/bold]")
    files = Table(
        "sha256", "publisher", "file", "edition", "vintage", "licence", "from", box=None, pad_edge=False
    )
    for file in explanation.files:
        facts_of_file = (file.publisher, file.name, file.edition, file.vintage, file.licence, file.url)
        files.add_row(file.archive_id[:16], *map(_cell, facts_of_file))
    console.print(files)


def _as_visited(row: tuple[Any, ...], outcomes: Path) -> tuple[Any, ...]:
    """A source's row with mode, last fetch and note of its last visit, maybe after the publication."""
    try:
        visit = json.loads((outcomes / f"{row[0]}.json").read_bytes())
    except (FileNotFoundError, ValueError):
        return row
    return (row[0], visit["mode"], *row[2:6], visit["fetched_at"] or row[6], visit["note"])


def _changes(report: Path) -> list[dict[str, Any]]:
    return json.loads(report.read_bytes()) if report.exists() else []


def _cell(value: Any) -> Text:
    if value is None:
        return Text()
    if isinstance(value, float):
        return Text(f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}")
    return plain(str(value))
