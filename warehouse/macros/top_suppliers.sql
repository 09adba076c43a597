-- The n largest suppliers of an area in a year, for each stage and basis of measurement. Shares over several years, as USGS
-- prints them, apply to each of these years: `period` is the first day and `period_type` the length. A date stands for its
-- year. The table to quote comes first (is_recommended). Where nothing is held, one row gives the reason in `coverage`.
-- Example: from top_suppliers('USA', 'fluorspar', 2024, 3);
create macro main.top_suppliers(of_area, of_mineral, in_year, n) as table
with asked as (
    select
        area_called(of_area) as area,
        mineral_called(of_mineral) as mineral_id,
        coalesce(try_cast(in_year as integer), year(try_cast(in_year::varchar as date))) as calendar_year
),

found as (
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
        coverage,
        is_recommended,
        quote_note
    from asked
    inner join marts.import_sources using (area, mineral_id)
    where
        rank <= n
        and asked.calendar_year between year(period) and year(period) + case when basis = 'usgs_four_years' then 3 else 0 end
)

select * from found
union all by name
select why_not_held('imports_by_supplier', area, mineral_id) as coverage
from asked
where not exists (from found)
order by is_recommended desc, basis, stage, period desc, period_type, rank;

comment on macro table main.top_suppliers is
'Largest suppliers by stage and basis. Example: from top_suppliers(''USA'', ''fluorspar'', 2024, 3)';
