"""Fixtures and options shared by all tests."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from tests.reliability.report import PAGE, Report

REPOSITORY = Path(__file__).parents[1]

LONGEST_FIRST = (
    "tests/warehouse/test_published.py",
    "tests/ingest/test_live.py",
    "tests/dbt_project/test_incremental.py",
    "tests/dbt_project/test_unit_tests.py",
    "tests/warehouse/test_phrasings.py",
    "tests/warehouse/test_publish.py",
    "tests/warehouse/serve/test_http.py",
    "tests/warehouse/test_terminal.py",
)
"""The slowest test files, in the order in which workers get them; a slow file at the end would leave a core
idle.

The first starts with the build that most others wait for, so the second is one that needs no build.
"""

settings.register_profile("untimed", deadline=None)  # a busy machine must not fail the test
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options: the size of the reliability runs, and where the planted world writes its results."""
    parser.addoption(
        "--reliability-scale",
        "--hold-scale",  # the earlier name
        dest="reliability_scale",
        type=_share,
        default=None,
        metavar="sample|full|PERCENT",
        help="size of the tests marked `reliability`; every size but `sample` writes tests/RELIABILITY.md",
    )

    parser.addoption(
        "--world-results",
        action="store_true",
        help="write the result pages of tests/world next to the tests instead of .ci/out",
    )


def _share(scale: str) -> float | None:
    """Share of the full counts; None for a sample."""
    named = {"sample": None, "full": 1.0}
    return named[scale] if scale in named else float(scale) / 100


def pytest_configure(config: pytest.Config) -> None:
    """Register the report of the reliability runs in the process that sees every test report."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Report(PAGE if config.getoption("reliability_scale") else None))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slowest files first."""
    turns = {REPOSITORY / path: turn for turn, path in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: turns.get(item.path, len(turns)))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name byte parameters by their argument: archives contain the time, and all workers must collect the
    same names.
    """
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real public files next to the checkout; skips the test if there is none."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real public files are not next to this checkout (../shared/data)")
    return folder


def _once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that is created once for all workers of a run."""
    own = tmp_path_factory.getbasetemp()
    # a pytest-xdist worker; the run may also have none
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, done = shared / name, shared / f"{name}.done"
    with FileLock(shared / f"{name}.lock"):
        if not done.exists():
            make(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the whole project built on the starter, once per session. Tests must not change it."""
    from tests.dbt_project.warehouse import build  # noqa: PLC0415  (loads Dagster)

    return _once(tmp_path_factory, "built", build)


@pytest.fixture(scope="session")
def published_starter(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after an offline refresh, with the starter published. Tests may add files but change none."""
    from warehouse.publish import Build, publish  # noqa: PLC0415

    def make(home: Path) -> None:
        shutil.copytree(built, home)
        target = home / "target"
        manifest, results = (
            json.loads((target / f"{name}.json").read_bytes()) for name in ("manifest", "run_results")
        )
        publish(home, Build("20260205T031502Z", datetime(2026, 2, 5, 3, 15, 2), "0.1.0", manifest, [results]))

    whole = _once(tmp_path_factory, "published-starter", make)
    return shutil.copytree(whole, tmp_path_factory.mktemp("published") / "home", symlinks=True)
