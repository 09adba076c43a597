"""Hostile text: SQL, markup, formulas and terminal codes wherever a publisher can put them."""

import importlib.util
import json
import logging
import re
import shutil
import stat
import subprocess
import sys
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import duckdb
import polars as pl
import pytest
from rich.console import Console
from typer.testing import CliRunner

from ingest.parsed import ParsedFile
from ingest.refresh import SourceOutcome
from orchestration.brief import build as build_brief
from orchestration.cli import status
from orchestration.cli.app import app
from orchestration.cli.progress import show_progress
from orchestration.cli.sbom import LOCK, bill
from orchestration.dbt import table_metadata
from orchestration.pipeline import history, raw_layer
from tests.conftest import REPOSITORY
from tests.ingest import toy
from tests.ingest.live import NOW, refresh
from tests.ingest.servers import ANY, Reply, serve
from tests.orchestration.small_publication import small_publication
from tests.warehouse.conftest import build, fill, publish_small
from warehouse.connect import Engine, connect, open_writer
from warehouse.explain import explain
from warehouse.export import export

HOSTILE = (
    "'; drop table raw.victim; --",
    '"; drop table raw.victim; --',
    "$1 $name {0} %s",
    "=cmd|' /C calc'!A0",
    "<script>window.pwned = 1</script>",
    "\"><img src=x onerror='window.pwned = 1'>",
    "![beacon](http://elsewhere.example/x.png)",
    "[/oops] [link=http://elsewhere.example]click[/link]",
    "\x1b]0;owned\x07\x1b[2J\x1b[31mred",
    "../../../etc/passwd",
    "\u202egnp.exe",
    "{{ env_var('CENSUS_API_KEY') }}",
    "nul\x00byte",
)
SEALED = (
    "from read_csv('{folder}/secret.csv')",
    "from read_text('/etc/passwd')",
    "from '{folder}/secret.csv'",
    "from glob('{folder}/*')",
    "from sniff_csv('{folder}/secret.csv')",
    "from read_parquet('http://127.0.0.1:9/x.parquet')",
    "attach '{folder}/other.duckdb'",
    "attach ':memory:' as m; copy marts.import_sources to '{folder}/out.csv'",
    "copy marts.import_sources to '{folder}/out.csv'",
    "export database '{folder}/out'",
    "import database '{folder}'",
    "install httpfs",
    "load httpfs",
    "load '{folder}/x.duckdb_extension'",
    "set enable_external_access = true",
    "set allow_unsigned_extensions = true",
    "set allowed_directories = ['/']",
    "set temp_directory = '{folder}/spill'",
    "set secret_directory = '{folder}'",
    "set profiling_output = '{folder}/profile.json'",
    "set memory_limit = '1TB'",
    "pragma enable_profiling = 'json'; pragma profile_output = '{folder}/profile.json'",
    "call enable_logging(storage_path = '{folder}/log')",
    "create persistent secret s (type s3)",
    "insert into marts.import_sources select * from marts.import_sources",
    "update core.fct_price set usd_per_kg = 0",
    "drop table core.fct_price",
    "create table marts.mine as select 1",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A publication of a small warehouse."""
    folder = tmp_path / "home"
    fill(folder)
    publish_small(folder, build())
    return folder


def state_of(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("sql", SEALED)
def test_a_question_neither_writes_nor_reaches_out(
    sql: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = home.parent / "outside"
    folder.mkdir()
    (folder / "secret.csv").write_text("a\nsecret\n")
    monkeypatch.setenv("MINERALS_HOME", str(home))
    before = state_of(home.parent)
    answer = CliRunner().invoke(app, ["query", "--format", "csv", sql.format(folder=folder)])
    assert answer.exit_code == 1, answer.output
    assert "secret\n" not in answer.output
    assert state_of(home.parent) == before


def outcome(folder: Path, text: str) -> SourceOutcome:
    """A parsed file in which every text is hostile, as are the file's name, partition and note."""
    rows = pl.DataFrame(
        {"mineral": [text], "year": [2024], "value_t": [1.0], "_archive_id": [text], "_partition": [text]},
        schema_overrides={"year": pl.Int32},
    ).with_columns(_vintage=pl.lit(date(2026, 1, 1)), _mode=pl.lit("live"))
    path = folder / "parsed.parquet"
    rows.write_parquet(path)
    refused = folder / "refused.parquet"
    rows.with_columns(_reason=pl.lit(text)).write_parquet(refused)
    parsed = ParsedFile("toy__figures", path, text, text, date(2026, 1, 1), "live", 1, 1, refused)
    return SourceOutcome("toy", "live", True, text, None, datetime.now(UTC), tables=(parsed,))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_source_becomes_sql(text: str, tmp_path: Path) -> None:
    """Hostile text of a source is loaded, refused and read back unchanged, and is never executed."""
    left = outcome(tmp_path, text)
    types = {"mineral": "VARCHAR", "year": "INTEGER", "value_t": "DOUBLE"}
    with raw_layer.open_raw(tmp_path / "raw.duckdb", Engine()) as con:
        con.execute("create table victim as select 1 as a")
        raw_layer.raw_tables.ensure_tables(con, {"toy__figures": types})
        raw_layer.load_meta(con, [left], {"toy": toy.SOURCE}, raw_layer.starter_files(tmp_path))
        raw_layer.load_table(con, "toy__figures", left, tmp_path)
        raw_layer.load_table(con, "toy__figures", left, tmp_path)
        assert con.execute("select mineral, _archive_id, _partition from toy__figures").fetchall() == [
            (text, text, text)
        ]
        assert con.execute("select note from meta__source_status").fetchall() == [(text,)]
        (kept,) = con.execute("select reason, row::varchar from meta__quarantine").fetchall()
        assert (kept[0], json.loads(kept[1])["mineral"]) == (text, text)
        assert con.execute("select * from victim").fetchall() == [(1,)]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_published_text_becomes_sql_markup_or_a_formula(text: str, home: Path) -> None:
    with open_writer(home / "build.duckdb") as con:
        con.execute("update marts.import_sources set mineral_id = $1, supplier_iso3 = $1", [text])
    publish_small(home, build(day=2))
    with connect(home / "minerals.duckdb", sealed=False) as con:
        written = list(export(con, home / "out", ["csv"]))
    (home / "minerals.duckdb").chmod(0o644)
    with duckdb.connect(str(home / "minerals.duckdb")) as con:
        con.execute("create table meta.explain_inputs (table_name text, input_table text, condition text)")
    with connect(home / "minerals.duckdb") as con:
        with pytest.raises(LookupError):
            explain(con, text, [])
        found = explain(con, "import_sources", [text])
        assert found.key == {"mineral_id": text}
        with pytest.raises(LookupError):
            explain(con, "import_sources", [f"{text}=x"])
    cells = (home / "out" / "marts" / "import_sources.csv").read_bytes().decode()
    assert written
    assert not any(
        cell.startswith(("=", "+", "@")) for line in cells.splitlines() for cell in line.split(",")
    )
    facts = table_metadata.facts_of(home / "minerals.duckdb", {})["marts", "import_sources"]
    changes = (home / "publications" / "20260202T031500Z" / "diff.md").read_text()
    for markdown in (facts["preview"].value, changes):
        assert "<script" not in markdown.replace("\\<", "")
        assert "![" not in markdown.replace("\\!\\[", "")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_commands_the_terminal(text: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hostile text puts no control code on a terminal: answers, errors, status, lines of a refresh."""
    monkeypatch.setenv("MINERALS_HOME", str(home))
    (home / "minerals.duckdb").chmod(0o644)
    with duckdb.connect(str(home / "minerals.duckdb")) as con:
        con.execute("update core.fct_price set mineral_id = $1", [text])
    cli, screen = CliRunner(), StringIO()
    answers = [
        cli.invoke(app, ["query", 'select mineral_id as "[/x]" from core.fct_price']),
        cli.invoke(app, ["query", f"select '{text}' from nothing".replace("\x00", "")]),
        cli.invoke(app, ["explain", text.replace("\x00", "")]),
        cli.invoke(app, ["refresh", "--sources", text.replace("\x00", "")]),
    ]
    assert [answer.exit_code for answer in answers] == [0, 1, 1, 2]
    assert not any(isinstance(answer.exception, Exception) for answer in answers[:1])
    console = Console(file=screen, force_terminal=False, width=200)
    extra = {"dagster_meta": {"step_key": "sources", "orig_message": f"comtrade: failed, {text}"}}
    with show_progress(console, 1):
        logging.getLogger("minerals.run").info("a failed source", extra=extra)
    row = ("comtrade", "failed", None, 1, None, None, None, text)
    published = status.Publication("b", "now", str(home), 1, 1, [("check", "warn", text)], [])
    refresh = history.History(last=history.Ended("failed", text))
    seen = status.WarehouseStatus(published, [row], refresh, False, {"archive": 1})
    status.print_status(seen, console)
    for printed in (*(answer.output for answer in answers), screen.getvalue()):
        assert not {"\x1b", "\x07", "\x00", "\u202e"} & set(printed)


class Elements(HTMLParser):
    """Tags of a page, and their attributes that execute or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.active: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.active += [
            name for name, _ in attrs if name.startswith("on") or name in {"src", "srcset", "action"}
        ]


def elements(page: Path) -> Elements:
    found = Elements()
    found.feed(page.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def hostile_brief(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The brief of a publication in which every mineral, name and note is a script."""
    folder = tmp_path_factory.mktemp("brief")
    published = small_publication(folder / "minerals.duckdb")
    with duckdb.connect(str(published)) as con:
        texts = con.execute(
            "select schema_name, table_name, column_name from duckdb_columns()"
            " semi join duckdb_tables() using (schema_name, table_name) where data_type = 'VARCHAR'"
            " and column_name in ('name', 'title', 'note', 'citation', 'description')"
        ).fetchall()
        assert texts
        for schema, table, column in texts:
            con.execute(f'update "{schema}"."{table}" set "{column}" = $1', [HOSTILE[4] + HOSTILE[5]])
    return build_brief(published, folder / "brief", today=date(2026, 3, 1))


def test_a_mineral_named_script_stays_a_name(hostile_brief: Path, tmp_path: Path) -> None:
    plain = build_brief(small_publication(tmp_path / "minerals.duckdb"), tmp_path, today=date(2026, 3, 1))
    for name in ("index.html", "dictionary.html"):
        hostile, usual = elements(hostile_brief.with_name(name)), elements(plain.with_name(name))
        assert hostile.tags.count("script") == usual.tags.count("script")
        assert hostile.tags.count("img") == usual.tags.count("img")
        assert hostile.active == usual.active


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
@pytest.mark.skipif(importlib.util.find_spec("playwright") is None, reason="playwright is not installed")
def test_a_browser_runs_no_script_of_a_publisher(hostile_brief: Path) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(hostile_brief.as_uri())
        page.wait_for_function("document.documentElement.dataset.ready === 'true'", timeout=60_000)
        for mark in page.locator("svg path, svg rect").all()[:40]:
            mark.dispatch_event("mousemove")
        assert page.evaluate("window.pwned") is None
        assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
        browser.close()


UNDER_ANY_MASK = """
import os, sys
os.umask(0)
from pathlib import Path
from typer.testing import CliRunner
from orchestration.cli.app import app
CliRunner().invoke(app, ["sources"])
sys.path.insert(0, ".")
from tests.warehouse.conftest import build, fill, publish_small
home = Path(sys.argv[1])
fill(home)
publish_small(home, build())
"""


def test_nobody_else_may_write_what_is_archived_or_published(tmp_path: Path) -> None:
    """Under any umask nobody else can write to the home, and nobody to the archived bytes."""
    subprocess.run([sys.executable, "-c", UNDER_ANY_MASK, str(tmp_path / "home")], cwd=REPOSITORY, check=True)
    monthly = toy.prices("1", "2", "3", "4", "5", "6", "7", "8", "9", "10")
    with serve({ANY: Reply(monthly, content_type="text/csv")}) as server:
        assert refresh(toy, tmp_path, server, NOW).mode == "live"
    archived = [path for path in (tmp_path / "archive").rglob("*") if path.suffix == ".csv"]
    assert archived
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o444 for path in archived)
    published = [tmp_path / "home", *(tmp_path / "home").rglob("*")]
    loose = [str(path) for path in published if not path.is_symlink() and path.stat().st_mode & 0o022]
    assert loose == []


def test_every_dependency_is_pinned_by_hash_and_billed() -> None:
    """Every dependency is pinned by hash, installed by hash and listed in the bill of materials."""
    billed = bill()
    assert len(billed["components"]) == len(re.findall(r"^\w", LOCK.read_text(), re.MULTILINE))
    references = {component["bom-ref"] for component in billed["components"]}
    wanted = [name for one in billed["dependencies"] for name in one["dependsOn"]]
    assert references == set(wanted)
    assert "--require-hashes -r requirements.lock" in (REPOSITORY / "Makefile").read_text()


@pytest.mark.parametrize("broken", ["loose>=1.0\n", "loose==1.0\n    # via other\n"])
def test_a_loose_dependency_is_refused(broken: str, tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(broken)
    with pytest.raises(ValueError, match="is not pinned"):
        bill(tmp_path / "lock")


def test_no_server_of_the_project_binds_elsewhere() -> None:
    folders = ("ingest", "warehouse", "orchestration", "tests", "benchmarks", "docs", ".ci")
    tracked = [path for folder in folders for path in (REPOSITORY / folder).rglob("*")]
    named = [
        path for path in tracked if path.suffix in {".py", ".md", ".yaml", ".yml", ""} and path.is_file()
    ]
    anywhere = ".".join("0000")
    assert not [path for path in named if anywhere in path.read_text(errors="ignore")]
