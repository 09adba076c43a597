{{ config(severity='warn') }}
-- Apparent consumption equals output, scrap, net imports and the decrease in stocks, within a tenth.
select
    mineral_id,
    basis,
    year,
    edition,
    apparent_consumption_t,
    primary_production_t + secondary_production_t + imports_t - exports_t + stock_change_t as balance_t
from {{ ref('import_dependency') }}
where
    area = 'USA'
    and coverage = 'complete'
    and abs(
        apparent_consumption_t
        - (primary_production_t + secondary_production_t + imports_t - exports_t + stock_change_t)
    ) > 0.1 * apparent_consumption_t
