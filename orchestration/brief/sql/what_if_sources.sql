-- Suppliers of US imports over the four years that USGS publishes, with reliance in the newest year.
with reliance as (
    select
        mineral_id,
        coalesce(reliance_pct, reliance_low_pct) as reliance_pct,
        reliance_pct is null as is_lower_bound
    from core.fct_us_supply
    where coalesce(reliance_pct, reliance_low_pct) is not null
    qualify row_number() over (partition by mineral_id order by edition desc, year desc) = 1
)

select
    minerals.name as mineral,
    supplier.supplier_iso3,
    coalesce(supplier.import_share, supplier.import_share_low) as share,
    round(reliance.reliance_pct, 1) as reliance_pct,
    reliance.is_lower_bound
from core.fct_us_supplier as supplier
inner join reliance using (mineral_id)
inner join core.dim_mineral as minerals using (mineral_id)
where
    minerals.on_us_2025
    and coalesce(supplier.import_share, supplier.import_share_low) > 0
    -- a net exporter does not depend on imports
    and reliance.reliance_pct > 0
order by mineral, share desc, supplier.supplier_iso3
