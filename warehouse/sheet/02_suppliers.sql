-- From whom
with newest as (
    select *
    from marts.import_sources
    where mineral_id = $mineral and period_type != 'month' and year(period) <= coalesce($year, year(period))
    qualify period = max(period) over (partition by area, stage, basis)
),

-- of several bases one: what USGS prints, else what can be compared between the three
quoted as (
    select *
    from newest
    qualify
        dense_rank() over (
            partition by area, stage order by list_position(['usgs_four_years', 'baci', 'customs_value'], basis)
        ) = 1
        and row_number() over (partition by area, stage, basis order by rank, supplier_iso3) <= 5
)

select
    area,
    stage,
    concat(year(any_value(period)), if(any_value(basis) = 'usgs_four_years', '-' || (year(any_value(period)) + 3), ''))
        as years,
    string_agg(
        concat(
            replace(supplier_iso3, 'ZZZ', 'others'),
            coalesce(printf(' %.0f %%', 100 * coalesce(quantity_share, value_share)), '')
        ), ', '
        order by rank, supplier_iso3
    ) as largest_first,
    if(count(quantity_share) > 0, 'weight', 'value') as shares_by,
    any_value(basis) as basis
from quoted
group by area, stage
order by list_position(['USA', 'CAN', 'MEX', 'USMCA'], area), stage;
