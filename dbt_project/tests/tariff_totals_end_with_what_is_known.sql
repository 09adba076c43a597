-- Totals on days after the last day that the schedule and its measures cover.
select
    schedule.hts8,
    schedule.origin_iso3,
    schedule.valid_from
from {{ ref('tariff_schedule') }} as schedule
cross join {{ ref('dim_tariff_horizon') }} as horizon
where
    (schedule.total_ad_valorem_pct is not null or schedule.preferential_total_ad_valorem_pct is not null)
    and coalesce(schedule.valid_to, date '9999-12-31') > horizon.known_through
