-- From one supplier, by year: BACI, and for later years customs, which states other values
with held as (
    select
        mineral_id,
        area_name,
        stage,
        basis,
        supplier_iso3,
        coverage,
        value_usd,
        coalesce(value_share, quantity_share) as part,
        if(value_share is null, 'weight', 'value') as shares_by,
        year(period) + if(basis = 'usgs_four_years', 3, 0) as last_year
    from marts.import_sources
    where
        mineral_id in (select unnest($minerals))
        and area = $area
        and period_type != 'month'
        -- a code of several minerals does not show the origin of a single one
        and not contains(coverage, 'basket_allocated')
),

-- one basis per year, so that a series uses one basis as long as possible
chosen as (
    select
        *,
        max(last_year) filter (basis = 'baci') over (partition by mineral_id, stage) as baci_to
    from held
    qualify basis = 'baci' or last_year > coalesce(baci_to, 0)
),

shares as (
    select
        mineral_id,
        stage,
        basis,
        last_year,
        any_value(area_name) as area,
        any_value(shares_by) as shares_by,
        -- a supplier that is not named sold nothing only if all suppliers are named
        coalesce(
            max(part) filter (supplier_iso3 = $supplier),
            if(bool_and(coverage = 'complete' and basis != 'usgs_four_years'), 0, null)
        ) as supplier_share,
        arg_max(supplier_iso3, part) filter (supplier_iso3 != 'ZZZ') as largest_iso3,
        max(part) filter (supplier_iso3 != 'ZZZ') as largest_share,
        round(sum(value_usd) / 1e6, 2) as imports_usd_m
    from chosen
    group by mineral_id, stage, basis, last_year
    having count(part) > 0
)

select
    shares.mineral_id,
    shares.last_year as year,
    shares.area,
    shares.stage,
    suppliers.name as supplier,
    shares.supplier_share,
    largest.name as largest_supplier,
    shares.largest_share,
    shares.shares_by,
    shares.imports_usd_m,
    shares.basis
from shares
left join core.dim_country as suppliers on suppliers.iso3 = $supplier
left join core.dim_country as largest on shares.largest_iso3 = largest.iso3
order by shares.mineral_id, shares.stage, shares.last_year, shares.basis;
