-- US imports for consumption: the sum of the lines held, compared with the totals that each archive states
-- for its codes, to the dollar. A code fails if its total is missing in a month, or was rejected at load
-- because it differed.
with minerals as (
    select distinct
        hs_code,
        mineral_id
    from {{ ref('bridge_trade_product') }}
    where nomenclature = 'HTS'
),

lines as (
    select
        period,
        hts10 as hs_code,
        sum(consumption_value_usd)::bigint as held_usd
    from {{ ref('stg_census_bulk__imports') }}
    group by period, hts10
),

totals as (
    select
        period,
        code as hs_code,
        published as total_usd
    from {{ ref('stg_census_bulk__control') }}
    where control_kind = 'hts10' and measure = 'consumption_value_usd'
),

-- a month with a total but no lines is as wrong as the reverse
compared as (
    select
        coalesce(lines.period, totals.period) as period,
        coalesce(lines.hs_code, totals.hs_code) as hs_code,
        coalesce(lines.held_usd, 0) as held_usd,
        totals.total_usd,
        case
            when totals.total_usd is null or coalesce(lines.held_usd, 0) != totals.total_usd
                then
                    coalesce(lines.hs_code, totals.hs_code)
                    || ' of ' || left(coalesce(lines.period, totals.period)::string, 7)
        end as faulty_line
    from lines
    full outer join totals on lines.period = totals.period and lines.hs_code = totals.hs_code
)

select
    'census_control_totals' as check_id,
    minerals.mineral_id,
    year(compared.period)::smallint as year,
    'imports_for_consumption' as subject,
    null::string as edition,
    'USD' as unit,
    sum(compared.held_usd)::double as computed,
    sum(compared.total_usd)::double as published,
    computed - published as difference,
    0::double as tolerance,
    count(compared.faulty_line) = 0 as passed,
    '=' as published_qualifier,
    case
        when bool_or(compared.total_usd is null) then 'control_total_missing'
        when passed then 'agrees'
        else 'unexplained'
    end as reason_code,
    {{ joined_distinct('compared.faulty_line', ', ') }} as note,
    'census_bulk' as source_ids
from compared
inner join minerals on compared.hs_code = minerals.hs_code
group by minerals.mineral_id, year(compared.period)
