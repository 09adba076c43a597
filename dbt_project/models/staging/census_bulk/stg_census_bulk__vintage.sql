-- One row a month, flow, code, partner and vintage, for every vintage that is held.
with imports as (
    select
        period,
        'import' as flow,
        hts10 as hs_code,
        cty_code as country_code,
        consumption_value_usd as value_usd,
        _archive_id,
        _vintage as vintage
    from {{ vintage_rows('census_bulk__imports') }}
),

exports as (
    select
        period,
        'export' as flow,
        schedule_b as hs_code,
        cty_code as country_code,
        value_usd,
        _archive_id,
        _vintage as vintage
    from {{ vintage_rows('census_bulk__exports') }}
),

lines as (
    select * from imports
    union all
    select * from exports
)

select
    period,
    flow,
    hs_code,
    country_code,
    sum(value_usd)::bigint as value_usd,
    min(_archive_id) as _archive_id,
    vintage
from lines
group by period, flow, hs_code, country_code, vintage
