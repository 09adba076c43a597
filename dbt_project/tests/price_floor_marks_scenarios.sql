-- Exempt origins pay nothing, and no verdict is based on a quantity that was computed from a price.
select
    scenario_id,
    hs_code,
    origin_iso3,
    period,
    'exempt and charged' as reason
from {{ ref('price_floor') }}
where exempt_reason is not null and border_adjustment_usd != 0
union all
select
    scenario_id,
    hs_code,
    origin_iso3,
    period,
    'judged by an implied quantity' as reason
from {{ ref('price_floor') }}
where
    quantity_method != 'reported'
    and coalesce(below_floor::integer, border_adjustment_usd, ad_valorem_equivalent_pct) is not null
