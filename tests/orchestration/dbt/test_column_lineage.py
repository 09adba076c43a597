"""Column lineage of hand-written SQL and of every compiled model."""

from dagster import AssetKey, TableColumnDep

from orchestration.dbt.column_lineage import column_lineage

SCHEMA = {
    "build": {"core": {"fct_trade": dict.fromkeys(("period", "value_usd", "net_weight_kg"), "unknown")}},
    "landing": {"staging": {"rates": dict.fromkeys(("period", "cad_per_usd"), "unknown")}},
}


def of(schema: str, table: str, column: str) -> TableColumnDep:
    return TableColumnDep(AssetKey([schema, table]), column)


def test_a_column_is_followed_through_steps_and_joins() -> None:
    sql = """
        with sums as (
            select period, sum(value_usd) as value_usd from "build"."core"."fct_trade" group by period
        )
        select sums.*, sums.value_usd * rates.cad_per_usd as value_cad, 1 as one
        from sums inner join "landing"."staging"."rates" as rates on sums.period = rates.period
    """
    found = column_lineage(sql, SCHEMA)
    assert found is not None
    assert found.deps_by_column == {
        "period": [of("core", "fct_trade", "period")],
        "value_usd": [of("core", "fct_trade", "value_usd")],
        "value_cad": [of("core", "fct_trade", "value_usd"), of("staging", "rates", "cad_per_usd")],
        "one": [],
    }


def test_unparsable_sql_has_no_lineage() -> None:
    assert column_lineage("select from where", SCHEMA) is None
