"""The sources and the trace of each row of a subject of a mineral's sheet, which has neither itself."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from warehouse import book
from warehouse.asking import Asked
from warehouse.connect import fetch
from warehouse.narrowing import is_seller

Cells = Mapping[str, Any]

_BEHIND = {
    "china": """
        select area_name as area, stage, year(period) as year, area as code,
            string_agg(distinct source_id, ';') as source_ids
        from marts.import_sources where mineral_id = $1 and basis = 'baci' group by all
    """,
    "suppliers": """
        select area_name as area, stage, area as code, basis, period, period_type,
            concat(year(period), if(basis = 'usgs_four_years', '-' || (year(period) + 3), '')) as years,
            concat(if(bool_or(is_recommended), 'quote: ', ''), any_value(quote_note)) as which_to_quote,
            string_agg(distinct source_id, ';') as source_ids
        from marts.import_sources where mineral_id = $1 and period_type != 'month' group by all
    """,
    "series": """
        select area_name as area, stage, area as code, basis, period_type,
            year(period) + if(basis = 'usgs_four_years', 3, 0) as year, year(period) as period,
            string_agg(distinct source_id, ';') as source_ids
        from marts.import_sources where mineral_id = $1 and period_type != 'month' group by all
    """,
    "dependency": """
        select area_name as area, stage, year, area as code, max(edition) as edition,
            arg_max(source_ids, edition) as source_ids
        from marts.import_dependency where mineral_id = $1 and is_headline group by all
    """,
    "producers": """
        select stage, year, edition, string_agg(distinct source_id, ';') as source_ids
        from marts.world_production where mineral_id = $1 and is_recommended and not is_world group by all
    """,
    "prices": """
        select stage, if(period_type = 'month', strftime(period, '%Y-%m'), year(period)::varchar) as period,
            reference_series_id as series, 'market_distortion' as mart, source_ids
        from marts.market_distortion where mineral_id = $1 and reference_price_usd_per_kg is not null
        union all
        select stage, if(period_type = 'month', strftime(period, '%Y-%m'), year(period)::varchar) as period,
            series_id as series, 'price_to_quote' as mart, source_id as source_ids
        from marts.price_to_quote where mineral_id = $1
        order by mart desc
    """,
    "measures": """
        select title, source_id as source_ids, event_id from marts.policy_calendar
        where list_contains(string_split(minerals, ';'), $1)
        union all
        select
            concat('export ', replace(measure_type, '_', ' '), '; ', phrase, ', ', year(valid_from)) as title,
            'usgs_mcs' as source_ids, null as event_id
        from core.fct_export_restriction where mineral_id = $1 and listed_by = 'usgs_mcs'
    """,
    "stocks": """
        select year, max(edition) as edition, arg_max(source_ids, edition) as source_ids
        from marts.stockpile_cover where mineral_id = $1 and target_days = 90 group by all
    """,
    "rank": """
        select area_name as area, year, area as code, source_ids
        from marts.vulnerability_scorecard where mineral_id = $1
    """,
    "projects": """
        select areas.area_name as area, stage, phase, area as code, source_ids
        from marts.project_pipeline inner join core.dim_area as areas using (area) where mineral_id = $1
    """,
}
"""The sources of each row of a subject, by the columns that they have in common."""
TRACED = {
    "china": "marts.import_sources area={code} mineral_id={mineral_id} stage={stage} basis=baci"
    " period={year}-01-01 by=value_usd supplier_iso3=CHN",
    "suppliers": "marts.import_sources area={code} mineral_id={mineral_id} stage={stage} basis={basis}"
    " period={period} period_type={period_type} by={size} supplier_iso3={seller}; "
    "marts.import_sources area={code} mineral_id={mineral_id} stage={stage} basis={basis} period={period}"
    " period_type={period_type} by={size}",
    "series": "marts.import_sources area={code} mineral_id={mineral_id} stage={stage} basis={basis}"
    " period={period}-01-01 period_type={period_type} by={size} supplier_iso3={seller}",
    "dependency": "marts.import_dependency area={code} mineral_id={mineral_id} year={year} stage={stage}"
    " edition={edition} is_headline=true by=imports_t",
    "producers": "marts.world_production mineral_id={mineral_id} stage={stage} year={year} edition={edition}"
    " is_world=false by=production_t",
    "prices": "marts.market_distortion mineral_id={mineral_id} stage={stage} period={period_from}"
    " reference_series_id={series} by=reference_price_usd_per_kg;"
    " marts.price_to_quote mineral_id={mineral_id} stage={stage} series_id={series} by=price_usd_per_kg",
    "measures": "marts.policy_calendar event_id={event_id}",
    "stocks": "marts.stockpile_cover mineral_id={mineral_id} year={year} target_days=90 edition={edition}"
    " by=target_t",
    "rank": "marts.vulnerability_scorecard area={code} mineral_id={mineral_id} year={year} by=score",
    "projects": "marts.project_pipeline mineral_id={mineral_id} area={code} stage={stage} phase={phase}"
    " by=n_facilities",
}
"""How a row of a subject is traced, as `warehouse.traces.trace_of` takes it."""


def with_sources(
    con: duckdb.DuckDBPyConnection, name: str, asked: Asked, cells: Sequence[Cells]
) -> list[dict[str, Any]]:
    """Return each row with the sources behind it, and with the keys that trace it."""
    columns, found = fetch(con, _BEHIND[name], [asked.mineral_id])
    shared = [column for column in columns if column in cells[0]]
    held: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in found:
        one = dict(zip(columns, row, strict=True))
        held.setdefault(tuple(str(one[column]) for column in shared), one)
    seller = next((place.code for place in asked.places if is_seller(place)), None)
    keyed = {"mineral_id": asked.mineral_id, "seller": seller or ("CHN" if name == "series" else None)}
    rows = [dict(one) | held.get(tuple(str(one[key]) for key in shared), {}) | keyed for one in cells]
    if "shares_by" in cells[0]:
        size = {"weight": "quantity_share", "value": "value_share"}
        rows = [one | {"size": size[str(one["shares_by"])]} for one in rows]
    if name == "prices":
        rows = [one | {"period_from": f"{one['period']}-01-01"[:10]} for one in rows]
    return rows


def published(con: duckdb.DuckDBPyConnection, rows: Sequence[Cells]) -> list[list[str]]:
    """Return the publishers of the sources of each row."""
    keys = [(row.get("code"), row.get("source_ids")) for row in rows]
    columns, named = book.named(con, ["code", "source_ids"], keys)
    at = columns.index("published_by")
    return [str(row[at]).split("; ") if row[at] else [] for row in named]
