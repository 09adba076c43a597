-- USMCA claims by month over all mineral lines; a month before the recording break says nothing of MFN-free lines.
select
    origin_iso3 as origin,
    case when mfn_zero then 'MFN-free' else 'dutiable' end as lines,
    period,
    round(sum(value_usd))::bigint as value_usd,
    round(sum(usmca_value_usd))::bigint as usmca_value_usd,
    round(100.0 * sum(usmca_value_usd) / nullif(sum(value_usd), 0), 1) as utilization_pct,
    case when bool_or(recording_break) then 'claims not recorded on MFN-free lines' end as note
from marts.usmca_utilization
group by all
order by period, origin, lines
