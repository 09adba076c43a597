"""`minerals withdraw`: withdraw a file and restore it, by the beginning of its id."""

from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app
from orchestration.pipeline import raw_layer
from orchestration.pipeline.sources import modules, refresh_and_record
from orchestration.pipeline.writer import duckdb_limits
from orchestration.settings import Settings
from tests.ingest.sources.test_bgs_wms import export

pytestmark = pytest.mark.usefixtures("home")


def landed(settings: Settings) -> tuple[int, list[tuple[str, str | None]]]:
    """Rows of the survey in raw, and for each file in the manifest whether and why it is withdrawn."""
    source = modules()["bgs_wms"].SOURCE
    outcome = refresh_and_record(modules()["bgs_wms"], settings)
    with raw_layer.open_raw(settings.raw_path, duckdb_limits(settings)) as con:
        raw_layer.declare(con, [source])
        raw_layer.load_meta(
            con, [outcome], {source.id: source}, raw_layer.starter_files(settings.starter_dir)
        )
        raw_layer.load_table(con, "bgs_wms__production", outcome, settings.starter_dir)
    with duckdb.connect(str(settings.raw_path), read_only=True) as con:
        con.execute("set schema = 'raw.raw'")
        rows = con.execute("select count(*) from bgs_wms__production").fetchall()[0][0]
        files = con.execute(
            "select name, withdrawn_reason from meta__archive where withdrawn_at is not null"
        ).fetchall()
    return rows, files


@pytest.fixture
def dropped(settings: Settings) -> Path:
    path = settings.drop_in_dir / "bgs_wms" / "BGS_cobalt_production.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(export({}, {"country_trans": "Chile", "country_iso3_code": "CHL"}))
    return path


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["withdraw", *arguments])
    return done.exit_code, " ".join(done.output.split())


def test_a_dropped_in_file_is_withdrawn_and_restored(settings: Settings, dropped: Path) -> None:
    assert landed(settings) == (2, [])
    archive_id = refresh_and_record(modules()["bgs_wms"], settings).records[0].archive_id
    code, output = run(archive_id[:10], "--reason", "a test file")
    assert code == 0
    assert "BGS_cobalt_production.csv" in output
    assert "is withdrawn. Publish that with `minerals refresh --offline`." in output
    assert landed(settings) == (0, [(dropped.name, "a test file")])
    note = refresh_and_record(modules()["bgs_wms"], settings).note
    assert note.startswith("BGS_cobalt_production.csv is not accepted: its content was withdrawn on ")
    dropped.unlink()
    assert landed(settings) == (0, [("BGS_cobalt_production.csv", "a test file")])
    assert run(archive_id)[0] == 1
    assert run(archive_id[:10], "--undo")[0] == 0
    assert landed(settings) == (2, [])


@pytest.mark.usefixtures("dropped")
def test_an_ambiguous_id_is_refused(settings: Settings) -> None:
    refresh_and_record(modules()["bgs_wms"], settings)
    assert run("0000000000") == (
        1,
        (
            "The archive holds no file 0000000000; meta.archive lists those it holds. Those of mode "
            "starter are not in it and cannot be withdrawn: a newer file replaces them."
        ),
    )
    assert run("0") == (1, "'0' is too short: give at least 6 characters.")
    code, output = run("--undo", refresh_and_record(modules()["bgs_wms"], settings).records[0].archive_id)
    assert (code, output.endswith("is not withdrawn.")) == (1, True)
