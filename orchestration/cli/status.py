"""The status of the warehouse: last refresh, publication, sources with their age, checks, disk."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from ingest.drop_ins import strays
from orchestration.cli.render import plain, print_table, wrapped
from orchestration.pipeline import failure_text, failures, history, outcome_text
from orchestration.pipeline.sources import modules
from orchestration.settings import Settings, misspelt
from warehouse.connect import connect
from warehouse.disk import usage
from warehouse.sheet import data_to
from warehouse.units import period_name

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
class Publication:
    """The current publication: its facts, checks and changes."""

    build_id: str
    built_at: str
    path: str
    bytes: int
    checks: int
    failed_checks: list[tuple[Any, ...]]
    changes: list[dict[str, Any]]
    data_to: str = ""


@dataclass(frozen=True, slots=True)
class WarehouseStatus:
    """The state for the daily look. ``disk`` is bytes by part of the home, ``strays`` are unread drop-ins."""

    publication: Publication | None
    source_rows: list[tuple[Any, ...]]
    refresh: history.History
    is_running: bool
    disk: dict[str, int]
    strays: list[str] = field(default_factory=list)

    @property
    def source_columns(self) -> list[str]:
        """The columns of ``source_rows``."""
        return list(SOURCE_COLUMNS)

    def as_dict(self) -> dict[str, Any]:
        """The status as a dictionary, for scripts."""
        published: dict[str, Any] = {}
        if self.publication:
            names = ("check_id", "severity", "message")
            failed = [dict(zip(names, row, strict=True)) for row in self.publication.failed_checks]
            published = {**asdict(self.publication), "failed_checks": failed}
        rows = [dict(zip(SOURCE_COLUMNS, row, strict=True)) for row in self.source_rows]
        return {
            **published,
            "source_rows": rows,
            "last_refresh": self.refresh.last and asdict(self.refresh.last),
            "refresh_began": self.refresh.began,
            "is_running": self.is_running,
            "disk_bytes": self.disk,
            "not_read": self.strays,
        }


def read_status(settings: Settings) -> WarehouseStatus:
    """Read the status from publication and home; newer outcomes of the sources take precedence.

    Raises:
        FileNotFoundError: Nothing is published, and no refresh has ended yet.
    """
    refresh = history.read(settings)
    publication, sources = None, _unpublished_sources(settings.outcomes_dir)
    if settings.published_path.exists() or refresh.last is None:
        publication, sources = _read_publication(settings)
    return WarehouseStatus(
        publication,
        sources,
        refresh,
        history.has_turn(settings),
        usage(settings.home),
        unread(settings),
    )


def unread(settings: Settings) -> list[str]:
    """A warning for each drop-in that belongs to no source, and for each setting that is never read."""
    return misspelt(modules()) + [
        f"{settings.drop_in_dir / name} is not read: no source has this name; see `minerals sources`."
        for name in strays(settings.drop_in_dir, modules())
    ]


def _read_publication(settings: Settings) -> tuple[Publication, list[tuple[Any, ...]]]:
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
        reach = data_to(con)
    publication = Publication(
        build_id=build_id,
        built_at=str(built_at),
        path=str(settings.published_path),
        bytes=settings.published_path.stat().st_size,
        checks=checks,
        failed_checks=failed,
        changes=_changes(settings.home / "publications" / build_id / "diff.json"),
        data_to=reach,
    )
    return publication, [_with_last_outcome(row, settings.outcomes_dir) for row in sources]


def print_status(status: WarehouseStatus, console: Console) -> None:
    """Print the status."""
    publication = status.publication
    if publication:
        built = publication.built_at[:16]
        console.print(plain(f"Publication {publication.build_id}", "bold"), highlight=False)
        console.print(f"built {built} UTC, {publication.bytes / 1e6:.1f} MB", highlight=False)
        console.print(plain(publication.path), soft_wrap=True)
        console.print(wrapped(publication.data_to, console), highlight=False, soft_wrap=True)
    else:
        console.print("[bold]Nothing is published yet[/bold]")
    _print_refresh(status, console)
    for sentence in status.strays:
        _print_alarm(console, sentence)
    console.print()
    _print_sources(status.source_rows, console)
    if publication:
        _print_checks(publication, console)
        _print_changes(publication, console)
    parts = ", ".join(f"{part} {_size(size)}" for part, size in status.disk.items() if size)
    console.print(f"\n[bold]Disk[/bold] {_size(sum(status.disk.values()))}", highlight=False)
    console.print(wrapped(parts, console, "  "), highlight=False, soft_wrap=True)


def _print_refresh(status: WarehouseStatus, console: Console) -> None:
    began, last = status.refresh.began, status.refresh.last
    if began and status.is_running:
        console.print(f"A refresh is under way since {began:%Y-%m-%d %H:%M} UTC", highlight=False)
    elif began:
        _print_alarm(
            console, f"The refresh of {began:%Y-%m-%d %H:%M} UTC was stopped or killed before its end."
        )
    if last is None:
        return
    took = ""
    if last.began:
        minutes, seconds = divmod(int((last.ended - last.began).total_seconds()), 60)
        took = f" after {minutes}:{seconds:02}"
    ended = f"Last refresh {last.how} {last.ended:%Y-%m-%d %H:%M} UTC{took}"
    if last.how != "failed":
        console.print(ended, highlight=False)
        return
    again = f"; {last.failed_in_row} failed in a row" if last.failed_in_row > 1 else ""
    _print_alarm(console, ended + again)
    console.print(wrapped(last.sentence, console, "  "), highlight=False, markup=False, soft_wrap=True)
    for failure in last.failures:
        if failure.blocking:
            print_failure(failure, console, "  ")
    if last.log:
        console.print(plain(f"  Full log: {last.log}"), soft_wrap=True)


def print_failure(failure: failures.Failure, console: Console, indent: str = "") -> None:
    """Print a failed check with its rows, files and remedy, wrapped between words."""
    first, *rest = failure_text.lines(failure)
    console.print(plain(wrapped(first, console, indent)), soft_wrap=True)
    for line in rest:
        label, text = line.split(maxsplit=1)
        broken = wrapped(text, console, indent + " " * 8)
        console.print(plain(f"{indent}  {label:<6}{broken.removeprefix(indent + ' ' * 8)}"), soft_wrap=True)


def _print_sources(rows: list[tuple[Any, ...]], console: Console) -> None:
    named = [
        (
            source_id,
            _period(source_id, newest),
            outcome_text.FROM.get(mode, mode),
            vintage or (str(fetched)[:10] if fetched and mode == "live" else None),
            None if age is None else f"{age} d",
            f"{due} late" if _is_late(due) else due,
        )
        for source_id, mode, vintage, age, newest, due, fetched, _ in rows
    ]
    print_table(("source", "data to", "served from", "as of", "age", "next due"), named, console)
    notes: dict[str, list[str]] = {}
    for row in rows:
        if row[-1]:
            notes.setdefault(str(row[-1]), []).append(str(row[0]))
    for note, sources in notes.items():
        who = "all" if len(sources) == len(rows) else ", ".join(sources)
        console.print(plain(wrapped(f"{who}: {note}", console, "  ")), soft_wrap=True)
    used = {outcome_text.FROM.get(row[1], row[1]) for row in rows}
    for word, meaning in outcome_text.LEGEND.items():
        if word in used:
            console.print(wrapped(f"{word}: {meaning}", console, "  "), style="dim", soft_wrap=True)


def _period(source_id: str, newest: date | str | None) -> str:
    """The newest period of a source; one that is no longer read has the day on which it begins."""
    if newest is None:
        return ""
    known = modules().get(source_id)
    return period_name(date.fromisoformat(str(newest)[:10]), known.SOURCE.cadence if known else "irregular")


def _print_checks(publication: Publication, console: Console) -> None:
    passed = publication.checks - len(publication.failed_checks)
    counted = f"{passed} of {publication.checks} passed in the build of {publication.built_at[:16]} UTC"
    console.print(f"\n[bold]Checks[/bold] {counted}", highlight=False)
    for check_id, severity, message in publication.failed_checks:
        broken = wrapped(f"{severity} {check_id}: {message or ''}", console, "  ")
        console.print(plain(broken, "red" if severity == "error" else "yellow"), soft_wrap=True)


def _print_changes(publication: Publication, console: Console) -> None:
    console.print("\n[bold]Changed[/bold] since the previous publication", highlight=False)
    for change in publication.changes:
        console.print(
            f"  {change['table']}: {change['added']:,} added, {change['removed']:,} removed, "
            f"{change['changed']:,} changed",
            highlight=False,
            soft_wrap=True,
        )
    if not publication.changes:
        console.print("  nothing, or this is the first publication")


def print_source_facts(sources: list[dict[str, str]], console: Console) -> None:
    """Print a few lines per source: what it is, how it is fetched, its newest period and its licence."""
    for facts in sources:
        console.print(plain(facts["source_id"], "bold"))
        comes = [facts["cadence"], facts["weight"]] + ([f"key in {facts['key']}"] if facts["key"] else [])
        goes = "not fetched yet"
        if facts["served_from"] == "nothing":
            goes = "no figures at hand"
        elif facts["served_from"]:
            as_of = f" as of {facts['as_of']}" if facts["as_of"] else ""
            reach = f"data to {facts['data_to']}, " if facts["data_to"] else ""
            goes = f"{reach}served from the {facts['served_from']}{as_of}"
        for text in (
            f"{facts['title']}, {facts['publisher']}",
            f"{', '.join(comes)}; {goes}",
            f"{facts['licence']}; {facts['homepage']}",
            f"by hand into drop_in/{facts['source_id']}/: {facts['drop_in']}",
        ):
            console.print(plain(wrapped(text, console, "  ")), soft_wrap=True)


def served_since(outcome: dict[str, Any]) -> str:
    """The newest vintage of an outcome, or else the day of the fetch; empty if neither is known."""
    vintages = [file["vintage"] for file in outcome.get("tables", []) if file.get("vintage")]
    return max(vintages, default=str(outcome.get("fetched_at") or "")[:10])


def last_outcome(outcomes: Path, source_id: str) -> dict[str, Any]:
    """The last outcome of a source; empty if there is none."""
    try:
        left: dict[str, Any] = json.loads((outcomes / f"{source_id}.json").read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return left


def _unpublished_sources(outcomes: Path) -> list[tuple[Any, ...]]:
    """Rows about the sources, made only from their last outcomes."""
    names = sorted(path.stem for path in outcomes.glob("[!.]*.json"))
    return [
        _with_last_outcome((name, "skipped", None, None, None, None, None, ""), outcomes) for name in names
    ]


def _with_last_outcome(row: tuple[Any, ...], outcomes: Path) -> tuple[Any, ...]:
    """A source's row with the mode, last fetch and note of its last outcome, which may be newer."""
    outcome = last_outcome(outcomes, row[0])
    if not outcome:
        return row
    newest = row[4] or outcome.get("newest_period")
    return (
        row[0],
        outcome["mode"],
        *row[2:4],
        newest,
        row[5],
        outcome["fetched_at"] or row[6],
        outcome["note"],
    )


def _changes(report: Path) -> list[dict[str, Any]]:
    return json.loads(report.read_bytes()) if report.exists() else []


def _print_alarm(console: Console, text: str) -> None:
    console.print(plain(wrapped(text, console), "bold red"), soft_wrap=True)


def _is_late(due: date | str | None) -> bool:
    return due is not None and date.fromisoformat(str(due)[:10]) < datetime.now(UTC).date()


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
