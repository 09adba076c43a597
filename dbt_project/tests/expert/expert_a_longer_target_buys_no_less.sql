-- A target of more days never needs less stock.
select
    shorter.mineral_id,
    shorter.year,
    shorter.target_days
from {{ ref('stockpile_cover') }} as shorter
inner join {{ ref('stockpile_cover') }} as longer
    on
        shorter.mineral_id = longer.mineral_id
        and shorter.year = longer.year
        and shorter.edition = longer.edition
        and shorter.target_days < longer.target_days
where shorter.buy_t > longer.buy_t + 1e-6
