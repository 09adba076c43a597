"""The reliability runs: every test here has the mark `hold`, counts its cases, and goes by `--hold-scale`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hold.ledger import CELL, ROW, Tally

Count = Callable[[int, int], int]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, before pytest goes by marks."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.hold)


@pytest.fixture(scope="session")
def count(pytestconfig: pytest.Config) -> Count:
    """``count(sample, full)``: how many cases to run at this scale."""
    is_full = pytestconfig.getoption("hold_scale") == "full"
    return lambda sample, full: full if is_full else sample


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """The row of a test in `tests/RELIABILITY.md`: the first line of its docstring, and its cases."""
    function, path = request.function, request.path.relative_to(request.config.rootpath)
    command = f"make hold ARGS='{path}::{function.__name__}'"
    kept = Tally(function.__doc__.splitlines()[0].rstrip("."), command)
    yield kept
    row = (kept.test, kept.cases, kept.survived, "; ".join(kept.lost), kept.command)
    request.node.user_properties += [(ROW, row), *((CELL, cell) for cell in kept.cells)]
