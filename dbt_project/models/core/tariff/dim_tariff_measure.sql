-- Additional duties with their dates, one row per measure and origin ('*' is any origin); blocs are expanded
-- to their members. A measure ends with the policy event that it belongs to.
select
    measure.measure_id,
    coalesce(member.iso3, measure.origin) as origin_iso3,
    measure.programme,
    measure.track,
    measure.chapter99_code,
    measure.rule,
    measure.rate_pct,
    coalesce(measure.low_rate_pct, measure.rate_pct) as low_rate_pct,
    measure.product_list,
    measure.hts_prefix,
    measure.exempt_programme,
    measure.yields_to_232,
    measure.usmca_exempt,
    measure.valid_from,
    least(
        coalesce(measure.valid_to, date '9999-12-31'),
        coalesce(event.expires, date '9999-12-31')
    ) as valid_to,
    measure.event_id,
    measure.known_through,
    measure.citation
from {{ ref('tariff_programmes') }} as measure
left join {{ ref('policy_events') }} as event on measure.event_id = event.event_id
left join {{ ref('dim_bloc_member') }} as member
    on
        measure.origin = member.bloc
        and measure.valid_from >= member.valid_from
        and measure.valid_from <= coalesce(member.valid_to, date '9999-12-31')
