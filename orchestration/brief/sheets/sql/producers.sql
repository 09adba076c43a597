-- Largest world producers at the most processed stage with figures, in the newest year.
select
    mineral_id,
    country_iso3 as label,
    100 * world_share as pct,
    source_id as source_ids,
    stage,
    year::varchar as period
from marts.world_production
where not is_world and world_share > 0
qualify
    dense_rank() over (
        partition by mineral_id
        order by
            list_position(['refined_metal', 'ore_concentrate', 'compound', 'intermediate'], stage) nulls last,
            stage,
            edition desc,
            year desc
    ) = 1
    and row_number() over (
        partition by mineral_id, stage, edition, year order by country_iso3 = 'ZZZ', world_share desc, country_iso3
    ) <= 7
order by mineral_id, country_iso3 = 'ZZZ', world_share desc, country_iso3;
