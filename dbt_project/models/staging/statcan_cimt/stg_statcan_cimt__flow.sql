-- Imports, exports and re-exports of Canada. The publisher states total exports and exports of domestic
-- goods. Re-exports are the difference, in months for which both files are held. A code that the file of
-- domestic exports lacks in such a month has no domestic exports.
with stated as (
    select * from {{ ref('stg_statcan_cimt__trade') }}
),

domestic_months as (
    select distinct period
    from stated
    where flow_code = 'domestic_export'
),

re_exports as (
    select
        total.period,
        total.hs_code,
        total.country_code,
        case
            when domestic.period is null then total.value_cad
            else total.value_cad - domestic.value_cad
        end as value_cad,
        case
            when domestic.period is null then total.quantity
            when total.quantity_unit = domestic.quantity_unit then total.quantity - domestic.quantity
        end as quantity,
        total.quantity_unit,
        total._archive_id,
        total.vintage
    from stated as total
    inner join domestic_months on total.period = domestic_months.period
    left join stated as domestic
        on
            domestic.flow_code = 'domestic_export'
            and total.period = domestic.period
            and total.hs_code = domestic.hs_code
            and total.country_code = domestic.country_code
    where total.flow_code = 'total_export'
),

flows as (
    select
        case flow_code when 'import' then 'import' else 'export' end as flow,
        period,
        hs_code,
        country_code,
        value_cad,
        quantity,
        quantity_unit,
        _archive_id,
        vintage
    from stated
    where flow_code in ('import', 'total_export')
    union all
    select
        're_export' as flow,
        *
    from re_exports
    -- zero where all exports are domestic; a negative value is an error in the files, which a test reports
    where value_cad > 0 or value_cad is null
)

select
    flows.flow,
    flows.period,
    flows.hs_code,
    flows.country_code,
    flows.value_cad,
    flows.quantity,
    flows.quantity_unit,
    case when units.measure = 'gross' then flows.quantity * units.kg_per_unit end as net_weight_kg,
    case when units.measure = 'content' then flows.quantity * units.kg_per_unit end as content_kg,
    flows._archive_id,
    flows.vintage
from flows
left join {{ ref('statistical_units') }} as units
    on units.source_id = 'statcan_cimt' and flows.quantity_unit = units.unit
