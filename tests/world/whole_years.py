"""Answers of a warehouse with months beside years: which of them take a single month for the newest year."""

import re
from pathlib import Path

import polars as pl

from tests.world.nights import ask

QUERIES = Path(__file__).parents[2] / "warehouse" / "queries"
RESTRICTED_OF_A_YEAR = """
    select sum(value_usd) filter (restricts_exports) / sum(value_usd) as share
    from marts.import_sources
    inner join core.dim_mineral using (mineral_id)
    where
        area = 'USA' and basis = 'customs_value' and period_type = 'year'
        and stage not in ('end_form', 'scrap') and group_id = mineral_id
    group by period
    order by period desc
    limit 1
"""
HHI_OF_YEARS = """
    select area, mineral_id, stage, year(period) as year, round(hhi, 4) as hhi
    from marts.supplier_concentration
    where period_type != 'month'
"""
NONE_OF_A_MONTH = {
    "the table to quote": "select * from marts.import_sources where is_recommended and period_type = 'month'",
    "bloc()": "select * from bloc(['USA', 'CAN', 'MEX']) where month(period) != 1",
    "compare_three_each()": """
        select shares.mineral_id, shares.stage, shares.year, shares.china_share_by_customs
        from compare_three_each((select list(mineral_id) from core.dim_mineral)) as shares
        where shares.area = 'USA' and shares.china_share_by_customs is distinct from (
            select coalesce(sum(held.value_share) filter (held.policy_iso3 = 'CHN'), 0)
            from marts.import_sources as held
            where
                held.area = 'USA' and held.basis = 'customs_value' and held.period_type = 'year'
                and held.mineral_id = shares.mineral_id and held.stage = shares.stage
                and year(held.period) = shares.year
            having count(*) > 0
        )
    """,
}


def answers_of_a_month(home: Path) -> list[str]:
    """Answers that take a month, or all months beside their year, for the newest year."""
    book = {path.name[:2]: path.read_text() for path in QUERIES.glob("*.sql")}
    taken = [
        f"question 3: {period}"
        for period in ask(home, book["03"])["period"].unique()
        if not re.fullmatch(r"\d{4}(-\d{4})?", period)
    ]
    taken += [
        f"question 8: {periods}"
        for periods in ask(home, book["08"])["periods"].drop_nulls().unique()
        if not re.fullmatch(r"(([1-9]|1\d|2[0-4]) months?)?( and )?([12] years?)?", periods)
    ]
    held = set(ask(home, HHI_OF_YEARS).iter_rows())
    ends = ask(home, book["09"]).select(
        "area", "mineral_id", "stage", "last_year", pl.col("last_hhi").round(4)
    )
    taken += [f"question 9: {end}" for end in ends.iter_rows() if end not in held]
    share = ask(home, book["27"])["restricted_import_share"][0]
    of_the_year = ask(home, RESTRICTED_OF_A_YEAR)["share"][0]
    if share is None or abs(share - of_the_year) > 1e-9:
        taken.append(f"question 27: {share}, in the year {of_the_year}")
    for what, sql in NONE_OF_A_MONTH.items():
        taken += [f"{what}: {row[:5]}" for row in ask(home, sql).head(3).iter_rows()]
    return taken
