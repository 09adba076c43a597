{{ config(severity='warn') }}
-- From January 2025 to January 2026, claims cover 80 to 99 % of dutiable value in every month. On MFN-free
-- lines they are recorded as zero through June 2025, which the mart must flag, and above 90 % from July on.
with months as (
    select
        period,
        mfn_zero,
        bool_and(recording_break) as recording_break,
        count(utilization_pct) as rows_with_utilization,
        100.0 * sum(usmca_value_usd) / sum(value_usd) as recorded_pct
    from {{ ref('usmca_utilization') }}
    where
        period between date '2025-01-01' and date '2026-01-01'
        -- the months checked against DataWeb
        and contains(source_ids, 'usitc_dataweb')
    group by period, mfn_zero
)

select *
from months
where
    case
        when not mfn_zero then recording_break or recorded_pct not between 80 and 99
        when period < date '2025-07-01'
            then not recording_break or recorded_pct != 0 or rows_with_utilization > 0
        else recording_break or recorded_pct <= 90
    end
