-- Output, reserves, trade and prices are never negative. A minus sign comes from a misread or misprinted
-- cell.
select
    'fct_production' as fact,
    source_id,
    mineral_id || ' ' || country_iso3 || ' ' || year as of_what,
    least(production_t, production_low_t, production_high_t, capacity_t, reserves_t, production) as figure
from {{ ref('fct_production') }}
where least(production_t, production_low_t, production_high_t, capacity_t, reserves_t, production) < 0
union all
select
    'fct_trade' as fact,
    source_id,
    hs_code || ' ' || reporter_iso3 || ' ' || period as of_what,
    least(value_usd, value_native, quantity, quantity2, net_weight_kg, content_kg) as figure
from {{ ref('fct_trade') }}
where least(value_usd, value_native, quantity, quantity2, net_weight_kg, content_kg) < 0
union all
select
    'fct_price' as fact,
    source_id,
    series_id || ' ' || period as of_what,
    usd_per_kg as figure
from {{ ref('fct_price') }}
where usd_per_kg < 0
