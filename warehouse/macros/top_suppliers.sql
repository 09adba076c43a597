-- The n largest suppliers of an area in a period (its first day), for each stage and basis of measurement.
-- Example: from top_suppliers('USA', 'fluorspar', date '2024-01-01', 3);
create macro main.top_suppliers(of_area, of_mineral, in_period, n) as table
select
    stage,
    basis,
    period_type,
    rank,
    supplier_iso3,
    value_usd,
    value_share,
    quantity_t,
    quantity_share,
    is_bloc,
    is_feoc,
    coverage
from marts.import_sources
where area = of_area and mineral_id = of_mineral and period = in_period and rank <= n
order by basis, stage, period_type, rank;

comment on macro table main.top_suppliers is
'Largest suppliers by stage and basis. Example: from top_suppliers(''USA'', ''fluorspar'', date ''2024-01-01'', 3)';
