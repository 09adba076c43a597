-- Where could a floor lie, method by method, against today's price and what China shipped below it?
select
    mineral_id,
    stage,
    price_basis,
    method,
    usd_per_kg,
    low_usd_per_kg,
    high_usd_per_kg,
    n,
    n_of,
    reference_price_usd_per_kg,
    ratio_to_current,
    would_have_bound_pct,
    quality_flag
from marts.floor_basis
where area = 'USA'
order by mineral_id asc, stage asc, price_basis asc, usd_per_kg desc, method asc;
