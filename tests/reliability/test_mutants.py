"""The tests of core formulas and gates detect at least four of five planted faults."""

import json
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY
from tests.reliability.conftest import Count
from tests.reliability.report import CaseCount

ENOUGH = 0.8
MODULES = {
    "ingest.gates": ["tests/ingest/test_gates.py"],
    "ingest.formats.csv": ["tests/ingest/formats/test_csv.py"],
    "ingest.sources.usitc_hts.rate_text": ["tests/ingest/sources/usitc_hts/test_rate_text.py"],
    "ingest.formats.size_limits": ["tests/ingest/formats/test_size_limits.py"],
    "ingest.scope": ["tests/ingest/test_scope.py"],
    "ingest.formats.printed_values": ["tests/ingest/formats/test_printed_values.py"],
    "ingest.formats.zips": ["tests/ingest/formats/test_size_limits.py"],
    "ingest.sources.census_bulk.fixed_width": ["tests/ingest/sources/test_census_bulk.py"],
    "warehouse.connect": ["tests/warehouse/test_connect.py"],
    "warehouse.quality": ["tests/warehouse/test_quality.py"],
}


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("module", MODULES)
def test_faults_in_the_code_are_noticed(module: str, count: Count, tally: CaseCount) -> None:
    """Faults planted in formulas and gates are detected by their tests (of 10, at least 8)."""
    command = [
        sys.executable,
        "-m",
        "tests.reliability.mutants",
        module,
        str(count(10, 1_000)),
        *MODULES[module],
    ]
    tried = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    verdicts = [json.loads(line) for line in tried.stdout.splitlines()]
    survivors = [verdict["mutant"] for verdict in verdicts if not verdict["killed"]]
    killed = len(verdicts) - len(survivors)
    tally.cases += len(verdicts)
    tally.survived += killed
    tally.lost += [f"{module} {survivor}" for survivor in survivors if killed < ENOUGH * len(verdicts)]
    for column, figure in (("faults", f"{len(verdicts):,}"), ("noticed", f"{killed / len(verdicts):.0%}")):
        tally.cell("Planted code faults", module, column, figure)
    assert killed >= ENOUGH * len(verdicts), "\n".join(survivors)
