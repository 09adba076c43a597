"""Load parsed rows into `raw.duckdb`: one transaction a file; loading a file twice changes nothing."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from warehouse.connect import literal, quoted

Columns = Mapping[str, str]
"""DuckDB type of each column, in order."""

PROVENANCE: Columns = {
    "_archive_id": "VARCHAR",
    "_partition": "VARCHAR",
    "_vintage": "DATE",
    "_mode": "VARCHAR",
}
"""Columns of every raw row besides its source's own."""

STARTER = "starter"
"""The mode of the project's own extract. A table's starter rows are replaced together."""

RAW_PARTITIONS = "meta__part"
"""The catalogue of the raw tables: one row for each distinct combination of `RAW_PARTITION_COLUMNS`."""

RAW_PARTITION_COLUMNS: Columns = {
    "table_name": "VARCHAR",
    **PROVENANCE,
    "period": "DATE",
    "year": "INTEGER",
    "freq": "VARCHAR",
    "reporter_code": "INTEGER",
    "indicator": "VARCHAR",
    "_place": "INTEGER",
    "_is_overtaken": "BOOLEAN",
}
"""Columns that distinguish the partitions of a raw table, as it names them; null where a table lacks them.

``_place`` orders the files by arrival, and ``_is_overtaken`` is true if a newer vintage of the same file
exists; `save_file_order` sets both.
"""

META_TABLES: Mapping[str, Columns] = {
    RAW_PARTITIONS: RAW_PARTITION_COLUMNS,
    "meta__landing": {
        "table_name": "VARCHAR",
        "slot": "VARCHAR",
        "fingerprint": "VARCHAR",
        "row_count": "BIGINT",
    },
    "meta__archive": {
        "archive_id": "VARCHAR",
        "source_id": "VARCHAR",
        "name": "VARCHAR",
        "partition": "VARCHAR",
        "vintage": "DATE",
        "publisher": "VARCHAR",
        "edition": "VARCHAR",
        "url": "VARCHAR",
        "licence": "VARCHAR",
        "bytes": "BIGINT",
        "fetched_at": "TIMESTAMP",
        "etag": "VARCHAR",
        "last_modified": "VARCHAR",
        "mode": "VARCHAR",
        "withdrawn_at": "TIMESTAMP",
        "withdrawn_reason": "VARCHAR",
        "dropped_at": "TIMESTAMP",
    },
    "meta__quarantine": {
        "source_id": "VARCHAR",
        "table_name": "VARCHAR",
        "archive_id": "VARCHAR",
        "reason": "VARCHAR",
        "row": "JSON",
    },
    "meta__source_status": {
        "source_id": "VARCHAR",
        "mode": "VARCHAR",
        "vintage": "DATE",
        "fetched_at": "TIMESTAMP",
        "newest_period": "DATE",
        "expected_next": "DATE",
        "age_days": "INTEGER",
        "licence": "VARCHAR",
        "citation": "VARCHAR",
        "note": "VARCHAR",
    },
}


@dataclass(frozen=True, slots=True)
class FileLoad:
    """The result of loading one file: its rows in the table, and whether they were there already."""

    table: str
    row_count: int
    unchanged: bool


def duckdb_types(schema: Mapping[str, pl.DataType]) -> dict[str, str]:
    """DuckDB's type for each column of a polars schema, as DuckDB itself reads polars."""
    return {name: _duckdb_type(kind) for name, kind in schema.items()}


@cache
def _duckdb_type(kind: pl.DataType) -> str:
    with duckdb.connect() as con:
        con.register("frame", pl.DataFrame(schema={"cell": kind}))
        ((_, read_as, *_),) = con.execute("describe from frame").fetchall()
    return str(read_as)


def ensure_tables(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Columns]) -> list[str]:
    """Give every declared table its columns, so that models compile before a source has any rows.

    The catalogue is rebuilt from the rows if it is missing or has other columns.

    Args:
        con: Writer on `raw.duckdb`, in whose current schema the tables stand.
        tables: For each table its own columns; those of `PROVENANCE` are added.

    Returns:
        Tables emptied because old rows do not fit a changed column; all their files have to be loaded again.
    """
    declared = {name: {**columns, **PROVENANCE} for name, columns in tables.items()}
    present = _present(con)
    if present.get(RAW_PARTITIONS) != RAW_PARTITION_COLUMNS:
        with transaction(con):
            con.execute(f"drop table if exists {RAW_PARTITIONS}")
            _create(con, RAW_PARTITIONS, RAW_PARTITION_COLUMNS)
            for table in present.keys() & tables.keys():
                _catalogue(con, table, quoted(table))
        present[RAW_PARTITIONS] = dict(RAW_PARTITION_COLUMNS)
    wanted = {**META_TABLES, **declared}
    return [name for name, columns in wanted.items() if _ensure(con, name, columns, present.get(name))]


def catalogue(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Rebuild the catalogue of a table whose rows were changed other than by `load_file`."""
    with transaction(con):
        con.execute(f"delete from {RAW_PARTITIONS} where table_name = $1", [table])
        _catalogue(con, table, quoted(table))


def load_file(con: duckdb.DuckDBPyConnection, table: str, parquet: Path, archive_id: str) -> FileLoad:
    """Replace the rows of one publisher's file in a table by those of its parsed file.

    Args:
        con: Writer on `raw.duckdb`.
        table: Raw table, made by `ensure_tables`.
        parquet: The parsed rows, with the columns of the table and of `PROVENANCE`.
        archive_id: sha256 of the publisher's file.

    Raises:
        duckdb.Error: A column is not declared or a value does not fit; the table is as it was.
    """
    return _replace(con, table, parquet, archive_id)


def load_starter(con: duckdb.DuckDBPyConnection, table: str, parquet: Path) -> FileLoad:
    """Replace a table's starter rows by those of the starter's file, which has no ``_mode`` of its own."""
    return _replace(con, table, parquet, STARTER)


def save_file_order(con: duckdb.DuckDBPyConnection, table: str, order: pl.DataFrame) -> None:
    """Save in the catalogue in which order a table's files arrived, and which are overtaken.

    Args:
        con: Writer on `raw.duckdb`.
        table: A raw table.
        order: One row a file: archive_id, place, is_overtaken.
    """
    con.execute(
        f"update {RAW_PARTITIONS} as part set _place = file.place, _is_overtaken = file.is_overtaken"
        " from (select unnest($2) as archive_id, unnest($3) as place, unnest($4) as is_overtaken) as file"
        f" where part.table_name = $1 and part._archive_id = file.archive_id and part._mode != '{STARTER}'"
        " and (part._place, part._is_overtaken) is distinct from (file.place, file.is_overtaken)",
        [table, *(order[name].to_list() for name in ("archive_id", "place", "is_overtaken"))],
    ).fetchall()


def remove(con: duckdb.DuckDBPyConnection, table: str, archive_id: str) -> None:
    """Delete the rows of a publisher's file from a table, if there are any."""
    with transaction(con):
        gone = con.execute(
            "delete from meta__landing where table_name = $1 and slot = $2 returning slot",
            [table, archive_id],
        ).fetchall()
        if gone:
            _clear(con, table, archive_id)


def load_refused(
    con: duckdb.DuckDBPyConnection, source_id: str, table: str, archive_id: str, refused: pl.DataFrame
) -> int:
    """Save the rows of one file that break their contract, as JSON with the rule (``_reason``) they break.

    Returns:
        The number of rows saved; earlier ones of the same table and file are replaced.
    """
    kept = refused.select(
        source_id=pl.lit(source_id),
        table_name=pl.lit(table),
        archive_id=pl.lit(archive_id),
        reason="_reason",
        row=pl.struct(pl.exclude("_reason")).struct.json_encode(),
    )
    with transaction(con):
        con.execute(
            "delete from meta__quarantine where table_name = $1 and archive_id = $2", [table, archive_id]
        )
        _insert(con, "meta__quarantine", kept)
    return kept.height


def replace_rows(con: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame, key: str) -> None:
    """Replace the rows that have the same key, such as a source's status or a file's manifest.

    Columns that ``rows`` lacks become null.
    """
    with transaction(con):
        con.register("incoming", rows)
        con.execute(
            f"delete from {quoted(table)} where {quoted(key)} in (select {quoted(key)} from incoming)"
        )
        _insert(con, table, rows)


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Run the statements of the block as one transaction."""
    con.begin()
    try:
        yield
    except BaseException:
        con.rollback()
        raise
    con.commit()


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    con.register("incoming", rows)
    con.execute(f"insert into {quoted(table)} by name select * from incoming")
    con.unregister("incoming")


def _replace(con: duckdb.DuckDBPyConnection, table: str, parquet: Path, load_key: str) -> FileLoad:
    """Replace the rows of one load key, which is a publisher's file or the whole starter."""
    mode = f", '{STARTER}' as _mode" if load_key == STARTER else ""
    with parquet.open("rb") as stream:
        fingerprint = hashlib.file_digest(stream, "sha256").hexdigest()
    known = con.execute(
        "select row_count from meta__landing where table_name = $1 and slot = $2 and fingerprint = $3",
        [table, load_key, fingerprint],
    ).fetchone()
    if known and (load_key != STARTER or _starter_rows(con, table) == known[0]):
        return FileLoad(table, known[0], unchanged=True)
    parsed = f"(select *{mode} from read_parquet({literal(str(parquet))}))"
    with transaction(con):
        _clear(con, table, load_key)
        inserted = con.execute(f"insert into {quoted(table)} by name from {parsed}").fetchone()
        row_count = inserted[0] if inserted else 0
        _catalogue(con, table, parsed)
        con.execute("delete from meta__landing where table_name = $1 and slot = $2", [table, load_key])
        con.execute(
            "insert into meta__landing values ($1, $2, $3, $4)", [table, load_key, fingerprint, row_count]
        )
    return FileLoad(table, row_count, unchanged=False)


def _starter_rows(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """Number of starter rows. Earlier versions deleted those of a publisher's file together with the file."""
    counted = con.execute(f"select count(*) from {quoted(table)} where _mode = '{STARTER}'").fetchall()
    return int(counted[0][0])


def _clear(con: duckdb.DuckDBPyConnection, table: str, load_key: str) -> None:
    """Delete the rows of one load key from a table, and their entries from the catalogue.

    Starter rows carry the ids of the publishers' files that they come from, but belong to the starter alone.
    """
    of_key = "_mode = $1" if load_key == STARTER else f"_archive_id = $1 and _mode != '{STARTER}'"
    con.execute(f"delete from {quoted(table)} where {of_key}", [load_key])
    con.execute(f"delete from {RAW_PARTITIONS} where {of_key} and table_name = $2", [load_key, table])


def _catalogue(con: duckdb.DuckDBPyConnection, table: str, rows: str) -> None:
    con.execute(
        f"insert into {RAW_PARTITIONS} by name"
        f" select distinct {literal(table)} as table_name, columns(lambda name: name in $1) from {rows}",
        [list(RAW_PARTITION_COLUMNS)],
    )


def _ensure(con: duckdb.DuckDBPyConnection, table: str, columns: Columns, present: Columns | None) -> bool:
    """Give one table its declared columns; true if its rows had to be deleted."""
    if present is None:
        _create(con, table, columns)
        return False
    wanted = _canonical(con, columns)
    try:
        with transaction(con):
            for name in wanted.keys() - present.keys():
                con.execute(f"alter table {quoted(table)} add column {quoted(name)} {wanted[name]}")
            for name in present.keys() - wanted.keys():
                con.execute(f"alter table {quoted(table)} drop column {quoted(name)}")
            for name in wanted.keys() & present.keys():
                if wanted[name] != present[name]:
                    con.execute(f"alter table {quoted(table)} alter {quoted(name)} type {wanted[name]}")
    except duckdb.ConversionException:
        with transaction(con):
            con.execute(f"drop table {quoted(table)}")
            con.execute("delete from meta__landing where table_name = $1", [table])
            con.execute(f"delete from {RAW_PARTITIONS} where table_name = $1", [table])
            _create(con, table, columns)
        return True
    return False


def _present(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Type of each column, in order, of every existing table."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in con.execute(
        "select table_name, column_name, data_type from duckdb_columns()"
        " where schema_name = current_schema() and database_name = current_database()"
        " order by table_name, column_index"
    ).fetchall():
        found.setdefault(table, {})[column] = kind
    return found


def _create(con: duckdb.DuckDBPyConnection, table: str, columns: Columns) -> None:
    listed = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
    con.execute(f"create table {quoted(table)} ({listed})")


def _canonical(con: duckdb.DuckDBPyConnection, columns: Columns) -> dict[str, str]:
    """Types by the names under which DuckDB's catalog lists them (``float8`` is ``DOUBLE``)."""
    nulls = ", ".join(f"null::{kind} as {quoted(name)}" for name, kind in columns.items())
    return {name: kind for name, kind, *_ in con.execute(f"describe select {nulls}").fetchall()}
