-- Unknown country codes in trade, with their value. Their lines get the country ZZZ (not specified).
-- Re-exports and re-imports are part of exports and imports.
{{ config(severity='warn') }}

with pairs as (
    select
        source_id,
        partner_code,
        reporter_code,
        min(period) as first_period,
        max(period) as last_period,
        sum(case when flow in ('import', 'export') then value_usd end) as value_usd
    from {{ ref('stg_trade__line') }}
    group by source_id, partner_code, reporter_code
),

stated as (
    select
        source_id,
        partner_code as code,
        first_period,
        last_period,
        value_usd
    from pairs
    union all
    select
        source_id,
        reporter_code as code,
        first_period,
        last_period,
        value_usd
    from pairs
)

select
    stated.source_id,
    stated.code,
    min(stated.first_period) as first_period,
    max(stated.last_period) as last_period,
    round(sum(stated.value_usd)) as value_usd
from stated
anti join {{ ref('dim_country_code') }} as known
    on stated.source_id = known.source_id and stated.code = known.code
group by stated.source_id, stated.code
order by value_usd desc
