-- Governance of a country: the mean of the six WGI estimates, and the years that it applies to. A year
-- without estimates uses the latest earlier year, and a year before the first one uses the first.
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
