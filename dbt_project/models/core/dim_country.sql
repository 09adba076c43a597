-- Countries of ISO 3166 with the codes of the sources, and two partners that are no country.
with countries as (
    select * from {{ ref('countries') }}
),

partners as (
    select
        iso3,
        iso2,
        name,
        region,
        'country' as kind,
        m49_code,
        comtrade_code,
        census_code
    from countries
    union all
    select 'WLD', null, 'World', null, 'world', '001', '0', null
    union all
    select 'ZZZ', null, 'Not specified', null, 'unspecified', null, null, null
)

select
    iso3,
    iso2::varchar as iso2,
    name,
    region::varchar as region,
    kind,
    m49_code::varchar as m49_code,
    comtrade_code::varchar as comtrade_code,
    census_code::varchar as census_code,
    -- USGS and the price of policy fold Hong Kong and Macao into China
    case when iso3 in ('HKG', 'MAC') then 'CHN' else iso3 end as policy_iso3
from partners
