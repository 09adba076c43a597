-- Which five minerals should the three begin with, by need, what Mexico and Canada supply, and duty at stake?
-- 50 points depend on the rank in the scorecard of North America as one; 30 on the larger of the shares of
-- Mexico and Canada in US imports, as far as their printed output covers it, and in world output; 20 on the
-- US duty due on a year of USMCA claims if they lapsed, without finished goods. Of equal points the greater
-- need comes first. Only minerals with printed output in Mexico or Canada, at any stage, and a share of at
-- least 1 % are ranked.
with need as (
    select
        mineral_id,
        year,
        rank as scorecard_rank
    from marts.vulnerability_scorecard
    where area = 'USMCA' and rank is not null
    qualify year = max(year) over ()
),

imports as (
    select
        mineral_id,
        sum(coalesce(quantity_share, value_share)) as import_share
    from marts.import_sources
    where area = 'USA' and is_recommended and supplier_iso3 in ('CAN', 'MEX')
    group by mineral_id
),

imported as (
    select
        mineral_id,
        imports_t
    from marts.import_dependency
    where area = 'USA' and is_headline
    qualify row_number() over (partition by mineral_id order by year desc, edition desc, basis asc) = 1
),

-- ore that is mostly not made into the metal, such as magnesite
of_another_use as (
    select distinct mineral_id
    from marts.processing_gap
    where coverage like '%mine_table_of_another_use%'
),

of_the_world as (
    select
        mineral_id,
        stage,
        year,
        sum(production_t) filter (country_iso3 in ('CAN', 'MEX')) as output_t,
        sum(world_share) filter (country_iso3 in ('CAN', 'MEX')) as world_share,
        string_agg(
            case country_iso3 when 'CAN' then 'Canada ' else 'Mexico ' end
            || format('{:,}', round(production_t)::bigint) || ' t',
            ', ' order by production_t desc
        ) filter (country_iso3 in ('CAN', 'MEX') and production_t > 0) as printed_output
    from marts.world_production
    group by mineral_id, stage, edition, year
    having count(production_t) > 0
    qualify row_number() over (partition by mineral_id, stage order by edition desc, year desc) = 1
),

-- bounds of the output of a member count if the lower one is above zero
of_members as (
    select
        mineral_id,
        stage,
        year,
        sum(output_high_t) as output_t,
        null::double as world_share,
        string_agg(
            case country_iso3 when 'CAN' then 'Canada ' else 'Mexico ' end
            || case when output_low_t < output_high_t then 'at most ' else '' end
            || format('{:,}', round(output_high_t)::bigint) || ' t',
            ', ' order by output_high_t desc
        ) as printed_output
    from core.fct_member_output
    where country_iso3 in ('CAN', 'MEX') and output_low_t > 0 and not isinf(output_high_t)
    group by mineral_id, stage, edition, year
    qualify row_number() over (partition by mineral_id, stage order by edition desc, year desc) = 1
),

printed as (
    select *
    from of_the_world
    where output_t > 0 and not (stage = 'ore_concentrate' and mineral_id in (from of_another_use))
    union all
    select *
    from of_members
),

output as (
    select
        mineral_id,
        max(output_t) as output_t,
        max(world_share) as world_share,
        max_by(stage, (coalesce(world_share, 0), output_t)) as output_stage,
        max_by(year, (coalesce(world_share, 0), output_t)) as output_year,
        max_by(printed_output, (coalesce(world_share, 0), output_t)) as printed_output
    from printed
    group by mineral_id
),

-- made, or possibly made, without a printed amount
not_printed as (
    select mineral_id
    from core.fct_operating_site
    where country_iso3 in ('CAN', 'MEX')
    union
    select mineral_id
    from core.fct_member_output
    where country_iso3 in ('CAN', 'MEX') and isinf(output_high_t)
),

left_out as (
    select string_agg(lower(minerals.name), ', ' order by need.scorecard_rank) as minerals_named
    from need
    inner join not_printed on need.mineral_id = not_printed.mineral_id
    inner join core.dim_mineral as minerals on need.mineral_id = minerals.mineral_id
    where need.mineral_id not in (select output.mineral_id from output)
),

claims as (
    select
        mineral_id,
        period,
        duty_at_risk_usd,
        max(period) over () as newest_period
    from marts.usmca_utilization
    where stage <> 'end_form'
),

stake as (
    select
        mineral_id,
        sum(duty_at_risk_usd) as duty_at_stake_usd
    from claims
    where period > newest_period - interval 12 month
    group by mineral_id
),

supplied as (
    select
        need.*,
        imports.import_share,
        output.world_share,
        output.output_stage,
        output.output_year,
        output.printed_output,
        case
            when imports.import_share is not null
                then least(imports.import_share, output.output_t / nullif(imported.imports_t, 0))
        end as own_share,
        stake.duty_at_stake_usd
    from need
    inner join output on need.mineral_id = output.mineral_id
    left join imports on need.mineral_id = imports.mineral_id
    left join imported on need.mineral_id = imported.mineral_id
    left join stake on need.mineral_id = stake.mineral_id
),

placed as (
    select
        *,
        greatest(coalesce(own_share, 0), coalesce(world_share, 0)) as supply_share,
        count(*) over () as minerals_placed,
        percent_rank() over (order by scorecard_rank desc) as need_place,
        percent_rank() over (order by supply_share) as supply_place,
        percent_rank() over (order by coalesce(duty_at_stake_usd, 0)) as stake_place
    from supplied
    where greatest(coalesce(own_share, 0), coalesce(world_share, 0)) >= 0.01
),

rules (need_weight, supply_weight, stake_weight) as (
    values
    (50, 30, 20), (60, 20, 20), (60, 30, 10), (40, 40, 20), (40, 30, 30), (50, 40, 10), (50, 20, 30),
    (70, 15, 15), (30, 50, 20), (30, 30, 40), (50, 50, 0), (50, 0, 50)
),

judged as (
    select
        placed.*,
        rules.need_weight,
        rules.supply_weight,
        rules.stake_weight,
        rules.need_weight * placed.need_place
        + rules.supply_weight * placed.supply_place
        + rules.stake_weight * placed.stake_place as points
    from placed
    cross join rules
),

ranked as (
    select
        *,
        need_weight = 50 and supply_weight = 30 as is_the_rule,
        rank() over (
            partition by need_weight, supply_weight, stake_weight
            order by round(points, 6) desc, scorecard_rank asc
        ) as place
    from judged
),

-- minerals with as many points as the fifth, which has the greater need
tied as (
    select string_agg(lower(minerals.name), ', ' order by of_later_place.place) as minerals_named
    from ranked as of_fifth_place
    inner join ranked as of_later_place
        on round(of_fifth_place.points, 6) = round(of_later_place.points, 6)
    inner join core.dim_mineral as minerals on of_later_place.mineral_id = minerals.mineral_id
    where
        of_fifth_place.is_the_rule
        and of_fifth_place.place = 5
        and of_later_place.is_the_rule
        and of_later_place.place > 5
)

select
    any_value(minerals.name) as mineral,
    any_value(ranked.place) filter (ranked.is_the_rule) as place,
    round(any_value(ranked.points) filter (ranked.is_the_rule), 1) as points,
    any_value(ranked.year) as scorecard_year,
    any_value(ranked.scorecard_rank) as north_america_scorecard_rank,
    round(100 * any_value(ranked.import_share), 1) as canada_and_mexico_in_us_imports_pct,
    round(100 * any_value(ranked.own_share), 1) as covered_by_their_output_pct,
    round(100 * any_value(ranked.world_share), 1) as canada_and_mexico_in_world_output_pct,
    any_value(ranked.printed_output)
    || case any_value(ranked.output_stage)
        when 'ore_concentrate' then ' mined'
        when 'refined_metal' then ' refined'
        else ' as ' || replace(any_value(ranked.output_stage), '_', ' ')
    end
    || ' in ' || any_value(ranked.output_year) as printed_output,
    round(any_value(ranked.duty_at_stake_usd))::bigint as duty_at_stake_usd,
    min(ranked.place) || ' to ' || max(ranked.place) as places_by_other_weights,
    count(*) filter (ranked.place <= 5) || ' of ' || count(*) as weightings_in_first_five,
    any_value(ranked.minerals_placed) as minerals_placed,
    concat_ws(
        '; ',
        'as many points as the fifth, but less need: ' || any_value(tied.minerals_named),
        'not ranked, since no table says how much Mexico or Canada makes: '
        || any_value(left_out.minerals_named)
    ) as remark,
    ranked.mineral_id
from ranked
inner join core.dim_mineral as minerals on ranked.mineral_id = minerals.mineral_id
cross join left_out
cross join tied
group by ranked.mineral_id
order by any_value(ranked.place) filter (ranked.is_the_rule) asc, ranked.mineral_id asc
limit 10;
