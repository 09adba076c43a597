"""Admit a download: it becomes a vintage of the archive or goes into quarantine.

A file must pass the checks of its bytes, parse, and pass the checks of its rows. Only then does it become a
vintage.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ingest.archive import Archive, CacheValidator, LastCheck, Origin, Quarantined, Record, State, sha256_of
from ingest.contracts import ParseError, SourceModule
from ingest.fetch import Download, RemoteFile
from ingest.gates import (
    Gates,
    RefusedError,
    check_bytes,
    check_content,
    check_contract,
    check_rows,
    check_shrinkage,
    check_sizes,
    check_time,
)
from ingest.parsed import OBSERVED, ParsedFile, ParsedStore, medians_of, newest_period_of
from ingest.tally import RunTally

NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Admission:
    """Admits the files of one source in one run, and writes what happened to ``tally`` and ``state``."""

    module: SourceModule
    archive: Archive
    parsed: ParsedStore
    state: State
    tally: RunTally
    now: datetime

    @property
    def _source_id(self) -> str:
        return self.module.SOURCE.id

    @property
    def _gates(self) -> Gates | None:
        return getattr(self.module, "GATES", None)

    def admit(self, download: Download, origin: Origin, *, is_dated: bool = False) -> None:
        """Archive a file, unless its bytes are archived already.

        Args:
            download: The file, which is moved.
            origin: Fetched or dropped in.
            is_dated: Whether the file itself states its vintage. Such a vintage is kept even if a newer one
                is archived.

        Raises:
            RefusedError: A gate refused the file, and it is in quarantine.
        """
        remote, path = download.remote, download.path
        archive_id = sha256_of(path)
        if self._is_withdrawn(archive_id, remote.name):
            path.unlink()
            return
        in_force = self.archive.newest(self._source_id, remote.series)
        if in_force is not None and in_force.archive_id == archive_id:
            self.archive.restore_bytes(path, in_force)
            self._remember(download, archive_id, origin)
            self.confirm(remote.series, download.validators, origin)
            return
        if any(_is_archived(one, archive_id, remote, is_dated) for one in self.archive.ever(self._source_id)):
            path.unlink()
            self._remember(download, archive_id, origin)
            self.confirm(remote.series, download.validators, origin)
            return
        # If the starter was compiled from this file, its vintage is reused, so that history does not change.
        known = self.parsed.starter_vintages.get(archive_id)
        if known and (origin == "drop_in" or in_force is None):
            download, is_dated = replace(download, vintage=known), True
        record = self._record_of(download, archive_id, origin)
        if not is_dated:
            record = self.archive.assign_vintage(record)
        try:
            files = self._check(path, record, in_force)
        except (RefusedError, ParseError) as refusal:
            self._quarantine(path, record, str(refusal))
            raise RefusedError(f"{refusal}; kept in quarantine") from None
        self.archive.add(path, record)
        if origin == "live":
            self.state.series.pop(remote.series, None)
        self._remember(download, archive_id, origin)
        self.tally.new.append(f"{remote.name}{_refused_rows(files)}")

    def confirm(
        self, series: str, validators: tuple[CacheValidator, ...] = (), origin: Origin = "live"
    ) -> None:
        """Record that the archived vintage of a series is still current."""
        self.tally.confirmed += 1
        last = self.state.series.get(series)
        if last and origin == "live":
            self.state.series[series] = LastCheck(last.archive_id, self.now, validators or last.validators)

    def _record_of(self, download: Download, archive_id: str, origin: Origin) -> Record:
        remote = download.remote
        first = next(iter(download.validators), CacheValidator(remote.url, None, None))
        return Record(
            archive_id=archive_id,
            source_id=self._source_id,
            name=remote.name,
            url=first.url,
            partition=remote.partition,
            vintage=download.vintage,
            fetched_at=self.now,
            bytes=download.path.stat().st_size,
            licence=self.module.SOURCE.licence,
            mode=origin,
            etag=first.etag,
            last_modified=first.last_modified,
        )

    def _remember(self, download: Download, archive_id: str, origin: Origin) -> None:
        """Record that a series was checked at its publisher. A dropped-in file does not count as a check."""
        at, validators = (self.now, download.validators) if origin == "live" else (NEVER, ())
        self.state.series.setdefault(download.remote.series, LastCheck(archive_id, at, validators))

    def _is_withdrawn(self, archive_id: str, name: str) -> bool:
        """Whether a person withdrew these bytes; if so, the tally reports it."""
        for record in self.archive.ever(self._source_id):
            if record.archive_id == archive_id and record.withdrawn_at:
                why = f" ({record.withdrawn_reason})" if record.withdrawn_reason else ""
                self.tally.withdrawn.append(
                    f"{name} is not accepted: its content was withdrawn on {record.withdrawn_at:%Y-%m-%d}"
                    f"{why}; `minerals withdraw {archive_id[:12]} --undo` restores it"
                )
                return True
        return False

    def _check(self, path: Path, record: Record, in_force: Record | None) -> list[ParsedFile]:
        """Check a file's bytes, parse it, and check its rows."""
        gates = (
            self._gates if record.mode != "drop_in" else None
        )  # drop-ins may have any format the parser reads
        for other in self.archive.records(self._source_id):
            if other.archive_id == record.archive_id and other.series != record.series:
                raise RefusedError(f"the same content is already {other.name} of {other.partition}")
        if gates:
            check_bytes(path, gates)
        else:
            check_content(path)
        files = self.parsed.parse(path, record)
        observed = {table.name for table in self.module.SOURCE.tables if OBSERVED & set(table.columns)}
        for file in files:
            if file.table in observed:
                check_time(file.newest_period, file.table, today=self.now.date())
        if gates:
            self._check_against_past(files, record, in_force, gates)
        elif not any(file.rows for file in files):
            raise RefusedError("no row of it meets the contract")
        for file in files:
            check_contract(file.rows, file.refused_rows, file.table)
        return files

    def _check_against_past(
        self, files: list[ParsedFile], record: Record, in_force: Record | None, gates: Gates
    ) -> None:
        """Compare a file's rows with the minimums of its gates and with the previous vintage."""
        before = self.parsed.find(in_force) if in_force else None
        rows = {file.table: file.rows for file in files}
        check_rows(
            rows,
            newest_period_of(files),
            gates,
            today=self.now.date(),
            last_newest=newest_period_of(before) if before else None,
        )
        if in_force and not (before and all(rows.get(file.table, 0) >= file.rows for file in before)):
            check_shrinkage(record.bytes, in_force.bytes, gates)
        check_sizes(medians_of(files), medians_of(self._comparable(record)))

    def _comparable(self, record: Record) -> list[ParsedFile]:
        """The files to compare with: the vintage in force of this series, or of the newest similar one."""
        kind = _kind(record)
        alike = [one for one in self.archive.records(self._source_id) if _kind(one) == kind]
        alike.sort(key=lambda one: one.series == record.series)
        return self.parsed.find(alike[-1]) or [] if alike else []

    def _quarantine(self, path: Path, record: Record, reason: str) -> None:
        self.parsed.remove(record)
        refused = Quarantined(
            archive_id=record.archive_id,
            source_id=self._source_id,
            name=record.name,
            url=record.url,
            partition=record.partition,
            refused_at=self.now,
            bytes=record.bytes,
            reason=reason,
        )
        self.archive.quarantine(path, refused)


def _refused_rows(files: list[ParsedFile]) -> str:
    """The number of refused rows, as an addition to the file's name; empty if there are none."""
    refused = sum(file.refused_rows for file in files)
    total = refused + sum(file.rows for file in files)
    return f" ({refused:,} of {total:,} rows in quarantine)" if refused else ""


def _kind(record: Record) -> str:
    """A partition's name without digits, so that the partitions of all years are of one kind."""
    return re.sub(r"\d+", "", record.partition)


def _is_archived(record: Record, archive_id: str, remote: RemoteFile, is_dated: bool) -> bool:
    """Whether a record holds these bytes, although they are not the newest of the series.

    True in two cases: the record is of the same series and the file states its own vintage, or it is of
    another series and holds these bytes for the same partition.
    """
    if record.archive_id != archive_id:
        return False
    if record.series == remote.series:
        return is_dated
    return record.counts and record.partition == remote.partition
