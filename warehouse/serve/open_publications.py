"""Opens the publication that a response comes from, by default the current one."""

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connect import Engine, connect, fetch
from warehouse.publications import FILE, MIRROR
from warehouse.serve.carried import Carried
from warehouse.serve.provenance import Provenance, Rows
from warehouse.sources_behind import sources_behind

NOTHING_YET = "Nothing is published yet: run `minerals refresh` first."
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
        self._behind: dict[str, set[str]] = {}

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

    def origin(
        self, columns: Sequence[str], rows: Rows, tables: Iterable[str], carried: Carried | None = None
    ) -> dict[str, Any]:
        """The sources that rows name, those of the tables read whose rows name none, and what flags mean.

        A statement may give any text the name of such a column; text that names no source does not count.
        """
        read = set(tables)
        named = self.provenance.named(columns, rows)
        known = {*self.provenance.source_ids, *self._behind_all(read)}
        own = named & known
        traced = read if own and own == named else set[str]()
        flags = self.provenance.flags(columns, rows)
        if carried:
            flags |= self.provenance.flags(carried.columns, carried.rows)
        if carried and carried.tables:
            own |= self.provenance.named(carried.columns, carried.rows)
            traced = set(carried.tables)
        return {
            "sources": self.provenance.cited(own),
            "sources_of_tables": self.provenance.cited(self._behind_all(read - traced) - own),
            "flags": flags,
        }

    def _behind_all(self, tables: Iterable[str]) -> set[str]:
        return {source for table in tables for source in self._sources_behind(table)}

    def tables_in(self, sql: str) -> list[str]:
        """The published tables that a statement reads, including those read by its macros."""
        text, seen = sql.lower(), set[str]()
        while called := {name for name in re.findall(r"\b(\w+)\s*\(", text) if name in self._macros} - seen:
            seen |= called
            text += " ".join(self._macros[name] for name in called).lower()
        names = re.findall(r"\b\"?(core|marts|meta)\"?\.\"?(\w+)\"?", text)
        return sorted({f"{schema}.{name}" for schema, name in names} & self.tables.keys())

    def _sources_behind(self, table: str) -> set[str]:
        """Read once for each table, since a publication never changes."""
        if table not in self._behind:
            has_inputs = "meta.explain_inputs" in self.tables  # an older publication may not
            with self.cursor() as con:
                self._behind[table] = sources_behind(con, [table]) if has_inputs else set()
        return self._behind[table]

    @cached_property
    def _macros(self) -> dict[str, str]:
        """The definitions of the published macros by name."""
        with self.cursor() as con:
            return dict(
                con.execute(
                    "select function_name, any_value(macro_definition) from duckdb_functions()"
                    " where macro_definition is not null and schema_name = 'main' and not internal"
                    " group by function_name"
                ).fetchall()
            )


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

    def current(self) -> Opened:
        """The current publication.

        Raises:
            FileNotFoundError: Nothing is published yet, or it cannot be read.
        """
        # the name of the mirror is switched last, by one rename, so it always names a complete publication
        for _ in range(3):
            try:
                name = (self._home / MIRROR).readlink().parent.name
            except OSError:
                break
            with suppress(LookupError):  # replaced by a new publication in the meantime
                return self.of(name)
        raise FileNotFoundError(NOTHING_YET)

    def of(self, build_id: str) -> Opened:
        """A kept publication, by its build id.

        Raises:
            LookupError: No such publication is kept.
            FileNotFoundError: It cannot be read.
        """
        with self._lock:
            if build_id not in self._opened:
                folder = self._home / "publications" / build_id
                if folder.name != build_id or build_id.startswith(".") or not is_file(folder / FILE):
                    raise LookupError(f"There is no publication {build_id}, or it is no longer kept.")
                self._opened[build_id] = self._open(folder)
            self._opened.move_to_end(build_id)
            while len(self._opened) > KEPT_OPEN:
                self._opened.popitem(last=False)  # running responses keep it open
            return self._opened[build_id]

    def _open(self, folder: Path) -> Opened:
        """DuckDB's own messages would name the folder to readers."""
        try:
            return Opened(folder, self._engine)
        except FileNotFoundError:
            raise LookupError(f"The publication {folder.name} is no longer kept.") from None
        except duckdb.IOException:
            raise FileNotFoundError(f"The publication {folder.name} cannot be read.") from None
