"""Opens the publication that a response comes from, by default the current one."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import duckdb

from warehouse.connect import Engine, connect, fetch
from warehouse.publications import FILE, MIRROR
from warehouse.serve.provenance import Provenance

KEPT_OPEN = 3
"""Number of publications that stay open: the newest, and those that a reader is paging through."""


@dataclass(frozen=True, slots=True)
class Column:
    """A published column, as `meta.column_dictionary` has it."""

    name: str
    data_type: str
    unit: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """A published table with its columns in order; ``grain`` is empty if it has no key."""

    schema: str
    name: str
    description: str
    grain: tuple[str, ...]
    row_count: int
    columns: tuple[Column, ...]

    @property
    def full_name(self) -> str:
        """``schema.table``."""
        return f"{self.schema}.{self.name}"

    def column(self, name: str) -> Column | None:
        """The column with this name."""
        return next((column for column in self.columns if column.name == name), None)


class Opened:
    """One publication, open for reading. Every response uses a cursor of it, and so a single build."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.build_id = folder.name
        self.folder = folder
        self._con = connect(folder / FILE, engine)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A new connection, to be closed by the caller."""
        return self._con.cursor()

    @cached_property
    def built_at(self) -> datetime:
        """The time of the build, UTC without a zone."""
        with self.cursor() as con:
            built_at: datetime = con.execute("select built_at from meta.build_info").fetchall()[0][0]
            return built_at

    @cached_property
    def provenance(self) -> Provenance:
        """Its sources and the meaning of its flags."""
        with self.cursor() as con:
            return Provenance(con, has_flag_words="meta.flag_words" in self.tables)

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The published tables by ``schema.table``."""
        with self.cursor() as con:
            _, described = fetch(
                con,
                "select schema_name, table_name, coalesce(description, ''), coalesce(grain, ''), row_count"
                " from meta.table_dictionary order by all",
            )
            _, listed = fetch(
                con,
                "select schema_name, table_name, column_name, data_type, unit, description"
                " from meta.column_dictionary order by schema_name, table_name, position",
            )
        columns: dict[tuple[str, str], list[Column]] = {}
        for schema, table, *facts in listed:
            columns.setdefault((schema, table), []).append(Column(*facts))
        return {
            f"{schema}.{name}": Table(
                schema,
                name,
                description,
                tuple(grain.split(", ")) if grain else (),
                row_count,
                tuple(columns.get((schema, name), ())),
            )
            for schema, name, description, grain, row_count in described
        }


def is_file(path: Path) -> bool:
    """Whether the file exists; false if the system refuses the name, such as one that is too long."""
    try:
        return path.is_file()
    except OSError:
        return False


class Publications:
    """The publications of a home. The next request sees a new one; no restart is needed."""

    def __init__(self, home: Path, engine: Engine | None = None) -> None:
        self._home = home
        self._engine = engine or Engine(memory_limit="1GB", spills=False)
        self._opened: OrderedDict[str, Opened] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def home(self) -> Path:
        """The warehouse's folder."""
        return self._home

    def current(self) -> Opened:
        """The current publication.

        Raises:
            FileNotFoundError: Nothing is published yet.
        """
        # the name of the mirror is switched last, by one rename, so it always names a complete publication
        for _ in range(3):
            try:
                return self.of((self._home / MIRROR).readlink().parent.name)
            except LookupError:
                continue  # replaced by a new publication in the meantime
            except OSError:
                break
        raise FileNotFoundError(f"There is no warehouse in {self._home} yet: run `minerals refresh` first.")

    def of(self, build_id: str) -> Opened:
        """A kept publication, by its build id.

        Raises:
            LookupError: No such publication is kept.
        """
        with self._lock:
            if build_id not in self._opened:
                folder = self._home / "publications" / build_id
                if folder.name != build_id or build_id.startswith(".") or not is_file(folder / FILE):
                    raise LookupError(f"There is no publication {build_id}, or it is no longer kept.")
                self._opened[build_id] = Opened(folder, self._engine)
            self._opened.move_to_end(build_id)
            while len(self._opened) > KEPT_OPEN:
                self._opened.popitem(last=False)  # running responses keep it open
            return self._opened[build_id]
