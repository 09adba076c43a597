-- What others replace rests on the share of their spare output that a buyer gets, which nobody has measured.
-- A figure that rests on it is marked, and has a range over all assumptions tried.
with tried as (
    select
        mineral_id,
        lost_supplier_iso3,
        year,
        min(unreplaced_share_low) as share_low,
        max(unreplaced_share_high) as share_high
    from {{ ref('disruption_sensitivity') }}
    group by mineral_id, lost_supplier_iso3, year
)

select
    losses.mineral_id,
    losses.lost_supplier_iso3,
    losses.year,
    losses.tried_share_low,
    losses.tried_share_high
from {{ ref('disruption_scenario') }} as losses
left join tried
    on
        losses.mineral_id = tried.mineral_id
        and losses.lost_supplier_iso3 = tried.lost_supplier_iso3
        and losses.year = tried.year
where
    (losses.replaceable_t > 1e-6 * losses.base_t and not losses.is_replacement_assumed)
    or (
        losses.is_replacement_assumed
        and not coalesce(losses.tried_share_low < losses.tried_share_high, false)
    )
    or (
        losses.scenario_id = 'usa_embargo'
        and (
            abs(losses.tried_share_low - tried.share_low) > 1e-6
            or abs(losses.tried_share_high - tried.share_high) > 1e-6
        )
    )
