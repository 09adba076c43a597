-- Net imports of each what-if bloc as one: trade among members cancels. Flows that all touch the USA, Canada
-- or Mexico do not cover a bloc with other members. Lines without a weight are left out, and their share of
-- the value is stated.
with north_america as (
    select iso3
    from {{ ref('dim_bloc_member') }}
    where bloc = 'NORTH_AMERICA' and is_member_today
),

scenarios as (
    select
        scenario_id,
        bool_and(iso3 in (select north_america.iso3 from north_america)) as is_north_american
    from {{ ref('dim_bloc_scenario') }}
    group by scenario_id
),

-- policy stages with ore and concentrate only
ore_stages as (
    select
        codes.mineral_id,
        codes.stage,
        count(distinct codes.hs_code) as codes
    from {{ ref('policy_stage_codes') }} as codes
    inner join {{ ref('dim_product') }} as product
        on codes.mineral_id = product.mineral_id and codes.hs_code = product.hs_code
    group by codes.mineral_id, codes.stage
    having min(product.stage) = 'ore_concentrate' and max(product.stage) = 'ore_concentrate'
),

ore_codes as (
    select
        codes.mineral_id,
        codes.hs_code,
        codes.factor_mid,
        ore_stages.codes as codes_expected
    from {{ ref('policy_stage_codes') }} as codes
    inner join ore_stages on codes.mineral_id = ore_stages.mineral_id and codes.stage = ore_stages.stage
),

flows as (
    select
        netting.mineral_id,
        netting.codes_expected,
        trade.hs_code,
        year(trade.period)::integer as year,
        trade.reporter_iso3,
        trade.partner_iso3,
        trade.value_usd,
        trade.net_weight_kg / 1000 * netting.factor_mid as weight_t,
        bool_or(
            trade.reporter_iso3 not in (select north_america.iso3 from north_america)
            and trade.partner_iso3 not in (select north_america.iso3 from north_america)
        ) over (partition by netting.mineral_id, trade.period) as is_whole_world,
        trade.archive_id
    from {{ ref('fct_trade') }} as trade
    inner join ore_codes as netting on trade.hs_code = netting.hs_code
    where
        trade.source_id = 'cepii_baci'
        and trade.reporter_iso3 != trade.partner_iso3
),

-- a year that lacks a code of the stage has another perimeter
whole_years as (
    select
        mineral_id,
        year
    from flows
    group by mineral_id, year
    having count(distinct hs_code) = max(codes_expected)
),

crossing as (
    select
        scenarios.scenario_id,
        flows.*,
        importers.iso3 is not null as is_import
    from scenarios
    inner join flows on scenarios.is_north_american or flows.is_whole_world
    inner join whole_years on flows.mineral_id = whole_years.mineral_id and flows.year = whole_years.year
    left join {{ ref('dim_bloc_scenario') }} as importers
        on scenarios.scenario_id = importers.scenario_id and flows.reporter_iso3 = importers.iso3
    left join {{ ref('dim_bloc_scenario') }} as exporters
        on scenarios.scenario_id = exporters.scenario_id and flows.partner_iso3 = exporters.iso3
    where (importers.iso3 is null) != (exporters.iso3 is null)
)

select
    scenario_id,
    mineral_id,
    'ore_concentrate' as stage,
    year,
    coalesce({{ exact_sum('case when is_import then weight_t end') }}, 0) as imports_t,
    coalesce({{ exact_sum('case when not is_import then weight_t end') }}, 0) as exports_t,
    {{ share(exact_sum('case when weight_t is null then value_usd else 0 end'), exact_sum('value_usd')) }}
        as unweighed_value_share,
    'cepii_baci' as source_id,
    min(archive_id) as archive_id
from crossing
group by scenario_id, mineral_id, year
