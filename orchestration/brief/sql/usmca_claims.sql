-- USMCA claims by month over all mineral lines, each counted once and without finished goods. The duty uses
-- the rates of the month itself. No share is stated if claims were not recorded.
select
    country.name as origin,
    case when claims.mfn_zero then 'MFN-free' else 'dutiable' end as lines,
    claims.period,
    sum(claims.value_usd)::bigint as value_usd,
    sum(claims.usmca_value_usd)::bigint as usmca_value_usd,
    case
        when bool_and(claims.is_recorded)
            then round(100.0 * sum(claims.usmca_value_usd) / nullif(sum(claims.value_usd), 0), 1)
    end as utilization_pct,
    round(sum(claims.usmca_value_usd * (coalesce(claims.mfn_on_day_pct, 0) + coalesce(claims.waived_on_day_pct, 0)) / 100)
        filter (claims.is_recorded))::bigint as duty_at_risk_usd,
    round(sum(claims.usmca_value_usd * (coalesce(claims.mfn_then_pct, 0) + coalesce(claims.waived_then_pct, 0)) / 100)
        filter (claims.is_recorded))::bigint as duty_at_risk_then_usd,
    case when not bool_and(claims.is_recorded) then 'claims not recorded on MFN-free lines' end as note
from marts.usmca_claim as claims
inner join core.dim_country as country on claims.origin_iso3 = country.iso3
where claims.form = 'mineral'
group by country.name, lines, claims.period
order by claims.period, origin, lines
