"""Every source against every fault of its publisher: current data stay, or valid new data replace them."""

import shutil
import time
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ingest.archive import Archive
from ingest.parsed import ParsedFile
from ingest.refresh import SourceOutcome
from tests.ingest.live import NOW, refresh
from tests.ingest.publishers import KEYS, PUBLISHERS
from tests.ingest.servers import Route, serve
from tests.ingest.test_live import SOURCES, good_run, in_force, module
from tests.reliability.faults import FIGURES, WIRE, with_fault
from tests.reliability.report import CaseCount

FAULTS = ("refuses", *WIRE, *FIGURES)
THREE = ("boc_fx", "census_bulk", "usgs_mcs")
TABLE = "Sources as adversaries: what happened"
LONGEST_S = 60


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Test all sources at full scale, and three of them in a sample."""
    chosen = SOURCES if metafunc.config.getoption("reliability_scale") else THREE
    metafunc.parametrize("source_id", chosen)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_publisher(source_id: str, fault: str, tmp_path: Path, tally: CaseCount) -> None:
    """Every fault of a publisher at every source: no current data are lost, and the night ends in time.

    On the next night the publisher works again and the source is live.
    """
    home, good = good_run(source_id)
    shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    later, key = NOW.replace(year=NOW.year + 1), KEYS.get(source_id)
    fault_of = WIRE.get(fault) or FIGURES.get(fault)
    answers: dict[str, Route] = PUBLISHERS[source_id](later)
    routes = {path: with_fault(route, fault_of) for path, route in answers.items()} if fault_of else {}
    patience = 0.01 if fault.startswith(("hangs", "drips")) else 1.0
    with tally.case(f"{source_id} {fault}"), serve(routes) as server:
        if not fault_of:
            server.url = "http://127.0.0.1:9"
        began = time.monotonic()
        bad = refresh(module(source_id), tmp_path, server, later, key=key, patience=patience)
        took_s = time.monotonic() - began
        tally.cell(TABLE, fault, source_id, as_cell(bad, good))
        assert took_s < LONGEST_S + patience * module(source_id).POLICY.deadline_s
        assert set(in_force(good)) <= set(in_force(bad)), "current data are gone"
        assert not shrunk(bad, good)
        for record in bad.records:
            Archive(tmp_path / "archive").verify(record)
        assert not figures_too_large(bad, good)
        with serve(answers) as well:
            mended = refresh(module(source_id), tmp_path, well, later.replace(day=later.day + 1), key=key)
        assert mended.mode == "live", mended.note


def as_cell(bad: SourceOutcome, good: SourceOutcome) -> str:
    """The outcome in one word, followed by its reason."""
    new = len(bad.records) - len(good.records)
    if bad.problems:
        return f"{bad.mode}, {len(bad.problems)} refused: {bad.problems[0][:90]}"
    refused = sum(file.refused_rows for file in bad.tables)
    return f"{bad.mode}, {new} new" + (f", {refused} rows refused" if refused else "")


def shrunk(bad: SourceOutcome, good: SourceOutcome) -> list[str]:
    """Partitions of a table whose newest file has lost more than half of its rows."""
    before, after = (
        {(file.table, file.partition): file.rows for file in sorted(outcome.tables, key=_vintage)}
        for outcome in (good, bad)
    )
    return [f"{table} {part}" for (table, part), rows in before.items() if after[table, part] < rows / 2]


def _vintage(file: ParsedFile) -> date:
    return file.vintage or date.min


def figures_too_large(bad: SourceOutcome, good: SourceOutcome) -> list[str]:
    """Columns whose largest figure grew a thousandfold."""

    def largest(outcome: SourceOutcome) -> dict[tuple[str, str], float]:
        found: dict[tuple[str, str], float] = {}
        for file in outcome.tables:
            if file.mode == "live":
                frame = pl.read_parquet(file.path).select(pl.selectors.float().abs().max())
                for column, (value,) in frame.to_dict(as_series=False).items():
                    found[file.table, column] = max(found.get((file.table, column), 0.0), value or 0.0)
        return found

    before = largest(good)
    return [
        f"{table}.{column}"
        for (table, column), value in largest(bad).items()
        if before.get((table, column)) and value > 1000 * before[table, column]
    ]
