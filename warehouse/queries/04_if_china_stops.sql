-- If China stops exporting a mineral, what do others replace, what is missing, how long do stocks bridge it?
-- lost_share is from customs data of the year if they identify the mineral, otherwise from the four years
-- that USGS prints. A small loss in a year after a Chinese control is not a sign of safety:
-- imports_already_cut says where the control had already cut the supply. Missing shares are not zero: the
-- bounds give the least and the most that is not replaced, and `coverage` gives the reason. What others
-- replace rests on the share of their spare output that the USA gets, which is assumed and not measured:
-- rests_on has the bounds under all assumptions tried.
with measures as (
    select
        mineral_id,
        replace(measure_type, '_', ' ') as measure,
        min(valid_from) as since
    from core.fct_export_restriction
    where imposer_iso3 = 'CHN' and date_precision = 'day'
    group by mineral_id, measure_type
),

losses as (
    select
        *,
        coalesce(
            lag(lost_share) over (partition by mineral_id, scenario_id order by year), four_years_share
        ) as earlier_share,
        lag(year) over (partition by mineral_id, scenario_id order by year) as earlier_year
    from marts.disruption_scenario
    where
        lost_supplier_iso3 = 'CHN'
        -- the ban of 2024 is the same loss for three of the minerals
        and scenario_id in ('usa_embargo', 'world_outage')
        and mineral_id in (
            'gallium', 'germanium', 'antimony', 'tungsten', 'rare_earths', 'graphite_natural', 'bismuth',
            'magnesium'
        )
)

select
    losses.mineral_id,
    losses.year,
    if(losses.scope = 'area_imports', 'China sells none to the USA', 'China makes none for any buyer')
        as scenario,
    coalesce(losses.production_stage, losses.import_stage) as stage,
    losses.lost_t,
    losses.lost_share,
    concat(
        if(losses.scope = 'area_imports', 'US imports, ', 'world output, '), losses.share_period
    ) as share_of,
    losses.unreplaced_share_low,
    losses.unreplaced_share_high,
    case
        when losses.is_replacement_assumed
            then printf(
                'an assumed share of spare output; %.0f to %.0f %% under all assumptions tried',
                100 * losses.tried_share_low, 100 * losses.tried_share_high
            )
        when losses.unreplaced_share_low < losses.unreplaced_share_high
            then 'bounds: replacement is not known'
        else 'printed figures'
    end as rests_on,
    losses.days_to_shortfall,
    case
        when
            losses.scope = 'area_imports'
            and losses.lost_share < 0.75 * losses.earlier_share
            and losses.mineral_id in (
                select measures.mineral_id from measures
                where year(measures.since) <= losses.year
            )
            then concat(
                'imports were already cut by Chinese export controls (',
                (
                    select
                        string_agg(
                            concat(measures.measure, ' since ', measures.since), ', ' order by measures.since
                        )
                    from measures
                    where losses.mineral_id = measures.mineral_id and year(measures.since) <= losses.year
                ),
                printf('); before, %.0f %% ', 100 * losses.earlier_share),
                if(losses.earlier_year is null, 'over four years', concat('in ', losses.earlier_year))
            )
    end as imports_already_cut,
    losses.coverage,
    losses.source_ids
from losses
order by losses.mineral_id asc, losses.scope asc, losses.year desc;
