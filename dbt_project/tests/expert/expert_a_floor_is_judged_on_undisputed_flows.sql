-- No floor is applied to a reconciled flow whose value differs by more than a third from that of the
-- importer's own customs, since the weight belongs to the disputed value.
select
    floors.scenario_id,
    floors.hs_code,
    floors.origin_iso3,
    floors.period,
    floors.value_usd,
    gaps.importer_value_usd
from {{ ref('price_floor') }} as floors
inner join {{ ref('mirror_gap') }} as gaps
    on
        floors.area = gaps.reporter_iso3
        and floors.origin_iso3 = gaps.partner_iso3
        and floors.hs_code = gaps.hs6
        and year(floors.period) = gaps.year
where
    floors.source_ids = 'cepii_baci'
    and floors.below_floor is not null
    and gaps.baci_to_importer_ratio not between 0.75 and 1.34
