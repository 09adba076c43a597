-- What the USA, Canada, Mexico and the three as one import, cell by cell as stated, from one source for each
-- HS6 code and year, so that nothing counts twice: the source that covers most of the area, then months
-- before years where weights are stated, then weights before values alone. For the three as one, trade among
-- them is left out.
{{ config(post_hook="{{ insert_further_batches('trade') }}") }}
with members as (
    select
        iso3,
        valid_from,
        valid_to
    from {{ ref('dim_bloc_member') }}
    where bloc = 'NAM'
),

imports as (
    select
        case when areas.is_bloc then 'NAM' else members.iso3 end as area,
        trade.*,
        left(trade.hs_code, 6) as hs6,
        date_trunc('year', trade.period)::date as year_start
    from {{ ref('fct_trade') }} as trade
    inner join members
        on
            trade.reporter_iso3 = members.iso3
            and trade.period >= members.valid_from
            and (members.valid_to is null or trade.period <= members.valid_to)
    cross join (values (false), (true)) as areas (is_bloc)
    left join members as origin_members
        on
            trade.partner_iso3 = origin_members.iso3
            and trade.period >= origin_members.valid_from
            and (origin_members.valid_to is null or trade.period <= origin_members.valid_to)
    where
        trade.flow = 'import'
        and trade.partner_iso3 not in ('WLD', trade.reporter_iso3)
        and trade.value_usd > 0
        and (not areas.is_bloc or origin_members.iso3 is null)
        and {{ is_first_batch('trade', ref('fct_trade')) }}
),

offered as (
    select
        area,
        hs6,
        year_start,
        source_id,
        period_type,
        {{ joined_distinct('reporter_iso3', ';') }} as reporters,
        count(distinct reporter_iso3) as reporter_count,
        count(distinct partner_iso3) as partner_count,
        count(net_weight_kg) > 0 as has_weights
    from imports
    group by area, hs6, year_start, source_id, period_type
),

chosen as (
    select *
    from offered
    qualify row_number() over (
        partition by area, hs6, year_start
        order by
            reporter_count desc,
            has_weights desc,
            period_type = case when has_weights then 'month' else 'year' end desc,
            partner_count desc,
            source_id asc
    ) = 1
),

kept as (
    select
        imports.*,
        chosen.reporters
    from imports
    inner join chosen
        on
            imports.area = chosen.area
            and imports.hs6 = chosen.hs6
            and imports.year_start = chosen.year_start
            and imports.source_id = chosen.source_id
            and imports.period_type = chosen.period_type
)

select
    area,
    hs_code,
    hs6,
    -- reporters may use different editions of the HS, which the bridge reads alike
    min(nomenclature) as nomenclature,
    partner_iso3 as origin_iso3,
    period,
    period_type,
    reporter_iso3,
    rate_provision,
    district,
    case when period_type = 'month' then last_day(period) else (period + interval 1 year)::date - 1 end
        as period_end,
    sum(value_usd)::bigint as value_usd,
    {{ whole_sum('net_weight_kg') }} as net_weight_kg,
    coalesce(bool_or(is_net_weight_estimated), false) as is_net_weight_estimated,
    min(value_basis) as value_basis,
    case when count(calculated_duty_usd) = count(*) then sum(calculated_duty_usd)::bigint end
        as calculated_duty_usd,
    case when count(charges_usd) = count(*) then sum(charges_usd)::bigint end as charges_usd,
    reporters,
    source_id,
    min(archive_id) as archive_id
from kept
group by
    area, hs_code, hs6, partner_iso3, period, period_type, reporter_iso3, rate_provision, district, reporters,
    source_id
