-- Of which minerals and stages is Mexico a leading supplier of the United States?
select
    mineral_id,
    stage,
    basis,
    period,
    rank,
    value_usd,
    value_share,
    quantity_share,
    coverage
from marts.import_sources
where area = 'USA' and supplier_iso3 = 'MEX' and rank <= 3 and period_type != 'month'
qualify dense_rank() over (partition by mineral_id, stage, basis order by period desc) = 1
order by coalesce(quantity_share, value_share) desc nulls last, mineral_id asc, stage asc, basis asc;
