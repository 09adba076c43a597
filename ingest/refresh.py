"""The life of a source in one run: live, else the newest archived vintage, else the starter. It never raises.

Each file that arrives passes the gates on its bytes, is parsed, passes the gates on its rows, and only
then becomes a vintage of the archive. What is served downstream is parsed Parquet, one folder a vintage,
made again when the parser changed.
"""

import hashlib
import logging
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic
from typing import Any, Literal, TypeVar, cast

import orjson
import polars as pl

from ingest.acceptance import (
    Gates,
    RefusedError,
    check_bytes,
    check_contract,
    check_rows,
    check_shrinkage,
    check_sizes,
)
from ingest.archive import (
    Archive,
    ArchiveError,
    Checked,
    Origin,
    Quarantined,
    Record,
    State,
    Validator,
    series_of,
    sha256_of,
    write_atomically,
)
from ingest.contracts import Accepted, FileFacts, ParseError, SourceModule, Table
from ingest.fetching import Ask, Errand, Fetched, LiveModule, Part
from ingest.http import FetchError, Http, NotFoundError, UnfinishedError, UnreachableError
from ingest.reading import measure, read
from ingest.scope import BRIDGE

Mode = Literal["live", "archived", "starter", "failed", "skipped"]

STARTER = "starter"
FEWEST_TYPICAL = 10
"""Rows of a table below which their median tells nothing."""
PERIOD_COLUMNS = ("period", "year", "publication_date", "valid_from")
ENGINE = {
    "acceptance.py",
    "archive.py",
    "fetching.py",
    "gathering.py",
    "http.py",
    "probe.py",
    "refresh.py",
}
CHECKSUM_SUFFIX = ".sha256"
NEVER = datetime.min.replace(tzinfo=UTC)

_Said = TypeVar("_Said", str, date)
ROW_GROUP = 122_880  # DuckDB's own, of which each core lands one at a time

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """Parquet of one table from one vintage: the table's columns and where each row comes from.

    The columns added are _archive_id, _partition, _vintage and _mode. ``(archive_id, vintage)`` names the
    vintage; for the starter ``archive_id`` is ``starter-<digest of the file>`` while its rows keep the
    ids of the publishers' files. ``refused_path`` holds the rows that broke the schema, with ``_reason``,
    ``name`` is the publisher's file name.
    """

    table: str
    path: Path
    archive_id: str
    partition: str
    vintage: date | None
    mode: str
    rows: int
    refused_rows: int = 0
    refused_path: Path | None = None
    newest_period: date | None = None
    name: str = ""

    @property
    def series(self) -> str:
        """What it is a vintage of; the starter is no vintage of anything."""
        return series_of(self.partition, self.name)


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """What one run made of one source.

    ``mode`` says what is served: ``live`` (the publisher answered, tonight or, for a part of it, within the
    days for which that holds), ``archived``, ``starter``,
    ``skipped`` (nobody asked, nothing at hand) or ``failed`` (asked in vain, nothing at hand).
    ``changed`` says whether anything was parsed anew. ``tables`` is everything in force and every older
    vintage, ``note`` what the source last said, ``problems`` one sentence each on what went wrong.
    ``newest_period`` is the source's, as its `Source.leading` files state it. ``apart`` are vintages that
    count no longer, withdrawn or dropped. ``is_unfinished``: the visit ran out of time and goes on next time.
    """

    source_id: str
    mode: Mode
    changed: bool
    note: str
    newest_period: date | None
    fetched_at: datetime | None
    records: tuple[Record, ...] = ()
    tables: tuple[ParsedFile, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    problems: tuple[str, ...] = ()
    apart: tuple[Record, ...] = ()
    is_unfinished: bool = False


@dataclass(slots=True)
class _Visit:
    """The tally of one run's visit."""

    new: list[str] = field(default_factory=list)
    confirmed: int = 0
    absent: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    unfinished: str = ""
    is_cut_off: bool = False
    asked: bool = False
    has_recent: bool = False

    @property
    def answered(self) -> bool:
        """Whether the publisher gave or confirmed anything, or had nothing due."""
        return self.asked and (bool(self.new) or self.confirmed > 0 or not self.problems)

    @property
    def is_live(self) -> bool:
        """Whether the publisher answered, or confirmed other parts so lately that they were not asked for."""
        return self.answered or (self.asked and self.has_recent)

    def sentence(self) -> str:
        """All of it in one sentence."""
        parts = []
        if self.new:
            more = f" and {len(self.new) - 3} more" if len(self.new) > 3 else ""
            parts.append(f"new: {', '.join(self.new[:3])}{more}")
        if self.confirmed:
            parts.append(f"{self.confirmed} unchanged")
        if self.absent:
            parts.append(f"not published: {', '.join(self.absent[:3])}{' and more' * (len(self.absent) > 3)}")
        if self.problems:
            more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
            parts.append(f"{self.problems[0]}{more}")
        parts += self.withdrawn
        if self.unfinished:
            parts.append(self.unfinished)
        return "; ".join(parts) or "nothing new is due"


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a run works.

    ``archive`` keeps the vintages. ``parsed`` has a folder for each, ``<source>/<archive
    id>-<vintage>/``, with ``<table>.parquet`` in it. ``starter`` holds ``<table>.parquet`` of the
    starter. ``drop_in`` holds files brought by hand, ``<source>/<file>`` with an optional
    ``<file>.sha256``; a file of which neither name nor content tells its partition lies in a folder that
    does, ``<source>/<partition>/<file>``.
    """

    archive: Path
    parsed: Path
    starter: Path
    drop_in: Path | None = None


def refresh_source(
    module: SourceModule,
    folders: Folders,
    now: datetime,
    ask: Ask | None = None,
    not_asked: str = "no network was asked for",
) -> SourceOutcome:
    """Bring one source up to date as far as it goes, and say what is served.

    Args:
        module: The source's module; without a ``plan``, or without a key that it cannot do without
            (``NEEDS_KEY``), it is served from drop-ins, archive and starter only.
        folders: Where the run works.
        now: The moment of the run, UTC.
        ask: How to ask the publisher; None to stay off the network.
        not_asked: Why ``ask`` is None, for the note.
    """
    run = _Run(module, folders, now)
    try:
        run.find_damage(by_hash=ask is not None and ask.full)
        if folders.drop_in:
            run.take_drop_ins(folders.drop_in / run.source_id)
        if ask is not None and not ask.key and getattr(module, "NEEDS_KEY", False):
            not_asked = f"it needs a key in {module.SOURCE.key_env}"
        elif ask is not None and hasattr(module, "plan"):
            run.visit_publisher(cast("LiveModule", module), ask)
        elif ask is not None:
            not_asked = "no address is fetched, new files are dropped in by hand"
        return run.outcome(not_asked)
    except Exception as error:
        log.exception("%s: the run broke off", run.source_id)
        note = f"the run broke off: {_briefly(error)}"
        return SourceOutcome(
            run.source_id, "failed", False, note, None, run.state.fetched_at, problems=(note,)
        )


class _Run:
    """One source, one run."""

    def __init__(self, module: SourceModule, folders: Folders, now: datetime) -> None:
        self.module = module
        self.source_id = module.SOURCE.id
        self.archive = Archive(folders.archive)
        self.parsed_dir = folders.parsed / self.source_id
        self.starter_dir = folders.starter
        self.now = now
        self.state: State = self.archive.state(self.source_id)
        self.gates: Gates | None = getattr(module, "GATES", None)
        self.fingerprint = _fingerprint(module)
        self.visit = _Visit()
        self.parsed_anew = False

    def find_damage(self, *, by_hash: bool) -> None:
        """Tell of archived files that are damaged or gone, and forget their series: they are taken again.

        Files that must be parsed anew are always held against their hash, the others if ``by_hash``.
        """
        self.archive.sweep(self.source_id)
        for record in self.archive.records(self.source_id):
            try:
                self.archive.verify(record, by_hash=by_hash or self._summary(record) is None)
            except ArchiveError as damage:
                self.visit.problems.append(str(damage))
                self.state.series.pop(record.series, None)

    def take_drop_ins(self, folder: Path) -> None:
        """Archive files that somebody put there by hand; they stay where they are."""
        files = drop_ins(folder)
        for path in files:
            try:
                _check_drop_in(path)
                within = path.parent.relative_to(folder).as_posix()
                partition = _partition_of(self.module, path) if within == "." else within
                stated = _stated_vintage(self.module, path)
                vintage = stated or datetime.fromtimestamp(path.stat().st_mtime, tz=self.now.tzinfo).date()
                copy = self.archive.incoming(self.source_id) / path.name
                shutil.copyfile(path, copy)
                part = Part(partition, path.name, path.name)
                fetched = Fetched(copy, part, min(vintage, self.now.date()), ())
                self._admit(fetched, "drop_in", is_dated=stated is not None)
            except RefusedError as refusal:
                self.visit.problems.append(f"{path.name} (dropped in): {refusal}")
        if files:
            self.archive.remember(self.source_id, self.state)

    def visit_publisher(self, module: LiveModule, ask: Ask) -> None:
        """Take every part of the source's plan; what fails is told and leaves the rest alone."""
        base_url = ask.base_url or module.SOURCE.base_url or ""
        policy = getattr(module, "KEYED_POLICY", module.POLICY) if ask.key else module.POLICY
        errand = Errand(self.source_id, base_url, policy, self.archive, self.state, self.now, ask)
        self.visit.asked = True
        began = monotonic()
        try:
            for part in self._due(module, errand):
                if ask.minutes and monotonic() - began >= 60 * ask.minutes:
                    self.visit.unfinished = (
                        f"stopped after {ask.minutes:g} minutes and {errand.tally.sentence()}, "
                        "the others come first next time"
                    )
                    break
                self._take(module, errand, part)
                errand.tally.end()
        except Exception as error:
            self._tell(ask.http, "", error)
        self.visit.has_recent = bool(errand.rested)
        if self.visit.answered:
            self.state.fetched_at = self.now
        self.state.said = self.visit.sentence()
        self.archive.remember(self.source_id, self.state)

    def _due(self, module: LiveModule, errand: Errand) -> Iterator[Part]:
        """The parts of the plan: first those never tried, then those tried longest ago.

        So no slow or failing part keeps the others from their turn, tonight or ever. A plan that looks at
        what came of its parts (``PLAN_FOLLOWS``) is followed as it goes.
        """
        if getattr(module, "PLAN_FOLLOWS", False):
            yield from module.plan(errand)
            return
        parts: list[Part] = []
        try:
            for part in module.plan(errand):
                parts.append(part)  # noqa: PERF402 - what was planned before a plan breaks off is still due
        except Exception as error:
            self._tell(errand.ask.http, "", error)
        parts.sort(key=lambda part: self.state.tried.get(part.series, NEVER))
        calls = getattr(module, "calls", None)
        errand.tally.plan([calls(errand, part) if calls else 1 for part in parts])
        yield from parts

    def outcome(self, not_asked: str) -> SourceOutcome:
        """What is served now."""
        records = _in_force(self.archive.records(self.source_id))
        tables: list[ParsedFile] = []
        for record in records:
            try:
                tables += self._parsed(record)
            except (ArchiveError, ParseError) as error:
                if str(error) not in self.visit.problems:
                    self.visit.problems.append(str(error))
        # The starter stays beside what came later: some tables grow by what their publisher stops serving.
        tables += self._starter(self.module.SOURCE.tables)
        leading = self.module.SOURCE.leading
        newest = _newest(
            [file for file in tables if file.mode == STARTER or file.partition.startswith(leading)]
        )
        archived = any(_counts_beside(file, tables) for file in tables)
        at_hand: Mode | None = "archived" if archived else "starter" if tables else None
        mode: Mode = "live" if self.visit.is_live and archived else at_hand or self._empty_handed()
        is_told = self.visit.asked or self.visit.problems or self.visit.withdrawn
        note = self.visit.sentence() if is_told else not_asked
        apart = tuple(record for record in self.archive.ever(self.source_id) if not record.counts)
        if withdrawn := [record for record in apart if record.withdrawn_at]:
            note = f"{note}; {len(withdrawn)} withdrawn"
        return SourceOutcome(
            source_id=self.source_id,
            mode=mode,
            changed=self.parsed_anew,
            note=note,
            newest_period=newest,
            fetched_at=self.state.fetched_at,
            records=tuple(records),
            tables=tuple(tables),
            quarantined=tuple(self.archive.quarantined(self.source_id)),
            problems=tuple(self.visit.problems),
            apart=apart,
            is_unfinished=bool(self.visit.unfinished),
        )

    def _empty_handed(self) -> Mode:
        return "failed" if self.visit.asked else "skipped"

    def _take(self, module: LiveModule, errand: Errand, part: Part) -> None:
        is_asked = True
        errand.tally.begin(part.name)
        try:
            fetched = module.fetch(errand, part)
            if fetched is None:
                self._confirm(part.series)
            else:
                self._admit(fetched, "live")
        except NotFoundError as error:
            if errand.has(part):
                self._tell(errand.ask.http, f"{part.name}, no longer there", error)
            else:
                self.visit.absent.append(part.name)
        except Exception as error:
            # Once a host is given up, the parts after that are not asked for, and keep their turn.
            is_given_up = isinstance(error, UnreachableError) and not isinstance(error, UnfinishedError)
            is_asked = not (self.visit.is_cut_off and is_given_up)
            self.visit.is_cut_off |= is_given_up
            self._tell(errand.ask.http, part.name, error)
        if is_asked:
            self.state.tried[part.series] = self.now
        self.archive.remember(self.source_id, self.state)

    def _tell(self, http: Http, name: str, error: Exception) -> None:
        """Note a failure, redacted. Only failures that nobody foresaw go to the log with their trace."""
        foreseen = isinstance(error, FetchError | RefusedError | ParseError)
        said = str(error) if foreseen else f"unexpected answer: {_briefly(error)}"
        said = http.redact(f"{name}: {said}" if name else said)
        self.visit.problems.append(said)
        log.warning("%s: %s", self.source_id, said)
        if not foreseen:
            log.debug("%s: trace of the above", self.source_id, exc_info=error)

    def _confirm(self, series: str, validators: tuple[Validator, ...] = (), origin: Origin = "live") -> None:
        self.visit.confirmed += 1
        checked = self.state.series.get(series)
        if checked and origin == "live":
            kept = validators or checked.validators
            self.state.series[series] = Checked(checked.archive_id, self.now, kept)

    def _admit(self, fetched: Fetched, origin: Origin, *, is_dated: bool = False) -> None:
        """Lead a file through the gates into the archive, or into quarantine.

        ``is_dated``: the file itself states its vintage, which holds even where there is a newer one.

        Raises:
            RefusedError: It went to quarantine.
        """
        part, path = fetched.part, fetched.path
        archive_id = sha256_of(path)
        if self._is_withdrawn(archive_id, part.name):
            path.unlink()
            return
        in_force = self.archive.newest(self.source_id, part.series)
        if in_force is not None and in_force.archive_id == archive_id:
            self.archive.mend(path, in_force)
            self._checked(fetched, archive_id, origin)
            self._confirm(part.series, fetched.validators, origin)
            return
        if any(_is_held(one, archive_id, part, is_dated) for one in self.archive.ever(self.source_id)):
            path.unlink()
            self._checked(fetched, archive_id, origin)
            self._confirm(part.series, fetched.validators, origin)
            return
        first = next(iter(fetched.validators), Validator(part.url, None, None))
        record = Record(
            archive_id=archive_id,
            source_id=self.source_id,
            name=part.name,
            url=first.url,
            partition=part.partition,
            vintage=fetched.vintage,
            fetched_at=self.now,
            bytes=path.stat().st_size,
            licence=self.module.SOURCE.licence,
            mode=origin,
            etag=first.etag,
            last_modified=first.last_modified,
        )
        if not is_dated:
            record = self.archive.dated(record)
        try:
            self._pass_gates(path, record, in_force)
        except (RefusedError, ParseError) as refusal:
            self._quarantine(path, record, str(refusal))
            raise RefusedError(f"{refusal}; kept in quarantine") from None
        self.archive.add(path, record)
        if origin == "live":
            self.state.series.pop(part.series, None)
        self._checked(fetched, archive_id, origin)
        self.visit.new.append(part.name)

    def _checked(self, fetched: Fetched, archive_id: str, origin: Origin) -> None:
        """Remember a series. A file brought by hand does not say what its publisher holds today."""
        at, validators = (self.now, fetched.validators) if origin == "live" else (NEVER, ())
        self.state.series.setdefault(fetched.part.series, Checked(archive_id, at, validators))

    def _is_withdrawn(self, archive_id: str, name: str) -> bool:
        """Whether these bytes were taken out of force; the visit says so."""
        for record in self.archive.ever(self.source_id):
            if record.archive_id == archive_id and record.withdrawn_at:
                why = f" ({record.withdrawn_reason})" if record.withdrawn_reason else ""
                self.visit.withdrawn.append(
                    f"{name} is not taken, since its bytes were withdrawn on {record.withdrawn_at:%Y-%m-%d}"
                    f"{why}; `minerals withdraw {archive_id[:12]} --undo` brings them back"
                )
                return True
        return False

    def _pass_gates(self, path: Path, record: Record, in_force: Record | None) -> None:
        by_hand = record.mode == "drop_in"
        for other in self.archive.records(self.source_id):
            if other.archive_id == record.archive_id and other.series != record.series:
                raise RefusedError(f"the same bytes are already {other.name} of {other.partition}")
        if self.gates and not by_hand:  # a drop-in may be in any form that the parser reads
            check_bytes(path, self.gates)
        files = self._parse(path, record)
        if self.gates and not by_hand:
            last = self._summary(in_force) if in_force else None
            newest = _newest(files)
            rows = {file.table: file.rows for file in files}
            last_newest = _newest(last) if last else None
            check_rows(rows, newest, self.gates, today=self.now.date(), last_newest=last_newest)
            for file in files:
                check_contract(file.rows, file.refused_rows, file.table)
            if in_force and not (last and all(rows.get(file.table, 0) >= file.rows for file in last)):
                check_shrinkage(record.bytes, in_force.bytes, self.gates)
            check_sizes(_typical(files), _typical(self._neighbours(record)))
        elif not any(file.rows for file in files):
            raise RefusedError("not one row of it keeps the contract")

    def _neighbours(self, record: Record) -> list[ParsedFile]:
        """What is in force of a record's series, or else of the last one of its kind: another year, say."""
        kind = _kind(record)
        alike = [one for one in self.archive.records(self.source_id) if _kind(one) == kind]
        alike.sort(key=lambda one: one.series == record.series)
        return self._summary(alike[-1]) or [] if alike else []

    def _quarantine(self, path: Path, record: Record, reason: str) -> None:
        shutil.rmtree(self._folder(record), ignore_errors=True)
        refused = Quarantined(
            record.archive_id,
            self.source_id,
            record.name,
            record.url,
            record.partition,
            self.now,
            record.bytes,
            reason,
        )
        self.archive.quarantine(path, refused)

    def _folder(self, record: Record) -> Path:
        return self.parsed_dir / f"{record.archive_id}-{record.vintage}"

    def _parsed(self, record: Record) -> list[ParsedFile]:
        """The parsed files of an archived vintage, made anew where there are none by this parser."""
        files = self._summary(record)
        if files is None:
            self.archive.verify(record)
            files = self._parse(self.archive.path(record), record)
        return files

    def _parse(self, path: Path, record: Record) -> list[ParsedFile]:
        """Parse a file into its folder; the summary, written last, makes the folder valid."""
        facts = FileFacts(record.name, record.partition, record.vintage)
        accepted = read(self.module, path, facts)
        folder = self._folder(record)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        files = [_write(folder, table, rows, record) for table, rows in accepted.items()]
        summary = {"fingerprint": self.fingerprint, "files": [_summarised(file) for file in files]}
        write_atomically(folder / "summary.json", orjson.dumps(summary))
        self.parsed_anew = True
        return files

    def _summary(self, record: Record) -> list[ParsedFile] | None:
        """The parsed files of a vintage as its folder's summary tells, if this very parser wrote it."""
        folder = self._folder(record)
        try:
            summary = orjson.loads((folder / "summary.json").read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            return None
        if summary["fingerprint"] != self.fingerprint:
            return None
        return [_file(folder, entry, record) for entry in summary["files"]]

    def _starter(self, tables: Iterable[Table]) -> list[ParsedFile]:
        """The starter's files of these tables, with ``_mode``, made anew where the starter changed."""
        files = []
        for table in tables:
            source = self.starter_dir / f"{table.name}.parquet"
            if not source.is_file():
                continue
            archive_id = f"{STARTER}-{sha256_of(source)[:16]}"
            target = self.parsed_dir / archive_id / f"{table.name}.parquet"
            if not target.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                write_parquet(pl.read_parquet(source).with_columns(pl.lit(STARTER).alias("_mode")), target)
                self.parsed_anew = True
            frame = pl.scan_parquet(target)
            rows = frame.select(pl.len()).collect().item()
            newest = _newest_period(frame)
            files.append(
                ParsedFile(table.name, target, archive_id, STARTER, None, STARTER, rows, newest_period=newest)
            )
        return files


def _write(folder: Path, table: str, accepted: Accepted, record: Record) -> ParsedFile:
    """Write the rows of a table that keep its schema, and those that do not."""
    path = folder / f"{table}.parquet"
    provenance = [
        pl.lit(record.archive_id).alias("_archive_id"),
        pl.lit(record.partition).alias("_partition"),
        pl.lit(record.vintage).alias("_vintage"),
        pl.lit(record.mode).alias("_mode"),
    ]
    write_parquet(accepted.rows.with_columns(provenance), path)
    refused_path = None
    if accepted.refused.height:
        refused_path = folder / f"{table}.refused.parquet"
        write_parquet(accepted.refused.with_columns(provenance), refused_path)
    newest = _newest_period(accepted.rows.lazy())
    return ParsedFile(
        table,
        path,
        record.archive_id,
        record.partition,
        record.vintage,
        record.mode,
        accepted.rows.height,
        accepted.refused.height,
        refused_path,
        newest,
        record.name,
    )


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Leave parsed rows for landing, whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    frame.write_parquet(part, compression="zstd", statistics=True, row_group_size=ROW_GROUP)
    part.replace(path)


def _summarised(file: ParsedFile) -> dict[str, Any]:
    return {
        "table": file.table,
        "rows": file.rows,
        "refused_rows": file.refused_rows,
        "newest_period": file.newest_period,
    }


def _file(folder: Path, entry: dict[str, Any], record: Record) -> ParsedFile:
    name, newest = entry["table"], entry["newest_period"]
    return ParsedFile(
        name,
        folder / f"{name}.parquet",
        record.archive_id,
        record.partition,
        record.vintage,
        record.mode,
        entry["rows"],
        entry["refused_rows"],
        folder / f"{name}.refused.parquet" if entry["refused_rows"] else None,
        date.fromisoformat(newest) if newest else None,
        record.name,
    )


def drop_ins(folder: Path) -> list[Path]:
    """The files brought by hand below a folder, in order; hidden files and checksums are none."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix != CHECKSUM_SUFFIX
        and not any(name.startswith(".") for name in path.relative_to(folder).parts)
    )


def _counts_beside(file: ParsedFile, tables: Sequence[ParsedFile]) -> bool:
    """Whether an archived file is in force beside the starter: one brought by hand yields to newer ones."""
    if file.mode != "drop_in":
        return file.mode != STARTER
    starter = [other.path for other in tables if other.mode == STARTER and other.table == file.table]
    stated = (
        pl.scan_parquet(starter[0]).select(pl.col("_vintage").max()).collect().item() if starter else None
    )
    return stated is None or file.vintage is None or file.vintage >= stated


def _briefly(error: Exception) -> str:
    """An error that nobody foresaw, on one line."""
    return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"


def _newest(files: Sequence[ParsedFile]) -> date | None:
    return max((file.newest_period for file in files if file.newest_period), default=None)


def _newest_period(frame: pl.LazyFrame) -> date | None:
    """The newest period a table speaks of: its first day, from whichever column dates its rows."""
    schema = frame.collect_schema()
    column = next((name for name in PERIOD_COLUMNS if name in schema), None)
    if column is None:
        return None
    newest = frame.select(pl.col(column).max()).collect().item()
    return date(newest, 1, 1) if isinstance(newest, int) else newest


def _typical(files: Iterable[ParsedFile]) -> dict[str, float]:
    """The median of each column of figures, where a table has enough of them to tell."""
    found: dict[str, float] = {}
    for file in files:
        if file.rows >= FEWEST_TYPICAL:
            medians = pl.scan_parquet(file.path).select(pl.selectors.numeric().median()).collect()
            for row in medians.iter_rows(named=True):  # none where the table has no numbers
                found |= {f"{file.table}.{name}": median for name, median in row.items() if median}
    return found


def _kind(record: Record) -> str:
    """A partition's name without its year, month or country: what it has in common with its like."""
    return re.sub(r"\d+", "", record.partition)


def _in_force(records: Sequence[Record]) -> list[Record]:
    """All vintages but those overtaken on their own day: of these the last one counts."""
    last = {(record.series, record.vintage): record for record in records}
    return list(last.values())


def _is_held(record: Record, archive_id: str, part: Part, is_dated: bool) -> bool:
    """Whether bytes that are not a series' newest are archived all the same.

    They are where the file states its own vintage, which does not change by being seen again, and where they
    state the same partition under another name.
    """
    if record.archive_id != archive_id:
        return False
    if record.series == part.series:
        return is_dated
    return record.counts and record.partition == part.partition


def _partition_of(module: SourceModule, path: Path) -> str:
    """The partition a dropped-in file states: by its name, else by its content, else the name's stem."""
    of_name, of_content = getattr(module, "partition_of", None), getattr(module, "partition_in", None)
    named = of_name(path.name) if of_name else None
    return named or (_asked(of_content, path) if of_content else None) or path.stem


def _stated_vintage(module: SourceModule, path: Path) -> date | None:
    """The day on which a dropped-in file says that it was stated; None where it says nothing."""
    stated = getattr(module, "stated_vintage", None)
    return _asked(stated, path) if stated else None


def _asked(question: Callable[[Path], _Said | None], path: Path) -> _Said | None:
    """What a source reads off a file before the gates; None where it cannot, since the gates say why."""
    try:
        measure(path, path.name)
        return question(path)
    except (OSError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # compiled libraries panic outside of Exception
        return None


def _check_drop_in(path: Path) -> None:
    """Hold a dropped-in file against the checksum beside it, if there is one (sha256sum's own format)."""
    beside = path.with_name(path.name + CHECKSUM_SUFFIX)
    if not beside.is_file():
        return
    words = beside.read_text().split()
    if not words or words[0].lower() != sha256_of(path):
        raise RefusedError(f"its SHA-256 is not the one in {beside.name}")


def _fingerprint(module: SourceModule) -> str:
    """Tells parsers apart: a digest of the source's code, of what parsers share, and of the bridge."""
    shared = [path for path in sorted(Path(__file__).parent.glob("*.py")) if path.name not in ENGINE]
    own = getattr(module, "__file__", None)
    digest = hashlib.sha256()
    for path in [*shared, BRIDGE, *([Path(own)] if own else [])]:
        digest.update(path.read_bytes())
    return digest.hexdigest()
