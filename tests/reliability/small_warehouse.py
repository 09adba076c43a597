"""A small warehouse for the crash tests: three sources and two dozen tables, built by the project's own code.

Its checkout is a copy of this one with fewer source modules. The `core` and `marts` of its dbt project are
the small publication of the brief's tests, and one table that grows with what a publisher serves. A refresh
takes seconds, compared with a minute and a half for the whole project.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import yaml

from ingest.archive import Archive, sha256_of
from tests.conftest import REPOSITORY
from tests.ingest import publishers
from tests.ingest.servers import Asked, Reply, Routes, Server, serve
from tests.orchestration.small_publication import small_tables
from warehouse.publications import current

MODELLED = ("boc_fx", "federal_register", "worldbank_prices")
BY_MONTH = "census_bulk"
"""A heavy source, for backfills; no model reads it."""
SOURCES = (*MODELLED, BY_MONTH)

CODE = ("ingest", "orchestration", "warehouse")
DBT_PARTS = ("macros", "tests/generic", "models/_docs.md", "profiles.yml", "dbt_project.yml")
META = {
    "archive": None,
    "source_status": None,
    "quarantine": "select * from {{ source('raw', 'meta__quarantine') }} order by all",
}
"""The `meta` models that read only raw tables; replacements for those that read more."""
RUN_COLUMNS = {
    # an old vintage is deleted after a publication, so that the next one states it
    "meta.archive": ("fetched_at", "dropped_at"),
    "meta.source_status": ("fetched_at", "age_days", "note"),
}
RUN_TABLES = ("meta.build_info", "meta.data_quality")

MINERALS = (sys.executable, "-c", "from orchestration.cli.app import app; app()")
OLD, NEW = "1.31", "1.42"
"""The exchange rates of the current publication and of the next."""

RATES = "core.fct_exchange_rate"
RATE = """
select period, cad_per_usd from {{ ref('stg_boc_fx__monthly') }}
"""


def make_checkout(root: Path, sources: Collection[str]) -> Path:
    """Copy what a refresh of these sources needs, reduced in size."""
    for package in CODE:
        shutil.copytree(REPOSITORY / package, root / package, ignore=partial(_not_copied, sources))
    (root / "docs").mkdir()
    for name in ("dagster.yaml", "pyproject.toml", "docs/limitations.md"):
        shutil.copy(REPOSITORY / name, root / name)
    project = root / "dbt_project"
    for part in [*DBT_PARTS, *(f"models/staging/{source}" for source in MODELLED)]:
        here, there = REPOSITORY / "dbt_project" / part, project / part
        there.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if here.is_dir() else shutil.copy)(here, there)
    _meta(project)
    (project / "seeds").mkdir()
    codes = pl.read_csv(REPOSITORY / "dbt_project" / "seeds" / "mineral_hs.csv", infer_schema=False)
    of_six_digits = codes.filter(pl.col("hs_code").str.len_chars() == 6)
    of_six_digits.select("mineral_id", "hs_code").write_csv(project / "seeds" / "mineral_hs.csv")
    if "osti_rd" in sources:  # it requests the records of each critical mineral by name
        shutil.copy(REPOSITORY / "dbt_project" / "seeds" / "minerals.csv", project / "seeds")
    for schema, table, select in small_tables():
        if schema != "meta":
            _model(project, schema, table, select)
    _model(project, "core", "fct_exchange_rate", RATE)
    return root


def _meta(project: Path) -> None:
    here, there = REPOSITORY / "dbt_project" / "models" / "meta", project / "models" / "meta"
    there.mkdir(parents=True)
    for name, sql in META.items():
        (there / f"{name}.sql").write_text(sql or (here / f"{name}.sql").read_text())
    described = yaml.safe_load((here / "_meta.yml").read_text())
    described["models"] = [model for model in described["models"] if model["name"] in META]
    described.pop("unit_tests", None)
    (there / "_meta.yml").write_text(yaml.safe_dump(described, sort_keys=False))


def _not_copied(sources: Collection[str], folder: str, names: list[str]) -> Iterable[str]:
    here = Path(folder).relative_to(REPOSITORY).as_posix()
    if here == "ingest/sources":
        return [name for name in names if Path(name).stem not in (*sources, "__init__", "reference")]
    if here == "ingest/starter":
        return [name for name in names if name.endswith(".parquet")]
    if here == "warehouse/macros":
        return [name for name in names if name != "cite.sql"]
    return [name for name in names if name in ("__pycache__", "data")]


def _model(project: Path, schema: str, table: str, select: str) -> None:
    folder = project / "models" / schema
    folder.mkdir(parents=True, exist_ok=True)
    select = re.sub(r"\b(?:core|marts)\.(\w+)", r"{{ ref('\1') }}", select)
    (folder / f"{table}.sql").write_text(f"{{{{ config(contract={{'enforced': false}}) }}}}\n{select}\n")


Tables = dict[str, list[tuple[Any, ...]]]
"""Every row of a publication, by table."""


def routes(rate: str, sources: Iterable[str]) -> dict[str, Routes]:
    """The publishers' responses with this exchange rate."""
    now = datetime.now(UTC)

    def observations(asked: Asked) -> Reply:
        start, end = (date.fromisoformat(asked.params[name]) for name in ("start_date", "end_date"))
        return Reply(publishers.boc_fx.fx_answer(start, min(end, now.date()), rate))

    served = {source: publishers.PUBLISHERS[source](now) for source in sources}
    return served | {"boc_fx": {"/observations/FXUSDCAD/json": observations}}


@dataclass(frozen=True)
class Warehouse:
    """A small checkout, its home and its publishers."""

    checkout: Path
    home: Path
    servers: dict[str, Server]

    def serve(self, rate: str) -> None:
        for source, answers in routes(rate, self.servers).items():
            self.servers[source].routes = dict(answers)

    def keep(self) -> None:
        """Save a copy of the home, for `restore`."""
        shutil.copytree(self.home, self.home.with_name("kept"), symlinks=True)

    def restore(self) -> None:
        """The restored home, with publishers that serve new figures."""
        shutil.rmtree(self.home)
        shutil.copytree(self.home.with_name("kept"), self.home, symlinks=True)
        self.serve(NEW)

    def environment(self, **more: str) -> dict[str, str]:
        places = {"MINERALS_HOME": str(self.home), "HOME": str(self.home.parent), "PATH": os.environ["PATH"]}
        addresses = {f"MINERALS_{name.upper()}_URL": server.url for name, server in self.servers.items()}
        own = {"PYTHONPATH": str(self.checkout), "MINERALS_PACE": "0", "MINERALS_KEEP_PUBLICATIONS": "2"}
        return places | publishers.KEYED | addresses | own | more

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        """`minerals` in its own process group, with both outputs in one pipe."""
        return subprocess.Popen(
            [*MINERALS, *(command or ("refresh",))],
            cwd=self.checkout,
            env=self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def refresh(self, *options: str, **environment: str) -> str:
        """Run a refresh that must succeed; returns its output."""
        process = self.start("refresh", *options, **environment)
        try:
            output, _ = process.communicate(timeout=600)
        finally:
            process.kill()
        assert process.returncode == 0, output
        return output

    def minerals(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run another command."""
        process = self.start(*command)
        output, _ = process.communicate(timeout=600)
        return subprocess.CompletedProcess(command, process.returncode, output)

    def check_archive(self) -> None:
        """Check that every vintage has its file and every file matches the hash in its name."""
        archive = Archive(self.home / "archive")
        for source in archive.sources():
            for record in archive.records(source):
                archive.verify(record)
            for path in archive.folder(source).glob("[!.]*"):
                if path.is_file() and not path.name.endswith(".json"):
                    assert sha256_of(path) == path.name.partition(".")[0], f"half a file: {path.name}"

    def litter(self) -> list[str]:
        """Files that an interrupted run was writing."""
        endings = ("*.part", "*.part.json", "*.tmp", "*.wal", "*.rewritten")
        found = [path for ending in endings for path in self.home.rglob(ending)]
        return sorted(path.relative_to(self.home).as_posix() for path in found)

    def build_id(self) -> str:
        """The build id of the publication that readers see."""
        return str(current(self.home))

    def brief(self) -> str:
        """The brief."""
        return (self.home / "brief" / "index.html").read_text()

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every published row, except tables about a run."""
        return tables(self.home / "minerals.duckdb")


@contextmanager
def kept_after(
    root: Path, *rates: str, options: Sequence[str] = (), sources: Collection[str] = SOURCES
) -> Iterator[Warehouse]:
    """A small warehouse after one refresh for each rate, saved in that state, with its publishers."""
    with ExitStack() as stack:
        answers = routes(rates[0], sources)
        servers = {name: stack.enter_context(serve(served)) for name, served in answers.items()}
        warehouse = Warehouse(make_checkout(root / "checkout", sources), root / "home", servers)
        for rate in rates:
            warehouse.serve(rate)
            warehouse.refresh(*options)
        warehouse.keep()
        yield warehouse


def tables(published: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of a published file, sorted, except tables about a run."""
    with duckdb.connect(str(published), read_only=True) as con:
        listed = con.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        return {
            name: con.execute(f"select {_columns(name)} from {name} order by all").fetchall()
            for (name,) in sorted(listed)
            if name not in RUN_TABLES
        }


def differences(found: Tables, expected: Tables) -> dict[str, list[tuple[Any, ...]]]:
    """Rows that only one of two publications has, by table, up to three of each; empty if they are equal."""
    pairs = ((name, found.get(name, []), expected.get(name, [])) for name in sorted({*found, *expected}))
    return {
        name: [row for row in here if row not in there][:3] + [row for row in there if row not in here][:3]
        for name, here, there in pairs
        if here != there
    }


def _columns(table: str) -> str:
    left_out = ", ".join(RUN_COLUMNS.get(table, ()))
    return f"* exclude ({left_out})" if left_out else "*"
