-- Meaning of each source's country code: a country, the World, an unspecified partner, or a group that is
-- left out, with the reason, because its members would count twice.
with countries as (
    select * from {{ ref('countries') }}
),

codes as (
    {%- for source_id, column in country_code_columns() %}
        select
            '{{ source_id }}' as source_id,
            {{ column }} as code,
            iso3,
            null as reason
        from countries
        union all
    {%- endfor %}
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

-- sources that use another's codes (macros trade_sources, production_sources)
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
            values {{ borrowed_country_codes() }}
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
