"""Exchange tables with an engine other than DuckDB, as Parquet on a path that both can read.

The path is a folder or an object store address (``s3://bucket/folder``, ``gs://...``, ``abfs://...``). Below
it, `hand_over` writes ``raw/<table>/`` and the engine writes ``tables/<schema>/<table>/``.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow import fs

from warehouse.connect import Engine, open_writer, opened, quoted
from warehouse.dictionary import PUBLISHED_SCHEMAS, comment

PERIOD = "period"
PARTITION_ROWS = 1_000_000
"""Rows from which a raw table is partitioned by period; smaller tables would become many small files."""

_BATCH_ROWS = 131_072


def hand_over(
    raw: Path, place: str, engine: Engine | None = None, partition_rows: int = PARTITION_ROWS
) -> Iterator[tuple[str, int]]:
    """Write every raw table as Parquet and yield its name and rows; deletes earlier files first.

    Args:
        raw: `raw.duckdb`.
        place: Folder or address of the exchange.
        engine: DuckDB's limits.
        partition_rows: Number of rows from which a table with a period gets one folder per period.
    """
    store, root = _store(place)
    with opened(str(raw), read_only=True, config=(engine or Engine()).config()) as con:
        con.execute("set preserve_insertion_order = false")
        for table, rows in _raw_tables(con):
            columns = _columns(con, table)
            cut = rows >= partition_rows and PERIOD in columns
            select = ", ".join(_plain(name, kind) for name, kind in columns.items())
            ordered = f" order by {PERIOD}" if cut else ""
            found = con.sql(f"select {select} from raw.raw.{quoted(table)}{ordered}")
            _write(found.to_arrow_reader(_BATCH_ROWS), store, f"{root}/raw/{table}", PERIOD if cut else None)
            yield table, rows


def take_back(
    build: Path, place: str, nodes: Iterable[Mapping[str, Any]], engine: Engine | None = None
) -> dict[str, int]:
    """Import the published layers that dbt built elsewhere into `build.duckdb`, with types and comments.

    The caller must hold `lock.writer_lock`.

    Args:
        build: `build.duckdb`; its tables of the same names are replaced.
        place: Folder or address of the exchange.
        nodes: The nodes of dbt's manifest that were built; those that are not published are skipped.
        engine: DuckDB's limits.

    Returns:
        Row counts by ``schema.table``.
    """
    store, root = _store(place)
    rows = {}
    with open_writer(build, engine) as con:
        con.execute("set timezone = 'UTC'")
        for node in nodes:
            schema, table = node["schema"], node.get("alias") or node["name"]
            if node["resource_type"] in {"model", "seed"} and schema in PUBLISHED_SCHEMAS:
                made = ds.dataset(f"{root}/tables/{schema}/{table}", filesystem=store, format="parquet")
                rows[f"{schema}.{table}"] = _replace(con, schema, table, made, node)
    return rows


def _replace(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, made: ds.Dataset, node: Mapping[str, Any]
) -> int:
    """Replace one table, with the column types of its contract, or else with the types in the file."""
    declared = {name: column.get("data_type") for name, column in node["columns"].items()}
    columns = ", ".join(
        f"{quoted(name)}::{declared[name]} as {quoted(name)}" if declared.get(name) else quoted(name)
        for name in made.schema.names
    )
    con.register("made", made)
    con.execute(f"create schema if not exists {quoted(schema)}")
    con.execute(f"create or replace table {quoted(schema, table)} as select {columns} from made")
    con.unregister("made")
    notes = {name: column["description"] for name, column in node["columns"].items() if column["description"]}
    comment(con, schema, table, node["description"], notes)
    return int(made.count_rows())


def _store(place: str) -> tuple[fs.FileSystem, str]:
    """The file system of a location, and the path in it."""
    if "://" not in place:
        return fs.LocalFileSystem(), str(Path(place).resolve())
    # Spark's Hadoop client uses other names for two stores
    address = place.replace("s3a://", "s3://", 1).replace("abfss://", "abfs://", 1)
    store, path = fs.FileSystem.from_uri(address)
    return store, path.rstrip("/")


def _raw_tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, int]]:
    names = con.execute(
        "select table_name from duckdb_tables() where schema_name = 'raw' order by table_name"
    ).fetchall()
    return [
        (name, con.execute(f"select count(*) from raw.raw.{quoted(name)}").fetchall()[0][0])
        for (name,) in names
    ]


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return dict(
        con.execute(
            "select column_name, data_type from duckdb_columns()"
            " where schema_name = 'raw' and table_name = $1 order by column_index",
            [table],
        ).fetchall()
    )


def _plain(name: str, kind: str) -> str:
    """A column as a type that every engine reads, without enumerations and JSON."""
    return f"{quoted(name)}::varchar as {quoted(name)}" if kind.startswith(("ENUM", "JSON")) else quoted(name)


def _write(reader: pa.RecordBatchReader, store: fs.FileSystem, folder: str, cut_by: str | None) -> None:
    store.create_dir(folder, recursive=True)
    store.delete_dir_contents(folder)
    by = pa.schema([reader.schema.field(cut_by)]) if cut_by else None
    if not by:
        # a table without rows would leave no file, and its columns would be lost
        pq.write_table(reader.schema.empty_table(), f"{folder}/columns.parquet", filesystem=store)
    ds.write_dataset(
        reader,
        folder,
        filesystem=store,
        format="parquet",
        partitioning=ds.partitioning(by, flavor="hive") if by else None,
        existing_data_behavior="overwrite_or_ignore",
        max_partitions=100_000,
    )
