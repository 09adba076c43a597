"""The display of a refresh, with real Dagster events and printed text inside the block."""

import contextlib
import io
import logging
import time
from collections.abc import Iterator

import pytest
from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetExecutionContext,
    Definitions,
    MaterializeResult,
    asset,
    multi_asset_check,
)
from rich.console import Console

from orchestration import loggers
from orchestration.cli import progress
from orchestration.dbt import progress as dbt_progress
from orchestration.pipeline import downloads
from orchestration.settings import RUN_LOGGER


def run(shown_on: Console) -> str:
    """Run two assets and a check inside the block; returns the printed text."""

    @asset
    def first(context: AssetExecutionContext) -> MaterializeResult:
        context.log.info("first: 3 rows")
        print("1 of 881 START sql table model meta.archive [RUN]")  # noqa: T201
        dbt_progress.report(started("model", "fct_trade"))
        downloads.progress_callback("census_bulk")("IMDB2511.ZIP", 120_000_000, 300_000_000)
        time.sleep(0.5)
        downloads.progress_callback("census_bulk")("IMDB2511.ZIP", 300_000_000, 300_000_000)
        return MaterializeResult()

    @asset(deps=[first])
    def second() -> None:
        dbt_progress.report(started("test", "unique_grain_fct_trade"))
        time.sleep(0.3)

    @multi_asset_check(specs=[AssetCheckSpec("holds", asset="first")], name="asset_check_176f4d90")
    def holds() -> Iterator[AssetCheckResult]:
        time.sleep(0.3)
        yield AssetCheckResult(passed=True)

    defs = Definitions(assets=[first, second], asset_checks=[holds], loggers=loggers.LOGGERS)
    job = defs.resolve_implicit_global_asset_job_def()
    stdout = io.StringIO()
    with contextlib.redirect_stdout(stdout), progress.show_progress(shown_on, total=3):
        assert job.execute_in_process(run_config=loggers.RUN_CONFIG).success
    return stdout.getvalue()


def started(kind: str, name: str) -> dict[str, object]:
    node = {
        "resource_type": kind,
        "node_name": name,
        "node_relation": {"schema": "core", "alias": name} if kind == "model" else None,
    }
    return {"info": {"name": "LogStartLine"}, "data": {"node_info": node}}


def test_on_a_terminal_the_bar_moves_and_nothing_scrolls() -> None:
    screen = io.StringIO()
    stdout = run(Console(file=screen, force_terminal=True, width=80, height=24))
    seen = screen.getvalue()
    # The check may follow its asset within one frame, or run alongside the second asset.
    assert "1/3" in seen or "2/3" in seen, "the bar advances before the end"
    for text in (
        "3/3",
        "core.fct_trade",
        "check unique_grain_fct_trade",
        "first: 3 rows",
        "120.0 MB of",
    ):
        assert text in seen
    assert "START sql" not in seen
    assert "START sql" in stdout, "printed text goes to the redirected standard output"


def test_without_a_terminal_plain_lines_show_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "LINE_EVERY_S", 0.1)
    page = io.StringIO()
    run(Console(file=page, width=80))
    lines = page.getvalue().splitlines()
    assert "  first: 3 rows" in lines
    assert any("of 3: census_bulk IMDB2511.ZIP 120.0 MB of 300.0 MB" in line for line in lines)
    assert any("of 3: check unique_grain_fct_trade" in line for line in lines)
    assert any("of 3: checks of columns" in line for line in lines)
    assert not any("\x1b" in line or "START sql" in line or "176f" in line for line in lines)


def test_nothing_listens_after_the_block() -> None:
    run(Console(file=io.StringIO()))
    listening = [logging.getLogger(RUN_LOGGER), dbt_progress.CHANNEL, downloads.CHANNEL]
    assert not [each for each in listening if any(isinstance(one, progress.View) for one in each.handlers)]
