-- The charge of each measure on a line from an origin in each period. Of the measures of one track, one
-- applies: first one for the origin itself, then one that names the line, then the higher. If that measure
-- covers only part of the line, the minimum charge is that of the measure that covers all of it.
with exemptions as (
    select
        subject as exempt_programme,
        hts8,
        is_whole,
        valid_from,
        valid_to
    from {{ ref('bridge_tariff_measure') }}
    where effect = 'exempts'
),

reaches as (
    select
        measure.*,
        reach.hts8,
        reach.valid_from as reaches_from,
        reach.valid_to as reaches_to,
        reach.is_whole
    from {{ ref('bridge_tariff_measure') }} as reach
    inner join {{ ref('dim_tariff_measure') }} as measure on reach.subject = measure.measure_id
    where reach.effect = 'applies'
),

-- each period twice, for measures on its own origin and for measures on all: an equality join on origin can
-- use hashing
periods as (
    select
        period.hts8,
        period.origin_iso3,
        period.valid_from,
        tariff.mfn_ad_valorem_pct,
        case scopes.scope when 'own' then period.origin_iso3 else '*' end as measure_origin_iso3
    from {{ ref('bridge_tariff_period') }} as period
    inner join {{ ref('fct_tariff') }} as tariff
        on
            period.hts8 = tariff.hts8
            and period.valid_from >= tariff.valid_from
            and period.valid_from <= coalesce(tariff.valid_to, date '9999-12-31')
    cross join (values ('own'), ('all')) as scopes (scope)
),

in_force as (
    select
        period.hts8,
        period.origin_iso3,
        period.valid_from,
        period.mfn_ad_valorem_pct,
        measure.measure_id,
        measure.programme,
        measure.track,
        measure.chapter99_code,
        measure.rule,
        measure.rate_pct,
        measure.low_rate_pct,
        measure.exempt_programme,
        measure.yields_to_232,
        measure.usmca_exempt and period.origin_iso3 in ('CAN', 'MEX') as usmca_waives,
        measure.is_whole,
        coalesce(
            max(case when measure.is_whole then measure.low_rate_pct end) over (
                partition by
                    period.hts8, period.origin_iso3, period.valid_from, measure.programme, measure.track
            ),
            0
        ) as whole_line_pct,
        -- without a last day, a measure is known only up to the day on which it was read
        coalesce(
            measure.valid_to < date '9999-12-31' or period.valid_from <= measure.known_through, true
        ) as is_known
    from periods as period
    inner join reaches as measure
        on
            period.hts8 = measure.hts8
            and period.measure_origin_iso3 = measure.origin_iso3
            and period.valid_from >= measure.reaches_from
            and period.valid_from <= measure.reaches_to
    qualify
        row_number() over (
            partition by period.hts8, period.origin_iso3, period.valid_from, measure.programme, measure.track
            order by
                (measure.origin_iso3 = '*') asc,
                length(coalesce(measure.hts_prefix, '')) desc,
                (measure.hts_prefix is null and measure.product_list is null) asc,
                measure.rate_pct desc,
                measure.measure_id asc
        ) = 1
),

exempted as (
    select
        in_force.*,
        coalesce(bool_or(exemptions.is_whole), false) as is_exempt,
        coalesce(bool_or(not exemptions.is_whole), false) as is_exempt_in_part
    from in_force
    left join exemptions
        on
            in_force.hts8 = exemptions.hts8
            and in_force.exempt_programme = exemptions.exempt_programme
            and in_force.valid_from >= exemptions.valid_from
            and in_force.valid_from <= exemptions.valid_to
    group by all
),

charged as (
    select
        *,
        is_exempt
        or (yields_to_232 and bool_or(programme = '232') over (partition by hts8, origin_iso3, valid_from))
            as stands_aside,
        case rule when 'floor' then greatest(rate_pct - mfn_ad_valorem_pct, 0) else rate_pct end as full_pct
    from exempted
)

select
    hts8,
    origin_iso3,
    valid_from,
    measure_id,
    programme,
    track,
    chapter99_code,
    case when stands_aside then 0 else full_pct end as addition_pct,
    case
        when stands_aside or is_exempt_in_part then 0
        when not is_whole then least(whole_line_pct, rate_pct)
        else full_pct - rate_pct + low_rate_pct
    end as addition_low_pct,
    usmca_waives,
    rule = 'floor' and not stands_aside as is_floor,
    rule = 'replace' as replaces_column2,
    is_known
from charged
