-- Imports and exports at the policy stages over twelve months, for each of the three and for those with full
-- data together. The window ends with the newest month that a member's own customs state in full. Trade only,
-- since output and consumption are published by year. Lines without a weight are counted but add no weight.
with members as (
    select iso3
    from {{ ref('dim_bloc_member') }}
    where bloc = 'NORTH_AMERICA' and is_member_today
),

stated as (
    select
        held.reporter_iso3 as country_iso3,
        held.source_id,
        min(preference.place) as place,
        held.period
    from {{ ref('fct_trade_statement') }} as held
    inner join {{ ref('netting_sources') }} as preference
        on
            held.source_id = preference.source_id
            and held.reporter_iso3 = preference.country_iso3
            and held.flow = preference.flow
            and preference.kind = 'own_customs'
    where held.period_type = 'month' and held.is_whole
    group by held.reporter_iso3, held.source_id, held.period
    having count(*) = 2
),

windows as (
    select
        newest.country_iso3,
        newest.source_id,
        newest.period as ends
    from stated as newest
    inner join stated as earlier
        on
            newest.country_iso3 = earlier.country_iso3
            and newest.source_id = earlier.source_id
            and earlier.period between newest.period - interval 11 month and newest.period
    group by newest.country_iso3, newest.source_id, newest.place, newest.period
    having count(*) = 12
    qualify
        row_number() over (
            partition by newest.country_iso3 order by newest.place asc, newest.period desc
        ) = 1
),

stages as (
    select
        mineral_id,
        stage,
        hs_code,
        factor_mid
    from {{ ref('policy_stage_codes') }}
    where stage not like '%_feed'
),

by_member as (
    select
        stages.mineral_id,
        stages.stage,
        windows.country_iso3,
        windows.source_id,
        windows.ends,
        coalesce({{ exact_sum(
            "case when trade.flow = 'import' then trade.net_weight_kg / 1000 * stages.factor_mid end"
        ) }}, 0) as imports_t,
        coalesce({{ exact_sum(
            "case when trade.flow = 'export' then trade.net_weight_kg / 1000 * stages.factor_mid end"
        ) }}, 0) as exports_t,
        count(*) filter (where trade.hs_code is not null and trade.net_weight_kg is null)::integer
            as unweighed_lines,
        {{ joined_distinct('trade.archive_id', ';') }} as archive_ids
    from stages
    cross join windows
    left join {{ ref('fct_trade') }} as trade
        on
            windows.source_id = trade.source_id
            and windows.country_iso3 = trade.reporter_iso3
            and trade.period_type = 'month'
            and trade.period between windows.ends - interval 11 month and windows.ends
            and trade.flow in ('import', 'export')
            -- a statement by partner, or for the World alone
            and trade.partner_iso3 != 'WLD'
            and not trade.is_sum_of_lines
            and left(trade.hs_code, length(stages.hs_code)) = stages.hs_code
    group by stages.mineral_id, stages.stage, windows.country_iso3, windows.source_id, windows.ends
),

areas as (
    select
        *,
        country_iso3 as area
    from by_member
    union all
    select
        *,
        'USMCA' as area
    from by_member
)

select
    area,
    mineral_id,
    stage,
    min(ends) as first_last_month,
    max(ends) as last_month,
    {{ exact_sum('imports_t') }} as imports_t,
    {{ exact_sum('exports_t') }} as exports_t,
    {{ exact_sum('imports_t - exports_t') }} as net_imports_t,
    sum(unweighed_lines)::integer as unweighed_lines,
    case
        when area != 'USMCA' then 'member'
        when count(*) = (select count(*) from members) and min(ends) = max(ends) then 'all_three'
        when count(*) = (select count(*) from members) then 'all_three_months_differ'
        else 'members_missing'
    end as coverage,
    {{ joined("country_iso3 || ': ' || source_id", ', ', by='country_iso3') }} as netting_sources,
    {{ joined_distinct('archive_ids', ';') }} as archive_ids
from areas
group by area, mineral_id, stage
