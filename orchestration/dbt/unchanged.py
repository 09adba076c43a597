"""Which tables of the last build have the inputs that they had then, so that dbt need not build them again.

The inputs of a table are the dbt project with its seeds, the programs that build it, the raw tables that its
SQL reads, the day where its SQL asks for it, and the inputs of the tables upstream. A record in the home has
their hash for each table. Before dbt runs, what it is about to build is taken out of the record, and what it
built well is put in afterwards: a build that broke off, or a record that is lost, costs one rebuild.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import orjson

from orchestration.settings import Settings
from warehouse.connect import literal, quoted
from warehouse.files import replace_file
from warehouse.raw_tables import RAW_PARTITIONS

ALL = "*"
"""In place of a raw table: the whole catalogue of the raw tables."""

_ABOUT_ROWS = ("meta__landing", RAW_PARTITIONS)
_PROGRAMS = ("dbt-core", "dbt-duckdb", "duckdb")
_BUILT = frozenset({"model", "seed"})
_DAY = re.compile(r"\bcurrent_date\b|\btoday\s*\(", re.IGNORECASE)
_MOMENT = re.compile(
    r"\bcurrent_time|\bget_current_time|\blocaltime|\b(now|random|uuid\w*|gen_random_uuid|setseed|nextval"
    r"|transaction_timestamp)\s*\(|\busing\s+sample\b|\btablesample\b",
    re.IGNORECASE,
)
_RAW_TABLE = re.compile(r'"?landing"?\."?raw"?\."?(\w+)"?')
_OF_CATALOGUE = re.compile(r"\btable_name\s*=\s*'(\w+)'")

Manifest = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reads:
    """What the SQL of a table reads besides tables of the build; ``clock`` is empty, `day` or `moment`."""

    raw: list[str]
    clock: str


@dataclass(frozen=True, slots=True)
class Built:
    """A table of the last build: hash of its inputs, rows (None of a view), and what its SQL reads."""

    inputs: str
    rows: int | None
    reads: Reads


class Build:
    """A build about to begin, with the databases as they stand before it.

    Args:
        settings: The home; the writer's lock is held.
        manifest: dbt's manifest.
        project: Fingerprint of the dbt project.
    """

    def __init__(self, settings: Settings, manifest: Manifest, project: str) -> None:
        self._settings, self._project = settings, project
        self._nodes = {
            key: node for key, node in manifest["nodes"].items() if node["resource_type"] in _BUILT
        }
        self._record = _read(settings)
        with _open(settings) as con:
            self._day = _day(con)
            self._raw = dict(_raw_tables(con))
            rows = dict(_rows(con, self._nodes.values()))
        self._fit = {
            key: built
            for key, built in self._record.items()
            if key in self._nodes and rows.get(_relation(self._nodes[key]), -1) == built.rows
        }

    def unchanged(self) -> list[str]:
        """Unique ids of the models and seeds that dbt would build from the same inputs as last time.

        Each comes after all that it is made of.
        """
        inputs = self._inputs({key: built.reads for key, built in self._fit.items()})
        same: dict[str, None] = {}
        for key in self._in_order():  # what is built again takes along all that is made of it
            is_same = key in inputs and inputs[key] == self._fit[key].inputs
            if is_same and same.keys() >= set(self._upstream(key)):
                same[key] = None
        return list(same)

    def begin(self, unchanged: Iterable[str]) -> None:
        """Take out of the record what dbt is about to build."""
        self._record = {key: self._fit[key] for key in unchanged}
        self._write()

    def end(self, results: Mapping[str, Any]) -> None:
        """Put into the record what dbt built well.

        Args:
            results: dbt's `run_results.json`.
        """
        done = {
            one["unique_id"]: one.get("compiled_code") or ""
            for one in results["results"]
            if one["status"] == "success" and one["unique_id"] in self._nodes
        }
        reads = {key: built.reads for key, built in self._record.items()} | {
            key: reads_of(sql, self._nodes[key]) for key, sql in done.items()
        }
        inputs = self._inputs(reads)
        with _open(self._settings) as con:
            rows = dict(_rows(con, self._nodes.values()))
        for key in done.keys() & inputs.keys():
            relation = _relation(self._nodes[key])
            if relation in rows:
                self._record[key] = Built(inputs[key], rows[relation], reads[key])
        self._write()

    def _write(self) -> None:
        record = {key: asdict(built) for key, built in sorted(self._record.items())}
        replace_file(path(self._settings), orjson.dumps(record))

    def _inputs(self, reads: Mapping[str, Reads]) -> dict[str, str]:
        """Hash of the inputs of each table whose own and whose upstream tables' reads are known."""
        common = [self._project, *(f"{name} {version(name)}" for name in _PROGRAMS)]
        found: dict[str, str] = {}
        for key in self._in_order():
            known = reads.get(key)
            upstream = self._upstream(key)
            if known is None or known.clock == "moment" or not found.keys() >= set(upstream):
                continue
            clock = self._day if known.clock else ""
            raw = [f"{table} {self._raw.get(table, '')}" for table in known.raw]
            said = "\n".join([*common, key, clock, *raw, *(found[one] for one in upstream)])
            found[key] = hashlib.sha256(said.encode()).hexdigest()
        return found

    def _upstream(self, key: str) -> list[str]:
        return sorted({one for one in self._nodes[key]["depends_on"].get("nodes", []) if one in self._nodes})

    def _in_order(self) -> Iterator[str]:
        """The tables, each after all that it is made of."""
        placed: dict[str, None] = {}

        def place(key: str) -> None:
            if key not in placed:
                for one in self._upstream(key):
                    place(one)
                placed[key] = None

        for key in self._nodes:
            place(key)
        return iter(placed)


def reads_of(sql: str, node: Mapping[str, Any]) -> Reads:
    """What the compiled SQL of a table reads, in doubt more than it does."""
    declared = {
        key.rsplit(".", 1)[-1] for key in node["depends_on"].get("nodes", []) if key.startswith("source.")
    }
    named = _RAW_TABLE.findall(sql)
    raw = declared | set(named)
    if RAW_PARTITIONS in raw:
        # The catalogue has rows of every raw table; the SQL says of which it wants them.
        of = _OF_CATALOGUE.findall(sql)
        whole = len(of) < named.count(RAW_PARTITIONS) or not of
        raw = (raw - {RAW_PARTITIONS}) | ({ALL} if whole else set(of))
    clock = "moment" if _MOMENT.search(sql) else "day" if _DAY.search(sql) else ""
    return Reads(sorted(raw), clock)


def path(settings: Settings) -> Path:
    """Where the record is."""
    return settings.home / ".built_inputs.json"


def forget(home: Path) -> None:
    """Have the next build make every table, as after dbt was run by hand."""
    (home / ".built_inputs.json").unlink(missing_ok=True)


def _read(settings: Settings) -> dict[str, Built]:
    """The record of the last build; empty where there is none or it can't be read."""
    try:
        record = orjson.loads(path(settings).read_bytes())
        return {key: Built(one["inputs"], one["rows"], Reads(**one["reads"])) for key, one in record.items()}
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return {}


def _open(settings: Settings) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(str(settings.build_path), read_only=True)
    con.execute(f"attach {literal(str(settings.raw_path))} as landing (read_only)")
    return con


def _day(con: duckdb.DuckDBPyConnection) -> str:
    """The day as SQL sees it."""
    return str(con.execute("select current_date").fetchall()[0][0])


def _relation(node: Mapping[str, Any]) -> tuple[str, str]:
    return str(node["schema"]), str(node.get("alias") or node["name"])


def _rows(
    con: duckdb.DuckDBPyConnection, nodes: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[tuple[str, str], int | None]]:
    """Rows of each table of the project that there is; None for a view."""
    kinds = {
        (place, schema, name): kind
        for place, schema, name, kind in con.execute(
            "select database_name, schema_name, table_name, 'table' from duckdb_tables()"
            " union all select database_name, schema_name, view_name, 'view' from duckdb_views()"
        ).fetchall()
    }
    (build,) = con.execute("select current_database()").fetchall()[0]
    for node in nodes:
        schema, name = relation = _relation(node)
        place = node["database"] if node["database"] == "landing" else build
        kind = kinds.get((place, schema, name))
        if kind == "view":
            yield relation, None
        elif kind:
            yield (
                relation,
                con.execute(f"select count(*) from {quoted(place, schema, name)}").fetchall()[0][0],
            )


def _raw_tables(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    """Each raw table with a fingerprint of its columns and rows, and under `ALL` that of the catalogue.

    The rows of a publisher's table are known by the files that were loaded into it; tables about the sources
    are small and read whole.
    """
    shapes = con.execute(
        "select table_name, string_agg(column_name || ' ' || data_type, ', ' order by column_index)"
        " from duckdb_columns() where database_name = 'landing' and schema_name = 'raw' group by table_name"
    ).fetchall()
    for table, columns in shapes:
        if table.startswith("meta__"):
            rows = _content(con, table, "true")
        else:
            counted = con.execute(f"select count(*) from {quoted('landing', 'raw', table)}").fetchall()
            about = (_content(con, one, f"table_name = {literal(table)}") for one in _ABOUT_ROWS)
            rows = f"{counted} {' '.join(about)}"
        yield ALL if table == RAW_PARTITIONS else table, f"{columns} {rows}"


def _content(con: duckdb.DuckDBPyConnection, table: str, where: str) -> str:
    """A hash of some rows that does not depend on their order."""
    rows = quoted("landing", "raw", table)
    found = con.execute(
        f"select count(*), md5(coalesce(string_agg(one, chr(10) order by one), ''))"
        f" from (select held::varchar as one from {rows} as held where {where})"
    ).fetchall()
    return f"{found[0]}"
