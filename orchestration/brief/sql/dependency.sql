-- Net import reliance of each area in the newest edition and year, critical minerals only.
with newest as (
    select *
    from marts.import_dependency
    qualify row_number() over (
        partition by area, mineral_id, basis order by edition desc, year desc
    ) = 1
)

select
    minerals.name as mineral,
    newest.area,
    newest.basis,
    newest.year,
    round(newest.net_import_reliance_pct, 1) as reliance_pct,
    round(greatest(newest.nir_low_pct, -100), 1) as low_pct,
    round(newest.nir_high_pct, 1) as high_pct,
    coalesce(newest.net_import_reliance_pct, (newest.nir_low_pct + newest.nir_high_pct) / 2) as sort_pct,
    newest.coverage
from newest
inner join core.dim_mineral as minerals using (mineral_id)
where
    minerals.on_us_2025
    and (newest.net_import_reliance_pct is not null or newest.nir_low_pct is not null)
order by sort_pct desc, mineral, newest.area, newest.basis
