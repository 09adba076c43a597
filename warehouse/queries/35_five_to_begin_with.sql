-- Which five minerals should the three begin with, by need, what Mexico and Canada supply, and duty at stake?
-- The rule: of the minerals in the US scorecard that Mexico or Canada itself makes, 50 points depend on the
-- rank in the scorecard, 30 on the larger of their shares in US imports, as far as their own output covers
-- it, and in world output, and 20 on the duty that would fall due on twelve months of USMCA claims if they
-- lapsed. Output is that of the one stage that supplies what is imported (output_rests_on), and its upper
-- bound counts. What they sell without making it is passed on and is not ranked. Where no table states their
-- output, an operating site on a public list shows that they make it, but not how much. Sensitivity: the best
-- and the worst rank under other weights, and the number of these rules that rank the mineral among the first
-- five.
with need as (
    select
        mineral_id,
        year,
        rank as scorecard_rank
    from marts.vulnerability_scorecard
    where area = 'USA' and rank is not null
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

-- output of the two at the one stage that supplies what is imported; without an upper bound it may be of any
-- size
output as (
    select
        mineral_id,
        any_value(stage) as stage,
        sum(output_high_t) as output_high_t,
        bool_or(isinf(output_high_t)) as is_not_known
    from core.fct_member_output
    where country_iso3 in ('CAN', 'MEX')
    group by mineral_id, edition, year
    qualify row_number() over (partition by mineral_id order by edition desc, year desc) = 1
),

-- their part of the world's output of the same stage
of_the_world as (
    select
        world.mineral_id,
        sum(world.world_share) filter (world.country_iso3 in ('CAN', 'MEX')) as world_share
    from marts.world_production as world
    inner join core.dim_headline_stage as headline
        on world.mineral_id = headline.mineral_id and world.stage = headline.output_stage
    group by world.mineral_id, world.edition, world.year
    having count(world.production_t) > 0
    qualify
        row_number() over (partition by world.mineral_id order by world.edition desc, world.year desc) = 1
),

listed as (
    select
        mineral_id,
        string_agg(site_names, '; ' order by country_iso3) as sites
    from core.fct_operating_site
    where country_iso3 in ('CAN', 'MEX')
    group by mineral_id
),

claims as (
    select
        mineral_id,
        period,
        duty_at_risk_usd,
        max(period) over () as newest_period
    from marts.usmca_utilization
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
        of_the_world.world_share,
        output.stage as stage_of_output,
        case when coalesce(output.is_not_known, true) then listed.sites end as listed_sites,
        case
            when imports.import_share is null then null
            when output.mineral_id is null and listed.sites is null then 0
            when output.mineral_id is null or output.is_not_known then imports.import_share
            when imported.imports_t is null and output.output_high_t > 0 then imports.import_share
            else least(imports.import_share, output.output_high_t / nullif(imported.imports_t, 0))
        end as own_share,
        stake.duty_at_stake_usd
    from need
    left join imports on need.mineral_id = imports.mineral_id
    left join imported on need.mineral_id = imported.mineral_id
    left join output on need.mineral_id = output.mineral_id
    left join of_the_world on need.mineral_id = of_the_world.mineral_id
    left join listed on need.mineral_id = listed.mineral_id
    left join stake on need.mineral_id = stake.mineral_id
),

placed as (
    select
        *,
        greatest(coalesce(own_share, 0), coalesce(world_share, 0)) as supply_share,
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
        rank() over (partition by need_weight, supply_weight, stake_weight order by points desc) as place
    from judged
)

select
    any_value(minerals.name) as mineral,
    any_value(ranked.place) filter (ranked.is_the_rule) as place,
    round(any_value(ranked.points) filter (ranked.is_the_rule), 1) as points,
    any_value(ranked.year) as scorecard_year,
    any_value(ranked.scorecard_rank) as scorecard_rank,
    round(100 * any_value(ranked.import_share), 1) as canada_and_mexico_in_us_imports_pct,
    round(100 * any_value(ranked.own_share), 1) as covered_by_their_output_pct,
    round(100 * any_value(ranked.world_share), 1) as canada_and_mexico_in_world_output_pct,
    concat_ws(
        '; ', 'printed output of the form ' || any_value(ranked.stage_of_output),
        'sites without printed output: ' || any_value(ranked.listed_sites)
    ) as output_rests_on,
    round(any_value(ranked.duty_at_stake_usd))::bigint as duty_at_stake_usd,
    min(ranked.place) as best_place,
    max(ranked.place) as worst_place,
    count(*) filter (ranked.place <= 5) as rules_in_first_five,
    count(*) as rules_tried,
    ranked.mineral_id
from ranked
inner join core.dim_mineral as minerals on ranked.mineral_id = minerals.mineral_id
group by ranked.mineral_id
order by any_value(ranked.place) filter (ranked.is_the_rule) asc, ranked.mineral_id asc
limit 10;
