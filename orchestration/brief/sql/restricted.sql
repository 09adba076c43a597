-- Share of US imports of critical minerals from countries that restrict their export today, newest four
-- years.
select
    minerals.name as mineral,
    supply.stage,
    round(100 * supply.restricted_import_share, 1) as restricted_import_pct,
    round(100 * supply.restricted_import_share_high, 1) as at_most_pct,
    round(100 * supply.restricted_world_production_share, 1) as restricted_world_output_pct,
    supply.worst_measure,
    supply.imposers,
    supply.form_imposers,
    supply.agreement_with_largest_imposer,
    supply.known_through
from marts.restricted_supply as supply
inner join core.dim_mineral as minerals using (mineral_id)
where
    supply.area = 'USA'
    and supply.basis = 'usgs_four_years'
    -- single rare earths and the like have no import figures; their group has them
    and (
        (minerals.is_critical and not minerals.is_allocation_only)
        or supply.mineral_id in (select members.group_id from core.dim_mineral as members where members.is_critical)
    )
qualify row_number() over (
    partition by supply.mineral_id order by supply.period desc, supply.restricted_import_share desc, supply.stage
) = 1
order by restricted_import_pct desc, at_most_pct desc, mineral
