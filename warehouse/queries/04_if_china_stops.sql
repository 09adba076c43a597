-- If China stops exporting a mineral, what do others replace, what is missing, how long do stocks bridge it?
-- The largest loss that nobody replaces comes first, certain losses before those with bounds only.
-- lost_share is from customs data of the year if they identify the mineral, otherwise from the four years
-- that USGS prints; share_of says of what it is the share. A small loss in a year after a Chinese control is
-- not a sign of safety: imports_already_cut says where imports had fallen before. Missing shares are not
-- zero: the bounds give the least and the most that is not replaced, and `coverage` the reason. The share of
-- others' spare output that the USA gets is assumed: rests_on has the bounds under all assumptions tried.
-- Stocks are those of US industry and exchanges. days_of_consumption is how long they cover US use of the
-- year; days_to_shortfall_low how long at least they cover what is missing of US imports, empty if nothing
-- is missing or if they last ten years.
with measures as (
    select
        controls.mineral_id,
        min(controls.valid_from) as since,
        concat(
            replace(controls.measure_type, '_', ' '), ' since ', min(controls.valid_from),
            case
                when
                    not coalesce(bool_or(controls.is_in_force), false)
                    and max(events.suspended_from) is not null
                    then concat(
                        ', suspended since ', max(events.suspended_from),
                        ' until ' || max(events.suspended_to),
                        ', as last known on ' || max(controls.known_through)
                    )
                when not coalesce(bool_or(controls.is_in_force), false)
                    then concat(', not in force or not known as of ', max(controls.known_through))
            end
        ) as measure
    from core.fct_export_restriction as controls
    left join core.fct_policy_event as events on controls.policy_event_id = events.event_id
    where controls.imposer_iso3 = 'CHN' and controls.date_precision = 'day'
    group by controls.mineral_id, controls.measure_type
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
),

stocks as (
    select
        mineral_id,
        year,
        list_sum([industry_stock_t, exchange_stock_t, industry_and_exchange_stock_t]) as stock_t,
        government_stock_t,
        industry_withheld,
        usa_consumption_t,
        days_of_consumption
    from marts.stockpile_cover
    qualify row_number() over (partition by mineral_id, year order by edition desc, target_days asc) = 1
)

select
    losses.mineral_id,
    losses.year,
    if(losses.scope = 'area_imports', 'China sells none to the USA', 'China makes none for any buyer')
        as scenario,
    losses.lost_share,
    concat(
        if(losses.scope = 'area_imports', 'US imports of ', 'world output of '), lower(minerals.name), ' (',
        case
            when losses.scope != 'area_imports' then coalesce(losses.production_stage, 'form not stated')
            when supply.basis = 'metal_oxide' then 'metal and oxide together'
            when supply.basis = 'compounds_metals' then 'compounds and metals together'
            when supply.is_several_forms then 'all forms'
            else losses.import_stage
        end,
        ', ', losses.share_period, ')'
    ) as share_of,
    losses.unreplaced_share_low,
    losses.unreplaced_share_high,
    case
        when losses.is_replacement_assumed
            then printf(
                'with an assumed share of spare output, %.0f to %.0f %% under all assumptions tried',
                100 * losses.tried_share_low, 100 * losses.tried_share_high
            )
        when losses.unreplaced_share_low < losses.unreplaced_share_high
            then 'these are bounds, since what others replace is not known'
        else 'printed figures'
    end as rests_on,
    case
        when stocks.days_of_consumption is not null
            then concat(
                'US stocks of ', regexp_replace(format('{:,}', stocks.stock_t), '[.]0$', ''),
                ' t outside the government last ', printf('%.0f days', stocks.days_of_consumption),
                ' of the US use of ', regexp_replace(format('{:,}', stocks.usa_consumption_t), '[.]0$', ''),
                ' t in ', stocks.year,
                if(stocks.government_stock_t is null, ', and government stocks are not published', '')
            )
        when stocks.industry_withheld then 'US industry stocks are withheld, government stocks not published'
        else 'US stocks are not published'
    end as stocks,
    round(stocks.days_of_consumption) as days_of_consumption,
    case
        when
            losses.scope = 'area_imports' and losses.unreplaced_share_high > 0
            and stocks.stock_t <= 10 * losses.unreplaced_share_high * losses.base_t
            then round(365 * stocks.stock_t / (losses.unreplaced_share_high * losses.base_t))
    end as days_to_shortfall_low,
    case
        when
            losses.scope = 'area_imports'
            and losses.lost_share < 0.75 * losses.earlier_share
            and losses.mineral_id in (
                select measures.mineral_id from measures
                where year(measures.since) <= losses.year
            )
            then concat(
                'imports had already been cut by then after Chinese export controls (',
                (
                    select string_agg(measures.measure, '; ' order by measures.since)
                    from measures
                    where losses.mineral_id = measures.mineral_id and year(measures.since) <= losses.year
                ),
                printf('), from %.0f %% ', 100 * losses.earlier_share),
                if(losses.earlier_year is null, 'over four years', concat('in ', losses.earlier_year))
            )
    end as imports_already_cut,
    losses.coverage,
    losses.source_ids
from losses
inner join core.fct_us_supply as supply
    on losses.mineral_id = supply.mineral_id and losses.year = supply.year
inner join core.dim_mineral as minerals on losses.mineral_id = minerals.mineral_id
left join stocks on losses.mineral_id = stocks.mineral_id and losses.year = stocks.year
order by
    losses.unreplaced_share_low desc, losses.unreplaced_share_high desc, losses.year desc,
    losses.mineral_id asc, losses.scope asc;
