"""One run of one source: fetch what is due, admit it, and report what is served.

It serves the publisher's files (``live``) or else the newest archived vintage or else the starter. A failure
is never raised but recorded as a problem in the outcome.
"""

import logging
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from time import monotonic
from typing import Literal, cast

import polars as pl

from ingest.admission import NEVER, Admission
from ingest.archive import Archive, ArchiveError, Quarantined, Record, State
from ingest.contracts import ParseError, SourceModule
from ingest.drop_ins import check_checksum, drop_ins, modified_on, partition_of, stated_vintage
from ingest.fetch import Download, FetchContext, FetchOptions, LiveModule, RemoteFile, fetch_file
from ingest.gates import RefusedError
from ingest.http import FetchError, Http, NotFoundError, UnfinishedError, UnreachableError
from ingest.parsed import STARTER, ParsedFile, ParsedStore, newest_period_of
from ingest.tally import RunTally

Mode = Literal["live", "archived", "starter", "failed", "skipped"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """The result of one run for one source.

    ``mode`` is what is served: ``live`` (the publisher answered in this run or, for a part of the source, so
    recently that it was not asked again), ``archived``, ``starter``, ``skipped`` (not asked, and no data
    available) or ``failed`` (asked without an answer, and no data available). ``changed`` is true if any file
    was parsed. ``tables`` has every vintage that counts, ``note`` one sentence on the run, ``problems`` one
    sentence per failure. ``newest_period`` is that of the `Source.leading` partitions. ``apart`` are vintages
    that no longer count, withdrawn or dropped. ``is_unfinished`` means that the time for the source ran out;
    the next run continues.
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


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of a run.

    ``archive`` keeps the vintages. ``parsed`` has a folder ``<source>/<archive id>-<vintage>/`` for each of
    them, with ``<table>.parquet`` in it. ``starter`` holds ``<table>.parquet`` of the starter. ``drop_in``
    has files that a person puts there, ``<source>/<file>`` with an optional ``<file>.sha256``. A file whose
    partition follows neither from its name nor from its content lies in a folder named after the partition,
    ``<source>/<partition>/<file>``.
    """

    archive: Path
    parsed: Path
    starter: Path
    drop_in: Path | None = None


def refresh_source(
    module: SourceModule,
    folders: Folders,
    now: datetime,
    options: FetchOptions | None = None,
    not_asked: str = "the refresh was offline",
) -> SourceOutcome:
    """Bring one source up to date as far as possible and report what is served. Never raises.

    Args:
        module: The source's module. Without a ``plan``, or without a key that it needs (``NEEDS_KEY``), it is
            served from drop-ins, archive and starter only.
        folders: Where the run works.
        now: The moment of the run, UTC.
        options: How to fetch; None to stay off the network.
        not_asked: Why ``options`` is None, for the note.
    """
    run = _SourceRun(module, folders, now)
    try:
        run.verify_archive(by_hash=options is not None and options.wide_window)
        if folders.drop_in:
            run.admit_drop_ins(folders.drop_in / run.source_id)
        if options is not None and not options.key and getattr(module, "NEEDS_KEY", False):
            not_asked = f"it needs a key in {module.SOURCE.key_env}"
        elif options is not None and hasattr(module, "plan"):
            run.fetch_due(cast("LiveModule", module), options)
        elif options is not None:
            not_asked = "not fetched: new files are dropped in by hand"
        return run.outcome(not_asked)
    except Exception as error:
        log.exception("%s: the run failed", run.source_id)
        note = f"the run failed: {_one_line(error)}"
        return SourceOutcome(
            run.source_id, "failed", False, note, None, run.state.fetched_at, problems=(note,)
        )


class _SourceRun:
    """One source, one run. The archive's records are read once and shared by all steps."""

    def __init__(self, module: SourceModule, folders: Folders, now: datetime) -> None:
        self.module = module
        self.source_id = module.SOURCE.id
        self.archive = Archive(folders.archive)
        self.parsed = ParsedStore(module, folders.parsed / self.source_id, folders.starter)
        self.now = now
        self.state: State = self.archive.state(self.source_id)
        self.tally = RunTally()
        self.admission = Admission(module, self.archive, self.parsed, self.state, self.tally, now)

    def verify_archive(self, *, by_hash: bool) -> None:
        """Report damaged or missing archive files and drop their cached state, so they are downloaded again.

        Files that have to be parsed are always hashed, the others only if ``by_hash`` is set.
        """
        self.archive.remove_partial_files(self.source_id)
        for record in self.archive.records(self.source_id):
            try:
                self.archive.verify(record, by_hash=by_hash or self.parsed.find(record) is None)
            except ArchiveError as damage:
                self.tally.problems.append(str(damage))
                self.state.series.pop(record.series, None)

    def admit_drop_ins(self, folder: Path) -> None:
        """Archive copies of the files that a person dropped in."""
        files = drop_ins(folder)
        for path in files:
            try:
                check_checksum(path)
                stated = stated_vintage(self.module, path)
                vintage = min(stated, self.now.date()) if stated else modified_on(path, self.now)
                copy = self.archive.incoming(self.source_id) / path.name
                shutil.copyfile(path, copy)
                remote = RemoteFile(partition_of(self.module, path, folder), path.name, path.name)
                download = Download(copy, remote, vintage, ())
                self.admission.admit(download, "drop_in", is_dated=stated is not None)
            except RefusedError as refusal:
                why = str(refusal).removeprefix(f"{path.name}: ")
                self.tally.problems.append(f"{path.name} (dropped in): {why}")
        if files:
            self.archive.save_state(self.source_id, self.state)

    def fetch_due(self, module: LiveModule, options: FetchOptions) -> None:
        """Fetch every file of the source's plan; a failure is recorded and does not stop the others."""
        base_url = options.base_url or module.SOURCE.base_url or ""
        policy = getattr(module, "KEYED_POLICY", module.POLICY) if options.key else module.POLICY
        context = FetchContext(self.source_id, base_url, policy, self.archive, self.state, self.now, options)
        self.tally.asked = True
        began = monotonic()
        try:
            for remote in self._due(module, context):
                if options.minutes and monotonic() - began >= 60 * options.minutes:
                    self.tally.unfinished = (
                        f"stopped after {options.minutes:g} minutes and {context.progress.sentence()}; "
                        "the rest comes first in the next run"
                    )
                    break
                self._fetch_part(module, context, remote)
                context.progress.end()
        except Exception as error:
            self._record_failure(options.http, "", error)
        self.tally.has_recent = bool(context.rested)
        if self.tally.answered:
            self.state.fetched_at = self.now
        self.archive.save_state(self.source_id, self.state)

    def _due(self, module: LiveModule, context: FetchContext) -> Iterator[RemoteFile]:
        """The files of the plan: first those never tried, then those tried longest ago.

        This order keeps a slow or failing file from delaying the same other files every night. A plan that
        depends on the results of its own files (``PLAN_FOLLOWS``) keeps its order.
        """
        if getattr(module, "PLAN_FOLLOWS", False):
            yield from module.plan(context)
            return
        files: list[RemoteFile] = []
        try:
            # A list would lose the files that a plan names before it fails.
            for remote in module.plan(context):
                files.append(remote)  # noqa: PERF402
        except Exception as error:
            self._record_failure(context.options.http, "", error)
        files.sort(key=lambda remote: self.state.tried.get(remote.series, NEVER))
        calls = getattr(module, "calls", None)
        context.progress.plan([calls(context, remote) if calls else 1 for remote in files])
        yield from files

    def _fetch_part(self, module: LiveModule, context: FetchContext, remote: RemoteFile) -> None:
        is_asked = True
        context.progress.begin(remote.name)
        try:
            download = fetch_file(module, context, remote)
            if download is None:
                self.admission.confirm(remote.series)
            else:
                self.admission.admit(download, "live")
        except NotFoundError as error:
            if context.has(remote):
                self._record_failure(context.options.http, f"{remote.name}, no longer there", error)
            else:
                self.tally.absent.append(remote.name)
        except Exception as error:
            # Once the run stops asking a host, its remaining files are not requested and keep their place in
            # the queue.
            is_given_up = isinstance(error, UnreachableError) and not isinstance(error, UnfinishedError)
            is_asked = not (self.tally.is_cut_off and is_given_up)
            self.tally.is_cut_off |= is_given_up
            self._record_failure(context.options.http, remote.name, error)
        if is_asked:
            self.state.tried[remote.series] = self.now
        self.archive.save_state(self.source_id, self.state)

    def _record_failure(self, http: Http, name: str, error: Exception) -> None:
        """Add a failure to the problems, without secrets. Unexpected ones are logged with a traceback."""
        is_expected = isinstance(error, FetchError | RefusedError | ParseError)
        problem = str(error) if is_expected else f"unexpected answer: {_one_line(error)}"
        problem = http.redact(f"{name}: {problem}" if name else problem)
        self.tally.problems.append(problem)
        log.warning("%s: %s", self.source_id, problem)
        if not is_expected:
            log.debug("%s: traceback of the above", self.source_id, exc_info=error)

    def outcome(self, not_asked: str) -> SourceOutcome:
        """The outcome of the run."""
        records = _one_a_day(self.archive.records(self.source_id))
        tables: list[ParsedFile] = []
        for record in records:
            try:
                tables += self.parsed.find_or_parse(self.archive, record)
            except (ArchiveError, ParseError) as error:
                if str(error) not in self.tally.problems:
                    self.tally.problems.append(str(error))
        # The starter stays in force next to later files: some of its tables have data that the publisher no
        # longer serves.
        tables += self.parsed.starter()
        leading = self.module.SOURCE.leading
        newest = newest_period_of(
            [file for file in tables if file.mode == STARTER or file.partition.startswith(leading)]
        )
        is_archived = any(_counts_with_starter(file, tables) for file in tables)
        at_hand: Mode | None = "archived" if is_archived else "starter" if tables else None
        is_live = self.tally.is_live and is_archived
        mode: Mode = "live" if is_live else at_hand or self._mode_without_data()
        has_news = self.tally.asked or self.tally.new or self.tally.problems or self.tally.withdrawn
        note = self.tally.sentence() if has_news else not_asked
        apart = tuple(record for record in self.archive.ever(self.source_id) if not record.counts)
        if withdrawn := [record for record in apart if record.withdrawn_at]:
            note = f"{note}; {len(withdrawn)} withdrawn"
        return SourceOutcome(
            source_id=self.source_id,
            mode=mode,
            changed=self.parsed.has_parsed,
            note=note,
            newest_period=newest,
            fetched_at=self.state.fetched_at,
            records=tuple(records),
            tables=tuple(tables),
            quarantined=tuple(self.archive.quarantined(self.source_id)),
            problems=tuple(self.tally.problems),
            apart=apart,
            is_unfinished=bool(self.tally.unfinished),
        )

    def _mode_without_data(self) -> Mode:
        return "failed" if self.tally.asked else "skipped"


def _counts_with_starter(file: ParsedFile, tables: Sequence[ParsedFile]) -> bool:
    """Whether an archived file counts next to the starter; a drop-in older than the starter does not."""
    if file.mode != "drop_in":
        return file.mode != STARTER
    starter = [other.path for other in tables if other.mode == STARTER and other.table == file.table]
    vintage = (
        pl.scan_parquet(starter[0]).select(pl.col("_vintage").max()).collect().item() if starter else None
    )
    return vintage is None or file.vintage is None or file.vintage >= vintage


def _one_a_day(records: Sequence[Record]) -> list[Record]:
    """The vintages, but only the last of several from one series and day."""
    last = {(record.series, record.vintage): record for record in records}
    return list(last.values())


def _one_line(error: Exception) -> str:
    """An unexpected error as one line."""
    return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"
