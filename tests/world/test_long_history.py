"""Twenty years of months of three customs services: every question of the book, and whole years only."""

import os
from pathlib import Path

import duckdb
import pytest

from benchmarks import history
from benchmarks.works.marts import MODELS_ONLY, MONTHS
from tests.world.whole_years import QUERIES, answers_of_a_month
from warehouse import sqlmacros

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]

ROWS_A_MONTH = 400


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("long_history")
    history.make(folder, MONTHS, ROWS_A_MONTH)
    history.dbt(folder, "build", *MODELS_ONLY)
    with duckdb.connect(str(folder / "build.duckdb")) as con:
        sqlmacros.install(con, sqlmacros.FOLDER)
    os.link(folder / "build.duckdb", folder / "minerals.duckdb")
    return folder


def test_the_newest_year_is_a_whole_one(home: Path) -> None:
    """No share of a single month is quoted, although months are newer than any year of other sources."""
    with duckdb.connect(str(home / "minerals.duckdb"), read_only=True) as con:
        held = con.execute(
            "select count(*) filter (period_type = 'month'), count(*) filter (period_type = 'year')"
            " from marts.import_sources where area = 'USA' and basis = 'customs_value'"
        ).fetchall()[0]
    assert min(held) > 1000
    assert answers_of_a_month(home) == []


@pytest.mark.parametrize("path", sorted(QUERIES.glob("*.sql")), ids=lambda path: path.stem)
def test_a_question_has_each_row_once(home: Path, path: Path) -> None:
    with duckdb.connect(str(home / "minerals.duckdb"), read_only=True) as con:
        rows = con.execute(path.read_text()).fetchall()
    assert len(rows) == len({str(row) for row in rows})
