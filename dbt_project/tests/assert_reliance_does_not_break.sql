{{ config(severity='warn') }}
-- Net import reliance that moves by 50 points from one year to the next, with net exporters counted as zero.
-- The cause is a misread figure, a redefined statistic, or a real event.
select
    area,
    mineral_id,
    basis,
    edition,
    year,
    reliance_before_pct,
    reliance_pct
from (
    select
        area,
        mineral_id,
        basis,
        edition,
        year,
        greatest(net_import_reliance_pct, 0) as reliance_pct,
        lag(greatest(net_import_reliance_pct, 0)) over series as reliance_before_pct,
        lag(year) over series as year_before
    from {{ ref('fct_net_import_reliance') }}
    where net_import_reliance_pct is not null
    window series as (
        partition by area, mineral_id, basis, edition
        order by year
    )
)
where year = year_before + 1 and abs(reliance_pct - reliance_before_pct) >= 50
