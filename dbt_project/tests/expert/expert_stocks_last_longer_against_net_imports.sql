-- Stocks cover more days of net imports than of consumption.
select
    mineral_id,
    year,
    target_days,
    days_of_consumption,
    days_of_net_imports
from {{ ref('stockpile_cover') }}
where days_of_net_imports < days_of_consumption - 1e-6
