-- Which five minerals should the three begin with, by need, what Mexico and Canada supply, and duty at stake?
-- The rule: of the minerals in the US scorecard that Mexico or Canada makes or sells to the USA, 50 points
-- depend on the rank in the scorecard, 30 on the larger of their shares in US imports and in world output of
-- a stage, and 20 on the duty that would fall due on twelve months of USMCA claims if they lapsed.
-- Sensitivity: the best and the worst rank under other weights, and the number of these rules that rank the
-- mineral among the first five.
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

at_a_stage as (
    select
        mineral_id,
        stage,
        sum(world_share) as stage_share
    from marts.world_production
    where country_iso3 in ('CAN', 'MEX')
    group by mineral_id, stage, edition, year
    qualify
        row_number() over (partition by mineral_id, stage order by edition desc, year desc) = 1
),

output as (
    select
        mineral_id,
        max(stage_share) as world_share,
        arg_max(stage, stage_share) as stage_of_output
    from at_a_stage
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

placed as (
    select
        need.*,
        imports.import_share,
        output.world_share,
        output.stage_of_output,
        stake.duty_at_stake_usd,
        percent_rank() over (order by need.scorecard_rank desc) as need_place,
        percent_rank() over (
            order by greatest(coalesce(imports.import_share, 0), coalesce(output.world_share, 0))
        ) as supply_place,
        percent_rank() over (order by coalesce(stake.duty_at_stake_usd, 0)) as stake_place
    from need
    left join imports on need.mineral_id = imports.mineral_id
    left join output on need.mineral_id = output.mineral_id
    left join stake on need.mineral_id = stake.mineral_id
    where greatest(coalesce(imports.import_share, 0), coalesce(output.world_share, 0)) >= 0.01
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
    any_value(ranked.scorecard_rank) as scorecard_rank,
    round(100 * any_value(ranked.import_share), 1) as canada_and_mexico_in_us_imports_pct,
    round(100 * any_value(ranked.world_share), 1) as canada_and_mexico_in_world_output_pct,
    any_value(ranked.stage_of_output) as stage_of_output,
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
