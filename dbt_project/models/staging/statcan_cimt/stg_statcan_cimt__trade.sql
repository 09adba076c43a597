-- One row per month, flow, code and partner, summed over provinces and US states. The sum is missing if one
-- of the values is withheld.
with source as (
    select * from {{ current_rows('statcan_cimt__trade') }}
)

select
    period,
    flow as flow_code,
    hs_code,
    country as country_code,
    sum(value_cad)::bigint as stated_value_cad,
    case when count(value_cad) = count(*) then sum(value_cad)::bigint end as value_cad,
    case when count(distinct unit) = 1 then {{ whole_sum('quantity') }} end as quantity,
    case when count(distinct unit) = 1 then max(unit) end as quantity_unit,
    min(_archive_id) as _archive_id,
    max(_vintage) as vintage
from source
group by period, flow, hs_code, country
