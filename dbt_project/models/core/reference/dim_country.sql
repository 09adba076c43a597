-- Countries of ISO 3166 with the codes of the sources, and two partners that are not countries.
with others (iso3, name, kind, m49_code, comtrade_code) as (
    values
    ('WLD', 'World', 'world', '001', '0'),
    ('ZZZ', 'Not specified', 'unspecified', null, null)
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
    from {{ ref('countries') }}
    union all
    select
        iso3,
        null as iso2,
        name,
        null as region,
        kind,
        m49_code,
        comtrade_code,
        null as census_code
    from others
)

select
    iso3,
    iso2,
    name,
    region,
    kind,
    m49_code,
    comtrade_code,
    census_code,
    -- USGS and policy lists count Hong Kong and Macao with China
    case when iso3 in ('HKG', 'MAC') then 'CHN' else iso3 end as policy_iso3
from partners
