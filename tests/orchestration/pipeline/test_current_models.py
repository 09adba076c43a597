"""A night builds what has new inputs, and everything where it can't know."""

from typing import Any

import duckdb
import pytest

from orchestration.pipeline import current_models
from orchestration.pipeline.current_models import DAY, PROJECT, Inputs
from orchestration.settings import Settings

THEN: Inputs = {PROJECT: "p", DAY: "2026-01-01", "census__imports": "1", "prices__monthly": "1"}
SQL = {
    "stg_imports": "select * from raw.census__imports",
    # of the catalogue of parts only the rows of one table
    "stg_part": "select * from meta__part where table_name = 'prices__monthly'",
    "fct_trade": "select 1 as n from stg_imports -- current_date is not asked for",
    "dim_member": "select current_date > date '2000-01-01' as is_member",
    "bloc": "select n from fct_trade, dim_member",
    "price": "select 1 as n from stg_part",
    "status": "select * from meta__source_status",
}
READS = {
    "stg_imports": ["source.m.raw.census__imports"],
    "stg_part": ["source.m.raw.meta__part"],
    "fct_trade": ["model.m.stg_imports", "seed.m.codes"],
    "bloc": ["model.m.fct_trade", "model.m.dim_member"],
    "price": ["model.m.stg_part"],
    "status": ["source.m.raw.meta__source_status"],
}


def node(name: str, kind: str = "model", **more: Any) -> dict[str, Any]:
    return {
        "resource_type": kind,
        "name": name,
        "alias": name,
        "schema": "core",
        "relation_name": f"core.{name}",
        "package_name": "m",
        "original_file_path": f"{name}.sql",
        "config": {"materialized": "table"},
        "depends_on": {"nodes": READS.get(name, [])},
        **more,
    }


MANIFEST = {
    "nodes": {
        **{f"model.m.{name}": node(name) for name in SQL},
        "seed.m.codes": node("codes", "seed", depends_on={"macros": []}),
    }
}


@pytest.fixture
def home(settings: Settings) -> Settings:
    compiled = settings.dbt_target_path / "compiled" / "m"
    compiled.mkdir(parents=True)
    for name, sql in SQL.items():
        (compiled / f"{name}.sql").write_text(sql)
    with duckdb.connect(str(settings.build_path)) as con:
        con.execute("create schema core")
        for name in [*SQL, "codes"]:
            con.execute(f"create table core.{name} as select 1 as n")
        con.execute("create or replace table core.dim_member as select true as is_member")
    return settings


def outdated(home: Settings, then: Inputs | None, **now: str) -> set[str] | None:
    found = current_models.outdated(home, MANIFEST, then, THEN | now)
    return found if found is None else {key.rpartition(".")[2] for key in found}


def test_what_is_made_of_a_changed_table_is_outdated(home: Settings) -> None:
    assert outdated(home, THEN) == {"status"}, "what the night notes of itself always is"
    assert outdated(home, THEN, census__imports="2") == {"status", "stg_imports", "fct_trade", "bloc"}
    assert outdated(home, THEN, prices__monthly="2") == {"status", "stg_part", "price"}
    gone = {key: state for key, state in THEN.items() if key != "prices__monthly"}
    assert outdated(home, gone) == {"status", "stg_part", "price"}, "a table that came"


def test_a_new_day_counts_where_the_rows_differ(home: Settings) -> None:
    assert outdated(home, THEN, **{DAY: "2026-01-02"}) == {"status"}
    with duckdb.connect(str(home.build_path)) as con:
        con.execute("update core.dim_member set is_member = false")
    assert outdated(home, THEN, **{DAY: "2026-01-02"}) == {"status", "dim_member", "bloc"}


def test_a_relation_or_its_sql_that_is_missing_is_built(home: Settings) -> None:
    with duckdb.connect(str(home.build_path)) as con:
        con.execute("drop table core.codes")
    (home.dbt_target_path / "compiled" / "m" / "price.sql").unlink()
    assert outdated(home, THEN) == {"status", "codes", "fct_trade", "bloc", "price"}


def test_everything_is_built_for_another_project_or_without_a_note(home: Settings) -> None:
    assert outdated(home, THEN, **{PROJECT: "q"}) is None
    assert outdated(home, None) is None


def test_a_note_is_taken_once(home: Settings) -> None:
    assert current_models.take_note(home) is None
    current_models.note(home, THEN)
    assert current_models.take_note(home) == THEN
    assert current_models.take_note(home) is None, "a build that was killed leaves none"


def test_inputs_follow_the_files_of_a_table_and_their_order(home: Settings) -> None:
    with duckdb.connect(str(home.raw_path)) as con:
        con.execute(
            "create schema raw.raw; create table raw.raw.meta__landing as select 'a__b' as table_name,"
            " 'f' as slot, 'x' as fingerprint, 1 as row_count; create table raw.raw.meta__part as"
            " select * from (values ('a__b', 1), ('a__b', 2)) as t (table_name, _place)"
        )
    seen = []
    for change in (
        "select 1",
        "update raw.raw.meta__landing set fingerprint = 'y'",
        "update raw.raw.meta__part set _place = 3 where _place = 2",
        "insert into raw.raw.meta__part values ('a__b', 4)",
    ):
        with duckdb.connect(str(home.raw_path)) as con:
            con.execute(change)
        inputs = current_models.read_inputs(home, "p")
        assert inputs == current_models.read_inputs(home, "p")
        seen.append(inputs["a__b"])
    assert len(set(seen)) == len(seen)
