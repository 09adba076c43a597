"""The tests of core formulas and gates notice at least four of five faults put into them."""

import json
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY
from tests.hold.conftest import Count
from tests.hold.ledger import Tally

ENOUGH = 0.8
MODULES = {
    "ingest.acceptance": ["tests/ingest/test_acceptance.py"],
    "ingest.csv_text": ["tests/ingest/test_csv_text.py"],
    "ingest.rate_text": ["tests/ingest/test_rate_text.py"],
    "ingest.reading": ["tests/ingest/test_reading.py"],
    "ingest.scope": ["tests/ingest/test_scope.py"],
    "ingest.values": ["tests/ingest/test_values.py"],
    "ingest.zips": ["tests/ingest/test_reading.py"],
    "warehouse.connect": ["tests/warehouse/test_connect.py"],
    "warehouse.quality": ["tests/warehouse/test_quality.py"],
}


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("module", MODULES)
def test_faults_in_the_code_are_noticed(module: str, count: Count, tally: Tally) -> None:
    """Faults put into formulas and gates are noticed by their tests (of 10, at least 8)."""
    command = [sys.executable, "-m", "tests.hold.mutants", module, str(count(10, 1_000)), *MODULES[module]]
    tried = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    verdicts = [json.loads(line) for line in tried.stdout.splitlines()]
    survivors = [verdict["mutant"] for verdict in verdicts if not verdict["killed"]]
    killed = len(verdicts) - len(survivors)
    tally.cases += len(verdicts)
    tally.survived += killed
    tally.lost += [f"{module} {survivor}" for survivor in survivors if killed < ENOUGH * len(verdicts)]
    for column, figure in (("faults", f"{len(verdicts):,}"), ("noticed", f"{killed / len(verdicts):.0%}")):
        tally.cell("Faults put into the code", module, column, figure)
    assert killed >= ENOUGH * len(verdicts), "\n".join(survivors)
