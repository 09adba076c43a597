-- Which third countries ship to the United States what they hardly make, since an export control took effect?
-- Months show it best: they need US imports by month and origin and exports of third countries by month,
-- which an online refresh fetches. For a country without them, two full years are compared: the last one held
-- before the control, and the newest. Where no year before the control is held, the case comes last and says
-- so: its rise began under the control. A country is named if it has twice its former share of US imports
-- from outside the restricting country, and less than a hundredth of the world's output of that form as USGS
-- prints it. Where USGS prints no output of the form, as for most refined ones, its makers are not known;
-- own_output says so, and a country with a hundredth of the output of another stage is left out. A value may
-- rise with the price alone: price_ratio is the price of the later year divided by that of the earlier one.
-- This is a reason to look, not proof: such a country may refine what others mine, or have won a buyer.
with goods as (
    select distinct
        mineral_id,
        stage
    from marts.import_sources
),

-- only goods that a control covers: a ban on nickel ore is none on compounds of nickel
controls as (
    select
        control.mineral_id,
        control.imposer_iso3,
        goods.stage,
        min(control.active_from) as controlled_from
    from core.bridge_export_control as control
    inner join core.bridge_control_stage as covered
        on control.event_id = covered.event_id and control.mineral_id = covered.mineral_id
    inner join goods
        on control.mineral_id = goods.mineral_id and covered.stage in ('all_forms', goods.stage)
    group by control.mineral_id, control.imposer_iso3, goods.stage
),

first_days as (
    select
        mineral_id,
        imposer_iso3,
        min(active_from) as controlled_from
    from core.bridge_export_control
    group by mineral_id, imposer_iso3
),

watched as (
    select
        watch.product_group as mineral_id,
        watch.hub_iso3,
        watch.imposer_iso3,
        first_days.controlled_from,
        concat('months to ', strftime(max(watch.period), '%Y-%m')) as compared,
        sum(watch.exported_usd) as value_usd,
        count(*) filter (watch.flag) as flagged_months,
        sum(watch.implied_reexport_t) as implied_reexport_t,
        string_agg(distinct watch.source_ids, ';' order by watch.source_ids) as source_ids
    from marts.transshipment_watch as watch
    left join first_days
        on watch.product_group = first_days.mineral_id and watch.imposer_iso3 = first_days.imposer_iso3
    where watch.coverage = 'complete'
    group by watch.product_group, watch.hub_iso3, watch.imposer_iso3, first_days.controlled_from
    having max(watch.import_jump_ratio) >= 3 or count(*) filter (watch.flag) > 0
),

stated as (
    select
        mineral_id,
        stage,
        supplier_iso3,
        policy_iso3,
        year(period) as year,
        basis,
        value_usd,
        quantity_t,
        source_id
    from marts.import_sources
    where
        area = 'USA'
        and period_type = 'year'
        and basis in ('baci', 'customs_value')
        and coverage != 'basket_allocated'
        and stage not in ('end_form', 'scrap')
        and supplier_iso3 != 'ZZZ'
),

-- one table for a year: customs where the year is held, otherwise BACI
first_tables as (
    select
        mineral_id,
        stage,
        year,
        max(basis) as basis
    from stated
    group by mineral_id, stage, year
),

yearly as (
    select stated.*
    from stated
    inner join first_tables
        on
            stated.mineral_id = first_tables.mineral_id
            and stated.stage = first_tables.stage
            and stated.year = first_tables.year
            and stated.basis = first_tables.basis
),

from_outside as (
    select
        yearly.*,
        controls.imposer_iso3,
        controls.controlled_from,
        year(controls.controlled_from) as control_year,
        yearly.value_usd / sum(yearly.value_usd) over (
            partition by yearly.mineral_id, yearly.stage, yearly.year, controls.imposer_iso3
        ) as part
    from yearly
    inner join controls
        on
            yearly.mineral_id = controls.mineral_id
            and yearly.stage = controls.stage
            and yearly.policy_iso3 != controls.imposer_iso3
),

chosen_years as (
    select
        mineral_id,
        stage,
        imposer_iso3,
        coalesce(max(year) filter (year < control_year), min(year)) as year_before,
        max(year) as year_after
    from from_outside
    group by mineral_id, stage, imposer_iso3
),

compared as (
    select
        from_outside.mineral_id,
        from_outside.stage,
        from_outside.supplier_iso3,
        from_outside.imposer_iso3,
        from_outside.controlled_from,
        chosen_years.year_before,
        chosen_years.year_after,
        coalesce(sum(from_outside.value_usd) filter (from_outside.year = chosen_years.year_before), 0)
            as value_before_usd,
        sum(from_outside.value_usd) filter (from_outside.year = chosen_years.year_after) as value_after_usd,
        sum(from_outside.quantity_t) filter (from_outside.year = chosen_years.year_before)
            as weight_before_t,
        sum(from_outside.quantity_t) filter (from_outside.year = chosen_years.year_after) as weight_after_t,
        coalesce(sum(from_outside.part) filter (from_outside.year = chosen_years.year_before), 0)
            as share_before,
        sum(from_outside.part) filter (from_outside.year = chosen_years.year_after) as share_after,
        string_agg(distinct from_outside.source_id, ';' order by from_outside.source_id) as source_ids
    from from_outside
    inner join chosen_years
        on
            from_outside.mineral_id = chosen_years.mineral_id
            and from_outside.stage = chosen_years.stage
            and from_outside.imposer_iso3 = chosen_years.imposer_iso3
            and from_outside.year in (chosen_years.year_before, chosen_years.year_after)
    where chosen_years.year_before < chosen_years.year_after
    group by all
),

-- the price of the form, or else of the metal or of another form
prices as (
    select
        mineral_id,
        stage,
        year(period) as year,
        usd_per_kg
    from core.fct_reference_price
    where period_type = 'year'
),

priced as (
    select
        chosen_years.mineral_id,
        chosen_years.stage,
        chosen_years.imposer_iso3,
        price_after.usd_per_kg / price_before.usd_per_kg as price_ratio
    from chosen_years
    inner join prices as price_before
        on
            chosen_years.mineral_id = price_before.mineral_id
            and chosen_years.year_before = price_before.year
    inner join prices as price_after
        on
            chosen_years.mineral_id = price_after.mineral_id
            and price_before.stage = price_after.stage
            and chosen_years.year_after = price_after.year
    qualify row_number() over (
        partition by chosen_years.mineral_id, chosen_years.stage, chosen_years.imposer_iso3
        order by
            price_before.stage = chosen_years.stage desc,
            price_before.stage = 'refined_metal' desc,
            price_before.stage asc
    ) = 1
),

-- without any table of output, no country can be said to make little
tables as (
    select
        mineral_id,
        list(distinct stage) as printed_stages,
        string_agg(distinct stage, ', ' order by stage) as kinds
    from marts.world_production
    group by mineral_id
),

output_by_stage as (
    select
        mineral_id,
        stage,
        country_iso3,
        max(world_share) as world_share
    from marts.world_production
    group by mineral_id, stage, country_iso3, edition
    qualify row_number() over (partition by mineral_id, stage, country_iso3 order by edition desc) = 1
),

output as (
    select
        mineral_id,
        country_iso3,
        max(world_share) as world_share
    from output_by_stage
    group by mineral_id, country_iso3
),

listed as (
    select
        watched.mineral_id,
        null as stage,
        watched.hub_iso3,
        watched.imposer_iso3,
        watched.controlled_from,
        watched.compared,
        null as value_before_usd,
        watched.value_usd as value_after_usd,
        null as import_share_before,
        null as import_share_after,
        null as price_ratio,
        null as own_output,
        concat(
            watched.flagged_months, if(watched.flagged_months = 1, ' month', ' months'), ' with a flag; ',
            round(watched.implied_reexport_t), ' t more than it can make or keep'
        ) as remark,
        watched.source_ids
    from watched
    union all by name
    select
        compared.mineral_id,
        compared.stage,
        compared.supplier_iso3 as hub_iso3,
        compared.imposer_iso3,
        compared.controlled_from,
        concat(
            case
                when compared.year_before > year(compared.controlled_from) then 'both under control: '
                when compared.year_before = year(compared.controlled_from) then 'control began in '
            end,
            compared.year_before, ' with ', compared.year_after
        ) as compared,
        compared.value_before_usd,
        compared.value_after_usd,
        compared.share_before as import_share_before,
        compared.share_after as import_share_after,
        round(priced.price_ratio, 2) as price_ratio,
        case
            when not list_contains(tables.printed_stages, compared.stage)
                then concat(
                    'output of this form is not published by country',
                    coalesce(
                        printf('; of %s, it has ', tables.kinds)
                        || printf('%.1f %% of the world''s', 100 * of_hub.world_share),
                        concat(', and none of ', tables.kinds, ' for this one')
                    )
                )
            else coalesce(
                printf('%.1f %% of the world', 100 * at_stage.world_share),
                'no output of this form is published for this country'
            )
        end as own_output,
        concat(
            'full years, since no months are held',
            case
                when compared.weight_before_t > 0 and compared.weight_after_t > 0
                    then printf(
                        '; by weight %.0f t and %.0f t', compared.weight_before_t, compared.weight_after_t
                    )
                else '; by value, no weight is held for both years'
            end
        ) as remark,
        compared.source_ids
    from compared
    inner join tables on compared.mineral_id = tables.mineral_id
    left join priced
        on
            compared.mineral_id = priced.mineral_id
            and compared.stage = priced.stage
            and compared.imposer_iso3 = priced.imposer_iso3
    left join output_by_stage as at_stage
        on
            compared.mineral_id = at_stage.mineral_id
            and compared.stage = at_stage.stage
            and compared.supplier_iso3 = at_stage.country_iso3
    left join output as of_hub
        on compared.mineral_id = of_hub.mineral_id and compared.supplier_iso3 = of_hub.country_iso3
    left join output as of_imposer
        on compared.mineral_id = of_imposer.mineral_id and compared.imposer_iso3 = of_imposer.country_iso3
    where
        -- a control of a country that makes little moves no trade
        of_imposer.world_share >= 0.1
        and compared.value_after_usd >= 1e6
        and compared.share_after >= 0.05
        and compared.share_after >= 2 * compared.share_before
        and coalesce(
            case
                when list_contains(tables.printed_stages, compared.stage) then at_stage.world_share
                else of_hub.world_share
            end, 0
        ) < 0.01
        and (compared.mineral_id, compared.supplier_iso3) not in (
            select (watch.product_group, watch.hub_iso3)
            from marts.transshipment_watch as watch
            where watch.coverage = 'complete'
        )
)

select *
from listed
order by
    contains(compared, 'control') asc, value_after_usd desc nulls last, mineral_id asc, hub_iso3 asc;
