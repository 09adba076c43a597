"""Seeds in a home that an earlier version of the project has built."""

import csv
import re
import shutil
from pathlib import Path

import duckdb
import yaml

from orchestration.dbt.manifest import PROJECT_DIR
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


def test_every_column_of_a_seed_is_described() -> None:
    described: dict[str, set[str]] = {}
    for path in (PROJECT_DIR / "seeds").glob("*.yml"):
        for seed in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["seeds"]:
            columns = seed.get("columns", ())
            described[seed["name"]] = {column["name"] for column in columns if column.get("description")}
    for path in sorted((PROJECT_DIR / "seeds").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            header = next(csv.reader(lines))
        assert set(header) == described[path.stem], path.name


def test_descriptions_name_seeds_that_exist() -> None:
    """Published files have no schema of seeds; readers find `seeds/<name>.csv` in the project."""
    folder = PROJECT_DIR / "models"
    texts = {
        path: path.read_text(encoding="utf-8") for kind in ("*.yml", "*.md") for path in folder.rglob(kind)
    }
    assert [path.name for path, text in texts.items() if re.search(r"\bseeds\.\w", text)] == []
    named = {name for text in texts.values() for name in re.findall(r"\bseeds/(\w+)\.csv", text)}
    assert named
    assert named <= {path.stem for path in (PROJECT_DIR / "seeds").glob("*.csv")}


def test_the_vocabulary_of_flags_covers_every_mart(built: Path) -> None:
    with duckdb.connect(str(built / "build.duckdb"), read_only=True) as con:
        columns = con.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'marts'"
            " and column_name in ('coverage', 'quality_flag') order by all"
        ).fetchall()
        known = con.execute("select column_name, word from meta.flag_words").fetchall()
        words = {
            (column, word.strip())
            for table, column in columns
            for (cell,) in con.execute(f"select distinct {column} from marts.{table}").fetchall()
            for word in cell.split(";")
        }
    macro = (PROJECT_DIR / "macros" / "flags.sql").read_text(encoding="utf-8")
    assert columns
    assert [table for table, _ in columns if f"'{table}'" not in macro] == []
    assert words - set(known) == set()
