-- No verdict, adjustment or rate is based on a quantity that was computed from a price or estimated.
select
    scenario_id,
    hs_code,
    origin_iso3,
    period,
    quantity_method
from {{ ref('price_floor') }}
where
    quantity_method is distinct from 'reported'
    and (
        below_floor is not null or border_adjustment_usd is not null or ad_valorem_equivalent_pct is not null
    )
