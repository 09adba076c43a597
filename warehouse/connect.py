"""Open DuckDB files: one way to write them, one way to read them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

STORAGE_VERSION = "v1.2.0"
"""The format readable by clients from DuckDB 1.2 on; no 1.x client can read the default of 2.0."""


Settings = dict[str, str | bool | int | float | list[str]]


@dataclass(frozen=True, slots=True)
class Engine:
    """The limits of a DuckDB process: memory (``2GB``), threads, and the folder for spilling.

    Without ``preserve_insertion_order`` large loads need less memory, and rows come in any order. Without
    ``spills``, a query that exceeds the memory fails.
    """

    memory_limit: str = "2GB"
    threads: int = 2
    temp_directory: Path | None = None
    preserve_insertion_order: bool = True
    spills: bool = True

    def config(self) -> Settings:
        """The settings by DuckDB's names. DuckDB never downloads or loads an extension by itself."""
        settings: Settings = {
            "memory_limit": self.memory_limit,
            "threads": self.threads,
            "preserve_insertion_order": self.preserve_insertion_order,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if not self.spills:
            settings["max_temp_directory_size"] = "0KB"
        if self.temp_directory:
            settings["temp_directory"] = str(self.temp_directory)
        return settings


def quoted(*identifier: str) -> str:
    """A possibly qualified SQL identifier: ``quoted("marts", "x")`` is ``"marts"."x"``."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in identifier)


def literal(text: str) -> str:
    """A SQL string literal, for statements without parameters (ATTACH, COMMENT, COPY)."""
    return "'" + text.replace("'", "''") + "'"


def quoted_list(identifiers: Sequence[str]) -> str:
    """Column names as a select list or key."""
    return ", ".join(quoted(name) for name in identifiers)


def fetch(
    con: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The columns and rows of a query result."""
    answer = con.execute(sql, values)
    return [column[0] for column in answer.description or []], answer.fetchall()


def sentence(error: duckdb.Error) -> str:
    """DuckDB's message without its pointer into the statement; a macro's refusal as it is."""
    return " ".join(str(error).split("\n\n")[0].split()).removeprefix("Invalid Input Error: ")


def opened(database: str = ":memory:", **options: Any) -> duckdb.DuckDBPyConnection:
    """A connection without DuckDB's progress bar, which appears on a terminal after two seconds."""
    con = duckdb.connect(database, **options)
    # a setting of the connection, refused if this process has sealed the file before
    with suppress(duckdb.InvalidInputException):
        con.execute("set enable_progress_bar = false")
    return con


def create(path: Path) -> None:
    """Create an empty database file with the published storage version if it does not exist."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with opened() as con:
        con.execute(f"attach {literal(str(path))} as created (storage_version {literal(STORAGE_VERSION)})")


def open_writer(path: Path, engine: Engine | None = None) -> duckdb.DuckDBPyConnection:
    """Open a database file for writing, creating it if needed. The caller must hold `lock.writer_lock`."""
    create(path)
    return opened(str(path), config=(engine or Engine()).config())


def connect(path: Path, engine: Engine | None = None, *, sealed: bool = True) -> duckdb.DuckDBPyConnection:
    """Open a publication as an analyst does: read only, and without access to files, network and extensions.

    Args:
        path: The published file.
        engine: DuckDB's limits.
        sealed: False only for our own statements that write other files, such as exports.

    Raises:
        FileNotFoundError: Nothing has been published at ``path`` yet.
    """
    if not path.exists():
        raise FileNotFoundError(f"There is no warehouse at {path} yet: run `minerals refresh` first.")
    settings = (engine or Engine()).config()
    if sealed:
        settings |= {"enable_external_access": False}
    con = opened(str(path), read_only=True, config=settings)
    if sealed:
        with suppress(duckdb.InvalidInputException):  # this process has sealed the file before
            con.execute("set lock_configuration = true")
    return con


def storage_version(con: duckdb.DuckDBPyConnection) -> str:
    """The storage version of the database file of ``con``, such as ``v1.2.0+``."""
    row = con.execute(
        "select tags['storage_version'] from duckdb_databases() where database_name = current_database()"
    ).fetchone()
    return str(row[0]) if row else ""
