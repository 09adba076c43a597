-- The n largest suppliers of an area in a year, for each stage and basis of measurement. Shares over several years, as USGS
-- prints them, count for each of their years: `period` is the first day and `period_type` the length. A day asks for its year.
-- Example: from top_suppliers('USA', 'fluorspar', 2024, 3);
create macro main.top_suppliers(of_area, of_mineral, in_year, n) as table
with asked as (
    select coalesce(try_cast(in_year as integer), year(try_cast(in_year::varchar as date))) as calendar_year
)

select
    stage,
    basis,
    period,
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
cross join asked
where
    area = of_area
    and mineral_id = of_mineral
    and rank <= n
    and asked.calendar_year between year(period) and year(period) + if(basis = 'usgs_four_years', 3, 0)
order by basis, stage, period desc, period_type, rank;

comment on macro table main.top_suppliers is
'Largest suppliers by stage and basis. Example: from top_suppliers(''USA'', ''fluorspar'', 2024, 3)';
