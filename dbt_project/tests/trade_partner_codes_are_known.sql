-- Country codes of trade that the warehouse does not know: their lines stand under a partner not specified.
{{ config(severity='warn') }}

with stated as (
    select distinct
        'census_bulk' as source_id,
        cty_code as code
    from {{ ref('stg_census_bulk__imports') }}
    union
    select
        'census_bulk' as source_id,
        cty_code as code
    from {{ ref('stg_census_bulk__exports') }}
    union
    select
        'statcan_cimt' as source_id,
        country_code as code
    from {{ ref('stg_statcan_cimt__trade') }}
    union
    select
        'comtrade' as source_id,
        partner_code as code
    from {{ ref('stg_comtrade__trade') }}
)

select stated.*
from stated
anti join {{ ref('dim_country_code') }} as known
    on stated.source_id = known.source_id and stated.code = known.code
