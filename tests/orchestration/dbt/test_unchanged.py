"""Tables that a build leaves unchanged: a small project, with every change that a refresh can bring."""

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.assets.models import command_of
from orchestration.dbt import process, unchanged
from orchestration.settings import Settings
from warehouse.raw_tables import META_TABLES, ensure_tables

RAW = {"prices": {"price": "DOUBLE"}, "trade__imports": {"value": "DOUBLE"}}
SQL = {
    "rules": "",
    "stg_prices": 'from "landing"."raw"."prices" inner join "landing"."raw"."meta__part"'
    " where table_name = 'prices'",
    "stg_imports": 'from "landing"."raw"."trade__imports"',
    "stg_status": 'from "landing"."raw"."meta__source_status"',
    "stg_parts": 'from "landing"."raw"."meta__part"',
    "fct_price": "from staging.stg_prices inner join seeds.rules",
    "fct_trade": "from staging.stg_imports inner join seeds.rules",
    "due": "select * from core.fct_price where until >= current_date",
    "market": "from core.fct_price inner join core.fct_trade",
    "after_due": "from marts.due",
}
UPSTREAM = {
    "stg_prices": ["source.minerals.raw.prices", "source.minerals.raw.meta__part"],
    "stg_imports": ["source.minerals.raw.trade__imports"],
    "stg_status": ["source.minerals.raw.meta__source_status"],
    "stg_parts": ["source.minerals.raw.meta__part"],
    "fct_price": ["model.minerals.stg_prices", "seed.minerals.rules"],
    "fct_trade": ["model.minerals.stg_imports", "seed.minerals.rules"],
    "due": ["model.minerals.fct_price"],
    "market": ["model.minerals.fct_price", "model.minerals.fct_trade"],
    "after_due": ["model.minerals.due"],
}
OF_PRICES = {"stg_prices", "stg_parts", "fct_price", "due", "market", "after_due"}
EVERYTHING = set(SQL)


def schema(name: str) -> str:
    if name.startswith("stg_"):
        return "staging"
    return {"rules": "seeds", "fct_price": "core", "fct_trade": "core"}.get(name, "marts")


def key(name: str) -> str:
    return f"{'seed' if name == 'rules' else 'model'}.minerals.{name}"


MANIFEST: dict[str, Any] = {
    "nodes": {
        key(name): {
            "resource_type": key(name).partition(".")[0],
            "schema": schema(name),
            "name": name,
            "database": "landing" if schema(name) in {"seeds", "staging"} else "build",
            "depends_on": {"nodes": UPSTREAM.get(name, [])},
        }
        for name in sorted(SQL)
    }
}


class Home:
    """A home of the small project with a simulated build: tables are created as dbt would."""

    def __init__(self, path: Path) -> None:
        self.settings = Settings(home=path)
        if self.settings.build_path.exists():
            return
        self.raw(*(f"insert into {table} values (1, 'a', 'p', date '2026-01-01', 'live')" for table in RAW))
        with duckdb.connect(str(self.settings.build_path)) as con:
            con.execute("create schema core; create schema marts")

    def raw(self, *statements: str) -> None:
        with duckdb.connect(str(self.settings.raw_path)) as con:
            con.execute("create schema if not exists raw.raw; set schema = 'raw.raw'")
            ensure_tables(con, RAW)
            for statement in statements:
                con.execute(statement)

    def begin(self, project: str = "as it stands") -> tuple[unchanged.Build, set[str]]:
        """A build before it starts, and the names of the models to build."""
        build = unchanged.Build(self.settings, MANIFEST, project)
        left = build.unchanged()
        build.begin(left)
        return build, {name for name in SQL if key(name) not in left}

    def build(self, project: str = "as it stands", failed: frozenset[str] = frozenset()) -> set[str]:
        """Build the outdated models, and return their names."""
        build, chosen = self.begin(project)
        for place, path in (("landing", self.settings.raw_path), ("build", self.settings.build_path)):
            with duckdb.connect(str(path)) as con:
                con.execute("create schema if not exists seeds; create schema if not exists staging")
                for name in sorted(chosen - failed):
                    if MANIFEST["nodes"][key(name)]["database"] == place:
                        kind = "view" if schema(name) == "staging" else "table"
                        con.execute(f"create or replace {kind} {schema(name)}.{name} as select 1 as one")
        results = [
            {
                "unique_id": key(name),
                "status": "error" if name in failed else "success",
                "compiled_code": SQL[name],
            }
            for name in chosen
        ]
        build.end({"results": results})
        return chosen


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a home with a finished build."""
    home = Home(tmp_path_factory.mktemp("once"))
    assert home.build() == EVERYTHING, "there is no record before the first build"
    assert home.build() == set()
    return home.settings.home


@pytest.fixture
def home(once: Path, tmp_path: Path) -> Home:
    """A separate home with a finished build."""
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    return Home(tmp_path)


def test_a_changed_raw_table_rebuilds_everything_downstream(home: Home) -> None:
    home.raw("insert into trade__imports values (2, 'b', 'p', date '2026-02-01', 'live')")
    assert home.build() == {"stg_imports", "fct_trade", "market"}
    # not when files are loaded: then their fingerprint shows the change
    home.raw("update trade__imports set value = 3")
    assert home.build() == set()
    home.raw("insert into meta__landing values ('trade__imports', 'b', 'sha', 2)")
    assert home.build() == {"stg_imports", "fct_trade", "market"}
    home.raw("alter table trade__imports alter value type varchar")
    assert home.build() == {"stg_imports", "fct_trade", "market"}


def test_the_catalogue_counts_for_the_table_that_the_sql_names(home: Home) -> None:
    listed = "insert into meta__part (table_name, _archive_id) values "
    home.raw(listed + "('prices', 'a')")
    assert home.build() == OF_PRICES
    home.raw(listed + "('trade__imports', 'a')")
    assert home.build() == {"stg_imports", "stg_parts", "fct_trade", "market"}
    home.raw("update meta__part set _is_overtaken = true where table_name = 'prices'")
    assert home.build() == OF_PRICES


def test_rows_about_the_sources_count_by_their_content(home: Home) -> None:
    home.raw("insert into meta__source_status (source_id, age_days) values ('prices', 3)")
    assert home.build() == {"stg_status"}
    home.raw("update meta__source_status set age_days = 4")
    assert home.build() == {"stg_status"}


def test_a_new_day_rebuilds_models_that_read_the_date(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unchanged, "_day", lambda _: "a day to come")
    assert home.build() == {"due", "after_due"}
    assert home.build() == set()


def test_an_edit_of_the_project_or_another_dbt_rebuilds_everything(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert home.build("with a seed, a macro or a model edited") == EVERYTHING
    monkeypatch.setattr(unchanged, "version", lambda name: f"another {name}")
    assert home.build("with a seed, a macro or a model edited") == EVERYTHING
    monkeypatch.undo()
    assert home.build() == EVERYTHING


def test_a_failed_table_is_rebuilt_with_everything_downstream(home: Home) -> None:
    home.raw("insert into meta__landing values ('prices', 'b', 'sha', 2)")
    assert home.build(failed=frozenset({"fct_price", "due", "market", "after_due"})) == OF_PRICES - {
        "stg_parts"
    }
    assert home.build() == {"fct_price", "due", "market", "after_due"}


def test_tables_touched_by_an_interrupted_build_are_rebuilt(home: Home) -> None:
    home.raw("insert into meta__landing values ('trade__imports', 'b', 'sha', 2)")
    _, begun = home.begin()
    home.raw("delete from meta__landing")  # as at the last successful build
    assert home.build() == begun == {"stg_imports", "fct_trade", "market"}


@pytest.mark.parametrize("harm", ["drop table core.fct_price", "delete from core.fct_price"])
def test_a_table_changed_by_hand_is_built_again(home: Home, harm: str) -> None:
    with duckdb.connect(str(home.settings.build_path)) as con:
        con.execute(harm)
    assert home.build() == {"fct_price", "due", "market", "after_due"}


def test_views_and_seeds_that_are_gone_are_built_again(home: Home) -> None:
    home.raw("drop view staging.stg_prices")
    assert home.build() == OF_PRICES - {"stg_parts"}
    home.raw("drop table seeds.rules")
    assert home.build() == {"rules", "fct_price", "fct_trade", "due", "market", "after_due"}


@pytest.mark.parametrize("record", [b"", b"{", b"[]", b'{"model.minerals.due": {"inputs": "x"}}'])
def test_a_record_that_cannot_be_read_costs_a_full_build(home: Home, record: bytes) -> None:
    unchanged.path(home.settings).write_bytes(record)
    assert home.build() == EVERYTHING
    unchanged.forget(home.settings.home)
    assert home.build() == EVERYTHING


@pytest.mark.parametrize(
    ("sql", "clock"),
    [
        ("select current_date", "day"),
        ("select today() as today", "day"),
        ("select is_member_today, known from x", ""),
        ("select now()", "moment"),
        ("select current_timestamp", "moment"),
        ("select current_date, random() from x", "moment"),
        ("from x using sample 5", "moment"),
    ],
)
def test_the_clock_is_seen_in_the_sql(sql: str, clock: str) -> None:
    assert unchanged.reads_of(sql, {"depends_on": {}}).clock == clock


def test_random_sql_is_built_every_night(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SQL, "due", "select random()")
    monkeypatch.setattr(unchanged, "_day", lambda _: "a day to come")
    assert home.build() == {"due", "after_due"}
    assert home.build() == {"due", "after_due"}
    monkeypatch.undo()
    assert home.build() == {"due", "after_due"}


def test_every_raw_table_about_the_sources_has_a_fingerprint(home: Home) -> None:
    with unchanged._open(home.settings) as con:
        found = dict(unchanged._raw_tables(con))
    assert {*RAW, *META_TABLES, unchanged.ALL} - {"meta__part"} == found.keys()


@pytest.mark.parametrize(
    ("command", "parent", "is_known"),
    [
        (["build", "--select", "fct_trade"], None, False),
        (["--quiet", "seed"], None, False),
        (["docs", "generate"], None, True),
        (["build"], "1", True),
    ],
)
def test_dbt_run_by_hand_clears_the_record_of_builds(
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    parent: str | None,
    is_known: bool,
) -> None:
    monkeypatch.setenv("MINERALS_HOME", str(home.settings.home))
    monkeypatch.setattr("sys.argv", ["minerals-dbt", *command])
    if parent:
        monkeypatch.setenv(process.PARENT, parent)
    else:
        monkeypatch.delenv(process.PARENT, raising=False)
    process.forget_inputs()
    assert unchanged.path(home.settings).exists() == is_known


def test_dbt_is_given_all_names_to_leave_out_as_one_value(home: Home) -> None:
    """dagster-dbt moves `--exclude` and the one value after it to the end of the command."""
    command = command_of(
        home.settings, full=False, left=["fqn:minerals.rules", "fqn:minerals.core.fct_trade"]
    )
    assert command[-2:] == ["--exclude", "fqn:minerals.rules fqn:minerals.core.fct_trade"]
    assert "--exclude" not in command_of(home.settings, full=True)
