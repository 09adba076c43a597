-- The last day that the tariff tables cover: that of the newest release held or that of the chapter 99
-- measures read, whichever is earlier.
with schedule as (
    select max(coalesce(certain_to, valid_from)) as schedule_through
    from {{ ref('fct_tariff') }}
    where valid_to is null
),

programmes as (
    select max(known_through) as programmes_through from {{ ref('tariff_programmes') }}
)

select
    schedule.schedule_through,
    programmes.programmes_through,
    least(schedule.schedule_through, programmes.programmes_through) as known_through
from schedule
cross join programmes
