"""Seeds in a home that an earlier version of the project has built."""

import shutil
from pathlib import Path

import duckdb

from tests.dbt_project.warehouse import dbt


def test_a_seed_of_other_columns_is_replaced(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built, tmp_path / "home")
    home = tmp_path / "home"
    with duckdb.connect(str(home / "raw.duckdb")) as con:
        described = con.execute("describe seeds.blocs").fetchall()
        con.execute("create or replace table seeds.blocs as select 'OLD' as bloc, 1 as order_of_before")
    ended = dbt(home, "seed", "--select", "blocs")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    with duckdb.connect(str(home / "raw.duckdb")) as con:
        assert con.execute("describe seeds.blocs").fetchall() == described
        assert con.execute("from seeds.blocs where bloc = 'OLD'").fetchall() == []
