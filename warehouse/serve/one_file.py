"""One file for DuckDB, under a name that does not say where it is stored.

DuckDB shows the full path of a database that it opens: in `duckdb_databases()`, in its settings and in
messages. Through this file system it knows only `publication://minerals.duckdb`, and can open nothing else.
"""

from pathlib import Path
from typing import IO, Any

import duckdb
from fsspec import AbstractFileSystem

from warehouse.connect import Engine
from warehouse.publications import FILE

SCHEME = "publication"


class OneFile(AbstractFileSystem):  # type: ignore[misc]
    """A read-only file system of one file."""

    protocol = SCHEME
    cachable = False

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def open(self, path: str, mode: str = "rb", **_: Any) -> IO[bytes]:
        """The file; no other name can be opened."""
        if mode != "rb":
            raise PermissionError("It is read-only.")
        self.info(path)
        return self._file.open("rb")

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
    con = duckdb.connect(config=engine.config() | {"temp_directory": ""})
    con.register_filesystem(OneFile(file))
    con.execute(f"attach '{SCHEME}://{FILE}' as minerals (read_only)")
    con.execute("use minerals")
    con.execute("set enable_external_access = false")
    con.execute("set lock_configuration = true")
    return con
