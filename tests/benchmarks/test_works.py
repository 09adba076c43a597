"""Every benchmark still runs, on little data and without its peers."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.__main__ import WORKS
from benchmarks.harness import find, measure

BUILDS = {
    "cepii_baci_series",
    "clones",
    "marts",
    "months",
    "nights",
    "queries",
    "queries_http",
    "queries_starter",
    "quiet",
    "refresh",
    "ui",
}
"""These build a home or many years first, which takes minutes."""


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in WORKS if name not in BUILDS])
def test_a_benchmark_runs(name: str, tmp_path: Path) -> None:
    work = find(name)
    own = tuple(one for one in work.contenders if one.role != "peer" and one.package is None)
    measured, _ = measure(replace(work, contenders=own), work.scales["small"], tmp_path, 1, lambda _: None)
    assert {contender: one.skipped for contender, one in measured.items() if one.skipped} == {}
    assert all(one.median("seconds") > 0 for one in measured.values())
