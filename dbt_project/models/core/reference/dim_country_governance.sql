-- Governance of a country, the mean of the six WGI estimates, with the years it stands for: a year without
-- one uses the latest before it, and a year before the first uses the first.
with yearly as (
    select
        iso3,
        year,
        {{ mean_in_order('estimate', 'indicator') }} as wgi_estimate,
        count(*)::integer as indicators
    from {{ ref('stg_worldbank_wgi__indicator') }}
    where estimate is not null
    group by iso3, year
)

select
    iso3,
    year,
    wgi_estimate,
    indicators,
    case when lag(year) over countries is null then 0 else year end::integer as from_year,
    coalesce(lead(year) over countries - 1, 9999)::integer as to_year
from yearly
where indicators = 6
window countries as (partition by iso3 order by year)
