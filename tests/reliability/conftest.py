"""The reliability runs: each test has the mark `reliability`, counts its cases, and scales in size.

`--reliability-scale` sets the size.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.reliability.report import CELL, ROW, CaseCount, display_name
from tests.reliability.small import OLD, Warehouse, kept_after

Count = Callable[[int, int], int]
ENDED = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder before pytest selects by marks."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.reliability)


@pytest.fixture(scope="session")
def count(pytestconfig: pytest.Config) -> Count:
    """``count(sample, full)`` is the number of cases to run at this scale."""
    share: float | None = pytestconfig.getoption("reliability_scale")
    return lambda sample, full: max(sample, round(full * share)) if share else sample


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Store the result of the test for its row in the report."""
    report = yield
    if report.when == "call":
        item.stash[ENDED] = report
    return report


@pytest.fixture(autouse=True)
def tally(request: pytest.FixtureRequest) -> Iterator[CaseCount]:
    """The row of a test in `tests/RELIABILITY.md`: its docstring's first line, else its name, and its cases.

    A test that does not count its cases is one case.
    """
    function, path = request.function, request.path.relative_to(request.config.rootpath)
    command = f"make reliability ARGS='{path}::{function.__name__}'"
    kept = CaseCount(display_name(function.__name__, function.__doc__), command)
    yield kept
    ended = request.node.stash.get(ENDED, None)
    if ended is not None and not ended.skipped:
        if not kept.cases:
            kept.cases, kept.survived = 1, int(ended.passed)
        row = (kept.test, kept.cases, kept.survived, "; ".join(kept.lost), kept.command)
        request.node.user_properties += [(ROW, row), *((CELL, cell) for cell in kept.cells)]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A small warehouse with two publications, and its publishers."""
    with kept_after(tmp_path_factory.mktemp("small"), "1.2", OLD) as warehouse:
        yield warehouse


@pytest.fixture
def base(small: Warehouse) -> Warehouse:
    """The small warehouse, restored, with publishers that serve new figures."""
    small.restore()
    return small
