-- Net import reliance of the United States by year, in the newest edition that has the year.
select
    mineral_id,
    year::varchar as label,
    net_import_reliance_pct as pct,
    source_ids,
    stage,
    year::varchar as period
from marts.import_dependency
where area = 'USA' and is_headline and net_import_reliance_pct is not null
qualify row_number() over (partition by mineral_id, year order by edition desc, basis) = 1
order by mineral_id, year;
