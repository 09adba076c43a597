"""Load parsed rows into `raw.duckdb`: one transaction per file; loading a file twice changes nothing."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from warehouse.connect import literal, quoted
from warehouse.raw_tables import RAW_PARTITIONS, STARTER, catalogue_rows, transaction


@dataclass(frozen=True, slots=True)
class FileLoad:
    """The result of loading one file: its rows in the table, and whether it was already loaded."""

    table: str
    row_count: int
    unchanged: bool


def load_file(con: duckdb.DuckDBPyConnection, table: str, parquet: Path, archive_id: str) -> FileLoad:
    """Replace the rows of a publisher's file in a table with its parsed rows.

    Args:
        con: Writer on `raw.duckdb`.
        table: Raw table, made by `raw_tables.ensure_tables`.
        parquet: The parsed rows, with the columns of the table and of `PROVENANCE`.
        archive_id: sha256 of the publisher's file.

    Raises:
        duckdb.Error: A column is not declared or a value does not fit; the table is unchanged.
    """
    return _replace(con, table, parquet, archive_id)


def load_starter(con: duckdb.DuckDBPyConnection, table: str, parquet: Path) -> FileLoad:
    """Replace a table's starter rows with those of the starter's file, which has no ``_mode`` column."""
    return _replace(con, table, parquet, STARTER)


def save_file_order(con: duckdb.DuckDBPyConnection, table: str, order: pl.DataFrame) -> None:
    """Save the arrival order of a table's files, and which are superseded, in the catalogue.

    Args:
        con: Writer on `raw.duckdb`.
        table: A raw table.
        order: One row per file: archive_id, place, is_overtaken.
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
    """Save the rows of one file that break their contract as JSON, with the broken rule (``_reason``).

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
    """Replace the rows with the same key, such as a source's status or a file's manifest entry.

    Columns that ``rows`` lacks become null.
    """
    with transaction(con):
        con.register("incoming", rows)
        con.execute(
            f"delete from {quoted(table)} where {quoted(key)} in (select {quoted(key)} from incoming)"
        )
        _insert(con, table, rows)


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
        catalogue_rows(con, table, parsed)
        con.execute("delete from meta__landing where table_name = $1 and slot = $2", [table, load_key])
        con.execute(
            "insert into meta__landing values ($1, $2, $3, $4)", [table, load_key, fingerprint, row_count]
        )
    return FileLoad(table, row_count, unchanged=False)


def _starter_rows(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """Number of starter rows. Earlier versions deleted a publisher's starter rows together with its file."""
    counted = con.execute(f"select count(*) from {quoted(table)} where _mode = '{STARTER}'").fetchall()
    return int(counted[0][0])


def _clear(con: duckdb.DuckDBPyConnection, table: str, load_key: str) -> None:
    """Delete the rows of one load key from a table and from the catalogue.

    Starter rows carry the ids of the publishers' files that they come from, but are loaded and deleted with
    the starter.
    """
    of_key = "_mode = $1" if load_key == STARTER else f"_archive_id = $1 and _mode != '{STARTER}'"
    con.execute(f"delete from {quoted(table)} where {of_key}", [load_key])
    con.execute(f"delete from {RAW_PARTITIONS} where {of_key} and table_name = $2", [load_key, table])
