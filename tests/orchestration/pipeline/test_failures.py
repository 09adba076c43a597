"""A failed build names the check, table, row, value, file and remedy, and publishes nothing."""

import json
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from ingest.refresh import SourceOutcome
from orchestration.cli.app import app
from orchestration.pipeline import failure_text, failures, history
from orchestration.pipeline.outcomes import save_outcome
from orchestration.settings import Settings
from warehouse.data_tests import checked_table

ARCHIVE_ID = "ab" * 32
NEGATIVE = (
    "select 'fct_price' as fact, source_id, series_id as of_what, usd_per_kg"
    " from core.fct_price where usd_per_kg < 0"
)


def check_node(name: str, tables: list[str], **more: Any) -> dict[str, Any]:
    depends = {"nodes": [f"model.minerals.{table}" for table in tables]}
    return {"resource_type": "test", "name": name, "schema": "core", "depends_on": depends, **more}


# A failed data test, a failed unit test, and a test that was skipped.
_TABLE = {"resource_type": "model", "schema": "core", "depends_on": {"nodes": []}}
MANIFEST = {
    "nodes": {
        "model.minerals.fct_price": _TABLE | {"name": "fct_price"},
        "model.minerals.fct_trade": _TABLE | {"name": "fct_trade"},
        "test.minerals.assert_nothing_is_negative": check_node(
            "assert_nothing_is_negative",
            ["fct_price", "fct_trade"],
            attached_node="model.minerals.fct_trade",
            raw_code="-- Prices are never\n-- below zero.\nselect 1",
        ),
        "test.minerals.unique_x.1a": check_node("unique_x", ["fct_trade"]),
    },
    "unit_tests": {
        "unit_test.minerals.fct_price.prices_are_converted": {
            "resource_type": "unit_test",
            "name": "prices_are_converted",
            "depends_on": {"nodes": ["model.minerals.fct_price"]},
        }
    },
}
RESULTS = [
    {"unique_id": "model.minerals.fct_price", "status": "success"},
    {
        "unique_id": "test.minerals.assert_nothing_is_negative",
        "status": "fail",
        "failures": 1,
        "message": "Got 1 result, configured to fail if != 0",
        "compiled_code": NEGATIVE,
    },
    {"unique_id": "test.minerals.unique_x.1a", "status": "skipped"},
    {
        "unique_id": "unit_test.minerals.fct_price.prices_are_converted",
        "status": "fail",
        "failures": 1,
        "message": "actual differs from expected",
    },
]


@pytest.fixture
def refused(settings: Settings) -> Settings:
    """A home whose first build was refused because a dropped-in file has a negative price."""
    settings.home.mkdir()
    with duckdb.connect(str(settings.raw_path)) as con:
        con.execute(
            "create schema raw.raw; create table raw.raw.meta__archive as select * from (values"
            f" ('{ARCHIVE_ID}', 'worldbank_prices', 'cmo.xlsx', date '2026-11-02', 'drop_in'),"
            " ('cd', 'worldbank_prices', 'older.xlsx', date '2026-10-02', 'live')"
            ") as t (archive_id, source_id, name, vintage, mode)"
        )
    with duckdb.connect(str(settings.build_path)) as con:
        con.execute(
            "create schema core; create table core.fct_price as select * from (values"
            f" ('worldbank_prices', 'Aluminum 2015-01', -1.8, '{ARCHIVE_ID}'),"
            " ('worldbank_prices', 'Aluminum 2015-02', 1.8, 'cd')"
            ") as t (source_id, series_id, usd_per_kg, archive_id);"
            " create table core.fct_trade as select 1 as value_usd"
        )
    (settings.drop_in_dir / "worldbank_prices").mkdir(parents=True)
    (settings.drop_in_dir / "worldbank_prices" / "cmo.xlsx").touch()
    target = settings.home / "dbt"
    target.mkdir()
    (target / "manifest.json").write_text(json.dumps(MANIFEST))
    (target / "run_results.json").write_text(json.dumps({"results": RESULTS}))
    return settings


def test_row_value_file_and_what_to_do(refused: Settings) -> None:
    found = failures.find(refused)
    negative, unit_test = found.failures
    assert negative.table == "core.fct_price", "the table that the row names, not the one checked last"
    assert negative.message == "Prices are never below zero."
    assert negative.rows[0]["usd_per_kg"] == "-1.8"
    [file] = negative.files
    assert (file.archive_id, file.name) == (ARCHIVE_ID, "cmo.xlsx")
    assert file.path == str(refused.drop_in_dir / "worldbank_prices" / "cmo.xlsx")
    text = "\n".join(failure_text.lines(negative))
    assert "usd_per_kg -1.8" in text
    assert f"minerals withdraw {ARCHIVE_ID[:12]}`" in text
    assert "minerals failures assert_nothing_is_negative" in text
    assert unit_test.check == "fct_price.prices_are_converted"
    assert found.skipped_checks == ["unique_x"], "skipped checks are not failures"
    assert (
        failure_text.summary(found)
        == "2 checks or tables failed, so 1 check and 0 tables downstream were skipped"
    )


def test_the_commands_it_names_work_before_anything_is_published(refused: Settings) -> None:
    assert not refused.published_path.exists()
    cli = CliRunner()
    shown = cli.invoke(app, ["failures"])
    assert shown.exit_code == 1, "a blocking check has failed"
    assert "cmo.xlsx" in shown.output
    rows = cli.invoke(app, ["failures", "assert_nothing_is_negative", "--format", "json"])
    assert [row["usd_per_kg"] for row in json.loads(rows.output)] == [-1.8]
    asked = cli.invoke(app, ["query", "--build", "select count(*) as n from core.fct_price", "-f", "csv"])
    assert asked.output == "n\n2\n"
    sealed = cli.invoke(app, ["query", "--build", "from read_csv('/etc/passwd')"])
    assert (sealed.exit_code, "disabled" in sealed.stderr) == (1, True)
    unknown = cli.invoke(app, ["failures", "no_such_check"])
    assert (unknown.exit_code, "No check no_such_check" in unknown.stderr) == (1, True)


def test_status_shows_it_until_the_next_good_night(refused: Settings) -> None:
    found = failures.find(refused).failures
    for _ in range(2):
        history.begin(refused)
        history.end(refused, history.Ended("failed", "dbt_build: 2 failed", found, "/home/refresh.log"))
    cli = CliRunner()
    shown = cli.invoke(app, ["status"])
    assert shown.exit_code == 0, shown.output
    for text in (
        "Nothing is published yet",
        "failed",
        "2 failed in a row",
        "usd_per_kg -1.8",
        "refresh.log",
        "Disk",
    ):
        assert text in shown.output
    listed = json.loads(cli.invoke(app, ["status", "--format", "json"]).output)
    assert listed["last_refresh"]["failures"][0]["files"][0]["name"] == "cmo.xlsx"
    history.begin(refused)
    assert "stopped or killed" in cli.invoke(app, ["status"]).output, "the record of the killed run"
    assert "usd_per_kg -1.8" in cli.invoke(app, ["status"]).output
    history.end(refused, history.Ended("published", "Published."))
    shown = cli.invoke(app, ["status"])
    assert "usd_per_kg" not in shown.output
    assert history.read(refused).last.failed_in_row == 0  # type: ignore[union-attr]


def test_what_is_furthest_upstream_comes_first_and_warnings_last() -> None:
    found = [
        failures.Failure("a", "data_test", "marts.m", ""),
        failures.Failure("b", "data_test", "staging.s", "", blocking=False),
        failures.Failure("c", "data_test", "core.f", ""),
        failures.Failure("d", "data_test", "staging.s", ""),
        failures.Failure("e", "unit_test", "(no table)", ""),
        failures.Failure("f", "data_test", "raw.r", ""),
    ]
    assert [each.check for each in sorted(found, key=failures._order)] == ["f", "d", "c", "a", "e", "b"]


def test_a_home_that_dbt_never_reached_has_no_failures(settings: Settings) -> None:
    assert failures.find(settings) == failures.Found([], [], [])
    assert history.read(settings) == history.History()


@pytest.mark.usefixtures("settings")
def test_a_home_without_a_build_is_reported() -> None:
    shown = CliRunner().invoke(app, ["failures"])
    assert (shown.exit_code, "There is no build" in shown.stderr) == (1, True)


def test_results_cut_short_by_a_full_disk_are_one_sentence(refused: Settings) -> None:
    refused.build_path.touch()
    results = refused.dbt_target_path / "run_results.json"
    results.write_bytes(results.read_bytes()[:40])
    shown = CliRunner().invoke(app, ["failures"])
    assert shown.exit_code == 1
    assert f"{results} is cut short, as after a full disk" in shown.stderr.replace("\n", " ")


def test_took(refused: Settings) -> None:
    history.end(refused, history.Ended("unchanged", "", began=datetime.now(UTC)))
    assert "Last refresh unchanged" in CliRunner().invoke(app, ["status"]).output


def test_a_check_is_of_the_same_table_here_and_in_the_ui_and_names_the_lists_of_its_codes() -> None:
    nodes: dict[str, Any] = {
        "seed.minerals.countries": {"name": "countries", "schema": "seeds", "depends_on": {"nodes": []}},
        "seed.minerals.corrections": {"name": "corrections", "schema": "seeds", "depends_on": {"nodes": []}},
    }
    for name, schema, parents in (
        ("dim_country", "core", ["seed.minerals.countries"]),
        ("fct_trade", "core", ["seed.minerals.corrections"]),
        ("import_sources", "marts", ["model.minerals.fct_trade"]),
    ):
        nodes[f"model.minerals.{name}"] = {
            "resource_type": "model",
            "name": name,
            "schema": schema,
            "depends_on": {"nodes": parents},
        }
    check = check_node("nobody_vanishes", ["dim_country", "import_sources"])
    assert checked_table(check, nodes) == "model.minerals.import_sources", (
        "the most downstream table, not the one named first or last"
    )
    assert failures.seeds_of_codes(check, nodes, "model.minerals.import_sources") == [
        "dbt_project/seeds/countries.csv"
    ]
    assert failures.CORRECTIONS in failures.upstream("model.minerals.import_sources", nodes)
    assert failures.CORRECTIONS not in failures.upstream("model.minerals.dim_country", nodes)


def test_files_that_were_not_accepted_are_among_the_failures(refused: Settings) -> None:
    sentence = "worse.xlsx (dropped in): 4 of 5 rows break the contract"
    outcome = SourceOutcome("worldbank_prices", "starter", False, sentence, None, None, problems=(sentence,))
    refused.outcomes_dir.mkdir()
    save_outcome(refused.outcomes_dir, outcome)
    shown = CliRunner().invoke(app, ["failures"])
    assert f"worldbank_prices: {sentence}" in " ".join(shown.output.split())
    found = json.loads(CliRunner().invoke(app, ["failures", "-f", "json"]).output)
    assert found["sources"] == {"worldbank_prices": [sentence]}
