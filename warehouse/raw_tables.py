"""The tables of `raw.duckdb`: their columns, and the catalogue of their partitions."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache

import duckdb
import polars as pl

from warehouse.connect import literal, opened, quoted

Columns = Mapping[str, str]
"""DuckDB type of each column, in order."""
PROVENANCE: Columns = {
    "_archive_id": "VARCHAR",
    "_partition": "VARCHAR",
    "_vintage": "DATE",
    "_mode": "VARCHAR",
}
"""Columns of every raw row besides those of the source."""
STARTER = "starter"
"""The mode of the project's own extract. All starter rows of a table are replaced together."""
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
"""Columns that distinguish the partitions of a raw table, under the table's own names; null if a table lacks
them.

``_place`` orders the files by arrival, and ``_is_overtaken`` is true if a newer vintage of the same file
exists; `load.save_file_order` sets both.
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
        "cadence": "VARCHAR",
        "subject": "VARCHAR",
    },
}


def duckdb_types(schema: Mapping[str, pl.DataType]) -> dict[str, str]:
    """DuckDB's type for each column of a polars schema, as DuckDB itself converts it."""
    return {name: _duckdb_type(kind) for name, kind in schema.items()}


@cache
def _duckdb_type(kind: pl.DataType) -> str:
    with opened() as con:
        con.register("frame", pl.DataFrame(schema={"cell": kind}))
        ((_, read_as, *_),) = con.execute("describe from frame").fetchall()
    return str(read_as)


def ensure_tables(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Columns]) -> list[str]:
    """Create every declared table, so that models compile before a source has any rows.

    The catalogue is rebuilt from the rows if it is missing or has other columns.

    Args:
        con: Writer on `raw.duckdb`; the tables are in its current schema.
        tables: The columns of each table; those of `PROVENANCE` are added.

    Returns:
        Tables emptied because old rows do not fit a changed column; all their files must be loaded again.
    """
    declared = {name: {**columns, **PROVENANCE} for name, columns in tables.items()}
    present = _present(con)
    if present.get(RAW_PARTITIONS) != RAW_PARTITION_COLUMNS:
        with transaction(con):
            con.execute(f"drop table if exists {RAW_PARTITIONS}")
            _create(con, RAW_PARTITIONS, RAW_PARTITION_COLUMNS)
            for table in present.keys() & tables.keys():
                catalogue_rows(con, table, quoted(table))
        present[RAW_PARTITIONS] = dict(RAW_PARTITION_COLUMNS)
    wanted = {**META_TABLES, **declared}
    return [name for name, columns in wanted.items() if _ensure(con, name, columns, present.get(name))]


def catalogue(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Rebuild the catalogue of a table whose rows were changed by something other than `load.load_file`."""
    with transaction(con):
        con.execute(f"delete from {RAW_PARTITIONS} where table_name = $1", [table])
        catalogue_rows(con, table, quoted(table))


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


def catalogue_rows(con: duckdb.DuckDBPyConnection, table: str, rows: str) -> None:
    """Add the partitions of the rows selected by an SQL expression to the catalogue."""
    con.execute(
        f"insert into {RAW_PARTITIONS} by name"
        f" select distinct {literal(table)} as table_name, columns(lambda name: name in $1) from {rows}",
        [list(RAW_PARTITION_COLUMNS)],
    )


def _ensure(con: duckdb.DuckDBPyConnection, table: str, columns: Columns, present: Columns | None) -> bool:
    """Create or alter one table to its declared columns; returns true if its rows had to be deleted."""
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
    """Types of the columns, in order, of every existing table."""
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
    """Types by the names that DuckDB's catalog uses (``float8`` is ``DOUBLE``)."""
    nulls = ", ".join(f"null::{kind} as {quoted(name)}" for name, kind in columns.items())
    return {name: kind for name, kind, *_ in con.execute(f"describe select {nulls}").fetchall()}
