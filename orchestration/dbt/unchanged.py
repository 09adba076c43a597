"""Which tables of the last build have unchanged inputs, so that dbt need not build them again.

The inputs of a table are the dbt project with its seeds, the programs that build it, the raw tables that its
SQL reads, the date if its SQL reads it, and the inputs of the tables upstream. A record in the home stores
their hash for each table. Before dbt runs, the tables about to be built are removed from the record; those
built successfully are added afterwards. An interrupted build or a lost record therefore costs one rebuild.
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
from warehouse.connect import literal, opened, quoted
from warehouse.files import replace_file
from warehouse.raw_tables import RAW_PARTITIONS

ALL = "*"
"""Stands for the whole catalogue of the raw tables instead of one raw table."""

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
    """What the SQL of a table reads besides other tables; ``clock`` is empty, `day` or `moment`."""

    raw: list[str]
    clock: str


@dataclass(frozen=True, slots=True)
class Built:
    """A table of the last build: hash of its inputs, rows (None for a view), and what its SQL reads."""

    inputs: str
    rows: int | None
    reads: Reads


class Build:
    """A build that is about to start, and the databases before it.

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
        """Unique ids of the models and seeds whose inputs are the same as in the last build.

        They are in upstream-first order.
        """
        inputs = self._inputs({key: built.reads for key, built in self._fit.items()})
        same: dict[str, None] = {}
        for key in self._in_order():  # a rebuilt table causes the rebuild of everything downstream
            is_same = key in inputs and inputs[key] == self._fit[key].inputs
            if is_same and same.keys() >= set(self._upstream(key)):
                same[key] = None
        return list(same)

    def begin(self, unchanged: Iterable[str]) -> None:
        """Remove the tables that dbt is about to build from the record."""
        self._record = {key: self._fit[key] for key in unchanged}
        self._write()

    def end(self, results: Mapping[str, Any]) -> None:
        """Add the tables that dbt built successfully to the record.

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
        """Hash of the inputs of each table for which its own reads and those upstream are known."""
        common = [self._project, *(f"{name} {version(name)}" for name in _PROGRAMS)]
        found: dict[str, str] = {}
        for key in self._in_order():
            known = reads.get(key)
            upstream = self._upstream(key)
            if known is None or known.clock == "moment" or not found.keys() >= set(upstream):
                continue
            clock = self._day if known.clock else ""
            raw = [f"{table} {self._raw.get(table, '')}" for table in known.raw]
            inputs = "\n".join([*common, key, clock, *raw, *(found[one] for one in upstream)])
            found[key] = hashlib.sha256(inputs.encode()).hexdigest()
        return found

    def _upstream(self, key: str) -> list[str]:
        return sorted({one for one in self._nodes[key]["depends_on"].get("nodes", []) if one in self._nodes})

    def _in_order(self) -> Iterator[str]:
        """The tables in upstream-first order."""
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
    """What the compiled SQL of a table reads; when in doubt, too much rather than too little."""
    declared = {
        key.rsplit(".", 1)[-1] for key in node["depends_on"].get("nodes", []) if key.startswith("source.")
    }
    named = _RAW_TABLE.findall(sql)
    raw = declared | set(named)
    if RAW_PARTITIONS in raw:
        # The catalogue has rows of every raw table; the SQL names the tables whose rows it reads.
        of = _OF_CATALOGUE.findall(sql)
        whole = len(of) < named.count(RAW_PARTITIONS) or not of
        raw = (raw - {RAW_PARTITIONS}) | ({ALL} if whole else set(of))
    clock = "moment" if _MOMENT.search(sql) else "day" if _DAY.search(sql) else ""
    return Reads(sorted(raw), clock)


def path(settings: Settings) -> Path:
    """The path of the record."""
    return settings.home / ".built_inputs.json"


def forget(home: Path) -> None:
    """Make the next build build every table, such as after dbt was run by hand."""
    (home / ".built_inputs.json").unlink(missing_ok=True)


def _read(settings: Settings) -> dict[str, Built]:
    """The record of the last build; empty if it is missing or unreadable."""
    try:
        record = orjson.loads(path(settings).read_bytes())
        return {key: Built(one["inputs"], one["rows"], Reads(**one["reads"])) for key, one in record.items()}
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return {}


def _open(settings: Settings) -> duckdb.DuckDBPyConnection:
    con = opened(str(settings.build_path), read_only=True)
    con.execute(f"attach {literal(str(settings.raw_path))} as landing (read_only)")
    return con


def _day(con: duckdb.DuckDBPyConnection) -> str:
    """The current date in SQL."""
    return str(con.execute("select current_date").fetchall()[0][0])


def _relation(node: Mapping[str, Any]) -> tuple[str, str]:
    return str(node["schema"]), str(node.get("alias") or node["name"])


def _rows(
    con: duckdb.DuckDBPyConnection, nodes: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[tuple[str, str], int | None]]:
    """Row counts of the existing tables of the project; None for a view."""
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
    """Fingerprint of the columns and rows of each raw table, and under `ALL` that of the catalogue.

    A publisher's table is identified by the files loaded into it; tables about the sources are small and
    hashed in full.
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
