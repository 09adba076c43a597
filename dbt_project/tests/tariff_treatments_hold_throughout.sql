-- Treatments of origins are joined without dates, so each must apply on every day that the schedule covers.
with schedule as (
    select min(valid_from) as first_day from {{ ref('fct_tariff') }}
)

select
    treatment.iso3,
    treatment.valid_from,
    treatment.valid_to
from {{ ref('tariff_treatments') }} as treatment
cross join {{ ref('dim_tariff_horizon') }} as horizon
cross join schedule
where treatment.valid_from > schedule.first_day or treatment.valid_to < horizon.known_through
