-- Imports of the USA, Canada, Mexico and the three as one, cell by cell as stated. The same goods and year
-- come from one source, so that nothing counts twice: first a source with weights, then the one that covers
-- most of the area, then full years before partial ones, and months before years. A line with one mineral, in
-- a six-digit code that is a basket, counts as separate goods. For the three as one, trade among them is left
-- out.
{{ config(
    pre_hook="{{ begin_batches(ref('fct_trade')) }}",
    post_hook="{{ insert_further_batches() }}"
) }}
with members as (
    select
        iso3,
        valid_from,
        valid_to
    from {{ ref('dim_bloc_member') }}
    where bloc = 'NORTH_AMERICA'
),

goods as (
    select distinct
        hs_code,
        nomenclature,
        goods_code
    from {{ ref('bridge_trade_product') }}
),

imports as (
    select
        case when areas.is_bloc then 'USMCA' else members.iso3 end as area,
        trade.*,
        left(trade.hs_code, 6) as hs6,
        goods.goods_code,
        date_trunc('year', trade.period)::date as year_start
    from {{ ref('fct_trade') }} as trade
    inner join goods on trade.hs_code = goods.hs_code and trade.nomenclature = goods.nomenclature
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
        and trade.source_id not in ({{ partial_sources() }})
        and not trade.is_sum_of_lines
        and trade.partner_iso3 not in ('WLD', trade.reporter_iso3)
        and trade.value_usd > 0
        and (not areas.is_bloc or origin_members.iso3 is null)
        and {{ is_in_batch('trade', ref('fct_trade')) }}
),

offered as (
    select
        area,
        goods_code,
        year_start,
        source_id,
        period_type,
        count(distinct reporter_iso3) as reporter_count,
        count(distinct partner_iso3) as partner_count,
        case period_type when 'year' then 12 else count(distinct period) end::integer as months_held,
        count(net_weight_kg) > 0 as has_weights
    from imports
    group by area, goods_code, year_start, source_id, period_type
),

chosen as (
    select *
    from offered
    qualify row_number() over (
        partition by area, goods_code, year_start
        order by
            has_weights desc,
            reporter_count desc,
            months_held = 12 desc,
            period_type = case when has_weights then 'month' else 'year' end desc,
            partner_count desc,
            source_id asc
    ) = 1
),

kept as (
    select
        imports.*,
        chosen.months_held
    from imports
    inner join chosen
        on
            imports.area = chosen.area
            and imports.goods_code = chosen.goods_code
            and imports.year_start = chosen.year_start
            and imports.source_id = chosen.source_id
            and imports.period_type = chosen.period_type
),

-- a member is covered if it stated these goods, or stated its trade so fully that a missing line means no
-- imports
stating as (
    select distinct
        area,
        goods_code,
        source_id,
        period_type,
        period,
        reporter_iso3
    from kept
    union
    select distinct
        kept.area,
        kept.goods_code,
        kept.source_id,
        kept.period_type,
        kept.period,
        members.iso3 as reporter_iso3
    from kept
    inner join {{ ref('fct_trade_statement') }} as statements
        on
            kept.source_id = statements.source_id
            and kept.period_type = statements.period_type
            and kept.period = statements.period
            and statements.flow = 'import'
            and statements.is_whole
    inner join members
        on
            statements.reporter_iso3 = members.iso3
            and kept.period >= members.valid_from
            and (members.valid_to is null or kept.period <= members.valid_to)
    where kept.area in ('USMCA', members.iso3)
),

held as (
    select
        area,
        goods_code,
        source_id,
        period_type,
        period,
        {{ joined_distinct('reporter_iso3', ';') }} as reporters
    from stating
    group by area, goods_code, source_id, period_type, period
)

select
    kept.area,
    kept.hs_code,
    kept.hs6,
    kept.goods_code,
    -- reporters may use different editions of the HS; the bridge treats them alike
    min(kept.nomenclature) as nomenclature,
    kept.partner_iso3 as origin_iso3,
    kept.period,
    kept.period_type,
    kept.reporter_iso3,
    kept.rate_provision,
    kept.district,
    case
        when kept.period_type = 'month' then last_day(kept.period)
        else (kept.period + interval 1 year)::date - 1
    end as period_end,
    sum(kept.value_usd)::bigint as value_usd,
    {{ whole_sum('kept.customs_value_usd') }}::bigint as customs_value_usd,
    {{ whole_sum('kept.net_weight_kg') }} as net_weight_kg,
    {{ whole_sum("case when kept.content_method = 'reported' then kept.content_kg end") }} as content_kg,
    coalesce(bool_or(kept.is_net_weight_estimated), false) as is_net_weight_estimated,
    min(kept.value_basis) as value_basis,
    {{ whole_sum('kept.calculated_duty_usd') }}::bigint as calculated_duty_usd,
    {{ whole_sum('kept.charges_usd') }}::bigint as charges_usd,
    held.reporters,
    kept.months_held,
    kept.source_id,
    min(kept.archive_id) as archive_id
from kept
inner join held
    on
        kept.area = held.area
        and kept.goods_code = held.goods_code
        and kept.source_id = held.source_id
        and kept.period_type = held.period_type
        and kept.period = held.period
group by
    kept.area, kept.hs_code, kept.hs6, kept.goods_code, kept.partner_iso3, kept.period, kept.period_type,
    kept.reporter_iso3, kept.rate_provision, kept.district, kept.months_held, held.reporters,
    kept.source_id
