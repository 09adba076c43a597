"""One file for DuckDB, under a name that does not say where it is stored.

DuckDB shows the full path of a database that it opens: in `duckdb_databases()`, in its settings and in
messages. Through this file system it knows only `publication://minerals.duckdb`, and can open nothing else.
"""

import os
from pathlib import Path
from threading import get_ident
from typing import Any

import duckdb
from fsspec import AbstractFileSystem

from warehouse.connect import Engine, opened
from warehouse.publications import FILE

SCHEME = "publication"


class Handle:
    """An open file in which every thread has a position of its own.

    DuckDB reads at a position by two calls, `seek` and `read`. Its threads share one handle, and a call of
    another thread may come between the two.
    """

    def __init__(self, file: Path) -> None:
        self._file = file.open("rb", buffering=0)
        self._positions: dict[int, int] = {}

    def seek(self, position: int) -> int:
        """Move this thread to a position in bytes from the start."""
        self._positions[get_ident()] = position
        return position

    def tell(self) -> int:
        """This thread's position in bytes from the start."""
        return self._positions.get(get_ident(), 0)

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes from this thread's position on; fewer only at the end of the file."""
        position, parts = self.tell(), list[bytes]()
        while size > 0 and (part := os.pread(self._file.fileno(), size, position)):
            parts.append(part)
            position += len(part)
            size -= len(part)
        self.seek(position)
        return b"".join(parts)

    def close(self) -> None:
        """Close the file for all threads."""
        self._file.close()


class OneFile(AbstractFileSystem):  # type: ignore[misc]
    """A read-only file system of one file."""

    protocol = SCHEME
    cachable = False

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def open(self, path: str, mode: str = "rb", **_: Any) -> Handle:
        """The file; no other name can be opened."""
        if mode != "rb":
            raise PermissionError("It is read-only.")
        self.info(path)
        return Handle(self._file)

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """Name, size in bytes and type of the file."""
        name = self._strip_protocol(path)
        if name != FILE:
            raise FileNotFoundError(f"There is no {name}.")
        return {"name": name, "size": self._file.stat().st_size, "type": "file"}


def connect_without_path(file: Path, engine: Engine) -> duckdb.DuckDBPyConnection:
    """Open a publication as `warehouse.connect.connect` does, but so that nothing names its path.

    Raises:
        duckdb.IOException: There is no such file, or it cannot be read.
    """
    con = opened(config=engine.config() | {"temp_directory": ""})
    con.register_filesystem(OneFile(file))
    con.execute(f"attach '{SCHEME}://{FILE}' as minerals (read_only)")
    con.execute("use minerals")
    con.execute("set enable_external_access = false")
    con.execute("set lock_configuration = true")
    return con
