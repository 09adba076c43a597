"""Landing: parsed rows into `raw.duckdb`, one transaction a file, and twice is the same as once."""

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
"""What every raw row carries besides its source's own columns."""

STARTER = "starter"
"""The mode of the project's own extract; its parts are replaced as a whole, whatever files they came from."""

PARTS = "meta__part"
"""The catalogue of what each raw table holds: its distinct combinations of these columns, one row each."""

PART_COLUMNS: Columns = {
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
"""Columns that tell parts of a file apart, as the raw tables name them; null where a table lacks them.

``_place`` orders the files by when they arrived, and ``_is_overtaken`` says that there is a newer vintage of
the same file; `note_standing` sets both.
"""

META_TABLES: Mapping[str, Columns] = {
    PARTS: PART_COLUMNS,
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
class Landed:
    """What became of one parsed file: rows now in the table from it, and whether they were there already."""

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

    The catalogue of parts is read off the rows where there is none yet, or one of other columns.

    Args:
        con: Writer on `raw.duckdb`, in whose current schema the tables stand.
        tables: For each table its own columns; those of `PROVENANCE` are added.

    Returns:
        Tables emptied because old rows do not fit a changed column: land all their files anew.
    """
    declared = {name: {**columns, **PROVENANCE} for name, columns in tables.items()}
    present = _present(con)
    if present.get(PARTS) != PART_COLUMNS:
        with transaction(con):
            con.execute(f"drop table if exists {PARTS}")
            _create(con, PARTS, PART_COLUMNS)
            for table in present.keys() & tables.keys():
                _note_parts(con, table, quoted(table))
        present[PARTS] = dict(PART_COLUMNS)
    wanted = {**META_TABLES, **declared}
    return [name for name, columns in wanted.items() if _ensure(con, name, columns, present.get(name))]


def note_parts(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Note anew what a table holds, whose rows came or went otherwise than by landing."""
    with transaction(con):
        con.execute(f"delete from {PARTS} where table_name = $1", [table])
        _note_parts(con, table, quoted(table))


def land(con: duckdb.DuckDBPyConnection, table: str, parquet: Path, archive_id: str) -> Landed:
    """Replace a table's rows of one publisher's file by those of a parsed file.

    Args:
        con: Writer on `raw.duckdb`.
        table: Raw table, made by `ensure_tables`.
        parquet: The parsed rows, with the columns of the table and of `PROVENANCE`.
        archive_id: sha256 of the publisher's file.

    Raises:
        duckdb.Error: A column is not declared or a value does not fit; the table is as it was.
    """
    return _replace(con, table, parquet, archive_id)


def land_starter(con: duckdb.DuckDBPyConnection, table: str, parquet: Path) -> Landed:
    """Replace a table's starter rows by those of the starter's file, which has no ``_mode`` of its own."""
    return _replace(con, table, parquet, STARTER)


def note_standing(con: duckdb.DuckDBPyConnection, table: str, standing: pl.DataFrame) -> None:
    """Note in the catalogue how the files of a table stand to one another.

    Args:
        con: Writer on `raw.duckdb`.
        table: A raw table.
        standing: One row a file: archive_id, place, is_overtaken.
    """
    con.execute(
        f"update {PARTS} as part set _place = file.place, _is_overtaken = file.is_overtaken"
        " from (select unnest($2) as archive_id, unnest($3) as place, unnest($4) as is_overtaken) as file"
        f" where part.table_name = $1 and part._archive_id = file.archive_id and part._mode != '{STARTER}'"
        " and (part._place, part._is_overtaken) is distinct from (file.place, file.is_overtaken)",
        [table, *(standing[name].to_list() for name in ("archive_id", "place", "is_overtaken"))],
    ).fetchall()


def remove(con: duckdb.DuckDBPyConnection, table: str, archive_id: str) -> None:
    """Take a publisher's file out of a table, if it is there."""
    with transaction(con):
        gone = con.execute(
            "delete from meta__landing where table_name = $1 and slot = $2 returning slot",
            [table, archive_id],
        ).fetchall()
        if gone:
            _clear(con, table, archive_id)


def land_refused(
    con: duckdb.DuckDBPyConnection, source_id: str, table: str, archive_id: str, refused: pl.DataFrame
) -> int:
    """Keep the rows of one file that broke their contract, as JSON beside the rule (``_reason``) they broke.

    Returns:
        The number of rows kept; earlier ones of the same table and file are replaced.
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
    """Put rows in place of those with the same key, such as a source's status or a file's manifest.

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
    """All of the block's statements, or none."""
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


def _replace(con: duckdb.DuckDBPyConnection, table: str, parquet: Path, slot: str) -> Landed:
    """Fill a slot of a table, which is one publisher's file or the starter as a whole."""
    mode = f", '{STARTER}' as _mode" if slot == STARTER else ""
    with parquet.open("rb") as stream:
        fingerprint = hashlib.file_digest(stream, "sha256").hexdigest()
    known = con.execute(
        "select row_count from meta__landing where table_name = $1 and slot = $2 and fingerprint = $3",
        [table, slot, fingerprint],
    ).fetchone()
    if known and (slot != STARTER or _starter_rows(con, table) == known[0]):
        return Landed(table, known[0], unchanged=True)
    parsed = f"(select *{mode} from read_parquet({literal(str(parquet))}))"
    with transaction(con):
        _clear(con, table, slot)
        inserted = con.execute(f"insert into {quoted(table)} by name from {parsed}").fetchone()
        row_count = inserted[0] if inserted else 0
        _note_parts(con, table, parsed)
        con.execute("delete from meta__landing where table_name = $1 and slot = $2", [table, slot])
        con.execute(
            "insert into meta__landing values ($1, $2, $3, $4)", [table, slot, fingerprint, row_count]
        )
    return Landed(table, row_count, unchanged=False)


def _starter_rows(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many there are: earlier versions took those of a file out with the file."""
    counted = con.execute(f"select count(*) from {quoted(table)} where _mode = '{STARTER}'").fetchall()
    return int(counted[0][0])


def _clear(con: duckdb.DuckDBPyConnection, table: str, slot: str) -> None:
    """Take a slot's rows out of a table, and its parts out of the catalogue.

    The starter's rows bear the ids of the files that they were taken from, and are no part of these files'
    slots.
    """
    of_slot = "_mode = $1" if slot == STARTER else f"_archive_id = $1 and _mode != '{STARTER}'"
    con.execute(f"delete from {quoted(table)} where {of_slot}", [slot])
    con.execute(f"delete from {PARTS} where {of_slot} and table_name = $2", [slot, table])


def _note_parts(con: duckdb.DuckDBPyConnection, table: str, rows: str) -> None:
    con.execute(
        f"insert into {PARTS} by name"
        f" select distinct {literal(table)} as table_name, columns(lambda name: name in $1) from {rows}",
        [list(PART_COLUMNS)],
    )


def _ensure(con: duckdb.DuckDBPyConnection, table: str, columns: Columns, present: Columns | None) -> bool:
    """Bring one table to its declared columns; true when its rows had to go."""
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
            con.execute(f"delete from {PARTS} where table_name = $1", [table])
            _create(con, table, columns)
        return True
    return False


def _present(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Type of each column, in order, of every table that is there."""
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
