"""Output and exit codes of the command line, on a small publication."""

import json
import re
import signal
import sys
from pathlib import Path
from subprocess import PIPE, Popen, run

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app
from orchestration.settings import Settings, read_settings

COMMANDS = [
    "refresh",
    "status",
    "failures",
    "doctor",
    "find",
    "show",
    "compare",
    "duty",
    "ask",
    "changes",
    "query",
    "explain",
    "export",
    "brief",
    "rollback",
    "sources",
    "withdraw",
    "ui",
]

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("COLUMNS", "160")
    return CliRunner()


@pytest.fixture
def published(home: Path) -> Path:
    """A publication of one mart, two sources and two checks."""
    home.mkdir()
    path = home / "minerals.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(
            """
            create schema marts;
            create schema meta;
            create table marts.import_dependency as
                select * from (values
                    ('USA', 'cobalt', 2024, 76.0), ('USMCA', 'gallium', 2024, null)
                ) as t (area, mineral_id, year, net_import_reliance_pct);
            create table meta.build_info as
                select '20260205T031502Z' as build_id, timestamp '2026-02-05 03:15:02' as built_at;
            create table meta.source_status as select * from (values
                ('usgs_mcs', 'starter', date '2026-02-06', 17, date '2025-01-01', null, null, ''),
                ('boc_fx', 'skipped', null, null, null, null, null, '')
            ) as t (source_id, mode, vintage, age_days, newest_period, expected_next, fetched_at, note);
            create table meta.data_quality as select * from (values
                ('unique_grain_import_dependency', 'error', true, null),
                ('source.usgs_mcs.newest_period', 'warn', false, 'newest 2025-01-01')
            ) as t (check_id, severity, passed, message);
            """
        )
    return path


def test_help_of_every_command(cli: CliRunner) -> None:
    assert cli.invoke(app, ["--help"]).exit_code == 0
    for command in COMMANDS:
        shown = cli.invoke(app, [command, "--help"])
        assert shown.exit_code == 0
        assert "Usage" in shown.output


@pytest.mark.parametrize(
    "misuse",
    [
        ["no-such-command"],
        ["query"],
        ["query", "select 1", "--format", "xml"],
        ["refresh", "--sources", "usgs_mcs,atlantis"],
        ["export"],
        ["export", "folder", "--layer", "raw", "--format", "csv"],
    ],
)
def test_misuse_ends_with_2(cli: CliRunner, misuse: list[str]) -> None:
    ended = cli.invoke(app, misuse)
    assert ended.exit_code == 2
    assert "Traceback" not in ended.output


def test_an_unknown_source_is_named_with_the_known_ones(cli: CliRunner) -> None:
    ended = cli.invoke(app, ["refresh", "--sources", "atlantis"])
    assert "atlantis" in ended.stderr
    assert "usgs_mcs" in ended.stderr


@pytest.mark.parametrize(
    "command", [["status"], ["query", "select 1"], ["explain", "import_dependency"], ["brief"], ["rollback"]]
)
def test_without_a_warehouse_a_sentence_says_what_to_do(cli: CliRunner, command: list[str]) -> None:
    ended = cli.invoke(app, command)
    assert ended.exit_code == 1
    assert "minerals refresh" in ended.stderr or "no earlier publication" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


@pytest.mark.usefixtures("published")
def test_query_in_three_shapes(cli: CliRunner) -> None:
    sql = "select area, net_import_reliance_pct as nir from marts.import_dependency order by area"
    table = cli.invoke(app, ["query", sql])
    assert table.exit_code == 0
    assert [line.split() for line in table.output.strip().splitlines()] == [
        ["area", "nir"],
        ["USA", "76.0"],
        ["USMCA"],
    ]
    csv = cli.invoke(app, ["query", sql, "--format", "csv"])
    assert csv.output == "area,nir\nUSA,76.0\nUSMCA,\n"
    listed = cli.invoke(app, ["query", "-", "--format", "json"], input=sql)
    assert json.loads(listed.output) == [{"area": "USA", "nir": 76.0}, {"area": "USMCA", "nir": None}]


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("selec 1", "syntax error"),
        ("from marts.atlantis", "does not exist"),
        ("create table t as select 1", "read-only"),
        ("copy marts.import_dependency to 'x.csv'", "disabled"),
        ("from read_csv('/etc/passwd')", "disabled"),
    ],
)
def test_a_refused_query_is_one_sentence(cli: CliRunner, sql: str, message: str) -> None:
    ended = cli.invoke(app, ["query", sql])
    assert ended.exit_code == 1
    assert message in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


@pytest.mark.usefixtures("published")
def test_status_shows_sources_and_failed_checks(cli: CliRunner) -> None:
    shown = cli.invoke(app, ["status"])
    assert shown.exit_code == 0, shown.output
    assert "20260205T031502Z" in shown.output
    assert "17 d" in shown.output
    assert "1 of 2 passed" in shown.output
    assert "source.usgs_mcs.newest_period" in shown.output
    found = json.loads(cli.invoke(app, ["status", "--format", "json"]).output)
    assert [source["source_id"] for source in found["source_rows"]] == ["boc_fx", "usgs_mcs"]
    assert found["failed_checks"] == [
        {"check_id": "source.usgs_mcs.newest_period", "severity": "warn", "message": "newest 2025-01-01"}
    ]


@pytest.mark.usefixtures("published")
def test_status_prints_a_note_in_full_and_the_size_of_the_disk(cli: CliRunner, home: Path) -> None:
    outcomes = read_settings().outcomes_dir
    outcomes.mkdir(parents=True)
    note = "IMDB2609.ZIP: its records are 689 bytes long, not 688; kept in quarantine; 36 files are in force"
    visit = {"mode": "archived", "note": note, "fetched_at": "2026-02-07T11:30:00Z"}
    (outcomes / "usgs_mcs.json").write_text(json.dumps(visit))
    (home / "archive").mkdir()
    (home / "archive" / "IMDB2609.ZIP").write_bytes(b"0" * 3_000_000)
    shown = " ".join(cli.invoke(app, ["status"]).output.split())
    assert f"usgs_mcs: {note}" in shown
    assert re.search(r"Disk \d\.\d MB archive 3\.0 MB, published", shown)


@pytest.mark.usefixtures("published")
def test_status_shows_the_last_fetch_rather_than_the_publication(cli: CliRunner) -> None:
    outcomes = read_settings().outcomes_dir
    outcomes.mkdir(parents=True)
    visit = {"mode": "live", "note": "3 unchanged", "fetched_at": "2026-02-07T11:30:00Z"}
    (outcomes / "usgs_mcs.json").write_text(json.dumps(visit))
    found = json.loads(cli.invoke(app, ["status", "--format", "json"]).output)
    [usgs] = [source for source in found["source_rows"] if source["source_id"] == "usgs_mcs"]
    assert (usgs["mode"], usgs["note"], usgs["fetched_at"]) == ("live", "3 unchanged", "2026-02-07T11:30:00Z")


@pytest.mark.usefixtures("published")
def test_status_names_dropped_in_files_that_no_source_reads(cli: CliRunner, home: Path) -> None:
    (home / "drop_in" / "usgs_msc").mkdir(parents=True)
    sentence = "usgs_msc is not read: no source has this name"
    assert sentence in " ".join(cli.invoke(app, ["status"]).output.split())
    [found] = json.loads(cli.invoke(app, ["status", "--format", "json"]).output)["not_read"]
    assert sentence in found


def test_a_folder_that_cannot_be_used_is_one_sentence(
    cli: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MINERALS_HOME", str(tmp_path / "file" / "home"))
    ended = cli.invoke(app, ["refresh", "--offline"])
    assert ended.exit_code == 1
    assert ended.stderr.endswith("can't be used: not a directory.\n")


def test_sources_are_listed(cli: CliRunner) -> None:
    listed = json.loads(cli.invoke(app, ["sources", "--format", "json"]).output)
    weight = {source["source_id"]: source["weight"] for source in listed}
    assert weight["census_bulk"] == "heavy"
    assert weight["usgs_mcs"] == "light"
    assert all(source["licence"] and source["homepage"].startswith("https://") for source in listed)
    assert [source["source_id"] for source in listed if not source["drop_in"]] == []


def test_a_wrong_setting_is_misuse(cli: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINERALS_THREADS", "many")
    ended = cli.invoke(app, ["status"])
    assert ended.exit_code == 2
    assert "MINERALS_THREADS" in ended.stderr


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "words", [["--help"], ["query", "from marts.import_dependency"], ["status"]], ids=lambda words: words[0]
)
def test_a_command_loads_neither_dagster_nor_dbt(words: list[str], home: Path) -> None:
    """Commands start without importing these two, which takes seconds."""
    code = (
        "import sys\n"
        "from orchestration.cli.app import app\n"
        "app(sys.argv[1:], standalone_mode=False)\n"
        "print({'dagster', 'dbt'} & sys.modules.keys())\n"
    )
    ended = run(
        [sys.executable, "-c", code, *words],
        env={"MINERALS_HOME": str(home)},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split()[-1] == b"set()", ended.stdout


def test_the_raw_layer_is_written_for_another_engine(cli: CliRunner, home: Path, tmp_path: Path) -> None:
    missing = cli.invoke(app, ["export", str(tmp_path / "x"), "--layer", "raw"])
    assert missing.exit_code == 1
    assert "minerals refresh" in missing.output
    home.mkdir()
    with duckdb.connect(str(home / "raw.duckdb")) as con:
        con.execute(
            "create schema raw.raw; create table raw.raw.boc_fx__monthly as select 1.35 as cad_per_usd"
        )
    done = cli.invoke(app, ["export", str(tmp_path / "x"), "--layer", "raw"])
    assert done.exit_code == 0, done.output
    assert "1 raw tables, 1 rows" in done.output
    assert list((tmp_path / "x" / "raw" / "boc_fx__monthly").glob("*.parquet"))


def test_records_that_cannot_be_read_end_a_refresh_in_one_sentence(settings: Settings) -> None:
    records = settings.dagster_home / "history" / "runs.db"
    records.parent.mkdir(parents=True)
    records.write_bytes(b"rubbish" * 9999)
    script = "from orchestration.cli.app import app; app(['refresh'])"
    ended = run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    message = "Dagster's records can't be read or written (file is not a database): is the disk of"
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"{message} {settings.home} full? They hold no figures.")
    assert ended.stderr.count("\n") == 1


def test_sigterm_ends_a_refresh_and_the_programs_it_starts_can_be_ended() -> None:
    script = """
import subprocess, time
from orchestration.cli.exits import exit_on_sigterm

exit_on_sigterm()
child = subprocess.Popen(["sleep", "60"])
child.terminate()
print(child.wait(10), flush=True)
time.sleep(60)
"""
    refresh = Popen([sys.executable, "-c", script], stdout=PIPE, stderr=PIPE, text=True)
    assert refresh.stdout
    assert refresh.stdout.readline() == f"{-signal.SIGTERM}\n"
    refresh.terminate()
    _, output = refresh.communicate(timeout=300)
    assert (refresh.returncode, output.splitlines()[-1]) == (
        1,
        "Stopped. Publications made before stay in place.",
    )


def test_sigterm_ends_a_refresh_that_a_script_started_in_the_background() -> None:
    """Its shell leaves INT ignored, and Dagster handles TERM like INT."""
    script = """
import signal, time
from dagster._utils.interrupts import capture_interrupts
from orchestration.cli.exits import exit_on_sigterm

signal.signal(signal.SIGINT, signal.SIG_IGN)
exit_on_sigterm()
with capture_interrupts():
    pass
print("up", flush=True)
time.sleep(60)
"""
    refresh = Popen([sys.executable, "-c", script], stdout=PIPE, stderr=PIPE, text=True)
    assert refresh.stdout
    refresh.stdout.readline()
    refresh.send_signal(signal.SIGINT)
    refresh.terminate()
    _, output = refresh.communicate(timeout=300)
    assert (refresh.returncode, output) == (1, "Stopped. Publications made before stay in place.\n")


@pytest.mark.parametrize(
    "asked", [["book.xlsx", "--mineral", "cobalt"], ["tables.csv", "-f", "csv"], ["x.parquet"]]
)
def test_the_name_of_a_file_is_no_folder_of_an_export(
    cli: CliRunner, tmp_path: Path, asked: list[str]
) -> None:
    name, *options = asked
    refused = cli.invoke(app, ["export", str(tmp_path / name), *options])
    assert refused.exit_code == 2
    assert "name a folder" in refused.output
    assert not (tmp_path / name).exists()
