-- Additional duties as dated facts, one row a measure and origin ('*' is any origin); blocs are their
-- members.
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
    coalesce(measure.valid_to, date '9999-12-31') as valid_to,
    measure.citation
from {{ ref('tariff_programmes') }} as measure
left join {{ ref('dim_bloc_member') }} as member
    on
        measure.origin = member.bloc
        and measure.valid_from >= member.valid_from
        and measure.valid_from <= coalesce(member.valid_to, date '9999-12-31')
