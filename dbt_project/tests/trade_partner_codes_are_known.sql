-- Country codes of trade that the warehouse does not know, and the value that stands under them: their lines
-- have a country not specified, ZZZ. What is re-traded is part of imports and exports.
{{ config(severity='warn') }}

with stated as (
    select
        source_id,
        partner_code as code,
        period,
        case when flow in ('import', 'export') then value_usd end as value_usd
    from {{ ref('stg_trade__line') }}
    union all
    select
        source_id,
        reporter_code as code,
        period,
        case when flow in ('import', 'export') then value_usd end as value_usd
    from {{ ref('stg_trade__line') }}
)

select
    stated.source_id,
    stated.code,
    min(stated.period) as first_period,
    max(stated.period) as last_period,
    round(sum(stated.value_usd)) as value_usd
from stated
anti join {{ ref('dim_country_code') }} as known
    on stated.source_id = known.source_id and stated.code = known.code
group by stated.source_id, stated.code
order by value_usd desc
