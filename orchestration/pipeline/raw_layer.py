"""Load outcomes into `raw.duckdb`: selects the files to load, and adds rows about sources and files."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

from ingest.contracts import Cadence, Source, Table
from ingest.parsed import STARTER, ParsedFile
from ingest.refresh import SourceOutcome
from warehouse import load, raw_tables
from warehouse.connect import Engine, open_writer, quoted

META = ("meta__archive", "meta__part", "meta__quarantine", "meta__source_status")
"""Raw tables about the sources rather than from them."""

STEP: Mapping[Cadence, str | None] = {"daily": "1d", "monthly": "1mo", "annual": "1y", "irregular": None}


@dataclass(frozen=True, slots=True)
class TableLoad:
    """The result of loading one raw table: rows before and after, bytes, refused rows, newest vintage."""

    table: str
    rows: int
    rows_before: int
    bytes: int
    refused_rows: int
    newest_period: date | None
    vintage: date | None
    changed: bool


@contextmanager
def open_raw(path: Path, engine: Engine) -> Iterator[duckdb.DuckDBPyConnection]:
    """A writer on `raw.duckdb` with `raw` as the default schema."""
    with open_writer(path, engine) as con:
        con.execute("create schema if not exists raw.raw")
        con.execute("set schema = 'raw.raw'")
        yield con


def declare(con: duckdb.DuckDBPyConnection, sources: Iterable[Source]) -> None:
    """Create every declared raw table, so that models compile before a source has any rows."""
    types = {table.name: column_types(table) for source in sources for table in source.tables}
    raw_tables.ensure_tables(con, types)


def column_types(table: Table) -> dict[str, str]:
    """DuckDB types of the columns that a table declares."""
    return raw_tables.duckdb_types(table.dtypes)


def load_table(
    con: duckdb.DuckDBPyConnection, table: str, outcome: SourceOutcome, starter_dir: Path
) -> TableLoad:
    """Load all parsed files of one table; skips those that are already loaded.

    Args:
        con: Writer on `raw.duckdb`, tables declared.
        table: A table of the source.
        outcome: The source's last outcome.
        starter_dir: The folder of the starter's Parquet files.
    """
    files = in_force(file for file in outcome.tables if file.table == table)
    before = _count(con, table)
    unchanged = True
    for archive_id in _gone(con, table, files, outcome):
        load.remove(con, table, archive_id)
        unchanged = False
    for file in files:
        if file.mode == STARTER:
            loaded = load.load_starter(con, table, starter_dir / f"{table}.parquet")
        else:
            loaded = load.load_file(con, table, file.path, file.archive_id)
        unchanged &= loaded.unchanged
        if file.refused_path and not loaded.unchanged:
            refused = pl.read_parquet(file.refused_path)
            load.load_refused(con, outcome.source_id, table, file.archive_id, refused)
    load.save_file_order(con, table, _file_order(files))
    return TableLoad(
        table=table,
        rows=_count(con, table),
        rows_before=before,
        bytes=sum(file.path.stat().st_size for file in files),
        refused_rows=sum(file.refused_rows for file in files),
        newest_period=max((file.newest_period for file in files if file.newest_period), default=None),
        vintage=max((file.vintage for file in files if file.vintage), default=None),
        changed=not unchanged,
    )


def in_force(files: Iterable[ParsedFile]) -> list[ParsedFile]:
    """The loaded files, oldest vintage first, given in order of arrival.

    A file that arrived again counts by its last vintage. Of two vintages of one file and day, the later
    arrival counts. Files of different names are all kept; the models decide which of their rows are in force.
    """
    by_vintage = sorted(files, key=lambda file: file.vintage or date.min)
    of_each_file = {file.archive_id: file for file in by_vintage}
    return list({(file.series, file.vintage): file for file in of_each_file.values()}.values())


def _file_order(files: Sequence[ParsedFile]) -> pl.DataFrame:
    """The order of the files: each one's place, and whether a newer vintage of it exists."""
    newest = {file.series: file.archive_id for file in files}
    rows = [
        (file.archive_id, place, newest[file.series] != file.archive_id)
        for place, file in enumerate(files)
        if file.mode != STARTER
    ]
    return pl.DataFrame(
        rows,
        {"archive_id": pl.String, "place": pl.Int32, "is_overtaken": pl.Boolean},
        orient="row",
    )


def _gone(
    con: duckdb.DuckDBPyConnection, table: str, files: Iterable[ParsedFile], outcome: SourceOutcome
) -> set[str]:
    """Loaded files that no longer count: withdrawn, dropped, or superseded on their own day.

    A file with damaged bytes is none of these, and its rows stay.
    """
    loaded = con.execute(
        f"select distinct _archive_id from {raw_tables.RAW_PARTITIONS}"
        f" where table_name = $1 and _mode != '{STARTER}'",
        [table],
    ).fetchall()
    count = {file.archive_id for file in files}
    stated = {(file.series, file.vintage) for file in files}
    damaged = {
        record.archive_id for record in outcome.records if (record.series, record.vintage) not in stated
    }
    return {archive_id for (archive_id,) in loaded} - count - damaged


def load_meta(
    con: duckdb.DuckDBPyConnection,
    outcomes: Collection[SourceOutcome],
    sources: Mapping[str, Source],
    starter_files: pl.DataFrame,
) -> None:
    """Replace the raw tables about the sources: their status and their files.

    Args:
        con: Writer on `raw.duckdb`, tables declared.
        outcomes: The sources' last outcomes.
        sources: The sources' facts by id.
        starter_files: The starter's manifest, `ingest/starter/files.csv`; empty without a starter.
    """
    now = datetime.now(UTC)
    archive = pl.concat([_archived(outcomes, sources), starter_files], how="diagonal_relaxed")
    status = pl.DataFrame(
        [
            source_status(outcome, sources[outcome.source_id], starter_files, now.date())
            for outcome in outcomes
        ],
        infer_schema_length=None,
    )
    load.replace_rows(con, "meta__archive", archive, "source_id")
    load.replace_rows(con, "meta__source_status", status, "source_id")


def source_status(
    outcome: SourceOutcome, source: Source, starter_files: pl.DataFrame, today: date
) -> dict[str, object]:
    """One row of `raw.meta__source_status`. ``age_days`` counts from the newest vintage served."""
    vintages = [file.vintage for file in outcome.tables if file.vintage and outcome.mode != STARTER]
    if not vintages and starter_files.height:
        vintages = starter_files.filter(pl.col("source_id") == source.id)["vintage"].drop_nulls().to_list()
    vintage = max(vintages, default=None)
    return {
        "source_id": source.id,
        "mode": outcome.mode,
        "vintage": vintage,
        "fetched_at": _utc(outcome.fetched_at),
        "newest_period": outcome.newest_period,
        "expected_next": expected_next(source, outcome.newest_period),
        "age_days": (today - vintage).days if vintage else None,
        "licence": source.licence,
        "citation": source.citation,
        "note": outcome.note,
        "cadence": source.cadence,
        "subject": source.subject or None,
    }


def expected_next(source: Source, newest_period: date | None) -> date | None:
    """The day by which the period after the newest should be published; None for irregular sources."""
    step = STEP[source.cadence]
    if newest_period is None or step is None:
        return None
    ends = pl.select(pl.lit(newest_period).dt.offset_by(step).dt.offset_by(step)).item()
    return date.fromisoformat(str(ends)) + timedelta(days=source.lag_days)


def starter_files(starter_dir: Path) -> pl.DataFrame:
    """The starter's manifest of publishers' files, marked as such; no rows if there is no starter."""
    path = starter_dir / "files.csv"
    if not path.exists():
        return pl.DataFrame(schema={"source_id": pl.String, "vintage": pl.Date})
    listed = pl.read_csv(path, try_parse_dates=False, infer_schema=False)
    return listed.with_columns(
        pl.col("vintage").str.to_date(strict=False),
        pl.col("bytes").cast(pl.Int64, strict=False),
        pl.lit(STARTER).alias("mode"),
    )


def _archived(outcomes: Iterable[SourceOutcome], sources: Mapping[str, Source]) -> pl.DataFrame:
    rows = [
        {
            "archive_id": record.archive_id,
            "source_id": record.source_id,
            "name": record.name,
            "partition": record.partition,
            "vintage": record.vintage,
            "publisher": sources[record.source_id].publisher,
            "edition": None,
            "url": record.url,
            "licence": record.licence,
            "bytes": record.bytes,
            "fetched_at": _utc(record.fetched_at),
            "etag": record.etag,
            "last_modified": record.last_modified,
            "mode": record.mode,
            "withdrawn_at": _utc(record.withdrawn_at),
            "withdrawn_reason": record.withdrawn_reason,
            "dropped_at": _utc(record.dropped_at),
        }
        for outcome in outcomes
        for record in (*outcome.records, *outcome.apart)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _utc(moment: datetime | None) -> datetime | None:
    """A time as a timestamp column stores it."""
    return moment and moment.astimezone(UTC).replace(tzinfo=None)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    (rows,) = con.execute(f"select count(*) from {quoted(table)}").fetchone() or (0,)
    return int(rows)
