"""A reader's own SQL, run in a separate process with access to nothing but the publication.

DuckDB is opened read only, without files, network, extensions or settings. Some functions, such as `repeat`
of a long text, respect neither interrupts nor DuckDB's memory limit. So the limits apply to the process: the
system denies it more memory, and it is killed at the time limit.
"""

import json
import re
import resource
import select
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import orjson

from warehouse.connect import Engine, sentence
from warehouse.serve.as_json import as_json
from warehouse.serve.carried import Carried, extended
from warehouse.serve.one_file import connect_without_path

AT_ONCE = threading.BoundedSemaphore(2)
"""Number of readers' statements that run in parallel; others wait."""
WAITS_S = 2.0
"""Time that a statement waits for others before it is refused."""
STARTS_WITHIN_S = 30.0
"""Time for a statement's process to begin; on a busy server that takes seconds."""
READY = b"\n"
"""What the process writes when it is ready for its statement."""
BUSY = "Other statements are running: ask again in a moment."
GONE = "This publication is no longer kept, or it cannot be read: ask again."


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one statement."""

    seconds: float = 10.0
    rows: int = 100_000
    memory_mb: int = 512
    answer_mb: int = 64
    sql_kb: int = 64

    @property
    def address_space_bytes(self) -> int:
        """Address space of the process: DuckDB's memory, the result in Python, and the libraries."""
        return (2 * self.memory_mb + 8 * self.answer_mb + 1024) << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of a statement; ``truncated`` if there are more than the limit.

    ``carried`` has the sources and flags of the rows that the statement does not select.
    """

    columns: list[str]
    types: list[str]
    rows: list[list[Any]]
    truncated: bool
    carried: Carried = field(default_factory=Carried)

    def shown(self) -> dict[str, Any]:
        """What a reader gets of it."""
        return {name: getattr(self, name) for name in ("columns", "types", "rows", "truncated")}


class RefusedError(ValueError):
    """The statement is refused; the message is a sentence for its author."""


class BusyError(RefusedError):
    """The statement took too long, others are running, or the publication is gone; it may be tried again."""


def ask(file: Path, sql: str, limits: Limits | None = None) -> Answer:
    """Run one SELECT on a publication.

    Args:
        file: `minerals.duckdb` of the publication.
        sql: One SELECT statement.
        limits: Its limits.

    Raises:
        RefusedError: It is not a single SELECT, it is invalid, or it exceeds a limit.
        BusyError: It took too long, others are running, or the publication is gone.
    """
    limits = limits or Limits()
    if len(sql.encode()) > limits.sql_kb << 10:
        raise RefusedError(f"A statement may have at most {limits.sql_kb} KB.")
    asked = {"file": str(file.absolute()), "sql": sql, "limits": asdict(limits)}
    if not AT_ONCE.acquire(timeout=WAITS_S):
        raise BusyError(BUSY)
    try:
        code, written = _worker(json.dumps(asked).encode(), limits)
    finally:
        AT_ONCE.release()
    if code != 0:
        raise RefusedError(f"The statement needs more memory than the {limits.memory_mb} MB it may use.")
    result = orjson.loads(written)
    if "busy" in result:
        raise BusyError(result["busy"])
    if "refused" in result:
        raise RefusedError(result["refused"])
    return Answer(**result | {"carried": Carried(**result["carried"])})


def _worker(asked: bytes, limits: Limits) -> tuple[int, bytes]:
    """Exit code and output of a process for one statement. Its time begins when the process is ready."""
    with subprocess.Popen(
        [sys.executable, "-I", "-m", "warehouse.serve.sandbox"],
        cwd="/",  # DuckDB completes relative paths in its messages
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"HOME": "/nonexistent", "LC_ALL": "C.UTF-8"},
        bufsize=0,
    ) as worker:
        try:
            assert worker.stdout  # noqa: S101  (for mypy)
            if not select.select([worker.stdout], [], [], STARTS_WITHIN_S)[0]:
                raise BusyError("The server is too busy to begin the statement: ask again in a moment.")
            worker.stdout.read(len(READY))
            written, _ = worker.communicate(asked, limits.seconds)
        except subprocess.TimeoutExpired:
            raise BusyError(f"The statement was stopped after {limits.seconds:g} s.") from None
        finally:
            worker.kill()
        return worker.returncode, written


def _answer(file: str, sql: str, limits: Limits) -> dict[str, Any]:
    engine = Engine(memory_limit=f"{limits.memory_mb}MB", spills=False)
    try:
        opened = connect_without_path(Path(file), engine)
    except duckdb.IOException:
        return {"busy": GONE}
    with opened as con:
        _confine(limits)
        try:
            statements = con.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                return {"refused": "Only a single SELECT statement is allowed."}
            if re.fullmatch(r"\s*show\s+tables\s*;?\s*", sql, re.IGNORECASE):
                return {"refused": "SHOW TABLES lists the schema main, which has none: show all tables."}
            found = extended(con, statements[0].query)
            rows = found.relation.limit(limits.rows + 1).fetchall()
        except duckdb.OutOfMemoryException:
            return {"refused": f"The statement needs more memory than the {limits.memory_mb} MB it may use."}
        except duckdb.Error as error:
            return {"refused": sentence(error)}
        width = len(found.relation.columns) - len(found.columns)
        columns, types = found.relation.columns[:width], [str(kind) for kind in found.relation.types[:width]]
    shown = rows[: limits.rows]
    carried = Carried(found.columns, list({row[width:] for row in shown}), found.tables)
    return {
        "columns": columns,
        "types": types,
        "rows": [row[:width] for row in shown],
        "truncated": len(rows) > limits.rows,
        "carried": asdict(carried),
    }


def _confine(limits: Limits) -> None:
    space = limits.address_space_bytes
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read a statement from standard input and write its result to standard output, once it is ready."""
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    asked = json.load(sys.stdin)
    limits = Limits(**asked["limits"])
    answer = _answer(asked["file"], asked["sql"], limits)
    try:
        result = as_json(answer)
    except orjson.JSONEncodeError:
        result = as_json({"refused": "The answer has values that JSON does not have: cast them to varchar."})
    if len(result) > limits.answer_mb << 20:
        result = orjson.dumps({"refused": f"The answer is larger than {limits.answer_mb} MB: ask for less."})
    sys.stdout.buffer.write(result)


if __name__ == "__main__":
    main()
