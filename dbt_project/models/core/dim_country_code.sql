-- What each source's country code means here: a country, the World, a partner not specified, or a group that would
-- count its members twice and is left out, with the reason.
with codes as (
    select 'census_api' as source_id, census_code::varchar as code, iso3, 'country' as kind, null as reason
    from {{ ref('countries') }}
    where census_code is not null
    union all
    select source_id, comtrade_code::varchar, iso3, 'country', null
    from {{ ref('countries') }}
    cross join (values ('comtrade'), ('cepii_baci')) as sources (source_id)
    where comtrade_code is not null
),

aliases as (
    select
        source_id,
        alias as code,
        case
            when iso3 is not null then iso3
            when source_id in ('comtrade', 'cepii_baci') and alias = '0' then 'WLD'
            when kind = 'historic' or contains(reason, 'not specified') then 'ZZZ'
            when source_id in ('comtrade', 'cepii_baci') and alias in ('837', '838', '839') then 'ZZZ'
        end as iso3,
        kind,
        reason
    from {{ ref('country_aliases') }}
)

select
    source_id,
    code,
    iso3,
    case
        when iso3 is null then 'excluded'
        when iso3 = 'WLD' then 'world'
        when iso3 = 'ZZZ' then 'unspecified'
        else 'country'
    end as kind,
    reason::varchar as reason
from (
    select * from codes
    union all
    select * from aliases
)
qualify row_number() over (partition by source_id, code order by iso3 is null, iso3) = 1
