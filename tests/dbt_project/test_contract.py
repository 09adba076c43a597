"""The data contract of every table: it exists, has a key and descriptions, and reads the right layers."""

import re
from typing import Any

import pytest
import yaml

from tests.conftest import REPOSITORY
from tests.dbt_project.conftest import Ask
from warehouse.dictionary import grains
from warehouse.units import UNITS

MARTS = sorted(path.stem for path in (REPOSITORY / "dbt_project" / "models" / "marts").rglob("*.sql"))

NAMES_A_UNIT = re.compile(
    r"""
    \b(USD|percent|%|tons?|kg|bytes|days|months?|years?|digits|degrees)(\b|(?=\W|$))  # a measured thing
    | \b0(-|\ best\ to\ )1?0*\b | -1\ to\ 1 | -2\.5                           # a scale
    | \b(number|place|order|rank|weight|factor|deviations?|ratio)\b           # a count or a pure number
    | \bin\ (the\ )?`?(unit|base_unit|base\ units|currency|quantity2?_unit)\b         # stated by a neighbour
    """,
    re.IGNORECASE | re.VERBOSE,
)
CALENDAR = re.compile(r"(^|_)(year|rank)($|_)")


def models(manifest: dict[str, Any], *schemas: str) -> dict[str, dict[str, Any]]:
    return {
        name: node
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["schema"] in schemas
    }


NOT_IN_STARTER = {
    "rd_activity": "abstracts' publishers own parts of OSTI's records: fetched or dropped in only"
}


@pytest.mark.parametrize("mart", MARTS)
def test_mart_is_filled(ask: Ask, mart: str) -> None:
    """The starter has rows for every mart. Exceptions are listed with their reasons in `NOT_IN_STARTER`."""
    assert bool(ask(f"select 1 from marts.{mart} limit 1")) == (mart not in NOT_IN_STARTER)


FACT_OF_A_TIME = re.compile(
    r"date '(?!9999)\d{4}|'\d{4}'"
    r"|\b(year|edition|period)\)?\s*(=|!=|[<>]=?|between|in)\s*\(?\s*'?(19|20)\d\d",
    re.IGNORECASE,
)
FACT_OF_A_COUNTRY = re.compile(r"'(?!(?:USA|CAN|MEX|CHN|HKG|MAC|ZZZ|WLD)')[A-Z]{3}'")
BLOCKS_BY_LAW = {"tariff_ieepa_ends": "the duties under IEEPA ended by law in February 2026"}


def test_no_blocking_check_names_a_year_or_a_country_beyond_the_three_and_china() -> None:
    """The world may change, so what was true in one year, or of one producer, may only warn."""
    found = {}
    for path in sorted((REPOSITORY / "dbt_project" / "tests").rglob("*.sql")):
        sql = re.sub(r"--.*", "", path.read_text())
        facts = [match[0] for rule in (FACT_OF_A_TIME, FACT_OF_A_COUNTRY) for match in rule.finditer(sql)]
        if facts and not re.search(r"severity\s*=\s*'warn'", sql):
            found[path.stem] = facts
    assert found.keys() == BLOCKS_BY_LAW.keys(), found


def test_every_mart_enforces_its_contract(manifest: dict[str, Any]) -> None:
    marts = models(manifest, "marts")
    assert set(MARTS) == {node["name"] for node in marts.values()}
    assert not [node["name"] for node in marts.values() if not node["contract"]["enforced"]]


def test_every_table_is_tested_to_be_unique_on_its_grain(manifest: dict[str, Any]) -> None:
    keyed = grains(manifest)
    unkeyed = [
        f"{node['schema']}.{node['name']}"
        for node in models(manifest, "core", "marts").values()
        if (node["schema"], node["name"]) not in keyed
    ]
    assert not unkeyed


def test_keys_of_marts_are_never_missing(ask: Ask, manifest: dict[str, Any]) -> None:
    for (schema, table), key in grains(manifest).items():
        if schema == "marts":
            missing = " or ".join(f"{column} is null" for column in key)
            assert not ask(f"select 1 from {schema}.{table} where {missing} limit 1"), (table, key)


def test_every_mart_has_its_formulas_tested_by_hand(manifest: dict[str, Any]) -> None:
    """A mart whose SQL has no formulas is tested where its columns are computed."""
    tested = {test["depends_on"]["nodes"][0] for test in manifest["unit_tests"].values()}
    passing_on = {"import_dependency", "reconciliation", "vulnerability_component"}
    untested = {
        node["name"] for name, node in models(manifest, "marts").items() if name not in tested
    } - passing_on
    assert not untested


def test_marts_read_core_and_marts_only(manifest: dict[str, Any]) -> None:
    nodes = manifest["nodes"]
    for node in models(manifest, "marts").values():
        for parent in node["depends_on"]["nodes"]:
            assert not parent.startswith(("source.", "seed.")), (node["name"], parent)
            assert nodes[parent]["schema"] in {"core", "marts"}, (node["name"], parent)


def test_core_reads_no_mart(manifest: dict[str, Any]) -> None:
    nodes = manifest["nodes"]
    for node in models(manifest, "core").values():
        above = [
            parent for parent in node["depends_on"]["nodes"] if nodes.get(parent, node)["schema"] == "marts"
        ]
        assert not above, (node["name"], above)


def test_every_table_and_column_is_commented(ask: Ask) -> None:
    uncommented = ask(
        """
        select schema_name || '.' || table_name || '.' || column_name
        from duckdb_columns()
        where schema_name in ('core', 'marts', 'meta') and coalesce(trim(comment), '') = ''
        union all
        select schema_name || '.' || table_name
        from duckdb_tables()
        where schema_name in ('core', 'marts', 'meta') and coalesce(trim(comment), '') = ''
        """
    )
    assert not sorted(name for (name,) in uncommented)


def test_every_number_has_a_unit(ask: Ask) -> None:
    numbers = ask(
        """
        select schema_name || '.' || table_name, column_name, comment
        from duckdb_columns()
        where
            schema_name in ('core', 'marts', 'meta')
            and regexp_matches(data_type, 'INT|DOUBLE|FLOAT|DECIMAL')
        """
    )
    assert len(numbers) > 300
    unitless = [
        (table, column, comment)
        for table, column, comment in numbers
        if not column.removesuffix("_low").removesuffix("_high").endswith(tuple(UNITS))
        and not CALENDAR.search(column)
        and not NAMES_A_UNIT.search(comment or "")
    ]
    assert not unitless


@pytest.mark.parametrize(
    ("exposure", "files"),
    [
        ("brief", "orchestration/brief/**/*.*"),
        ("query_book", "warehouse/queries/*.sql"),
        ("sql_macros", "warehouse/macros/*.sql"),
    ],
)
def test_exposures_name_the_tables_they_read(manifest: dict[str, Any], exposure: str, files: str) -> None:
    tables = {node["name"] for node in models(manifest, "core", "marts", "meta").values()}
    texts = [path.read_text() for path in REPOSITORY.glob(files) if path.suffix in {".sql", ".py"}]
    read = {table for text in texts for _, table in re.findall(r"\b(core|marts|meta)\.(\w+)", text)} & tables
    parents = manifest["exposures"][f"exposure.minerals.{exposure}"]["depends_on"]["nodes"]
    assert read == {parent.split(".")[-1] for parent in parents}


def test_no_description_ends_at_a_comma() -> None:
    """In YAML's flow style an unquoted comma ends a value: the rest would become a key without a value."""
    cut: list[str] = []

    def look(part: Any, file: str) -> None:
        if isinstance(part, dict):
            cut.extend(
                f"{file}: {key}" for key, value in part.items() if "description" in part and value is None
            )
        for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            look(inner, file)

    files = sorted((REPOSITORY / "dbt_project").rglob("*.yml"))
    assert files
    for path in files:
        look(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader), path.name)
    assert not cut
