"""Parsed files: one folder of Parquet files per archived vintage, valid for one version of its parser."""

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import orjson
import polars as pl

from ingest.archive import Archive, Record, series_of, sha256_of, write_atomically
from ingest.contracts import Accepted, FileFacts, ParseError, SourceModule, accept
from ingest.formats.size_limits import check_size
from ingest.scope import BRIDGE

STARTER: Final = "starter"
FEWEST_ROWS_FOR_MEDIAN: Final = 10
PERIOD_COLUMNS: Final = ("period", "year", "publication_date", "valid_from")
OBSERVED: Final = frozenset({"period", "year"})
"""The columns that date an observation; not ``valid_from``, since a rate may start in the future."""
ROW_GROUP: Final = 122_880  # DuckDB's own, of which each core loads one at a time
LONGEST_SENTENCE: Final = 400
SHARED_BY_PARSERS: Final = ("formats/*.py", "contracts.py", "scope.py")
"""Code below this package that every parser uses. A change in it causes every source to be parsed again."""


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """Parquet of one table from one vintage: the columns of the table and the provenance of each row.

    The added columns are _archive_id, _partition, _vintage and _mode. ``(archive_id, vintage)`` identifies
    the vintage; for the starter ``archive_id`` is ``starter-<digest of the file>``, while its rows keep the
    ids of the publishers' files. ``refused_path`` holds the rows that broke the schema, with ``_reason``.
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
        """The series of this vintage. The starter belongs to no series."""
        return series_of(self.partition, self.name)


class ParsedStore:
    """The parsed files of one source. ``has_parsed`` becomes true when a file is parsed in this run."""

    def __init__(self, module: SourceModule, folder: Path, starter_dir: Path) -> None:
        self.has_parsed = False
        self._module = module
        self._folder = folder
        self._starter_dir = starter_dir
        self._fingerprint = fingerprint(module)

    def find(self, record: Record) -> list[ParsedFile] | None:
        """The parsed files of a vintage; None if this version of the parser has not parsed it."""
        folder = self._folder_of(record)
        try:
            summary = orjson.loads((folder / "summary.json").read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            return None
        if summary["fingerprint"] != self._fingerprint:
            return None
        return [_from_summary(folder, entry, record) for entry in summary["files"]]

    def find_or_parse(self, archive: Archive, record: Record) -> list[ParsedFile]:
        """The parsed files of an archived vintage; parsed first if necessary.

        Raises:
            ArchiveError: The archived bytes are damaged.
            ParseError: The parser refuses them.
        """
        files = self.find(record)
        if files is None:
            archive.verify(record)
            files = self.parse(archive.path(record), record)
        return files

    def parse(self, path: Path, record: Record) -> list[ParsedFile]:
        """Parse a file into the folder of its vintage. The summary, written last, makes the folder valid."""
        accepted = parse_file(self._module, path, FileFacts(record.name, record.partition, record.vintage))
        folder = self._folder_of(record)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        files = [_write(folder, table, rows, record) for table, rows in accepted.items()]
        summary = {"fingerprint": self._fingerprint, "files": [_summary_of(file) for file in files]}
        write_atomically(folder / "summary.json", orjson.dumps(summary))
        self.has_parsed = True
        return files

    def remove(self, record: Record) -> None:
        """Delete the parsed files of a vintage."""
        shutil.rmtree(self._folder_of(record), ignore_errors=True)

    def starter(self) -> list[ParsedFile]:
        """The starter's files of the source's tables, with ``_mode``; rewritten when the starter changed."""
        files = []
        for table in self._module.SOURCE.tables:
            source = self._starter_dir / f"{table.name}.parquet"
            if not source.is_file():
                continue
            archive_id = f"{STARTER}-{sha256_of(source)[:16]}"
            target = self._folder / archive_id / f"{table.name}.parquet"
            if not target.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                write_parquet(pl.read_parquet(source).with_columns(pl.lit(STARTER).alias("_mode")), target)
                self.has_parsed = True
            frame = pl.scan_parquet(target)
            rows = frame.select(pl.len()).collect().item()
            newest = newest_period_in(frame)
            files.append(
                ParsedFile(table.name, target, archive_id, STARTER, None, STARTER, rows, newest_period=newest)
            )
        return files

    @cached_property
    def starter_vintages(self) -> dict[str, date]:
        """The vintages of the publishers' files that the starter has rows from, by SHA-256."""
        known: dict[str, date] = {}
        for table in self._module.SOURCE.tables:
            source = self._starter_dir / f"{table.name}.parquet"
            if source.is_file():
                rows = pl.scan_parquet(source).select("_archive_id", "_vintage").unique().collect()
                known |= dict(rows.iter_rows())
        return known

    def _folder_of(self, record: Record) -> Path:
        return self._folder / f"{record.archive_id}-{record.vintage}"


def parse_file(module: SourceModule, path: Path, facts: FileFacts) -> dict[str, Accepted]:
    """Parse a file and check its rows against the schemas of their tables.

    Raises:
        ParseError: It is not in its source's format; the message is one sentence.
        OSError: Reading or writing failed.
    """
    tables = {table.name: table for table in module.SOURCE.tables}
    try:
        check_size(path, facts.name)
        return {name: accept(tables[name], frame) for name, frame in module.parse(path, facts).items()}
    except (OSError, KeyboardInterrupt, SystemExit):
        raise
    except ParseError as error:
        raise ParseError(_sentence(str(error))) from error
    except BaseException as error:  # panics of compiled libraries do not derive from Exception
        raise ParseError(
            _sentence(f"{facts.name} could not be parsed: {type(error).__name__}: {error}")
        ) from error


def fingerprint(module: SourceModule) -> str:
    """Digest of a source's parser: its own module or package, the code that parsers share, and the bridge."""
    here = Path(__file__).parent
    shared = [path for pattern in SHARED_BY_PARSERS for path in sorted(here.glob(pattern))]
    digest = hashlib.sha256()
    for path in [*shared, BRIDGE, *_own_files(module)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write parsed rows atomically."""
    part = path.with_name(f".{path.name}.part")
    frame.write_parquet(part, compression="zstd", statistics=True, row_group_size=ROW_GROUP)
    part.replace(path)


def newest_period_of(files: Sequence[ParsedFile]) -> date | None:
    """The newest period in these parsed files."""
    return max((file.newest_period for file in files if file.newest_period), default=None)


def newest_period_in(frame: pl.LazyFrame) -> date | None:
    """First day of the newest period in a table, from the first of `PERIOD_COLUMNS` that it has.

    Where ``freq`` says that months and years share a table, a year counts as its last month, December.
    """
    schema = frame.collect_schema()
    column = next((name for name in PERIOD_COLUMNS if name in schema), None)
    if column is None:
        return None
    begins = pl.col(column)
    if "freq" in schema:
        begins = pl.when(pl.col("freq") == "A").then(begins.dt.offset_by("11mo")).otherwise(begins)
    newest = frame.select(begins.max()).collect().item()
    return date(newest, 1, 1) if isinstance(newest, int) else newest


def medians_of(files: Iterable[ParsedFile]) -> dict[str, float]:
    """The median of each numeric column, for tables with enough rows for a meaningful median."""
    found: dict[str, float] = {}
    for file in files:
        if file.rows >= FEWEST_ROWS_FOR_MEDIAN:
            medians = pl.scan_parquet(file.path).select(pl.selectors.numeric().median()).collect()
            for row in medians.iter_rows(named=True):  # none where the table has no numbers
                found |= {f"{file.table}.{name}": median for name, median in row.items() if median}
    return found


def _own_files(module: SourceModule) -> list[Path]:
    """The source files of a module, or of the package that it is."""
    file = getattr(module, "__file__", None)
    if not file:
        return []
    path = Path(file)
    return sorted(path.parent.glob("*.py")) if path.name == "__init__.py" else [path]


def _write(folder: Path, table: str, accepted: Accepted, record: Record) -> ParsedFile:
    """Write the accepted rows of a table, and its refused rows in a second file."""
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
    return ParsedFile(
        table=table,
        path=path,
        archive_id=record.archive_id,
        partition=record.partition,
        vintage=record.vintage,
        mode=record.mode,
        rows=accepted.rows.height,
        refused_rows=accepted.refused.height,
        refused_path=refused_path,
        newest_period=newest_period_in(accepted.rows.lazy()),
        name=record.name,
    )


def _summary_of(file: ParsedFile) -> dict[str, Any]:
    return {
        "table": file.table,
        "rows": file.rows,
        "refused_rows": file.refused_rows,
        "newest_period": file.newest_period,
    }


def _from_summary(folder: Path, entry: dict[str, Any], record: Record) -> ParsedFile:
    name, newest = entry["table"], entry["newest_period"]
    return ParsedFile(
        table=name,
        path=folder / f"{name}.parquet",
        archive_id=record.archive_id,
        partition=record.partition,
        vintage=record.vintage,
        mode=record.mode,
        rows=entry["rows"],
        refused_rows=entry["refused_rows"],
        refused_path=folder / f"{name}.refused.parquet" if entry["refused_rows"] else None,
        newest_period=date.fromisoformat(newest) if newest else None,
        name=record.name,
    )


def _sentence(text: str) -> str:
    """The text as one line, short enough for a log, a table or a terminal."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SENTENCE else f"{line[:LONGEST_SENTENCE]}…"
