-- Country codes of trade that the warehouse does not know, and the value that stands under them: their lines
-- have a country not specified, ZZZ.
{{ config(severity='warn') }}

with stated as (
    select
        'census_bulk' as source_id,
        cty_code as code,
        period,
        consumption_value_usd::double as value_usd
    from {{ ref('stg_census_bulk__imports') }}
    union all
    select
        'census_bulk' as source_id,
        cty_code as code,
        period,
        value_usd::double as value_usd
    from {{ ref('stg_census_bulk__exports') }}
    union all
    select
        'census_api' as source_id,
        cty_code as code,
        period,
        consumption_value_usd::double as value_usd
    from {{ ref('stg_census_api__imports_annual') }}
    union all
    select
        'usitc_dataweb' as source_id,
        cty_code as code,
        period,
        consumption_value_usd::double as value_usd
    from {{ ref('stg_usitc_dataweb__usmca_monthly') }}
    union all
    select
        'statcan_cimt' as source_id,
        trade.country_code as code,
        trade.period,
        trade.stated_value_cad / rates.cad_per_usd as value_usd
    from {{ ref('stg_statcan_cimt__trade') }} as trade
    left join {{ ref('stg_boc_fx__monthly') }} as rates on trade.period = rates.period
    union all
    select
        'comtrade' as source_id,
        partner_code as code,
        period,
        value_usd
    from {{ ref('stg_comtrade__trade') }}
    union all
    select
        'comtrade' as source_id,
        reporter_code as code,
        period,
        value_usd
    from {{ ref('stg_comtrade__trade') }}
    union all
    select
        'cepii_baci' as source_id,
        exporter_code as code,
        period,
        value_usd
    from {{ ref('stg_cepii_baci__trade') }}
    union all
    select
        'cepii_baci' as source_id,
        importer_code as code,
        period,
        value_usd
    from {{ ref('stg_cepii_baci__trade') }}
)

select
    stated.source_id,
    stated.code,
    min(stated.period) as first_period,
    max(stated.period) as last_period,
    round(sum(stated.value_usd)) as value_usd
from stated
anti join {{ ref('dim_country_code') }} as known
    on stated.source_id = known.source_id and stated.code = known.code
group by stated.source_id, stated.code
order by value_usd desc
