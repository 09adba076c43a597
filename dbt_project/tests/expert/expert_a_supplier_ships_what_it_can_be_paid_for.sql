-- No supplier has a unit value below a tenth of the mean of the other suppliers of the mineral's single code:
-- its weight would be misstated and would distort the shares by weight. Tested for tables with at least
-- twenty suppliers.
with one_code as (
    select
        mineral_id,
        stage
    from {{ ref('dim_product') }}
    where length(hs_code) = 6 and weight_mid > 0.9
    group by mineral_id, stage
    having count(distinct hs_code) = 1
),

suppliers as (
    select
        imports.*,
        -imports.value_usd + sum(imports.value_usd) over of_a_table as others_usd,
        -imports.quantity_t + sum(imports.quantity_t) over of_a_table as others_t,
        count(*) over of_a_table as rows_of_table
    from {{ ref('import_sources') }} as imports
    inner join one_code on imports.mineral_id = one_code.mineral_id and imports.stage = one_code.stage
    where imports.basis = 'baci' and imports.quantity_t > 0 and imports.value_usd > 100000
    window of_a_table as (partition by imports.mineral_id, imports.stage, imports.period)
)

select
    mineral_id,
    stage,
    period,
    area,
    supplier_iso3,
    value_usd,
    quantity_t
from suppliers
where
    value_usd > 1000000
    and rows_of_table >= 20
    and others_t > 0
    and value_usd / quantity_t < 0.1 * others_usd / others_t
