"""Publish a finished build atomically as the file that analysts open.

A publication is a folder `publications/<build_id>/` with `minerals.duckdb`, `parquet/`, `diff.*`, feeds and a
calendar. It is prepared under a hidden name and then renamed; after that, `publications` switches readers to
it. The readers' file is a write-protected hard link to the publication's file.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse import dictionary, quality, sqlmacros
from warehouse.connect import (
    STORAGE_VERSION,
    Engine,
    connect,
    literal,
    open_writer,
    opened,
    quoted,
    storage_version,
)
from warehouse.diff import write_diff
from warehouse.files import sync, sync_tree
from warehouse.mirror import write_mirror
from warehouse.publications import FILE, MIRROR, current, folder_of, prune, turn_to

BUILD = "build.duckdb"
REWRITTEN = ".rewritten"
BLOAT_LIMIT = 0.3
"""Share of free blocks above which the build file is compacted before it is copied."""

NAMED_FAILURES = 5
"""Maximum number of failed checks named in a refusal; all are in `meta.data_quality` of `build.duckdb`."""

BUILD_INFO = {
    "build_id": "Name of the publication.",
    "built_at": "Time of the build, UTC.",
    "version": "Version of the code that built it.",
    "duckdb_version": "DuckDB that wrote the file; clients from 1.2 on can read it.",
    "sources_live": "Sources whose publisher answered in this run.",
    "sources_archived": "Sources served from the newest archived vintage.",
    "sources_starter": "Sources whose figures are this project's own small extract.",
    "sources_missing": "Sources without figures: nothing fetched yet, and no data in the starter.",
}
RUN_MADE = frozenset({"build_info", "data_quality", "table_dictionary", "column_dictionary"})


class PublicationRefusedError(RuntimeError):
    """The build must not be published; the current publication stays."""


@dataclass(frozen=True, slots=True)
class Build:
    """Facts about `build.duckdb` from the run that built it.

    ``build_id`` sorts by time (``20260205T031502Z``), ``built_at`` is UTC without a zone, ``manifest`` and
    ``run_results`` are dbt's artifacts (several results if the run called dbt several times), and ``checks``
    the outcomes of checks outside dbt.
    """

    build_id: str
    built_at: datetime
    version: str
    manifest: Mapping[str, Any]
    run_results: Sequence[Mapping[str, Any]]
    checks: Sequence[quality.Check] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication on disk; ``row_counts`` by ``schema.table``."""

    build_id: str
    folder: Path
    row_counts: Mapping[str, int]


def publish(
    home: Path,
    build: Build,
    *,
    keep: int = 7,
    engine: Engine | None = None,
    macros: Path = sqlmacros.FOLDER,
) -> Publication:
    """Finish `build.duckdb`, copy it into a new publication and switch readers to it.

    The caller must hold `lock.writer_lock`.

    Args:
        home: The warehouse's folder.
        build: Facts about the run.
        keep: Number of publications kept for rollbacks, including this one.
        engine: DuckDB's limits.
        macros: Folder of the SQL macros.

    Raises:
        PublicationRefusedError: A blocking check failed, or the copy differs from the build.
    """
    from warehouse import feed  # noqa: PLC0415  (its libraries load slowly)

    engine = engine or Engine()
    source = home / BUILD
    with open_writer(source, engine) as con:
        _finish(con, build, macros)
        expected = dictionary.row_counts(con)
        unfit = _bloat(con) > BLOAT_LIMIT or not storage_version(con).startswith(STORAGE_VERSION)
    if unfit:
        _rewrite(source)
    folder = folder_of(home) / build.build_id
    with _staged(home, folder) as staged:
        _copy(source, staged / FILE)
        _verify(staged / FILE, expected)
        published = current(home)
        earlier = folder_of(home) / published / MIRROR if published else None
        with connect(staged / FILE, engine, sealed=False) as con:
            unchanged = write_mirror(con, staged / MIRROR, earlier)
        if published:
            with _readable(home / FILE, staged) as old:
                write_diff(old, staged / FILE, staged, unchanged)
                feed.write(staged, staged / FILE, old, folder_of(home) / published)
        else:
            feed.write(staged, staged / FILE)
    turn_to(home, build.build_id)
    prune(home, keep)
    return Publication(build.build_id, folder, expected)


@contextmanager
def _readable(file: Path, folder: Path) -> Iterator[Path]:
    """The file, or a temporary copy of it if another program has it open for writing."""
    try:
        connect(file).close()
    except duckdb.IOException:
        copy = folder / f".{file.name}.old"
        shutil.copyfile(file, copy)
        try:
            yield copy
        finally:
            copy.unlink()
    else:
        yield file


def _finish(con: duckdb.DuckDBPyConnection, build: Build, macros: Path) -> None:
    """Add the tables about the run, drop tables of deleted models, and flush everything to disk."""
    con.execute("create schema if not exists meta")
    found = [check for results in build.run_results for check in quality.dbt_checks(results, build.manifest)]
    quality.record(con, [*found, *build.checks], quality.check_ids(build.manifest))
    con.execute("checkpoint")
    if failed := quality.blocking(con):
        shown = "; ".join(failed[:NAMED_FAILURES]) + ("; ..." if len(failed) > NAMED_FAILURES else "")
        counted = f"{len(failed)} blocking check{'s' if len(failed) > 1 else ''}"
        raise PublicationRefusedError(f"Not published, since {counted} failed: {shown}")
    _drop_orphans(con, build.manifest)
    _write_build_info(con, build)
    dictionary.comment(
        con,
        "meta",
        "data_quality",
        "One row for each check of the warehouse, as it last ran.",
        {name: text for name, (_, text) in quality.DATA_QUALITY.items()},
    )
    sqlmacros.install(con, macros)
    dictionary.describe(con, dictionary.grains(build.manifest))
    con.execute("checkpoint")


def _drop_orphans(con: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> None:
    """Drop the tables of deleted or renamed models, which dbt leaves behind."""
    made = {
        (node["schema"], node.get("alias") or node["name"])
        for node in manifest["nodes"].values()
        if node["resource_type"] in {"model", "seed"}
    }
    for schema, table in dictionary.tables(con):
        if (schema, table) not in made and table not in RUN_MADE:
            con.execute(f"drop table {quoted(schema, table)}")


def _write_build_info(con: duckdb.DuckDBPyConnection, build: Build) -> None:
    con.execute(
        """
        create or replace table meta.build_info as
        select
            $build_id as build_id,
            $built_at::timestamp as built_at,
            $version as version,
            version() as duckdb_version,
            count(*) filter (mode = 'live') as sources_live,
            count(*) filter (mode = 'archived') as sources_archived,
            count(*) filter (mode = 'starter') as sources_starter,
            count(*) filter (mode not in ('live', 'archived', 'starter')) as sources_missing,
        from meta.source_status
        """,
        {"build_id": build.build_id, "built_at": build.built_at, "version": build.version},
    )
    dictionary.comment(con, "meta", "build_info", "One row: the build in this file.", BUILD_INFO)


def _bloat(con: duckdb.DuckDBPyConnection) -> float:
    sizes = con.execute(
        "select total_blocks, free_blocks from pragma_database_size()"
        " where database_name = current_database()"
    ).fetchall()
    total, free = sizes[0]
    return free / total if total else 0.0


def _rewrite(path: Path) -> None:
    """Rewrite a database file without free blocks and with the published storage version."""
    rewritten = path.with_suffix(REWRITTEN)
    _discard(rewritten)
    with opened() as con:
        con.execute(f"attach {literal(str(path))} as old (read_only)")
        con.execute(f"attach {literal(str(rewritten))} as new (storage_version {literal(STORAGE_VERSION)})")
        con.execute("copy from database old to new")
    rewritten.replace(path)


@contextmanager
def _staged(home: Path, folder: Path) -> Iterator[Path]:
    """A hidden folder that is renamed to ``folder`` when complete, and deleted on failure."""
    _clear_leftovers(home)
    staged = folder.with_name(f".{folder.name}.tmp")
    staged.mkdir(parents=True)
    try:
        yield staged
        sync_tree(staged)
        staged.rename(folder)
    except BaseException:
        shutil.rmtree(staged)
        raise


def _verify(path: Path, expected: Mapping[str, int]) -> None:
    with connect(path) as con:
        found, stored = dictionary.row_counts(con), storage_version(con)
    if found != expected:
        wrong = sorted(
            name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name)
        )
        raise PublicationRefusedError(
            f"Not published, since the copy differs from the build in {', '.join(wrong)}."
        )
    if not stored.startswith(STORAGE_VERSION):
        raise PublicationRefusedError(f"Not published, since the file has storage version {stored}.")


def _clear_leftovers(home: Path) -> None:
    """Remove the remains of a publication that was killed."""
    _discard((home / BUILD).with_suffix(REWRITTEN))
    for folder in folder_of(home).glob(".*.tmp"):
        shutil.rmtree(folder)
    for name in (FILE, MIRROR):
        for file in home.glob(f"{name}.*.tmp"):
            file.unlink()


def _discard(database: Path) -> None:
    """Remove a database file with its write-ahead log, which a new file of that name would replay."""
    for path in (database, database.with_name(f"{database.name}.wal")):
        path.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """Copy a build to its publication, where it is never written to; readers and rollback share the file."""
    shutil.copyfile(source, target)
    target.chmod(0o444)
    sync(target)
