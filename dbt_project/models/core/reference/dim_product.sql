-- The bridge from mineral and stage to tariff code, with the mineral's share of the code's trade.
with bridge as (
    select * from {{ ref('mineral_hs') }}
),

mineral_groups as (
    select distinct group_id
    from {{ ref('minerals') }}
    where group_id != mineral_id
)

select
    bridge.mineral_id,
    bridge.stage,
    bridge.hs_code::string as hs_code,
    length(bridge.hs_code::string)::smallint as hs_digits,
    bridge.nomenclature,
    bridge.description,
    bridge.contained_element::string as contained_element,
    bridge.content_factor::double as content_factor,
    bridge.specificity,
    bridge.weight_low::double as weight_low,
    bridge.weight_mid::double as weight_mid,
    bridge.weight_high::double as weight_high,
    bridge.weight_basis,
    bridge.valid_from::date as valid_from,
    bridge.valid_to::date as valid_to,
    bridge.confidence,
    bridge.note::string as note,
    bridge.allocation_only::boolean as is_allocation_only,
    mineral_groups.group_id is not null as is_group
from bridge
left join mineral_groups on bridge.mineral_id = mineral_groups.group_id
