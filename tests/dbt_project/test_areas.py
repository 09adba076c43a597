"""The code of the three as one differs from every country code."""

import pytest

from tests.dbt_project.conftest import Ask

COUNTRY_COLUMNS = (
    "iso3|country_iso3|supplier_iso3|origin_iso3|reporter_iso3|partner_iso3|hub_iso3|lost_supplier_iso3"
)


def columns_named(ask: Ask, pattern: str) -> list[tuple[str, str, str]]:
    """Schema, table and column of the built tables whose column has one of these names."""
    return [
        (schema, table, column)
        for schema, table, column in ask(
            "select schema_name, table_name, column_name from duckdb_columns()"
            " where schema_name in ('core', 'marts') and regexp_full_match(column_name, $1)",
            pattern,
        )
    ]


def test_every_area_is_a_known_one(ask: Ask) -> None:
    areas = dict(ask("select area, area_name from core.dim_area"))
    assert areas == {
        "USA": "United States",
        "CAN": "Canada",
        "MEX": "Mexico",
        "USMCA": "North America",
    }
    tables = columns_named(ask, "area")
    assert len(tables) > 15
    for schema, table, column in tables:
        named = f"select distinct {column} from {schema}.{table} where {column} is not null"
        found = {area for (area,) in ask(named)}
        assert found <= set(areas), f"{schema}.{table}: {found}"


def test_no_area_code_stands_for_a_country(ask: Ask) -> None:
    tables = columns_named(ask, COUNTRY_COLUMNS)
    assert len(tables) > 25
    for schema, table, column in tables:
        assert not ask(f"from {schema}.{table} where {column} = 'USMCA'"), f"{schema}.{table}.{column}"


@pytest.mark.parametrize(
    ("table", "side"),
    [
        ("core.fct_trade", "reporter_iso3"),
        ("core.fct_trade", "partner_iso3"),
        ("core.fct_production", "country_iso3"),
        ("marts.world_production", "country_iso3"),
        ("marts.import_sources", "supplier_iso3"),
        ("marts.tariff_exposure", "origin_iso3"),
        ("marts.price_floor", "origin_iso3"),
    ],
)
def test_namibia_is_namibia(ask: Ask, table: str, side: str) -> None:
    """Namibia (ISO 3166 NAM) appears in trade and output, always under its own name."""
    (rows,) = ask(f"select count(*) from {table} where {side} = 'NAM'")[0]
    assert rows > 0
    assert ask("select name from core.dim_country where iso3 = 'NAM'") == [("Namibia",)]


def test_namibia_is_outside_the_bloc(ask: Ask) -> None:
    assert ask("select distinct is_bloc from marts.import_sources where supplier_iso3 = 'NAM'") == [(False,)]
    assert not ask("from core.dim_bloc_member where iso3 = 'NAM' and bloc in ('USMCA', 'NORTH_AMERICA')")
