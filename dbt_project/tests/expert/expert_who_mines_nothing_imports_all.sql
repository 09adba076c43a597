{{ config(severity='warn') }}
-- Without domestic output and scrap, supply comes only from imports and stocks, so reliance is 100 %.
select
    mineral_id,
    basis,
    year,
    edition,
    net_import_reliance_pct
from {{ ref('import_dependency') }}
where
    area = 'USA'
    and primary_production_t = 0
    and secondary_production_t = 0
    and apparent_consumption_t > 0
    and net_import_reliance_pct < 99.5
