-- Meaning of each source's country code: a country, the World, an unspecified partner, or a group that is
-- left out, with the reason, because its members would count twice.
with countries as (
    select * from {{ ref('countries') }}
),

codes as (
    select
        'census_api' as source_id,
        census_code as code,
        iso3,
        null as reason
    from countries
    union all
    select
        'comtrade' as source_id,
        comtrade_code as code,
        iso3,
        null as reason
    from countries
    union all
    select
        'cepii_baci' as source_id,
        comtrade_code as code,
        iso3,
        null as reason
    from countries
    -- extracts of BACI name countries by ISO 3166: NAM and NA are Namibia
    union all
    select
        'cepii_baci' as source_id,
        iso3 as code,
        iso3,
        null as reason
    from countries
    union all
    select
        'cepii_baci' as source_id,
        iso2 as code,
        iso3,
        null as reason
    from countries
    union all
    select
        'statcan_cimt' as source_id,
        iso2 as code,
        iso3,
        null as reason
    from countries
    union all
    select
        'partner_customs' as source_id,
        iso3 as code,
        iso3,
        null as reason
    from countries
    union all
    select
        'wits_trains' as source_id,
        m49_code as code,
        iso3,
        null as reason
    from countries
    union all
    select
        'ilab_goods' as source_id,
        name as code,
        iso3,
        null as reason
    from countries
    union all
    select
        source_id,
        alias as code,
        case
            when iso3 is not null then iso3
            when source_id in ('comtrade', 'cepii_baci') and alias = '0' then 'WLD'
            when source_id = 'wits_trains' and alias = '000' then 'WLD'
            when source_id = 'census_months' and alias = '0000' then 'WLD'
            when kind = 'historic' or contains(reason, 'not specified') then 'ZZZ'
            when source_id in ('comtrade', 'cepii_baci') and alias in ('837', '838', '839') then 'ZZZ'
        end as iso3,
        reason
    from {{ ref('country_aliases') }}
),

-- sources that use the country codes of another source (macro trade_sources)
every_code as (
    select * from codes
    union all
    select
        borrowers.source_id,
        codes.code,
        codes.iso3,
        codes.reason
    from codes
    inner join
        (
            values
            {%- for source in trade_sources() if source.codes_of %}
                ('{{ source.source_id }}', '{{ source.codes_of }}'){{ ',' if not loop.last }}
            {%- endfor %}
        ) as borrowers (source_id, codes_of)
        on codes.source_id = borrowers.codes_of
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
    reason
from every_code
where code is not null
qualify row_number() over (partition by source_id, code order by iso3 nulls last) = 1
