"""The publishers' files as downloaded: each vintage is stored once, named by its SHA-256, and never changed.

Layout below ``<root>/<source>/``: ``<sha256><ext>`` next to a sidecar ``<sha256>.<vintage>.record.json`` (a
`Record`); ``quarantine/`` for bytes that failed a gate, with the reason; ``state.json`` with the validators
for the next run's conditional requests; ``incoming/`` for downloads in progress. The sidecar also says
whether a vintage was withdrawn by hand, or its bytes dropped to save disk space. Both keep their record but
no longer count.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import orjson

CHUNK = 1 << 20
SHORTEST_ID = 6
"""Fewest characters of an id that identify a file."""

Origin = Literal["live", "drop_in"]


@dataclass(frozen=True, slots=True)
class Record:
    """One vintage of one publisher's file. ``(archive_id, vintage)`` is its key within a source.

    ``name`` and ``partition`` make a series, whose newest vintage is in force.
    ``archive_id`` is the SHA-256 of the bytes, ``partition`` the slice of the source that the file covers in
    full, ``vintage`` the day on which the publisher stated it, ``fetched_at`` UTC; ``url`` has no secrets.
    """

    archive_id: str
    source_id: str
    name: str
    url: str
    partition: str
    vintage: date
    fetched_at: datetime
    bytes: int
    licence: str
    mode: Origin
    etag: str | None = None
    last_modified: str | None = None
    withdrawn_at: datetime | None = None
    withdrawn_reason: str | None = None
    dropped_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether the vintage is neither withdrawn nor dropped."""
        return self.withdrawn_at is None and self.dropped_at is None

    @property
    def extension(self) -> str:
        """The file name's ending, lower case, with its dot."""
        return Path(self.name).suffix.lower()

    @property
    def series(self) -> str:
        """The series of this vintage: its name and partition."""
        return series_of(self.partition, self.name)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Bytes that a gate refused, and why."""

    archive_id: str
    source_id: str
    name: str
    url: str
    partition: str
    refused_at: datetime
    bytes: int
    reason: str


@dataclass(frozen=True, slots=True)
class CacheValidator:
    """ETag and Last-Modified of a response, for a later conditional request."""

    url: str
    etag: str | None
    last_modified: str | None

    @property
    def usable(self) -> bool:
        """Whether it suffices for a conditional request."""
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True)
class LastCheck:
    """The last confirmation of a series: when, for which file, and the validators for the next request."""

    archive_id: str
    checked_at: datetime
    validators: tuple[CacheValidator, ...] = ()


@dataclass(slots=True)
class State:
    """The state of a source between runs. If it is lost, files are downloaded again; no data is lost.

    ``tried`` is when a series was last requested, successful or not.
    """

    fetched_at: datetime | None = None
    series: dict[str, LastCheck] = field(default_factory=dict)
    tried: dict[str, datetime] = field(default_factory=dict)


def series_of(partition: str, name: str) -> str:
    """The key of a series of vintages."""
    return f"{partition}: {name}"


class ArchiveError(RuntimeError):
    """The archive is damaged, or an operation on it is not allowed. The message is one sentence."""


def sha256_of(path: Path) -> str:
    """Hash a file without holding it in memory."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_atomically(target: Path, content: bytes) -> None:
    """Write a file atomically and fsync it, so that a power cut leaves the old or the new content."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(target)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _move_in(path: Path, target: Path) -> None:
    """Move a complete file into place, after an fsync: by rename on the same disk, otherwise by copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        path.rename(staged)
    except OSError:
        shutil.copyfile(path, staged)
        path.unlink()
    with staged.open("rb+") as stream:
        os.fsync(stream.fileno())
    staged.chmod(0o444)  # archived bytes are never overwritten
    staged.replace(target)
    _sync_folder(target.parent)


def _json(content: Any) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class Archive:
    """All vintages of all sources below ``root``. One thread at a time works on one source.

    The records of a source are read once; later changes go through this object and keep the copy current.
    """

    root: Path
    _read: dict[str, list[Record]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def folder(self, source_id: str) -> Path:
        """The folder of one source."""
        return self.root / source_id

    def path(self, record: Record) -> Path:
        """The path of a record's file."""
        return self.folder(record.source_id) / f"{record.archive_id}{record.extension}"

    def records(self, source_id: str) -> list[Record]:
        """Every vintage of a source that counts, oldest first."""
        return [record for record in self.ever(source_id) if record.counts]

    def ever(self, source_id: str) -> list[Record]:
        """Every vintage of a source ever archived, oldest first."""
        if source_id not in self._read:
            found = [_record(path) for path in self.folder(source_id).glob("*.record.json")]
            self._read[source_id] = sorted(found, key=_age)
        return list(self._read[source_id])

    def named(self, archive_id: str) -> list[Record]:
        """The vintages of the one file whose id begins with this prefix.

        Raises:
            LookupError: No file or more than one file matches, or the prefix is too short.
        """
        if len(archive_id) < SHORTEST_ID:
            raise LookupError(f"{archive_id!r} is too short: give at least {SHORTEST_ID} characters.")
        found = [
            record
            for source_id in self.sources()
            for record in self.ever(source_id)
            if record.archive_id.startswith(archive_id.lower())
        ]
        files = {record.archive_id: record for record in found}
        if not files:
            raise LookupError(
                f"The archive holds no file {archive_id}; meta.archive lists those it holds. Those of "
                "mode starter are not in it and cannot be withdrawn: a newer file replaces them."
            )
        if len(files) > 1:
            names = ", ".join(f"{record.archive_id[:16]} ({record.name})" for record in files.values())
            raise LookupError(f"{archive_id} is the beginning of {len(files)} files: {names}.")
        return found

    def withdraw(self, record: Record, reason: str | None, at: datetime) -> None:
        """Withdraw a vintage. Its file stays, and `restore` reverses the withdrawal."""
        self._note(replace(record, withdrawn_at=at, withdrawn_reason=reason))

    def restore(self, record: Record) -> None:
        """Reverse the withdrawal of a vintage."""
        self._note(replace(record, withdrawn_at=None, withdrawn_reason=None))

    def drop(self, record: Record, at: datetime) -> None:
        """Delete the bytes of a vintage; its record stays, with the date of deletion."""
        self._note(replace(record, dropped_at=at))
        if not any(
            other.archive_id == record.archive_id and other.dropped_at is None
            for other in self.ever(record.source_id)
        ):
            self.path(record).unlink(missing_ok=True)

    def _note(self, record: Record) -> None:
        sidecar = self.folder(record.source_id) / f"{record.archive_id}.{record.vintage}.record.json"
        write_atomically(sidecar, _json(asdict(record)))
        others = [
            other
            for other in self.ever(record.source_id)
            if (other.archive_id, other.vintage) != (record.archive_id, record.vintage)
        ]
        self._read[record.source_id] = sorted([*others, record], key=_age)

    def newest(self, source_id: str, series: str) -> Record | None:
        """The vintage of a series that is in force."""
        vintages = [record for record in self.records(source_id) if record.series == series]
        return vintages[-1] if vintages else None

    def assign_vintage(self, record: Record) -> Record:
        """Give the record a unique vintage. Changed bytes without a newer date are dated today.

        Publishers restore older files, and some servers keep the date of a changed file.
        """
        in_force = self.newest(record.source_id, record.series)
        if in_force is None or record.vintage > in_force.vintage:
            return record
        today = record.fetched_at.date()
        # If a wrong clock dated the current vintage in the future, the new one is dated the day after it.
        after = today if today >= in_force.vintage else in_force.vintage + timedelta(days=1)
        return replace(record, vintage=after)

    def add(self, path: Path, record: Record) -> bool:
        """Move a file that passed its gates into the archive; its record is written last.

        Returns:
            Whether this is a new vintage; False for the current file received again.
        """
        in_force = self.newest(record.source_id, record.series)
        if in_force is not None and in_force.archive_id == record.archive_id:
            path.unlink(missing_ok=True)
            return False
        _move_in(path, self.path(record))
        self._note(record)
        return True

    def verify(self, record: Record, *, by_hash: bool = True) -> None:
        """Compare a record's file with its SHA-256 or, which is cheap, only with its size.

        Raises:
            ArchiveError: The bytes are missing or differ from those that were archived.
        """
        path = self.path(record)
        if not path.is_file():
            raise ArchiveError(f"{record.source_id}: {record.name} of {record.vintage} is missing at {path}")
        if path.stat().st_size != record.bytes or (by_hash and sha256_of(path) != record.archive_id):
            raise ArchiveError(f"{record.source_id}: {record.name} of {record.vintage} is damaged at {path}")

    def restore_bytes(self, path: Path, record: Record) -> None:
        """Replace a record's file, which may be damaged, with the same bytes downloaded again."""
        _move_in(path, self.path(record))

    def remove_partial_files(self, source_id: str) -> None:
        """Remove partial files of a run that was killed."""
        for path in self.folder(source_id).rglob(".*.part"):
            path.unlink()

    def quarantine(self, path: Path, refused: Quarantined) -> None:
        """Move a refused file into quarantine and write the reason."""
        folder = self.folder(refused.source_id) / "quarantine"
        _move_in(path, folder / f"{refused.archive_id}{Path(refused.name).suffix.lower()}")
        write_atomically(folder / f"{refused.archive_id}.reason.json", _json(asdict(refused)))

    def quarantined(self, source_id: str) -> list[Quarantined]:
        """All refused files of a source, oldest first."""
        sidecars = (self.folder(source_id) / "quarantine").glob("*.reason.json")
        found = [_quarantined(path) for path in sidecars]
        return sorted(found, key=lambda refused: (refused.refused_at, refused.archive_id))

    def incoming(self, source_id: str) -> Path:
        """The folder for downloads in progress; the next run resumes the partial files in it."""
        folder = self.folder(source_id) / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def state(self, source_id: str) -> State:
        """The saved state of a source; empty if there is none or it cannot be read."""
        try:
            raw = orjson.loads((self.folder(source_id) / "state.json").read_bytes())
            fetched_at = raw["fetched_at"]
            series = {name: _checked(entry) for name, entry in raw["series"].items()}
            tried = {name: datetime.fromisoformat(at) for name, at in raw.get("tried", {}).items()}
        except (FileNotFoundError, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            return State()
        return State(fetched_at and datetime.fromisoformat(fetched_at), series, tried)

    def save_state(self, source_id: str, state: State) -> None:
        """Save the state for the next run."""
        write_atomically(self.folder(source_id) / "state.json", _json(asdict(state)))

    def sources(self) -> Iterable[str]:
        """Ids of the sources that have a folder in the archive."""
        return sorted(path.name for path in self.root.glob("*") if path.is_dir())


def _age(record: Record) -> tuple[date, datetime, str]:
    return record.vintage, record.fetched_at, record.archive_id


def _record(sidecar: Path) -> Record:
    fields = orjson.loads(sidecar.read_bytes())
    fields["vintage"] = date.fromisoformat(fields["vintage"])
    for name in ("fetched_at", "withdrawn_at", "dropped_at"):
        fields[name] = datetime.fromisoformat(fields[name]) if fields.get(name) else None
    return Record(**fields)


def _quarantined(sidecar: Path) -> Quarantined:
    fields = orjson.loads(sidecar.read_bytes())
    fields["refused_at"] = datetime.fromisoformat(fields["refused_at"])
    return Quarantined(**fields)


def _checked(entry: dict[str, Any]) -> LastCheck:
    validators = tuple(CacheValidator(**validator) for validator in entry["validators"])
    return LastCheck(entry["archive_id"], datetime.fromisoformat(entry["checked_at"]), validators)
