-- USMCA claims by month over all mineral lines; no share is stated where claims were not recorded.
select
    country.name as origin,
    case when claims.mfn_zero then 'MFN-free' else 'dutiable' end as lines,
    claims.period,
    sum(claims.value_usd)::bigint as value_usd,
    sum(claims.usmca_value_usd)::bigint as usmca_value_usd,
    case
        when not bool_or(claims.recording_break)
            then round(100.0 * sum(claims.usmca_value_usd) / nullif(sum(claims.value_usd), 0), 1)
    end as utilization_pct,
    sum(claims.duty_at_risk_usd)::bigint as duty_at_risk_usd,
    case when bool_or(claims.recording_break) then 'claims not recorded on MFN-free lines' end as note
from marts.usmca_utilization as claims
inner join core.dim_country as country on claims.origin_iso3 = country.iso3
group by country.name, lines, claims.period
order by claims.period, origin, lines
