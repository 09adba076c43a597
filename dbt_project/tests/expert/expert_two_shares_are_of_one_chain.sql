-- Mining and refining are compared only where the metal is made from the ore that is counted. Magnesite is
-- mined for refractories and ilmenite for pigment.
select
    mineral_id,
    year,
    coverage,
    processing_deficit_low_pp,
    processing_deficit_high_pp
from {{ ref('processing_gap') }}
where
    mineral_id in ('magnesium', 'titanium')
    and (
        processing_deficit_low_pp is not null
        or processing_deficit_high_pp is not null
        or (
            mine_share_china is not null
            and refinery_share_china is not null
            and coverage not like '%mine_table_of_another_use%'
        )
    )
