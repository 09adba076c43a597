-- Domestic exports of Canada that exceed total exports. The publisher's two files do not match.
{{ config(severity='warn') }}

with exports as (
    select
        period,
        hs_code,
        country_code,
        max(stated_value_cad) filter (where flow_code = 'domestic_export') as domestic_cad,
        max(stated_value_cad) filter (where flow_code = 'total_export') as total_cad
    from {{ ref('stg_statcan_cimt__trade') }}
    where flow_code in ('domestic_export', 'total_export')
    group by period, hs_code, country_code
)

select *
from exports
where domestic_cad > coalesce(total_cad, 0)
