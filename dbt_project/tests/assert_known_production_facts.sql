{{ config(severity='warn') }}
-- Well-known facts of the last two years: the Congo mines about three quarters of the cobalt, and China
-- produces nearly all gallium. The facts may change, so the test only warns.
with facts (mineral_id, stage, country_iso3, low_share, high_share) as (
    values
    ('cobalt', 'ore_concentrate', 'COD', 0.70, 0.80),
    ('gallium', 'refined_metal', 'CHN', 0.95, 1.00),
    ('niobium', 'ore_concentrate', 'BRA', 0.85, 0.95),
    ('platinum', 'ore_concentrate', 'ZAF', 0.65, 0.80)
),

years as (
    select distinct year
    from {{ ref('world_production') }}
    qualify year > max(year) over () - 2
)

select
    facts.mineral_id,
    facts.country_iso3,
    years.year,
    output.edition,
    output.world_share
from facts
cross join years
left join {{ ref('world_production') }} as output
    on
        facts.mineral_id = output.mineral_id
        and facts.stage = output.stage
        and facts.country_iso3 = output.country_iso3
        and years.year = output.year
where output.world_share is null or output.world_share not between facts.low_share and facts.high_share
