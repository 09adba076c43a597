-- If China stops exporting a mineral, what do others replace, what is missing, how long do stocks bridge it?
-- A share is of customs of the year itself where they tell the mineral apart (share_basis), beside the one
-- that USGS prints of four years. Missing shares are not zero. `coverage` gives the reason, and the bounds
-- give the highest possible value.
select
    losses.mineral_id,
    losses.year,
    losses.scenario_id,
    losses.scope,
    losses.import_stage,
    losses.production_stage,
    losses.lost_t,
    losses.lost_share,
    losses.share_basis,
    losses.share_period,
    losses.four_years_share,
    losses.supplier_value_usd,
    losses.spare_t,
    losses.divertible_share,
    losses.replaceable_t,
    losses.unreplaced_share,
    losses.unreplaced_share_low,
    losses.unreplaced_share_high,
    losses.value_not_replaced_high_usd,
    losses.stock_t,
    losses.days_to_shortfall,
    losses.tied_producers_iso3,
    losses.coverage,
    losses.source_ids
from marts.disruption_scenario as losses
where
    losses.lost_supplier_iso3 = 'CHN'
    and losses.mineral_id in (
        'gallium', 'germanium', 'antimony', 'tungsten', 'rare_earths', 'graphite_natural', 'bismuth',
        'magnesium'
    )
order by losses.mineral_id, losses.year, losses.scenario_id;
